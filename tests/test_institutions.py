"""Institutions co-sign: confirmed by an e-mail to their own domain or by an organizer, and counted apart."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from petition import clock
from petition.accounts.models import Account, AuditEntry, Role
from petition.campaigns.models import Campaign
from petition.institutions import answering, deciding
from petition.institutions.deciding import StandsOtherwise
from petition.institutions.models import Institution, Stand
from petition.mail import mailboxes
from petition.mail.outbox import Email
from petition.signatures.models import Signature
from tests.chapters import editor_of
from tests.ground import SLUG, House, hidden, reasons
from tests.institutions import DESK, TYPED, answered, cosign, institution, link_of
from tests.publishing import published
from tests.signing_in import admitted, signed_in
from tests.witness import words

PAGE = f"/statements/{SLUG}/institutions"
CONSOLE = f"/organize{PAGE}"
ELSEWHERE = "ida@gmail.com"


def news(house: House, address: str = DESK) -> list[str]:
    return [mail.subject.strip() for mail in house.mails(address)]


# --- Asking ---------------------------------------------------------------------------------------


def test_the_form_is_a_link_away_from_the_sign_form_while_the_text_is_open(house: House) -> None:
    assert f'href="{PAGE}"' in house.client().get("/").text
    assert f'href="{PAGE}"' in house.client().get(f"/statements/{SLUG}").text
    closed = published(house)
    assert f"/statements/{closed}/institutions" not in house.client().get(f"/statements/{closed}").text
    page = house.client().get(f"/statements/{closed}/institutions")
    assert page.status_code == 200
    assert "Signing is not open." in page.text
    opened = published(house, "KS", takes_signatures=True)
    assert f"/statements/{opened}/institutions" in house.client().get(f"/statements/{opened}").text


def test_what_is_sent_is_kept_pending_and_answered_by_a_page_that_is_the_same_for_everyone(house: House) -> None:
    first = cosign(house)
    house.work()
    house.press(link_of(house))
    second = cosign(house)
    other = cosign(house, email="somebody@else.example")
    assert first.status_code == second.status_code == other.status_code == 303
    assert first.location == second.location == other.location == f"{PAGE}/sent"
    assert "Now look in your e-mail" in house.client().get(first.location).text
    stands = [row.stand for row in house.rows(Institution)]
    assert stands == [Stand.CONFIRMED, Stand.PENDING, Stand.PENDING]


def test_the_e_mail_says_who_and_what_and_its_link_changes_nothing_when_opened(house: House) -> None:
    cosign(house)
    house.work()
    (mail,) = house.mails(DESK)
    assert mail.subject == "Does your institution sign?"
    for said in (mail.text, mail.html):
        assert "Lincoln Sample Library" in said
        assert "Ida Sample-Boe" in said
        assert "This was not us" in said
    before = house.dump()
    page = words(house.client().get(link_of(house)).text)
    assert "Vote of the board, Oct 4, 2019" in page
    assert house.dump() == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"city": ""}, "city"),
        ({"state": "XX"}, "state"),
        ({"domain": ""}, "domain"),
        ({"domain": "library"}, "domain"),
        ({"domain": "gmail.com"}, "domain"),
        ({"domain": "lincoln.wordpress.com"}, "domain"),
        ({"officer": "=Ida"}, "officer"),
        ({"title": ""}, "title"),
        ({"authority": ""}, "authority"),
        ({"authority": "x" * 501}, "authority"),
        ({"email": "ida@"}, "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    house: House, typed: dict[str, str], field: str
) -> None:
    answer = cosign(house, **typed)
    assert answer.status_code == 422
    assert list(reasons(answer)) == [field]
    assert house.rows(Institution) == []
    kept = "Ida Sample-Boe" if field != "officer" else "Lincoln Sample Library"
    assert f'value="{kept}"' in answer.text


def test_a_likely_slip_in_the_address_is_asked_about_once(house: House) -> None:
    answer = cosign(house, email="ida@gmial.com")
    assert "Did you mean ida@gmail.com?" in reasons(answer)["email"]
    again = {**hidden(answer, PAGE), **TYPED, "email": "ida@gmial.com"}
    assert house.client().post(PAGE, data=again).status_code == 303


def test_a_form_that_was_filled_in_is_read_in_the_other_language_without_being_sent(house: House) -> None:
    page = house.client().get(PAGE)
    typed = {**hidden(page, PAGE), **TYPED, "show_again": "1"}
    answer = house.client().post(f"{PAGE}?lang=es", data=typed)
    assert answer.status_code == 200
    assert 'value="Ida Sample-Boe"' in answer.text
    assert 'lang="es"' in answer.text
    assert house.rows(Institution) == []


def test_a_changed_text_is_shown_again_and_nothing_is_kept(house: House) -> None:
    slug = published(house, takes_signatures=True)
    path = f"/statements/{slug}/institutions"
    form = hidden(house.client().get(path), path)
    published(house, slug=slug, takes_signatures=True, body="Another text.", note="Anew.")
    answer = house.client().post(path, data={**form, **TYPED})
    assert answer.status_code == 422
    assert "The text has changed" in answer.text
    assert house.rows(Institution) == []


def test_nothing_is_taken_while_signing_is_closed(house: House) -> None:
    form = hidden(house.client().get(PAGE), PAGE)
    with house.writing() as session:
        session.execute(update(Campaign).values(closes_at=clock.now() - timedelta(minutes=1)))
    assert house.client().post(PAGE, data={**form, **TYPED}).status_code == 409
    assert house.rows(Institution) == []


def test_a_flooded_mailbox_gets_three_e_mails_a_day_and_each_lists_what_waits(house: House) -> None:
    for number in range(6):
        cosign(house, name=f"Sample Library {number}")
    house.work()
    assert len(house.mails(DESK)) == 1
    for _ in range(6):
        house.later(minutes=11)
        cosign(house, name="Another Sample Library")
        house.work()
    assert len(house.mails(DESK)) == mailboxes.A_DAY
    assert house.mails(DESK)[0].text.count("/institution/") == 5


# --- Answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [DESK, "ida@desk.lincoln.lib.example"])
def test_a_mailbox_in_its_own_domain_confirms_an_institution(house: House, address: str) -> None:
    answered(house, address)
    found = institution(house, address)
    assert (found.stand, found.basis) == (Stand.CONFIRMED, "domain")
    assert news(house, address)[-1] == "Your institution’s signature is confirmed"
    page = words(house.client().get(f"/statements/{SLUG}").text)
    assert "One institution stands by this text" in page
    assert "Lincoln Sample Library" in page
    assert "Ida Sample-Boe" in page
    assert "confirmed by a mailbox at lincoln.lib.example" in page  # whose domain it is, a reader can judge
    assert "Vote of the board" not in page
    assert house.count() == 0


@pytest.mark.parametrize(
    "address", [ELSEWHERE, "ida@lib.example", "ida@notlincoln.lib.example", "ida@students.lincoln.lib.example"]
)
def test_any_other_mailbox_waits_for_an_organizer(house: House, address: str) -> None:
    answered(house, address)
    found = institution(house, address)
    assert (found.stand, found.basis) == (Stand.ANSWERED, None)
    assert news(house, address)[-1] == "Your institution’s signature will be looked at"
    assert "Lincoln Sample Library" not in house.client().get(f"/statements/{SLUG}").text


def test_a_second_one_of_the_same_domain_waits_for_an_organizer(house: House) -> None:
    answered(house)
    answered(house, "board@lincoln.lib.example", name="Lincoln Sample Library Board")
    assert institution(house, "board@lincoln.lib.example").stand == Stand.ANSWERED


def test_a_domain_that_was_claimed_from_elsewhere_confirms_its_owner_all_the_same(house: House) -> None:
    answered(house, ELSEWHERE)
    answered(house)
    assert institution(house).stand == Stand.CONFIRMED


def test_a_mailbox_counts_once_for_a_statement_and_hears_so(house: House) -> None:
    link = answered(house)
    house.later(minutes=11)
    cosign(house, name="Lincoln Sample Library again")
    house.work()
    assert news(house)[-1] == "Your institution has signed already"
    assert house.mails(DESK)[-1].link("/institution/") == link


def test_of_two_that_waited_at_one_mailbox_the_second_is_told_that_it_counts_once(house: House) -> None:
    cosign(house)
    cosign(house, name="Lincoln Sample Library, Branch")
    house.work()
    first, second = (link for link in house.mails(DESK)[0].links if "/institution/" in link)
    paths = [link.partition("://")[2].partition("/")[2] for link in (first, second)]
    assert house.press(f"/{paths[0]}").status_code == 303
    assert house.press(f"/{paths[1]}").status_code == 409
    assert sorted(row.stand for row in house.rows(Institution)) == [Stand.CONFIRMED, Stand.PENDING]


def test_answering_twice_at_once_counts_once(house: House) -> None:
    cosign(house)
    cosign(house, name="Lincoln Sample Library, Branch")
    ids = [row.id for row in house.rows(Institution)] * 2
    gate = threading.Barrier(len(ids))

    def answer(number: int) -> None:
        gate.wait()
        with house.writing() as session:
            answering.answer(session, house.keys, session.get_one(Institution, number), clock.now())

    threads = [threading.Thread(target=answer, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.stand for row in house.rows(Institution)) == [Stand.CONFIRMED, Stand.PENDING]
    assert len(house.emails(Email.kind == "institution confirmed")) == 1


def test_not_us_erases_the_row_and_pauses_the_mailbox(house: House) -> None:
    cosign(house)
    house.work()
    link = link_of(house)
    gone = house.press(f"{link}/not-us", on=link)
    assert gone.location.startswith("/not-me/")
    assert house.client().get(gone.location).status_code == 200
    assert house.rows(Institution) == []
    assert house.client().get(link).status_code == 404
    house.later(hours=1)
    cosign(house)
    house.work()
    assert len(house.mails(DESK)) == 1


def test_a_link_works_for_seven_days(house: House) -> None:
    cosign(house)
    house.work()
    link = link_of(house)
    form = hidden(house.client().get(link), link)
    house.later(days=6, hours=23)
    token = hidden(house.client().get(link), link)
    house.later(hours=2)
    assert house.client().get(link).status_code == 410
    assert house.client().post(link, data=token).status_code == 410
    assert house.client().post(link, data=form).status_code == 422
    house.sweep()
    assert house.rows(Institution) == []
    assert house.client().get(link).status_code == 404


# --- Taking it back -------------------------------------------------------------------------------


def test_it_is_taken_back_at_once_undone_within_seven_days_and_then_erased(house: House) -> None:
    link = answered(house)
    assert house.press(f"{link}/withdraw", on=link).status_code == 303
    assert "Lincoln Sample Library" not in house.client().get(f"/statements/{SLUG}").text
    house.work()
    assert news(house)[-1] == "Your institution’s signature is withdrawn"
    house.later(days=6)
    assert house.press(f"{link}/undo", on=link).status_code == 303
    assert "Lincoln Sample Library" in house.client().get(f"/statements/{SLUG}").text
    house.press(f"{link}/withdraw", on=link)
    house.work()
    house.later(days=7, minutes=1)
    assert house.sweep()["erased"] == 1
    (row,) = house.rows(Institution)
    kept = (row.name, row.city, row.domain, row.officer, row.title, row.authority, row.address, row.mailbox, row.note)
    assert set(kept) == {None}
    page = house.client().get(link)
    assert page.status_code == 200
    assert "Its details are erased." in page.text
    assert house.emails(Email.mailbox == house.mailbox(DESK)) == []


def test_an_undo_that_comes_after_another_signature_of_the_mailbox_is_refused(house: House) -> None:
    link = answered(house)
    house.press(f"{link}/withdraw", on=link)
    house.work()
    form = hidden(house.client().get(link), f"{link}/undo")
    house.later(minutes=11)
    newer = answered(house)
    assert newer != link
    assert house.client().post(f"{link}/undo", data=form).status_code == 409


# --- An organizer decides -------------------------------------------------------------------------


def test_an_organizer_confirms_with_a_note_that_stays_inside(house: House) -> None:
    answered(house, ELSEWHERE)
    one = f"{CONSOLE}/{institution(house, ELSEWHERE).id}"
    client = signed_in(house)
    assert "Lincoln Sample Library" in client.get(CONSOLE).text
    assert house.press(f"{one}/confirm", client, on=one, note="Called its desk.").status_code == 303
    house.work()
    found = institution(house, ELSEWHERE)
    assert (found.stand, found.basis, found.note) == (Stand.CONFIRMED, "note", "Called its desk.")
    assert news(house, ELSEWHERE)[-1] == "Your institution’s signature is confirmed"
    assert "Called" not in house.mails(ELSEWHERE)[-1].text
    assert "Called" not in house.client().get(PAGE).text
    assert "Lincoln Sample Library" in house.client().get(PAGE).text
    (entry,) = (each for each in house.rows(AuditEntry) if each.act == "institution confirmed")
    assert "Called" not in entry.details


def test_an_organizer_refuses_with_a_reason_that_the_institution_reads(house: House) -> None:
    link = answered(house)
    one = f"{CONSOLE}/{institution(house).id}"
    client = signed_in(house)
    assert house.press(f"{one}/refuse", client, on=one, note="The board knows nothing of it.").status_code == 303
    house.work()
    assert news(house)[-1] == "Your institution’s signature does not count"
    assert "The board knows nothing of it." in house.mails(DESK)[-1].text
    assert "The board knows nothing of it." in house.client().get(link).text
    assert "Lincoln Sample Library" not in house.client().get(PAGE).text
    house.later(days=31)
    house.sweep()
    row = institution(house)
    assert (row.officer, row.title, row.authority, row.address) == (None,) * 4
    assert row.name == "Lincoln Sample Library"


@pytest.mark.parametrize("act", ["confirm", "refuse"])
def test_a_decision_needs_a_reason(house: House, act: str) -> None:
    answered(house, ELSEWHERE)
    one = f"{CONSOLE}/{institution(house, ELSEWHERE).id}"
    answer = house.press(f"{one}/{act}", signed_in(house), on=one, note=" ")
    assert answer.status_code == 422
    assert institution(house, ELSEWHERE).stand == Stand.ANSWERED


def test_of_two_organizers_who_confirm_at_once_one_is_told_that_it_is_done(house: House) -> None:
    answered(house, ELSEWHERE)
    who, number = admitted(house, Role.ORGANIZER), institution(house, ELSEWHERE).id
    gate, came = threading.Barrier(2), []

    def confirm() -> None:
        gate.wait()
        try:
            with house.writing() as session:
                found, account = session.get_one(Institution, number), session.get_one(Account, who.id)
                deciding.confirm(session, found, account, "Called.", clock.now())
            came.append("confirmed")
        except StandsOtherwise:
            came.append("late")

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["confirmed", "late"]
    assert len(house.emails(Email.kind == "institution confirmed")) == 1


def test_who_comes_too_late_is_shown_how_it_stands(house: House) -> None:
    link = answered(house, ELSEWHERE)
    one, client = f"{CONSOLE}/{institution(house, ELSEWHERE).id}", signed_in(house)
    form = hidden(client.get(one), f"{one}/confirm")
    house.press(f"{link}/withdraw", on=link)
    answer = client.post(f"{one}/confirm", data={**form, "note": "Called."})
    assert answer.status_code == 409
    assert "Somebody else was quicker" in answer.text


def test_an_auditor_reads_and_an_editor_sees_nothing_of_it(house: House) -> None:
    answered(house, ELSEWHERE)
    one = f"{CONSOLE}/{institution(house, ELSEWHERE).id}"
    auditor = signed_in(house, Role.AUDITOR)
    assert "Confirm it" not in auditor.get(one).text
    assert auditor.get(one).status_code == 200
    assert editor_of(house, "NE").get(one).status_code == 403


def test_an_institution_of_one_statement_is_not_found_under_another(house: House) -> None:
    answered(house, ELSEWHERE)
    other = published(house, takes_signatures=True)
    path = f"/organize/statements/{other}/institutions/{institution(house, ELSEWHERE).id}"
    assert signed_in(house).get(path).status_code == 404


def test_what_nobody_has_answered_is_no_organizers_to_read(house: House) -> None:
    cosign(house)
    client = signed_in(house)
    assert "Lincoln Sample Library" not in client.get(CONSOLE).text
    assert client.get(f"{CONSOLE}/{institution(house).id}").status_code == 404


# --- Apart from persons ---------------------------------------------------------------------------


def test_institutions_are_never_added_to_the_count(house: House) -> None:
    house.signed()
    answered(house)
    house.work()
    assert house.count() == 1
    assert len(house.rows(Signature)) == 1
    assert "One institution stands by this text" in words(house.client().get("/").text)


def test_the_same_mailbox_signs_as_a_person_and_for_its_institution(house: House) -> None:
    answered(house)
    house.later(minutes=11)
    house.signed(DESK, name="Ida Sample-Boe")
    assert house.count() == 1
    assert institution(house).stand == Stand.CONFIRMED
