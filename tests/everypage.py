"""Every page in every state, as a real house answered it, served to a browser again and again.

A page is collected once, when its state is there, and kept with its status and headers; style sheets, scripts
and fonts come from the house itself. So a test may look at a page that exists for one answer only.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from petition import clock
from petition.audits.models import Audit
from petition.campaigns.models import Campaign
from petition.deliveries.models import Means, ResponseKind
from petition.errors import Busy
from petition.officers.models import Officer
from petition.packets.models import PacketFile
from petition.signatures.models import Reason, Signature, Status
from petition.statements.models import Statement
from tests import delivering, drafting, institutions, officers, prepared, publishing, sample_audits, sheets
from tests.bringing import UPLOAD, accept, bring, brought, resolution
from tests.chapters import OFFICE, editor_of
from tests.ground import SLUG, House, hidden
from tests.ledgers import signed_ledgers
from tests.signing_in import signed_in
from tests.witness import VOID

KEPT: Final = "/kept/"
TEXT: Final = f"/statements/{SLUG}"
#: As long as a name may be, in words and in one piece; and the same for a town and a library.
LONG: Final = "Wilhelmina Sample-Featherstonehaugh van Cholmondeley-Marjoribanks y de la Santísima Trinidad Ruiz-Blasco Picasso Okafor-Itō"[:120]  # noqa: E501
SOLID: Final = ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2)[:80]
STATES: Final = frozenset("type hidden disabled required aria-invalid open role tabindex lang".split())
HARD_TO_BREAK: Final = 25  # letters
COMMENT: Final = "Readers wait for months.\n\n" + "W" * 200 + " and that is a long word."


@dataclass(frozen=True)
class Kept:
    """One page as it was answered."""

    name: str
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Where the browser finds it again."""
        return KEPT + self.name


class Collected(dict[str, Kept]):
    """The pages by name."""

    def keep(self, name: str, answer: TestResponse, status: int = 200) -> TestResponse:
        """Keep an answer; asserts that it is the one that was meant."""
        assert answer.status_code == status, (name, answer.status, answer.text[:500])
        assert answer.mimetype == "text/html", name
        assert name not in self
        self[name] = Kept(name, status, tuple(answer.headers), answer.data)
        return answer


    def telling(self) -> list[str]:
        """So few of them, by name, that each kind of element stands in each kind of place on one of these.

        For tests that take long with a page: whoever has been through these finds nothing new on the others.
        """
        kinds = {name: Kinds(page.body.decode()).found for name, page in self.items()}
        left, chosen = set().union(*kinds.values()), []
        while left:
            chosen.append(max(kinds, key=lambda name: len(kinds[name] & left)))
            left -= kinds[chosen[-1]]
        return chosen


class Kinds(HTMLParser):
    """What stands in what on a page, and in which kind of page: elements by tag, class and state; long words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str, str]] = set()
        self._body = ""
        self._within = [""]
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        states = sorted(f"{name}={value}" for name, value in attrs if name in STATES)
        kind = " ".join([tag, given.get("class") or "", *states])
        self._body = kind if tag == "body" else self._body
        self.found.add((self._body, self._within[-1], kind))
        if tag not in VOID:
            self._within.append(kind)

    def handle_endtag(self, tag: str) -> None:
        while len(self._within) > 1 and self._within.pop().partition(" ")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(len(word) >= HARD_TO_BREAK for word in data.split()):
            self.found.add((self._body, self._within[-1], "a long word"))


def collect(house: House) -> Collected:
    """Go through everything that can happen in a house nobody has signed in yet, and keep each page."""
    pages = Collected()
    for step in (
        _empty, _about, _form, _sending, _full, _private, _desk, _chapter, _texts, _officers, _institutions,
        _lists, _deliveries, _audits, _old,
    ):  # fmt: skip
        step(house, pages)
    clock.reset()
    return pages


def _empty(house: House, pages: Collected) -> None:
    client = house.client()
    pages.keep("campaign-empty", client.get("/"))
    pages.keep("mailbox-empty", client.get("/mailbox"))
    pages.keep("statements-empty", client.get("/statements/"))
    form = house.form(client)
    with _dated(house, closes_at=clock.now() - timedelta(minutes=1)):
        pages.keep("campaign-closed", client.get("/"))
        pages.keep("closed", client.post(f"{TEXT}/sign", data=form), 409)
    with _dated(house, opens_at=clock.now() + timedelta(days=30)):
        pages.keep("campaign-not-open", client.get("/"))


@contextlib.contextmanager
def _dated(house: House, **dates: datetime) -> Iterator[None]:
    """The campaign opens or closes at another time until the block ends."""
    with house.writing() as session:
        campaign = session.query(Campaign).one()
        before = {name: getattr(campaign, name) for name in dates}
        session.execute(update(Campaign).values(**dates))
    yield
    with house.writing() as session:
        session.execute(update(Campaign).values(**before))


def _about(house: House, pages: Collected) -> None:
    client = house.client()
    for name in ("publishers/", "your-data", "how-we-count", "accessibility"):
        pages.keep(name.strip("/"), client.get(f"/{name}"))
    pages.keep("ledgers-empty", client.get("/ledger/"))
    pages.keep("ledger-empty", client.get(f"/ledger/{SLUG}"))
    pages.keep("chapter-empty", client.get("/chapters/ne"))
    pages.keep("missing", client.get("/nowhere"), 404)
    pages.keep("confirm-code", client.get("/confirm"))
    pages.keep("confirm-code-errors", house.press("/confirm", client, email="", code=""), 422)
    typed = {"email": "nobody@patron.example", "code": "K7MQ-42XD"}
    pages.keep("confirm-code-wrong", house.press("/confirm", client, **typed), 422)
    pages.keep("finished", client.get("/finished"))
    pages.keep("unknown-link", client.get("/confirm/cut-off"), 404)
    house.app.view_functions["pages.how_we_count"], view = _break, house.app.view_functions["pages.how_we_count"]
    pages.keep("fault", client.get("/how-we-count"), 500)
    house.app.view_functions["pages.how_we_count"] = view


def _break(**_values: Any) -> str:
    raise ValueError


def _form(house: House, pages: Collected) -> None:
    empty = {"name": "", "email": "", "city": "", "state": "", "relation": "king", "postal_code": "x" * 16}
    pages.keep("errors-all", house.sign(**empty, comment="x" * 501), 422)
    pages.keep("errors-one", house.sign(email="ada@"), 422)
    pages.keep("errors-abroad", house.sign(state="ZZ", country=""), 422)
    pages.keep("did-you-mean", house.sign(email="ada@gmial.com", comment=COMMENT), 422)
    pages.keep("did-you-mean-errors", house.sign(email="ada@gmial.com", name="", city=""), 422)
    pages.keep("shown-again", house.sign(show_again="1", name=LONG, comment=COMMENT))
    pages.keep("errors-stale", house.sign(csrf_token="old", name=LONG), 422)
    limits = {**house.config.limits, "sign": "1 per 10 minutes"}
    crowded = House.open(replace(house.config, limits=limits))
    crowded.app.test_client_class = house.app.test_client_class
    assert crowded.sign(email="early@patron.example").status_code == 303
    pages.keep("too-many", crowded.sign(name=LONG, comment=COMMENT), 429)
    crowded.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("petition.writers.WritersQueue.wait", _turn_away)
        pages.keep("busy", house.sign(name=LONG, comment=COMMENT), 503)


def _turn_away(_queue: object) -> None:
    raise Busy


def _sending(house: House, pages: Collected) -> None:
    client = house.client()
    sent = house.sign(client, name=LONG, city=SOLID, affiliation=f"{SOLID} {SOLID}"[:160], comment=COMMENT).location
    pages.keep("sent", client.get(sent))
    pages.keep("sent-again", client.get(house.press(f"{sent}/again", client, on=sent).location))
    pages.keep("sent-errors", house.press(sent, client, code=""), 422)
    pages.keep("sent-wrong", house.press(sent, client, code="K7MQ-42XD"), 422)
    house.work()
    link = house.mails()[-1].link("/confirm/")
    pages.keep("confirm-long", client.get(link))
    confirmed = house.press(link, client).location
    pages.keep("confirmed", client.get(confirmed))
    house.work()
    pages.keep("confirmed-number", client.get(confirmed))
    pages.keep("already", client.get(link))
    pages.keep("private-long", client.get(house.mails()[-1].link("/signature/")))
    with house.writing() as session:
        session.query(Signature).filter_by(name=LONG).one().status = Status.HELD
    pages.keep("confirmed-held", client.get(confirmed))
    pages.keep("held", client.get(link))
    pages.keep("private-held", client.get(house.mails()[-1].link("/signature/")))
    with house.writing() as session:
        session.query(Signature).filter_by(name=LONG).one().status = Status.VERIFIED
    house.sign(client, email="eve@patron.example")
    house.work()
    link = house.mails("eve@patron.example")[-1].link("/confirm/")
    pages.keep("confirm", client.get(link))
    disowned = house.press(f"{link}/not-me", client, on=link).location
    pages.keep("not-me", client.get(disowned))
    lift = disowned.replace("/not-me/", "/lift/")
    pages.keep("lift", client.get(lift))
    pages.keep("lifted", client.get(house.press(lift, client).location))


def _full(house: House, pages: Collected) -> None:
    """With a few hundred signatures, some of which show their names."""
    for number, name in enumerate((LONG, "이샘플", "Σοφία Sample-Παπαδοπούλου", "Noor نور Sample")):
        house.signed(f"shown-{number}@patron.example", name=name, show_name="1")
    prepared.command(house.config, "signatures", "sample", SLUG, "400")
    house.later(seconds=10)
    client = house.client()
    for name, path in (("campaign", "/"), ("statement", TEXT), ("statements", "/statements/")):
        pages.keep(name, client.get(path))
    pages.keep("revision", client.get(f"{TEXT}/revisions/1"))
    pages.keep("chapters", client.get("/chapters/"))
    pages.keep("chapter", client.get("/chapters/ne"))
    mailbox = pages.keep("mailbox", client.get("/mailbox"))
    letter = mailbox.text.partition('href="/mailbox/')[2].partition('"')[0]
    pages.keep("message", client.get(f"/mailbox/{letter}"))


def _private(house: House, pages: Collected) -> None:
    client = house.client()
    own = house.signed("flo@patron.example", relation="librarian", affiliation="Sample Public Library", comment="Yes.")
    pages.keep("private", client.get(own))
    pages.keep("receipt-waits", client.get(f"{own}/receipt"))
    signed_ledgers(house)
    pages.keep("receipt", client.get(f"{own}/receipt"))
    pages.keep("ledgers", client.get("/ledger/"))
    pages.keep("ledger", client.get(f"/ledger/{SLUG}"))
    pages.keep("withdraw", client.get(f"{own}/withdraw"))
    done = house.press(f"{own}/withdraw", client).location
    pages.keep("withdrawn", client.get(done))
    pages.keep("private-withdrawn", client.get(own))
    house.work()
    house.later(days=8)
    house.sweep()
    pages.keep("withdrawn-erased", client.get(done))
    pages.keep("private-erased", client.get(own))
    pages.keep("receipt-erased", client.get(f"{own}/receipt"))
    bad = house.signed("gus@patron.example")
    with house.writing() as session:
        found = session.query(Signature).filter_by(mailbox=house.mailbox("gus@patron.example")).one()
        found.status, found.reason = Status.INVALIDATED, Reason.IMPOSTOR
    pages.keep("private-invalidated", client.get(bad))


def _deliveries(house: House, pages: Collected) -> None:
    """What a publisher, a signatory and the desk see of deliveries and answers."""
    packet, client, desk = delivering.issued(house, copy=7, read=False), house.client(), signed_in(house)
    pages.keep("desk-packet-stopped", desk.get(f"/organize/packets/{packet}"))
    packet = delivering.issued(house, copy=8)
    number = delivering.delivered(house, packet=packet)
    posted = delivering.delivered(house, Means.POST, packet, delivering.contact(house, "post@publisher.example"))
    house.work()
    delivering.answered(house)
    link = delivering.link_of(house, number)
    pages.keep("delivery", client.get(link))
    pages.keep("delivery-errors", house.press(link, client, name="W" * 201), 422)
    house.press(link, client)
    pages.keep("delivery-received", client.get(link))
    pages.keep("delivery-unknown", client.get("/deliveries/cut-off"), 404)
    sha256 = house.rows(PacketFile, PacketFile.packet_id == packet)[0].sha256
    pages.keep("verify", client.get("/verify"))
    for name, typed, status in (("known", sha256, 200), ("unknown", "0" * 64, 200), ("errors", "abc", 422)):
        pages.keep(f"verify-{name}", client.get(f"/verify?sha256={typed}"), status)
    pages.keep("responses", client.get(f"{TEXT}/responses"))
    memo = delivering.answered(house, ResponseKind.MEMO, source_url="https://publisher.example/memo")
    delivering.corrected(house, memo, "W" * 200)
    pages.keep("publishers-answered", client.get("/publishers/"))
    for name, path in (
        ("packet", f"packets/{packet}"), ("delivery", f"deliveries/{number}"), ("posted", f"deliveries/{posted}"),
        ("news", f"deliveries/{number}/news"), ("publishers", "publishers"), ("contacts", "publishers/1/contacts"),
        ("contact", "contacts/1"), ("answers", f"statements/{SLUG}/answers"), ("answer", "answers/1"),
    ):  # fmt: skip
        pages.keep(f"desk-{name}", desk.get(f"/organize/{path}"))
    answers = f"/organize/statements/{SLUG}/answers"
    pages.keep("desk-answers-errors", house.press(answers, desk, body="", author=""), 422)
    once_more = {"contact": "1", "means": "link", "again": "Their archive burnt down.", "seen": "0"}
    page = f"/organize/packets/{packet}"
    pages.keep("desk-packet-errors", house.press(f"{page}/deliveries", desk, page, **once_more), 422)
    handed = f"/organize/deliveries/{posted}"
    pages.keep("desk-delivery-errors", house.press(f"{handed}/handed", desk, handed, day="soon"), 422)


def _desk(house: House, pages: Collected) -> None:
    pages.keep("sign-in", house.client().get("/account/sign-in"))
    client = signed_in(house)
    pages.keep("account", client.get("/account/"))
    pages.keep("account-app", client.get("/account/app"))
    number = house.rows(Signature, Signature.status == Status.VERIFIED)[0].id
    hold = f"/organize/signatures/{number}/hold"
    pages.keep("desk-signature-refused", house.press(hold, client, on=f"/organize/signatures/{number}", note=""), 422)
    for name in ("", "/signatures", "/comments", "/packets", "/export"):
        pages.keep(f"desk{name.replace('/', '-')}", client.get(f"/organize{TEXT}{name}"))
    pages.keep("desk-mail", client.get("/organize/mail"))
    pages.keep("desk-log", client.get("/organize/log"))


def _chapter(house: House, pages: Collected) -> None:
    client = house.client()
    asked = house.press("/chapters/ne/access", client, on="/chapters/ne").location
    pages.keep("access-asked", client.get(asked))
    house.work()
    link = house.mails(OFFICE)[-1].link("/chapters/access/")
    pages.keep("access", client.get(link))
    pages.keep("access-errors", house.press(link, client, email="bea@"), 422)
    pages.keep("access-named", client.get(house.press(link, client, email="bea@ne.library.example").location))
    pages.keep("access-dead", client.get(link), 404)
    desk = "/organize/chapters/ne/"
    editor, organizer = editor_of(house, "NE", "bea@ne.library.example"), signed_in(house)
    pages.keep("desk-chapter-editor", editor.get(desk))
    pages.keep("desk-chapter-errors", house.press(f"{desk}editors", editor, on=desk, email=""), 422)
    pages.keep("desk-chapter", organizer.get(desk))
    pages.keep("desk-chapter-office-errors", house.press(f"{desk}office", organizer, on=desk, office="desk@"), 422)
    pages.keep("desk-chapters", organizer.get("/organize/chapters/"))
    pages.keep("account-editor", editor.get("/account/"))
    for name, answer, status in drafting.every_page(house, editor):
        pages.keep(name, answer, status)
    _document(house, pages, editor)


def _texts(house: House, pages: Collected) -> None:
    """Chapters' texts: one revised, one not listed and retracted, and the index that has the first."""
    client, title = house.client(), f"Resolution on {SOLID}"
    slug = publishing.published(house, "NE", title=title, takes_signatures=True)
    body = publishing.BODY.replace("one copy serves", "a single copy serves")
    publishing.published(house, "NE", slug=slug, title=title, body=body, note="“One” was too little.")
    retracted = publishing.published(house, "KS", kind="letter", listed=False)
    with house.writing() as session:
        over = {"ended": "retracted", "ended_at": clock.now(), "ended_because": "Two of its figures were wrong."}
        session.execute(update(Statement).where(Statement.slug == retracted).values(over))
    pages.keep("statements-with-map", client.get("/statements/"))
    pages.keep("statements-none-fits", client.get("/statements/?q=unheard&state=NE"))
    pages.keep("statement-resolution", client.get(f"/statements/{slug}"))
    pages.keep("statement-retracted", client.get(f"/statements/{retracted}"))
    pages.keep("revision-second", client.get(f"/statements/{slug}/revisions/2"))
    pages.keep("revisions-compared", client.get(f"/statements/{slug}/revisions/2/compared/1"))
    pages.keep("chapter-with-texts", client.get("/chapters/ne"))


def _document(house: House, pages: Collected, editor: FlaskClient) -> None:
    pages.keep("document-upload", editor.get(UPLOAD))
    pages.keep("document-refused", bring(editor, ("letter.rtf", b"{\\rtf1"), kind="", language="xx"), 422)
    pages.keep("document-not-taken", bring(editor, ("letter.rtf", b"{\\rtf1")), 422)
    path = brought(editor, f"{SOLID}.docx", resolution())
    pages.keep("document", editor.get(path))
    pages.keep("document-not-agreed", accept(house, editor, path, agree="0"), 422)
    text = hidden(editor.get(path), f"{path}/text")
    pages.keep("document-text-errors", editor.post(f"{path}/text", data={**text, "body": ""}), 422)
    accept(house, editor, path, agree=["0", "1"])
    pages.keep("document-accepted", editor.get(path))


def _officers(house: House, pages: Collected) -> None:
    """An officer's own page in each of its states, and the chapter's desk of them."""
    client, editor = house.client(), editor_of(house, "NE", "bea@ne.library.example")
    slug = officers.with_officers(house, title=f"Resolution signed on {SOLID}")
    link = officers.link_of(house)
    pages.keep("officer", client.get(link))
    pages.keep("officer-signed", client.get(house.press(link, client).location))
    pages.keep("statement-signed-by-officer", client.get(f"/statements/{slug}"))
    desk = f"/organize/chapters/ne/statements/{slug}/officers"
    pages.keep("desk-officers", editor.get(desk))
    pages.keep("desk-officers-errors", house.press(desk, editor, name="", title="", email="kim@"), 422)
    number = house.rows(Officer)[-1].id
    pages.keep("desk-officer", editor.get(f"{desk}/{number}"))


def _institutions(house: House, pages: Collected) -> None:
    """An institution's form, its own page, and the console's pages of them."""
    client, organizer, form = house.client(), signed_in(house), f"{TEXT}/institutions"
    pages.keep("institutions", client.get(form))
    pages.keep("institutions-errors", institutions.cosign(house, name="", email="ida@", domain="no domain"), 422)
    pages.keep("institutions-sent", client.get(institutions.cosign(house).location))
    house.work()
    link = institutions.link_of(house)
    pages.keep("institution", client.get(link))
    pages.keep("institution-confirmed", client.get(house.press(link, client).location))
    institutions.answered(house, "ida@gmail.com", SLUG, name=f"{SOLID} Library")
    pages.keep("desk-institutions", organizer.get(f"/organize{TEXT}/institutions"))
    sheets.corrected(house, sheets.entered(house, collected_by=SOLID * 2), kept_at="W" * 200)
    for name, path in (("sheets", f"{TEXT}/sheets"), ("sheets-counted", "/sheets/1")):
        pages.keep(f"desk-{name}", organizer.get(f"/organize{path}"))
        refused = house.press(f"/organize{path}", organizer, number="many", counted_on="soon")
        pages.keep(f"desk-{name}-errors", refused, 422)
    number = institutions.institution(house, "ida@gmail.com").id
    desk = f"/organize{TEXT}/institutions/{number}"
    pages.keep("desk-institution", organizer.get(desk))
    pages.keep("desk-institution-errors", house.press(f"{desk}/refuse", organizer, on=desk), 422)


def _lists(house: House, pages: Collected) -> None:
    """What organizers look at of chapters' texts and of e-mails, and a chapter's paper."""
    organizer = signed_in(house)
    pages.keep("desk-texts", organizer.get("/organize/texts"))
    slug = publishing.published(house, "MD", title=f"Resolution on {SOLID}", listed=False)
    own = f"/organize/chapters/md/statements/{slug}"
    pages.keep("desk-text", organizer.get(own))
    pages.keep("desk-text-errors", house.press(f"{own}/changes", organizer, on=own), 422)
    pages.keep("desk-text-end-errors", house.press(f"{own}/end", organizer, on=own), 422)
    pages.keep("desk-letterhead", organizer.get("/organize/chapters/ne/letterhead"))
    pages.keep("desk-previews", organizer.get("/organize/mail/previews"))
    pages.keep("desk-preview", organizer.get("/organize/mail/previews/confirm"))


def _audits(house: House, pages: Collected) -> None:
    """A sample, before and after it was drawn, for a publisher, for those who are asked, and at the desk."""
    client = house.client()
    page, question = sample_audits.asked(house)
    packet = delivering.issued(house, copy=90)
    # Their only contact has an earlier copy.
    link = delivering.link_of(house, delivering.delivered(house, packet=packet, knowingly=True))
    pages.keep("audit-none", client.get(f"{link}/audit"))
    pages.keep("audit", client.get(page))
    pages.keep("audit-question", client.get(question))
    number = house.rows(Audit)[0].packet_id
    pages.keep("desk-audits", signed_in(house).get(f"/organize/packets/{number}/audits"))
    refused = house.press(f"/organize/packets/{number}/audits", signed_in(house), seed="x", size="59")
    pages.keep("desk-audits-errors", refused, 422)
    house.press(f"{question}/yes", on=question)
    pages.keep("audit-answered", client.get(question))
    pages.keep("audit-unknown", client.get("/did-you-sign/nobody"), 404)


def _old(house: House, pages: Collected) -> None:
    client = house.client()
    house.sign(client, email="hal@patron.example")
    house.work()
    link = house.mails("hal@patron.example")[-1].link("/confirm/")
    house.later(days=7, minutes=1)
    pages.keep("expired", client.get(link), 410)


@dataclass(frozen=True)
class Again:
    """The kept pages and where they are served."""

    url: str
    pages: Collected


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def served_again(house: House, pages: Collected) -> Iterator[str]:
    """Serve the pages and the house's files on a free port; yields the address."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        if not path.startswith(KEPT):
            return house.app.wsgi_app(environ, start)
        page = pages[path.removeprefix(KEPT)]
        # Its status has been asserted when it was kept, and would only be noted as an error here.
        start("200 OK", [pair for pair in page.headers if pair[0] != "Content-Length"] + [_length(page)])
        return [page.body]

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _length(page: Kept) -> tuple[str, str]:
    return ("Content-Length", str(len(page.body)))
