"""Officers sign the adopted text from their own mailboxes: asked by e-mail, shown only once they have signed."""

import threading
from datetime import datetime, time, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import update

from petition import clock
from petition.accounts.models import AuditEntry, Role
from petition.jobs import State
from petition.mail.outbox import Email
from petition.officers import naming, showing, signing, standing
from petition.officers.models import Officer
from petition.officers.standing import Stand
from petition.statements.models import End, Statement
from petition.web.language import ZONE, speaking
from tests.chapters import account_of, editor_of
from tests.ground import House, hidden, reasons
from tests.officers import KIM, LEE, link_of, named, officer, with_officers
from tests.publishing import BODY, published
from tests.signing_in import signed_in
from tests.witness import words

EDITOR = "editor@ne.library.example"
BOTH = (named("Kim Sample-Reyes", "President", KIM), named("Lee Sample-Hart", "Secretary", LEE))


def desk(slug: str) -> str:
    return f"/organize/chapters/ne/statements/{slug}/officers"


def answered(house: House, address: str, act: str = "") -> None:
    link = link_of(house, address)
    assert house.press(f"{link}{act}", on=link).status_code == 303


def subjects(house: House, address: str = EDITOR) -> list[str]:
    house.work()
    return [mail.subject.strip() for mail in house.mails(address) if "officer" in mail.subject.lower()]


# --- The e-mail -----------------------------------------------------------------------------------


def test_an_officer_is_asked_by_an_e_mail_that_says_who_what_and_that_nothing_happens_without_them(
    house: House,
) -> None:
    slug = with_officers(house)
    (mail,) = house.mails(KIM)
    sha256 = officer(house).revision.sha256
    for said in (mail.text, mail.html):
        assert "Kim Sample-Reyes" in said
        assert "President" in said
        assert sha256 in said
        assert f"RES NE {clock.now().year} r.1" in said
        assert f"/statements/{slug}/revisions/1" in said
        assert "If you do nothing, nothing happens" in said
    assert officer(house).asked_at is not None


def test_an_officer_without_an_address_is_named_and_gets_nothing(house: House) -> None:
    with_officers(house, named("Lee Sample-Hart", "Secretary"))
    assert standing.stand(officer(house, "Lee Sample-Hart")) is Stand.NAMED
    assert house.emails(Email.kind == naming.LETTER) == []


def test_the_e_mail_is_in_the_officers_language(house: House) -> None:
    published(house, "NE", naming.Named("Kim Sample-Reyes", "Presidenta", KIM, KIM, "es"))
    house.work()
    (mail,) = house.mails(KIM)
    assert "no pasa nada" in mail.text
    assert "lang=es" in mail.text


# --- The page and what is answered there ----------------------------------------------------------


def test_the_page_shows_the_whole_text_its_hash_and_as_what_they_are_named(house: House) -> None:
    with_officers(house)
    page = house.client().get(link_of(house))
    said = words(page.text)
    assert "one copy serves one reader at a time" in said
    assert "You are named as Kim Sample-Reyes" in said
    assert officer(house).revision.sha256[:8] in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_signing_takes_a_press_and_stands_with_the_revision(house: House) -> None:
    slug = with_officers(house)
    house.client().get(link_of(house))
    assert officer(house).signed_at is None
    answered(house, KIM)
    assert standing.stand(officer(house)) is Stand.SIGNED
    with house.reading() as session, house.app.test_request_context(), speaking("en"):
        (shown,) = showing.signed(session, officer(house).revision_id)
        assert shown.line.startswith("Signed by Kim Sample-Reyes, President, ")
    for path in (f"/statements/{slug}", f"/statements/{slug}/revisions/1"):
        assert "Kim Sample-Reyes" in house.client().get(path).text, path


def test_a_public_page_never_shows_who_has_not_signed(house: House) -> None:
    slug = with_officers(house, *BOTH)
    answered(house, KIM)
    answered(house, LEE, "/decline")
    for path in (f"/statements/{slug}", f"/statements/{slug}/revisions/1", f"/statements/{slug}/revisions/1.md"):
        assert "Sample-Hart" not in house.client().get(path).text, path


def test_a_used_link_shows_no_name_and_offers_to_take_it_back(house: House) -> None:
    with_officers(house)
    answered(house, KIM)
    page = house.client().get(link_of(house))
    assert "You have signed." in page.text
    assert "Kim" not in page.text
    assert "Take my signature back" in page.text


def test_a_signature_is_taken_back_by_one_press_and_may_be_given_again(house: House) -> None:
    slug = with_officers(house)
    answered(house, KIM)
    answered(house, KIM, "/decline")
    assert standing.stand(officer(house)) is Stand.DECLINED
    assert "Kim" not in house.client().get(f"/statements/{slug}").text
    answered(house, KIM)
    assert standing.stand(officer(house)) is Stand.SIGNED


def test_signing_or_declining_twice_is_once(house: House) -> None:
    with_officers(house)
    link = link_of(house)
    form = hidden(house.client().get(link), link)
    for _ in range(2):
        assert house.client().post(link, data=form).status_code == 303
    for _ in range(2):
        assert house.client().post(f"{link}/decline", data=form).status_code == 303
    acts = [entry.act for entry in house.rows(AuditEntry) if entry.subject.startswith("officer")]
    assert acts == ["officer signed", "officer took signature back"]


def test_not_me_erases_the_address_and_the_link_opens_nothing(house: House) -> None:
    with_officers(house)
    link = link_of(house)
    assert house.press(f"{link}/not-me", on=link).location == "/officer/not-me"
    found = officer(house)
    assert found.address is None
    assert standing.stand(found) is Stand.DISOWNED
    assert house.client().get(link).status_code == 404
    assert house.client().get("/officer/not-me").status_code == 200
    assert subjects(house) == ["The address of an officer is wrong: Resolution on one copy for a whole state"]


def test_whoever_has_signed_is_not_disowned(house: House) -> None:
    with_officers(house)
    link = link_of(house)
    form = hidden(house.client().get(link), link)
    answered(house, KIM)
    assert house.client().post(f"{link}/not-me", data=form).status_code == 303
    assert officer(house).address is not None


@pytest.mark.parametrize("token", ["cut-off", "A" * 43])
def test_an_unknown_link_is_answered_by_a_page_that_says_what_to_do(house: House, token: str) -> None:
    for path in (f"/officer/{token}", f"/officer/{token}/decline"):
        form = {"csrf_token": _token_of_another(house)}
        answer = house.client().post(path, data=form)
        assert answer.status_code == 404
        assert "We do not know this link." in answer.text


def _token_of_another(house: House) -> str:
    if not house.rows(Officer):
        with_officers(house)
    link = link_of(house)
    return hidden(house.client().get(link), link)["csrf_token"]


# --- For how long ---------------------------------------------------------------------------------


def test_a_link_lets_its_officer_sign_for_sixty_days_to_the_end_of_the_last_one(house: House) -> None:
    with_officers(house)
    asked = officer(house).asked_at
    assert asked is not None
    link = link_of(house)
    last = (asked + standing.LIFE).astimezone(ZONE)
    ends = datetime.combine(last, time(23, 59, 59), ZONE)
    house.later(seconds=(ends - timedelta(minutes=5) - clock.now()).total_seconds())
    house.sweep()
    assert standing.stand(officer(house)) is Stand.ASKED
    form = hidden(house.client().get(link), link)
    assert f"until {last:%b} {last.day}, {last.year}" in house.client().get(link).text
    house.later(minutes=6)
    assert house.client().get(link).status_code == 410
    assert house.client().post(link, data=form).status_code == 410
    assert officer(house).signed_at is None
    house.sweep()
    assert standing.stand(officer(house)) is Stand.UNANSWERED


def test_whoever_has_signed_can_take_it_back_long_afterwards(house: House) -> None:
    with_officers(house)
    answered(house, KIM)
    house.later(days=400)
    house.sweep()
    assert officer(house).address is None
    answered(house, KIM, "/decline")
    assert standing.stand(officer(house)) is Stand.DECLINED


def test_a_newer_revision_asks_anew_and_signatures_stay_with_the_old_one(house: House) -> None:
    slug = with_officers(house, *BOTH)
    answered(house, KIM)
    old = link_of(house, LEE)
    house.later(minutes=11)
    kim = named("Kim Sample-Reyes", "President", KIM)
    published(house, "NE", kim, slug=slug, body=BODY.replace("first day", "second day"), note="Another day.")
    house.work()
    assert house.client().get(old).status_code == 410
    assert standing.stand(officer(house, number=1)) is Stand.SIGNED
    assert standing.stand(officer(house, number=2)) is Stand.ASKED
    assert "Kim Sample-Reyes" in house.client().get(f"/statements/{slug}/revisions/1").text
    assert "Kim Sample-Reyes" not in house.client().get(f"/statements/{slug}").text
    answered(house, KIM)
    assert standing.stand(officer(house, number=2)) is Stand.SIGNED


def test_a_retracted_text_is_signed_by_nobody(house: House) -> None:
    slug = with_officers(house)
    link = link_of(house)
    form = hidden(house.client().get(link), link)
    with house.writing() as session:
        session.execute(update(Statement).where(Statement.slug == slug).values(ended=End.RETRACTED))
    answer = house.client().post(link, data=form)
    assert answer.status_code == 410
    assert officer(house).signed_at is None


# --- What the editors hear ------------------------------------------------------------------------


def test_the_editors_hear_when_the_last_has_signed_and_not_before(house: House) -> None:
    with_officers(house, *BOTH, named("Max Sample-Vale", "Treasurer"))
    answered(house, KIM)
    assert subjects(house) == []
    answered(house, LEE)
    assert subjects(house) == ["All officers have signed: Resolution on one copy for a whole state"]
    assert "next=/organize/chapters/ne/statements/" in unquote(house.mails(EDITOR)[-1].text)


def test_the_editors_hear_of_one_who_declines_or_takes_back(house: House) -> None:
    with_officers(house, *BOTH)
    answered(house, KIM, "/decline")
    assert subjects(house) == ["An officer does not sign: Resolution on one copy for a whole state"]
    answered(house, LEE)
    answered(house, LEE, "/decline")
    assert "taken the signature back" in subjects(house)[-1]


def test_an_officer_who_changes_their_mind_all_day_fills_no_mailbox(house: House) -> None:
    with_officers(house)
    for _ in range(6):
        answered(house, KIM, "/decline")
        house.work()
        answered(house, KIM)
        house.work()
    assert len(subjects(house)) == 3


def test_two_who_sign_at_once_bring_one_e_mail(house: House) -> None:
    with_officers(house, *BOTH)
    ids = [officer(house).id, officer(house, "Lee Sample-Hart").id]
    gate = threading.Barrier(2)

    def sign(number: int) -> None:
        gate.wait()
        with house.writing() as session:
            signing.sign(session, session.get_one(Officer, number), clock.now())

    threads = [threading.Thread(target=sign, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.emails(Email.kind == "officers signed")) == 1


# --- At the desk ----------------------------------------------------------------------------------


def test_the_desk_shows_each_officer_and_what_they_answered(house: House) -> None:
    slug = with_officers(house, *BOTH, named("Max Sample-Vale", "Treasurer"))
    answered(house, KIM)
    page = words(editor_of(house, "NE").get(desk(slug)).text)
    assert "Kim Sample-Reyes" in page
    assert "Signed, " in page
    assert "Has not answered." in page
    assert "Named, not asked: there is no address." in page
    assert "A signature stays with the revision" in page


def test_asking_again_sends_the_same_link_but_not_within_ten_minutes_nor_four_times_a_day(house: House) -> None:
    slug = with_officers(house)
    client, one = editor_of(house, "NE"), f"{desk(slug)}/{officer(house).id}"
    answer = house.press(f"{one}/ask", client, on=one)
    assert answer.status_code == 422
    assert "ten minutes" in answer.text
    for _ in range(2):
        house.later(minutes=11)
        assert house.press(f"{one}/ask", client, on=one).status_code == 303
        house.work()
    links = {mail.link("/officer/") for mail in house.mails(KIM)}
    assert (len(house.mails(KIM)), len(links)) == (3, 1)
    house.later(minutes=11)
    assert house.press(f"{one}/ask", client, on=one).status_code == 422
    acts = [entry.act for entry in house.rows(AuditEntry) if entry.subject.startswith("officer")]
    assert acts == ["officer asked again"] * 2


def test_a_mended_address_gets_a_new_link_and_the_old_one_opens_nothing(house: House) -> None:
    slug = with_officers(house)
    old, one = link_of(house), f"{desk(slug)}/{officer(house).id}"
    answer = house.press(one, editor_of(house, "NE"), email="kim.reyes@officer.example")
    assert answer.status_code == 303
    house.work()
    assert house.client().get(old).status_code == 404
    answered(house, "kim.reyes@officer.example")
    assert standing.stand(officer(house)) is Stand.SIGNED


def test_who_said_not_me_is_not_asked_again(house: House) -> None:
    slug = with_officers(house)
    one = f"{desk(slug)}/{officer(house).id}"
    answered(house, KIM, "/not-me")
    client = editor_of(house, "NE")
    answer = house.press(one, client, email=KIM.upper())
    assert answer.status_code == 422
    assert "somebody else" in reasons(answer)["email"]
    house.later(minutes=11)
    page = client.get(desk(slug))
    typed = {"name": "Kim Sample-Reyes", "title": "Chair", "email": KIM, "language": "en"}
    assert client.post(desk(slug), data={**hidden(page, desk(slug)), **typed}).status_code == 303
    house.work()
    assert len(house.mails(KIM)) == 1
    assert [email.state for email in house.emails(Email.kind == naming.LETTER)] == [State.DONE, State.DROPPED]
    house.press(one, client, email="kim.reyes@officer.example")
    house.work()
    answered(house, "kim.reyes@officer.example")


def test_one_more_is_named_and_asked(house: House) -> None:
    slug = with_officers(house)
    typed = {"name": "Lee Sample-Hart", "title": "Secretary", "email": LEE, "language": "es"}
    assert house.press(desk(slug), editor_of(house, "NE"), **typed).status_code == 303
    house.work()
    assert "no pasa nada" in house.mails(LEE)[-1].text
    assert officer(house, "Lee Sample-Hart").place == 2


def test_a_refused_officer_stays_in_the_form_with_a_sentence_for_each_field(house: House) -> None:
    slug = with_officers(house)
    typed = {"name": "", "title": "", "email": "lee@", "language": "xx"}
    answer = house.press(desk(slug), editor_of(house, "NE"), **typed)
    assert answer.status_code == 422
    assert set(reasons(answer)) == {"name", "title", "email", "language"}
    assert 'value="lee@"' in answer.text
    assert len(house.rows(Officer)) == 1


def test_a_board_has_no_more_than_twenty(house: House) -> None:
    board = [named(f"Officer Sample {number}", "Member") for number in range(20)]
    slug = with_officers(house, *board)
    typed = {"name": "Lee Sample-Hart", "title": "Secretary", "email": LEE, "language": "en"}
    answer = house.press(desk(slug), editor_of(house, "NE"), **typed)
    assert answer.status_code == 422
    assert "No more than 20" in answer.text


def test_one_who_has_not_signed_is_removed_and_one_who_has_is_not(house: House) -> None:
    slug = with_officers(house, *BOTH)
    answered(house, KIM)
    client, lee = editor_of(house, "NE"), officer(house, "Lee Sample-Hart")
    link = link_of(house, LEE)
    assert house.press(f"{desk(slug)}/{lee.id}/remove", client, on=f"{desk(slug)}/{lee.id}").status_code == 303
    gone = officer(house, "Lee Sample-Hart")
    assert (gone.address, gone.mailbox) == (None, None)
    assert house.client().get(link).status_code == 404
    assert client.get(f"{desk(slug)}/{lee.id}").status_code == 404
    kim = f"{desk(slug)}/{officer(house).id}"
    form = hidden(client.get(desk(slug)), desk(slug))
    assert client.post(f"{kim}/remove", data=form).status_code == 409
    assert officer(house).removed_at is None


def test_who_is_removed_before_the_e_mail_leaves_gets_none(house: House) -> None:
    slug = published(house, "NE", *BOTH)
    with house.writing() as session:
        who = account_of(house, EDITOR)
        naming.remove(session, session.get_one(Officer, officer(house).id), who, clock.now())
    house.work()
    assert (house.mails(KIM), len(house.mails(LEE))) == ([], 1)
    assert house.client().get(desk(slug)).status_code == 303


def test_another_chapters_officer_is_not_found_by_number(house: House) -> None:
    with_officers(house)
    other = published(house, "KS", named("Bo Sample-Ito", "President", "bo@officer.example"))
    mine = officer(house).id
    path = f"/organize/chapters/ks/statements/{other}/officers"
    client = editor_of(house, "KS")
    assert client.get(path).status_code == 200
    form = hidden(client.get(path), path)
    for address in (f"{path}/{mine}", f"{path}/{mine}/ask", f"{path}/{mine}/remove"):
        assert client.post(address, data={**form, "email": "eve@officer.example"}).status_code == 404
    assert client.get(f"{path}/{mine}").status_code == 404
    assert officer(house).removed_at is None


def test_an_auditor_reads_and_has_no_button(house: House) -> None:
    slug = with_officers(house)
    client = signed_in(house, Role.AUDITOR)
    for path in (desk(slug), f"{desk(slug)}/{officer(house).id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert f'action="{path}' not in page.text


# --- Forgetting -----------------------------------------------------------------------------------


def test_addresses_are_erased_thirty_days_after_an_answer_and_sixty_without_one(house: House) -> None:
    with_officers(house, *BOTH)
    answered(house, KIM)
    house.later(days=29)
    house.sweep()
    assert officer(house).address is not None
    house.later(days=2)
    assert house.sweep()["erased"] == 1
    assert (officer(house).address, officer(house).mailbox) == (None, None)
    assert officer(house, "Lee Sample-Hart").address is not None
    house.later(days=31)
    house.sweep()
    assert standing.stand(officer(house, "Lee Sample-Hart")) is Stand.UNANSWERED
    assert house.emails(Email.mailbox == house.mailbox(KIM)) == []


def test_addresses_stand_encrypted(house: House) -> None:
    with_officers(house)
    assert KIM.encode() not in repr(house.dump()).encode()


def test_a_mailbox_gets_three_a_day_from_all_chapters_together(house: House) -> None:
    for state in ("NE", "KS", "IA", "MO"):
        published(house, state, named("Kim Sample-Reyes", "President", KIM))
    house.work()
    assert len(house.mails(KIM)) == 3
    house.later(seconds=timedelta(days=1, minutes=1).total_seconds())
    house.work()
    assert len(house.mails(KIM)) == 4


def test_the_officers_page_shows_the_text_in_the_form_in_which_everybody_reads_it(house: House) -> None:
    with_officers(house)
    page = house.client().get(link_of(house)).text
    assert "clauses--whereas" in page
    assert "clauses--resolved" in page
