"""Mail scanners: they open every link of every e-mail, again and again, some with scripts, and change nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from petition import clock
from petition.accounts import admitting, recovering
from petition.accounts.models import Account, Role
from petition.config import Config
from petition.institutions import answering as replies
from petition.institutions import deciding
from petition.institutions.models import Institution
from petition.officers import signing
from petition.officers.models import Officer
from petition.paths import TEMPLATES
from petition.review import invalidating, restoring
from petition.signatures.models import Reason, Signature
from tests import delivering, institutions, officers, prepared, sample_audits
from tests.browsing import chromium
from tests.ground import House, path_of
from tests.ledgers import signed_ledgers
from tests.publishing import published
from tests.signing_in import admitted, signed_in

#: Which template each subject line belongs to.
DELIVERED = "Petition to Macmillan Publishers: New ebooks belong in libraries from the first day"
SUBJECTS = {
    "Please confirm your signature": "confirm",
    "Your signature still waits: please confirm it": "confirm",
    "These signatures wait for you": "waiting",
    "You have signed already": "already",
    "Your signature is confirmed": "confirmed",
    "Your signature is withdrawn": "withdrawn",
    "Your signature counts again": "restored",
    "Your signature does not count": "invalidated",
    "Your signature has been checked, and counts": "released",
    "Your link to sign in": "sign_in",
    "You may sign in at #ebooksforall": "invitation",
    "How you sign in at #ebooksforall has changed": "ways_in",
    "Nebraska Library Association asks you to sign as an officer": "officer",
    "All officers have signed: Sample": "officer_answer",
    "An officer does not sign: Sample": "officer_answer",
    "An officer has taken the signature back: Sample": "officer_answer",
    "The address of an officer is wrong: Sample": "officer_answer",
    "Does your institution sign?": "institution",
    "Your institution has signed already": "institution_news",
    "Your institution’s signature is confirmed": "institution_news",
    "Your institution’s signature will be looked at": "institution_news",
    "Your institution’s signature does not count": "institution_news",
    "Your institution’s signature is withdrawn": "institution_news",
    "Published: Sample": "receipt",
    "Name an editor for Nebraska Library Association at #ebooksforall": "access",
    "Published: Resolution on one copy for a whole state": "receipt",
    "Nebraska Library Association has published a text": "text_to_list",
    "Changes asked for: Resolution on one copy for a whole state": "changes_asked",
    "Listed in the campaign: Resolution on one copy for a whole state": "listed",
    "Keep this: checkpoints of our ledgers": "checkpoints",
    "Retracted: Resolution on one copy for a whole state": "ended",
    DELIVERED: "delivery",
    delivering.WORDS["en"]["subject"]: "news",
    "Did you sign this?": "audit_question",
}
NOT_FOR_SIGNATORIES = {"parts", "test"}


def write_every_kind(house: House) -> None:
    """Bring about one e-mail of every kind, each link of which still opens something."""
    house.sign(email="ada@patron.example", name="Ada Sample-Okafor")
    house.sign(email="bo@patron.example", name="Bo Sample-Ito")
    house.sign(email="bo@patron.example", name="Bea Sample-Ito")
    house.work()
    house.later(days=2, minutes=1)
    house.sweep()
    house.work()
    page = house.signed("cleo@patron.example", name="Cleo Sample-Roy")
    house.sign(email="cleo@patron.example", name="Cleo Again")
    house.work()
    gone = house.signed("dan@patron.example", name="Dan Sample-Moe")
    house.press(f"{gone}/withdraw")
    house.work()
    house.press(f"{gone}/undo", on=gone)
    house.work()
    house.press(f"{page}/withdraw")
    house.work()
    house.signed("eve@patron.example", name="Eve Sample-Lund")
    eve = house.signature(mailbox=house.mailbox("eve@patron.example")).id
    with house.writing() as session:
        invalidating.invalidate(session, clock.now(), session.get_one(Signature, eve), Reason.NAME, "", None)
    house.work()
    with house.writing() as session:
        restoring.restore(session, clock.now(), session.get_one(Signature, eve), "", None)
    house.work()
    auditor = admitted(house, Role.AUDITOR, address="gus@library.example")
    with house.writing() as session:
        admitting.invite(session, auditor, clock.now())
        recovering.make(session, house.keys, auditor, clock.now())
    house.press("/account/sign-in", email="gus@library.example")
    house.press("/chapters/ne/access", on="/chapters/ne")
    house.work()
    write_to_officers(house)
    write_to_institutions(house)
    write_about_texts(house)
    signed_ledgers(house)
    house.signed("hedy@patron.example", name="Hedy Sample-Kiesler", updates="1")
    number = delivering.delivered(house)
    house.work()
    delivering.told(house, number)
    house.work()
    sample_audits.asked(house)


def write_to_officers(house: House) -> None:
    """Each e-mail to officers and about them, each while it is true."""
    addresses = [f"officer-{number}@officer.example" for number in range(2)]
    board = [officers.named(f"Officer Sample-{number}", "Member", each) for number, each in enumerate(addresses)]
    officers.with_officers(house, *board, title="Sample")
    links = [officers.link_of(house, each) for each in addresses]
    for path in links:
        house.press(path)
    house.work()
    for path in links:
        house.press(f"{path}/decline", on=path)
    house.work()
    published(house, "NE", officers.named("Officer Sample-2", "Member", "o2@officer.example"), title="Sample")
    with house.writing() as session:
        # Before the e-mail has left: its link opens nothing afterwards.
        newest = session.scalars(select(Officer).order_by(Officer.id.desc()).limit(1)).one()
        signing.disown(session, newest, clock.now())
    officers.with_officers(house, officers.named("Officer Sample-3", "Member", "o3@officer.example"), title="Sample")
    link = officers.link_of(house, "o3@officer.example")
    house.press(f"{link}/decline", on=link)
    house.work()


def write_to_institutions(house: House) -> None:
    """Each e-mail to institutions."""
    for number in range(4):
        institutions.answered(house, f"ida{number}@gmail.com", name=f"Sample Library {number}")
    ids = [row.id for row in house.rows(Institution)]
    who = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        account = session.get_one(Account, who.id)
        deciding.confirm(session, session.get_one(Institution, ids[0]), account, "Called.", clock.now())
    with house.writing() as session:
        account = session.get_one(Account, who.id)
        deciding.refuse(session, session.get_one(Institution, ids[1]), account, "Unknown there.", clock.now())
    with house.writing() as session:
        replies.withdraw(session, session.get_one(Institution, ids[2]), clock.now())
    house.later(minutes=11)
    institutions.cosign(house, email="ida3@gmail.com")
    institutions.cosign(house, email="ida4@gmail.com")
    house.work()


def write_about_texts(house: House) -> None:
    """What organizers, editors and the office get about a chapter's text."""
    organizer = signed_in(house)
    slug = published(house, listed=False)
    own = f"/organize/chapters/ne/statements/{slug}"
    house.press(f"{own}/changes", organizer, on=own, note="Which source has the sum?")
    house.press(f"{own}/list", organizer, on=own)
    house.press(f"{own}/end", organizer, on=own, how="retracted", because="The board has voted anew.")
    house.work()


def links(house: House) -> list[str]:
    return list(dict.fromkeys(link for mail in house.mails() for link in mail.links))


@pytest.mark.one_database("sqlite", "a list of letters")
def test_every_kind_of_letter_is_looked_at(house: House) -> None:
    write_every_kind(house)
    written = {mail.subject.strip() for mail in house.mails()}
    assert written == set(SUBJECTS)
    folders = {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()}
    assert set(SUBJECTS.values()) == folders - NOT_FOR_SIGNATORIES


@pytest.mark.one_database("sqlite", "what a letter says")
def test_the_html_of_a_letter_leads_nowhere_else_and_fetches_nothing(house: House) -> None:
    write_every_kind(house)
    for mail in house.mails():
        for fetching in ("<img", "<link", "<script", "src=", "url("):
            assert fetching not in mail.html, mail.subject
        for link in mail.html.split('href="')[1:]:
            assert link.partition('"')[0] in mail.links, mail.subject


def test_twenty_gets_and_heads_of_every_link_change_no_row(house: House) -> None:
    write_every_kind(house)
    before = house.dump()
    client = house.client()
    opened = links(house)
    assert len(opened) >= 8
    for link in opened:
        # A desk sends strangers to sign in.
        expected = 303 if path_of(link).startswith("/organize/") else 200
        for _ in range(20):
            assert client.get(path_of(link)).status_code == expected, link
            assert client.head(path_of(link)).status_code == expected, link
        assert house.dump() == before, link


@contextmanager
def answering(house: House) -> Iterator[None]:
    """Serve the house from this process, at the port of its base URL."""
    server = make_server("127.0.0.1", house.config.port, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.one_database("sqlite", "what a browser does; every link is asked for on both elsewhere")
def test_a_browser_with_scripts_that_opens_every_link_changes_no_row(
    config: Config, needs: Callable[[str], str]
) -> None:
    program = needs("chromium")
    house = House.open(prepared.with_free_port(config))
    write_every_kind(house)
    before = house.dump()
    with answering(house), sync_playwright() as play, chromium(play, program) as browser:
        page = browser.new_page()
        for link in links(house):
            answer = page.goto(link, wait_until="load")
            assert answer is not None
            assert answer.status == 200, link
            # Some scanners move about, press keys and leave as a reader would.
            page.mouse.move(200, 300)
            page.keyboard.press("Enter")
            page.wait_for_timeout(150)
            page.reload()
        page.go_back()
    assert house.dump() == before
    house.close()
