"""Mail scanners: they open every link of every e-mail, again and again, some with scripts, and change nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from petition import clock
from petition.accounts import admitting, recovering
from petition.accounts.models import Role
from petition.config import Config
from petition.paths import TEMPLATES
from petition.review import invalidating, restoring
from petition.signatures.models import Reason, Signature
from tests import prepared
from tests.browsing import chromium
from tests.ground import House, path_of
from tests.publishing import published
from tests.signing_in import admitted, signed_in

#: Which template each subject line belongs to.
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
    "Name an editor for Nebraska Library Association at #ebooksforall": "access",
    "Published: Resolution on one copy for a whole state": "receipt",
    "Nebraska Library Association has published a text": "text_to_list",
    "Changes asked for: Resolution on one copy for a whole state": "changes_asked",
    "Listed in the campaign: Resolution on one copy for a whole state": "listed",
    "Retracted: Resolution on one copy for a whole state": "ended",
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
    write_about_texts(house)


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


def test_every_kind_of_letter_is_looked_at(house: House) -> None:
    write_every_kind(house)
    written = {mail.subject for mail in house.mails()}
    assert written == set(SUBJECTS)
    folders = {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()}
    assert set(SUBJECTS.values()) == folders - NOT_FOR_SIGNATORIES


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
