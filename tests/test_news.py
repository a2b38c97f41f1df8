"""News for signatories: to whom it goes, once, in batches, and how it is stopped. Answers, corrected, never changed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from petition import clock
from petition.deliveries import spreading
from petition.deliveries.models import Delivery, Means, News, NewsLetter, Response, ResponseKind
from petition.deliveries.spreading import NobodyAsked, ToldAlready
from petition.jobs import State
from petition.mail import mailboxes
from petition.mail.outbox import Email
from petition.signatures.models import Signature
from tests.arriving import path_of
from tests.delivering import answered, corrected, delivered, failed, handed_over, told
from tests.ground import SLUG, House, hidden
from tests.signing_in import signed_in

SUBJECT = "Your signature was delivered"
NEWS = {
    "subject_en": SUBJECT,
    "body_en": "One.\n\nTwo.",
    "subject_es": "Su firma fue entregada",
    "body_es": "Uno.",
}
PAGE = f"/organize/statements/{SLUG}/answers"
ANSWER = {
    "kind": "memo", "dated_on": "2020-03-17", "author": "Jo Sample, CEO", "source": "A memo", "language": "en",
    "body": "There are times in life when differences should be put aside.\n\n<b>Not bold</b>",
}  # fmt: skip


def wanting(house: House, address: str = "ada@patron.example", **typed: str) -> str:
    return house.signed(address, **{"name": "Ada Sample", "updates": "1", **typed})


def arrived(house: House, address: str) -> list[str]:
    return [mail.subject for mail in house.mails(address) if "/news/" in mail.text]


def event(house: House) -> int:
    house.work()
    number = delivered(house)
    house.work()
    return number


def test_it_goes_to_those_who_asked_and_stand_verified_and_to_nobody_else(house: House) -> None:
    wanting(house)
    house.signed("bo@patron.example", name="Bo Sample")
    gone = wanting(house, "cleo@patron.example")
    house.press(f"{gone}/withdraw")
    house.sign(email="dan@patron.example", name="Dan Sample", updates="1")
    number = event(house)
    told(house, number)
    house.work()
    assert {mail.to for mail in house.mails() if mail.subject == SUBJECT} == {"ada@patron.example"}


def test_one_event_is_told_once(house: House) -> None:
    wanting(house)
    number = event(house)
    told(house, number)
    with pytest.raises(ToldAlready):
        told(house, number)
    house.work()
    house.work()
    assert arrived(house, "ada@patron.example") == [SUBJECT]
    assert len(house.rows(News)) == len(house.rows(NewsLetter)) == 1


def test_what_failed_is_not_told_of(house: House) -> None:
    number = event(house)
    with house.writing() as session:
        session.execute(update(Delivery).values(failed_at=clock.now()))
    with pytest.raises(ToldAlready):
        told(house, number)


def test_where_nobody_asked_it_is_refused_in_a_sentence_and_can_be_told_once_somebody_does(house: House) -> None:
    number, client, sentence = event(house), signed_in(house), "Nobody has asked for news of this text"
    page = f"/organize/deliveries/{number}/news"
    assert sentence in client.get(page).text
    assert 'value="1"' not in house.press(page, client, **NEWS).text
    refused = house.press(page, client, **NEWS, send="1")
    assert refused.status_code == 409
    assert refused.text.count(sentence) == 3  # in the summary, above the form, and where the number stands
    with pytest.raises(NobodyAsked):
        told(house, number)
    assert house.rows(News) == []
    wanting(house)
    assert house.press(page, client, **NEWS, send="1").status_code == 303


def test_the_number_stands_before_the_button(house: House) -> None:
    wanting(house)
    page = f"/organize/deliveries/{event(house)}/news"
    before, _button, _after = house.press(page, signed_in(house), **NEWS).text.partition('name="send" value="1"')
    assert "1 mailbox asked for news and would get it." in before


def test_it_goes_out_in_batches_and_waits_while_enough_of_it_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BATCH", 2)
    monkeypatch.setattr(spreading, "MOST_WAITING", 3)
    for each in range(5):
        wanting(house, f"reader-{each}@patron.example")
    number = event(house)
    told(house, number)
    spread = []
    for _batch in range(4):
        with house.writing() as session:
            spread.append(spreading.spread(session, clock.now()))
    assert spread == [2, 2, 0, 0]
    house.work()
    assert sum(mail.subject == SUBJECT for mail in house.mails()) == 5
    assert house.rows(News)[0].spread_at is not None


def test_a_mailbox_that_asked_for_peace_or_stopped_the_news_gets_none(house: House) -> None:
    wanting(house)
    page = wanting(house, "bo@patron.example")
    number = event(house)
    told(house, number)
    assert house.press(f"{page}/news", on=page).status_code == 303
    assert "Send me news" in house.client().get(page).text
    with house.writing() as session:
        mailboxes.pause(session, house.mailbox("ada@patron.example"), clock.now())
    house.work()
    assert [mail for mail in house.mails() if mail.subject == SUBJECT] == []
    assert {each.state for each in house.emails(Email.kind == "news")} <= {State.DROPPED}


def test_each_reads_it_in_their_language(house: House) -> None:
    wanting(house)
    with house.writing() as session:
        session.execute(update(Signature).values(language="es"))
    number = event(house)
    told(house, number)
    house.work()
    assert arrived(house, "ada@patron.example") == ["Su firma fue entregada"]


def test_the_desk_is_reminded_of_what_nobody_was_told_of_while_somebody_asked(house: House) -> None:
    client, overview, reminder = signed_in(house), f"/organize/statements/{SLUG}", "were not told of this yet"
    house.signed("bo@patron.example", name="Bo Sample")
    number, first = event(house), answered(house)
    assert reminder not in client.get(overview).text
    wanting(house)
    second = corrected(house, first, "We have read all of it.")
    said = client.get(overview).text
    assert reminder in said
    assert f'href="/organize/deliveries/{number}/news"' in said
    assert f'href="/organize/answers/{second}/news"' in said
    assert f'href="/organize/answers/{first}/news"' not in said
    told(house, number)
    assert f'href="/organize/deliveries/{number}/news"' not in client.get(overview).text
    house.press(f"/organize/answers/{second}/news", client, **NEWS, send="1")
    assert reminder not in client.get(overview).text


def test_the_desk_is_reminded_of_no_delivery_that_has_not_come_to_pass(house: House) -> None:
    wanting(house)
    client, overview = signed_in(house), f"/organize/statements/{SLUG}"
    number = delivered(house, Means.LINK)
    assert "were not told" not in client.get(overview).text
    handed_over(house, number)
    assert "were not told" in client.get(overview).text
    failed(house, number)
    assert "were not told" not in client.get(overview).text


def test_one_click_of_a_mail_program_stops_it_without_a_page(house: House) -> None:
    wanting(house)
    told(house, event(house))
    house.work()
    mail = house.mails("ada@patron.example")[-1]
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = path_of(str(mail.message["List-Unsubscribe"]).strip("<> "))
    assert house.client().get(link).status_code == 200
    assert house.signature().updates
    assert house.client().post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 204
    assert not house.signature().updates
    assert house.signature().status == "verified"
    assert "You get no more news" in house.client().get(link).text


def test_it_is_shown_before_it_is_sent_and_an_empty_language_is_refused(house: House) -> None:
    wanting(house)
    number, client = event(house), signed_in(house)
    page = f"/organize/deliveries/{number}/news"
    assert "1 mailbox asked for news" in client.get(page).text
    refused = house.press(page, client, **{**NEWS, "body_es": ""})
    assert refused.status_code == 422
    shown = house.press(page, client, **NEWS)
    assert "Send it to 1 mailbox" in shown.text
    assert house.rows(News) == []
    assert house.press(page, client, **NEWS, send="1").status_code == 303
    assert len(house.rows(News)) == 1
    assert "Nobody gets news of the same event twice." in client.get(page).text


# --- Answers --------------------------------------------------------------------------------------


def entered(house: House, client: FlaskClient, **typed: str) -> int:
    return house.press(PAGE, client, **{**ANSWER, **typed}).status_code


def test_an_answer_is_public_in_full_and_unedited(house: House) -> None:
    assert entered(house, signed_in(house)) == 303
    said = house.client().get(f"/statements/{SLUG}/responses").text
    assert "There are times in life when differences should be put aside.\n\n&lt;b&gt;Not bold" in said
    assert "By Jo Sample, CEO" in said
    assert "What was delivered, and what was answered" in house.client().get("/").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"dated_on": "yesterday"}, "Give the day"),
        ({"dated_on": "2999-01-01"}, "This day has not come yet."),
        ({"source_url": "javascript:alert(1)"}, "A web address begins with"),
        ({"source_url": "https://"}, "A web address begins with"),
        ({"body": " \n "}, "Paste the answer, all of it."),
        ({"body": "W" * 30_001}, "Use no more than 30000 characters."),
        ({"author": ""}, "Say who speaks"),
        ({"kind": "gossip"}, "Choose what it is."),
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_published(house: House, typed: dict[str, str], said: str) -> None:
    client = signed_in(house)
    answer = house.press(PAGE, client, **{**ANSWER, **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert house.rows(Response) == []


def test_a_correction_leaves_the_earlier_entry_readable(house: House) -> None:
    client = signed_in(house)
    entered(house, client, body="A slip.")
    own = f"/organize/answers/{house.rows(Response)[0].id}"
    assert house.press(own, client, **ANSWER).status_code == 422
    assert house.press(own, client, **ANSWER, correction="A word was missing.").status_code == 303
    said = house.client().get(f"/statements/{SLUG}/responses").text
    for expected in ("A slip.", "This entry was wrong.", "A word was missing.", "There are times in life"):
        assert expected in said
    assert house.press(own, client, **ANSWER, correction="Again.").status_code == 409
    assert len(house.rows(Response)) == 2


def test_news_of_a_corrected_answer_is_refused_and_its_page_leads_to_the_newer_one(house: House) -> None:
    wanting(house)
    client = signed_in(house)
    entered(house, client, body="A slip.")
    number = house.rows(Response)[0].id
    page, typed = f"/organize/answers/{number}/news", {**NEWS, "send": "1"}
    shown = hidden(client.get(page), page)
    own = f"/organize/answers/{number}"
    assert house.press(own, client, **ANSWER, correction="A word was missing.").status_code == 303
    refused = client.post(page, data={**shown, **typed})
    assert refused.status_code == 409
    newer = f"/organize/answers/{house.rows(Response)[1].id}/news"
    assert f'href="{newer}"' in refused.text
    assert house.rows(News) == []
    assert "<textarea" not in client.get(page).text
    assert house.press(newer, client, **typed).status_code == 303


def test_news_of_an_answer_ends_when_a_newer_entry_corrects_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "BATCH", 1)
    for address in ("ada@patron.example", "bo@patron.example"):
        wanting(house, address)
    client = signed_in(house)
    entered(house, client, body="A slip.")
    number = house.rows(Response)[0].id
    page = f"/organize/answers/{number}/news"
    assert house.press(page, client, **NEWS, send="1").status_code == 303
    with house.writing() as session:
        assert spreading.spread(session, clock.now()) == 1
    assert house.press(f"/organize/answers/{number}", client, **ANSWER, correction="A slip.").status_code == 303
    house.work()
    assert [mail for mail in house.mails() if mail.subject == SUBJECT] == []
    assert house.rows(News)[0].spread_at is not None
    said = client.get(page).text
    assert "It ended when a newer entry corrected this answer" in said
    assert f'href="/organize/answers/{house.rows(Response)[1].id}/news"' in said


def test_a_reversal_stands_at_the_top_of_the_campaign(house: House) -> None:
    assert "has done what was asked" not in house.client().get("/").text
    answered(house, ResponseKind.REVERSAL)
    assert "has done what was asked, Mar 17, 2020." in house.client().get("/").text
