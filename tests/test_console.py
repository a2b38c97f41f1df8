"""The desk: who may sit at it, what it shows of a statement, and every decision from a page to the record."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

import petition
from petition import clock
from petition.accounts import auditing
from petition.accounts.models import AuditEntry, Role
from petition.console import log_wording
from petition.jobs import State
from petition.mail.outbox import Email
from petition.mail.refusals import PermanentRefusal
from petition.packets.models import Build
from petition.signatures.models import CommentState, Signature, Status
from tests import delivering, sheets
from tests.bringing import made_ready
from tests.chapters import editor_of
from tests.ground import SLUG, House, hidden
from tests.institutions import answered
from tests.officers import with_officers
from tests.signing_in import admitted, signed_in
from tests.transports import Answering
from tests.witness import POLICY, Page, words

DESK: Final = f"/organize/statements/{SLUG}"
#: What a POST to an address without any field but the token may come to for an organizer.
DECIDES_NOTHING: Final = {303, 409, 422, 200}
FILES: Final = {
    "organize.packet_file", "organize.preview_file", "organize.original_page", "organize.original_file",
    "organize.kept_original", "organize.letterhead_picture",
}  # fmt: skip
#: Pages that lead to nothing but writing: no auditor needs them.
TO_WRITE: Final = {"organize.new_draft", "organize.look_once_more", "organize.upload"}


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house)


@pytest.fixture
def auditor(house: House) -> FlaskClient:
    return signed_in(house, Role.AUDITOR)


def addresses(house: House, method: str) -> Iterator[tuple[str, str]]:
    """Endpoint and path of every address of the desk that takes this method; each number is 1, each text of NE its own.

    Files are left out.
    """
    adapter = house.app.url_map.bind("127.0.0.1")
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith("organize.") and rule.endpoint not in FILES and method in (rule.methods or ()):
            values = {"slug": SLUG, "number": 1, "act": "hold", "verdict": "approve", "chapter": "NE"}
            values |= {"letter": "confirm", "lang": "es"}
            values |= {"slug": f"ne-resolution-{clock.now().year}"} if "chapter" in rule.arguments else {}
            yield rule.endpoint, adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def write_for_nebraska(house: House) -> None:
    """A draft of the chapter's, numbered 1 and from a document, a text with an officer, and an institution."""
    made_ready(house, editor_of(house, "NE"))
    with_officers(house)
    answered(house, "ida@gmail.com")
    delivering.delivered(house)
    delivering.answered(house)
    sheets.entered(house)


def acts(house: House) -> list[str]:
    """What the record says was done by somebody at the desk."""
    return [entry.act for entry in house.rows(AuditEntry, AuditEntry.act != "signed in") if entry.account_id]


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine all pages take more than the minute after which it is noted that somebody was seen."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_readers_open_every_page_and_change_nothing(
    house: House, organizer: FlaskClient, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.signed(comment="Readers wait for months.")
    house.sign(email="waiting@patron.example")
    write_for_nebraska(house)
    pages = list(addresses(house, "GET"))
    assert len(pages) > 18
    stop_the_clock(monkeypatch)
    before = house.dump()
    for endpoint, path in pages:
        assert house.client().get(path).headers["Location"].startswith("/account/sign-in"), path
        for client in (organizer, auditor):
            answer = client.get(path)
            page = Page(answer.text)
            status = 403 if client is auditor and endpoint in TO_WRITE else 200
            assert (answer.status_code, page.faults) == (status, []), path
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["Cache-Control"] == "no-store"
            assert page.all("meta", name="robots", content="noindex")
    assert house.dump() == before


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_an_auditor_is_shown_no_button_and_refused_every_act(
    house: House, organizer: FlaskClient, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.signed(comment="Readers wait for months.")
    write_for_nebraska(house)
    stop_the_clock(monkeypatch)
    token = hidden(organizer.get(f"{DESK}/packets"), f"{DESK}/packets")["csrf_token"]
    for _endpoint, path in addresses(house, "GET"):
        assert not Page(auditor.get(path).text).all("form", method="post"), path
    before = house.dump()
    asked = list(addresses(house, "POST"))
    assert len(asked) > 20
    for endpoint, path in asked:
        assert auditor.post(path, data={"csrf_token": token}).status_code == 403, endpoint
        assert house.client().post(path).status_code in (303, 422), endpoint
        assert organizer.post(path).status_code == 422, endpoint
    assert house.dump() == before


def test_the_overview_adds_up(house: House, organizer: FlaskClient) -> None:
    pages = [house.signed(f"p{i}@patron.example") for i in range(3)]
    house.press(f"{pages[0]}/withdraw")
    house.register()
    house.sign(email="waiting@patron.example")
    decide(organizer, 2, "hold", note="Joke?")
    house.register()
    told = words(organizer.get(DESK).text)
    for figure in ("Verified 1 the public count", "Waiting for confirmation 1", "Held 1 Decide", "Withdrawn 1"):
        assert figure in told
    assert "The ledger has 5 entries: 3 verified, 1 withdrawn, 1 held or invalidated, 0 restored." in told
    assert "Joke?" in told
    assert re.search(r"Growth as a table Day More Total \w+ \d+, \d+ 1 1 ", told)
    assert "Statement Verified Waiting Held" in words(organizer.get("/organize/").text)


# --- Looking for somebody -------------------------------------------------------------------------


def found(client: FlaskClient, **sought: str) -> list[str]:
    """The names on the first page of a search."""
    page = client.get(f"{DESK}/signatures", query_string=sought).text
    return re.findall(r'/organize/signatures/\d+"><bdi>([^<]+)', page)


def test_people_are_found_by_words_state_and_status(house: House, organizer: FlaskClient) -> None:
    for name, city, state in (
        ("Zoë O’Brien-Łęcka", "Lincoln", "NE"),
        ("Ada Lincoln", "Omaha", "NE"),
        ("渡辺 さくら", "Juneau", "AK"),
    ):
        house.signed(f"{city}@patron.example", name=name, city=city, state=state)
    house.sign(email="late@patron.example", name="Zora Late", city="Lincoln", state="NE")
    assert found(organizer, q="late") == []
    house.write_words()
    assert found(organizer) == ["Zora Late", "渡辺 さくら", "Ada Lincoln", "Zoë O’Brien-Łęcka"]
    assert found(organizer, q="LECKA") == found(organizer, q="o'brien zoe") == ["Zoë O’Brien-Łęcka"]
    assert found(organizer, q="lincoln") == ["Zora Late", "Ada Lincoln", "Zoë O’Brien-Łęcka"]
    assert found(organizer, q="lincoln", status="verified") == ["Ada Lincoln", "Zoë O’Brien-Łęcka"]
    assert found(organizer, q="zo*") == ["Zora Late", "Zoë O’Brien-Łęcka"]
    assert found(organizer, q="zo") == found(organizer, q="!") == found(organizer, q="lincoln juneau") == []
    assert found(organizer, state="AK") == found(organizer, q="渡辺") == ["渡辺 さくら"]
    assert found(organizer, state="NE", status="pending") == ["Zora Late"]


def test_words_go_with_the_details_they_were_taken_from(house: House, organizer: FlaskClient) -> None:
    house.sign(name="Forgotten Name")
    house.sign(email="else@patron.example", name="Disowned Name")
    house.write_words()
    house.work()
    house.press(f"{house.mails('else@patron.example')[-1].link('/confirm/')}/not-me",
                on=house.mails("else@patron.example")[-1].link("/confirm/"))  # fmt: skip
    assert found(organizer, q="name") == ["Forgotten Name"]
    house.later(days=15)
    house.sweep()
    assert [signature.status for signature in house.rows(Signature)] == [Status.EXPIRED]
    assert "forgotten" not in repr(house.dump())
    assert house.write_words() == 0


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_an_address_is_looked_for_by_its_hash_and_stands_nowhere(house: House, organizer: FlaskClient) -> None:
    house.signed("ada.lovelace+petition@gmail.com")
    typed = {"email": "ADA.LOVELACE@gmail.com"}
    page = organizer.get(f"{DESK}/signatures")
    before = house.dump()
    answer = organizer.post(
        f"{DESK}/signatures/by-address",
        data={**typed, **token(page.text)},
    )
    assert answer.status_code == 303
    shown = organizer.get(answer.headers["Location"])
    assert "<bdi>Ada Lovelace</bdi>" in shown.text
    for said in (answer.headers["Location"], shown.text):
        assert "gmail" not in said.lower()
        assert "lovelace@" not in said.lower()
    nobody = organizer.post(
        f"{DESK}/signatures/by-address", data={"email": "nobody@patron.example", **token(page.text)}
    )
    assert "This mailbox has no signature here." in organizer.get(nobody.headers["Location"]).text
    refused = organizer.post(f"{DESK}/signatures/by-address", data={"email": "ada@", **token(page.text)})
    assert refused.status_code == 422
    assert "no part after the @" in refused.text
    assert house.dump() == before


def token(page: str) -> dict[str, str]:
    """The token of the session, off any form of a page."""
    return {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]}


def test_a_list_is_paged_by_key_while_others_sign(house: House, organizer: FlaskClient) -> None:
    house.many_sign(60)
    seen: list[str] = []
    path: str | None = f"{DESK}/signatures?status=pending"
    while path:
        page = organizer.get(path).text
        seen += re.findall(r'/organize/signatures/(\d+)"', page)
        house.sign(email=f"late-{len(seen)}@patron.example")
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert [int(number) for number in seen] == list(range(60, 0, -1))
    assert "before=" in (page and organizer.get(f"{DESK}/signatures").text)


# --- Decisions ------------------------------------------------------------------------------------


def decide(client: FlaskClient, number: int, act: str, **typed: str) -> int:
    """Press one of the buttons of a signature's page."""
    page = client.get(f"/organize/signatures/{number}")
    path = f"/organize/signatures/{number}/{act}"
    assert f'action="{path}"' in page.text, f"{act} is not offered"
    return client.post(path, data={**hidden(page, path), **typed}).status_code


def test_decisions_are_made_on_the_page_told_and_recorded(house: House, organizer: FlaskClient) -> None:
    house.signed(comment="Readers wait for months.")
    assert decide(organizer, 1, "hold") == 422
    assert decide(organizer, 1, "hold", note="Is this one person?") == 303
    house.work()
    assert house.count() == 0
    review = organizer.get(f"{DESK}/review").text
    assert "Ada Lovelace" in review
    assert "Is this one person?" in review
    assert decide(organizer, 1, "release") == 303
    assert decide(organizer, 1, "invalidate", reason="king") == 422
    assert decide(organizer, 1, "invalidate", reason="duplicate", note="As Ada L.") == 303
    assert decide(organizer, 1, "restore") == 303
    assert decide(organizer, 1, "comment/approve") == 303
    assert decide(organizer, 1, "withdraw") == 303
    house.work()
    signature = house.signature(id=1)
    assert (signature.status, signature.comment_state) == (Status.WITHDRAWN, CommentState.APPROVED)
    assert acts(house) == [
        "signature held", "signature released", "signature invalidated", "signature restored", "comment approved",
        "signature withdrawn",
    ]  # fmt: skip
    told = words(organizer.get("/organize/signatures/1").text)
    for said in ("Verified, by the link in the e-mail", "Held, and out of the count", "Restored", "As Ada L.",
                 "The same person has signed by another mailbox", "Please confirm Sent", "Approved."):  # fmt: skip
        assert said in told, said
    assert "Signature withdrawn for its signatory" in organizer.get("/organize/log").text


def test_whoever_comes_second_decides_nothing(house: House, organizer: FlaskClient) -> None:
    house.signed()
    late = hidden(organizer.get("/organize/signatures/1"), "/organize/signatures/1/hold")
    assert decide(organizer, 1, "invalidate", reason="machine") == 303
    answer = organizer.post("/organize/signatures/1/hold", data={**late, "note": "Look"})
    assert answer.status_code == 409
    assert "Somebody else was quicker" in answer.text
    assert acts(house) == ["signature invalidated"]


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_comments_are_read_the_oldest_first_until_none_is_left(house: House, organizer: FlaskClient) -> None:
    for i in range(2):
        house.signed(f"p{i}@patron.example", comment=f"Comment {i} <script>")
    queue = f"{DESK}/comments"
    page = organizer.get(queue)
    assert page.text.index("Comment 0 &lt;script&gt;") < page.text.index("Comment 1")
    for number, verdict in ((1, "refuse"), (2, "approve")):
        path = f"/organize/signatures/{number}/comment/{verdict}"
        assert organizer.post(path, data=hidden(organizer.get(queue), path)).headers["Location"] == queue
    assert "Somebody has looked at every comment." in organizer.get(queue).text
    assert [signature.comment_state for signature in house.rows(Signature)] == ["refused", "approved"]


# --- The post -------------------------------------------------------------------------------------


def test_what_was_given_up_is_shown_with_its_cause_and_sent_again(house: House, organizer: FlaskClient) -> None:
    house.sign()
    house.work(Answering(house.transport, [PermanentRefusal("550 5.1.1 no such user", "recipient")]))
    assert [email.state for email in house.emails()] == [State.DEAD]
    page = organizer.get("/organize/mail")
    assert "550 5.1.1 no such user" in page.text
    path = "/organize/mail/1/again"
    assert organizer.post(path, data=hidden(page, path)).status_code == 303
    assert [(email.state, email.attempts) for email in house.emails()] == [(State.WAITING, 0)]
    assert organizer.post(path, data=hidden(page, path)).status_code == 303
    house.work()
    assert [email.state for email in house.emails()] == [State.DONE]
    assert len(house.mails("ada@patron.example")) == 1
    assert acts(house) == ["e-mail sent again"]


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_everything_that_was_given_up_is_sent_again_at_once(house: House, organizer: FlaskClient) -> None:
    house.many_sign(2)
    refusals: list[BaseException | None] = [PermanentRefusal("554 go away", "sender")] * 2
    house.work(Answering(house.transport, refusals))
    page = organizer.get("/organize/mail")
    assert "Send all 2 again" in page.text
    organizer.post("/organize/mail/again", data=hidden(page, "/organize/mail/again"))
    assert house.work() == 2
    assert house.rows(Email, Email.state != State.DONE) == []


@pytest.mark.one_database("sqlite", "what a page shows; its acts and lists run on both elsewhere")
def test_a_post_that_does_not_move_is_said(house: House, organizer: FlaskClient) -> None:
    house.sign()
    assert "Nothing is being sent" not in organizer.get(DESK).text
    house.later(minutes=11)
    assert "Nothing is being sent" in organizer.get(DESK).text
    assert house.rows(Build) == []


@pytest.mark.parametrize("number", [0, 999, 2**63, 10**30])
def test_a_number_that_no_row_has_is_not_found(house: House, organizer: FlaskClient, number: int) -> None:
    for path in (f"/organize/signatures/{number}", f"/organize/builds/{number}/packet.pdf"):
        assert organizer.get(path).status_code == 404


def test_the_log_has_words_for_every_act_that_the_program_records(house: House) -> None:
    """An act that the log would show in English alone is one that nobody thought of."""
    a_word = r"[\w.]+(?:\(\))?,\s*"
    recorded = re.compile(rf'(?:auditing|deciding)\.record\(\s*{a_word * 3}"([^"]+)"')
    sources = (path.read_text() for path in Path(petition.__file__).parent.rglob("*.py"))
    acts = {act for source in sources for act in recorded.findall(source)}
    assert len(acts) > 20
    with house.app.test_request_context():
        assert acts <= set(log_wording.acts())


@pytest.mark.one_database("sqlite", "words")
def test_the_log_says_what_it_keeps_beside_an_act_in_its_readers_language(house: House, organizer: FlaskClient) -> None:
    account = admitted(house, Role.ORGANIZER)
    kept = {"means": "post", "kind": "letter", "reason": "held", "role": "auditor", "how": "passkey", "packet": "3"}
    kept |= {"purpose": "publisher"}
    with house.writing() as session:
        auditing.record(session, clock.now(), account, "delivery prepared", "delivery 1", **kept)
    said = words(organizer.get("/organize/log", headers={"Accept-Language": "es"}).text)
    for each in ("Por correo postal", "Carta", "auditor", ": auditoría", "llave de acceso", "la editorial", ": 3"):
        assert each in said
    for raw in (": post", ": letter", ": held", ": passkey", ": publisher", ": auditor;"):
        assert raw not in said
