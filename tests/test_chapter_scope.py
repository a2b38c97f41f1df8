"""Whose is what: every role on every route of the console and every route with a chapter in it, off the URL map.

A new route fails here until somebody has decided what each of them is answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from petition import clock
from petition.accounts.models import Role
from petition.accounts.permission import SCOPE
from tests import delivering, sheets
from tests.bringing import made_ready
from tests.chapters import OFFICE, account_of, editor_of
from tests.ground import SLUG, House, hidden
from tests.institutions import answered
from tests.officers import with_officers
from tests.signing_in import signed_in

#: The chapter in every address below, and the one of the editor from elsewhere.
CHAPTER: Final = "NE"
OTHER: Final = "KS"
#: The text that the first has published.
TEXT: Final = f"ne-resolution-{clock.now().year}"
SIGN_IN: Final = 303  # nobody in particular is sent to sign in
FORBIDDEN: Final = 403
MISSING: Final = 404


@dataclass(frozen=True)
class Answers:
    """What each is answered: a page (200), or a form that is let in and refused for what it lacks (422), or not."""

    nobody: int
    elsewhere: int  # an editor of another chapter
    editor: int  # of this one
    auditor: int
    organizer: int

    def each(self) -> Iterator[tuple[str, int]]:
        yield from ((who, getattr(self, who)) for who in self.__dataclass_fields__)


PUBLIC = Answers(200, 200, 200, 200, 200)
PUBLIC_FORM = Answers(422, 422, 422, 422, 422)
READ = Answers(SIGN_IN, FORBIDDEN, FORBIDDEN, 200, 200)
DECIDE = Answers(SIGN_IN, FORBIDDEN, FORBIDDEN, FORBIDDEN, 422)
CHAPTER_READ = Answers(SIGN_IN, MISSING, 200, 200, 200)
CHAPTER_WRITE = Answers(SIGN_IN, MISSING, 422, FORBIDDEN, 422)
#: What the chapter does not have: whoever may know that is told so.
CHAPTER_MISSING = Answers(SIGN_IN, MISSING, MISSING, MISSING, MISSING)
CHAPTER_DECIDE = Answers(SIGN_IN, MISSING, FORBIDDEN, FORBIDDEN, 422)
#: A page that leads to nothing but writing: an auditor has nothing to read on it.
CHAPTER_DESK = Answers(SIGN_IN, MISSING, 200, FORBIDDEN, 200)

DECIDED: Final = {
    "GET chapters.chapter": PUBLIC,
    "GET chapters.qr_code": PUBLIC,
    "GET chapters.newspaper": PUBLIC,
    "GET chapters.asked": PUBLIC,
    "GET chapters.named": PUBLIC,
    "POST chapters.ask": PUBLIC_FORM,
    "GET organize.chapters_index": READ,
    "GET organize.chapter": CHAPTER_READ,
    "POST organize.invite_editor": CHAPTER_WRITE,
    "POST organize.dismiss_editor": CHAPTER_WRITE,
    "POST organize.move_office": CHAPTER_DECIDE,
    "POST organize.offer_access": CHAPTER_DECIDE,
    "GET organize.officers": CHAPTER_READ,
    "POST organize.name_officer": CHAPTER_WRITE,
    "GET organize.officer": CHAPTER_READ,
    "POST organize.mend_officer": CHAPTER_WRITE,
    "POST organize.ask_officer": CHAPTER_WRITE,
    "POST organize.remove_officer": CHAPTER_WRITE,
    "GET organize.institutions": READ,
    "GET organize.institution": READ,
    "POST organize.confirm_institution": DECIDE,
    "POST organize.refuse_institution": DECIDE,
    "GET organize.sheets": READ,
    "POST organize.enter_sheets": DECIDE,
    "GET organize.sheets_counted": READ,
    "POST organize.correct_sheets": DECIDE,
    "GET organize.new_draft": CHAPTER_DESK,
    "POST organize.begin_draft": CHAPTER_WRITE,
    "POST organize.begin_revision": CHAPTER_WRITE,
    "GET organize.draft": CHAPTER_READ,
    "POST organize.save_draft": CHAPTER_WRITE,
    "POST organize.discard_draft": CHAPTER_WRITE,
    "GET organize.look_once_more": CHAPTER_DESK,
    "POST organize.publish_draft": CHAPTER_WRITE,
    "GET organize.published_text": CHAPTER_READ,
    "GET organize.upload": CHAPTER_DESK,
    "POST organize.take_upload": CHAPTER_WRITE,
    "GET organize.original": CHAPTER_READ,
    "GET organize.original_page": CHAPTER_READ,
    "GET organize.original_file": CHAPTER_READ,
    "GET organize.kept_original": CHAPTER_READ,
    "POST organize.replace_original": CHAPTER_WRITE,
    "POST organize.add_pages": CHAPTER_WRITE,
    "POST organize.type_text": CHAPTER_WRITE,
    "POST organize.accept_original": CHAPTER_WRITE,
    "GET organize.own_statement": CHAPTER_READ,
    "POST organize.open_to_signatures": CHAPTER_WRITE,
    "POST organize.end_statement": CHAPTER_WRITE,
    "POST organize.list_statement": CHAPTER_DECIDE,
    "POST organize.ask_for_changes": CHAPTER_DECIDE,
    "GET organize.texts": READ,
    "POST organize.statement_pdf": CHAPTER_WRITE,
    "GET organize.letterhead_form": CHAPTER_READ,
    "POST organize.keep_letterhead": CHAPTER_WRITE,
    "POST organize.remove_letterhead": CHAPTER_WRITE,
    "GET organize.letterhead_picture": CHAPTER_MISSING,
    "GET accounts.people": READ,
    "POST accounts.invite": DECIDE,
    "POST accounts.dismiss": DECIDE,
    "GET organize.index": READ,
    "GET organize.statement": READ,
    "GET organize.mail": READ,
    "POST organize.mail_again": DECIDE,
    "POST organize.mail_all_again": DECIDE,
    "GET organize.previews": READ,
    "GET organize.preview": READ,
    "GET organize.preview_file": READ,
    "GET organize.log": READ,
    "GET organize.signatures": READ,
    "POST organize.by_address": DECIDE,
    "GET organize.signature": READ,
    "GET organize.review": READ,
    "POST organize.decide": DECIDE,
    "POST organize.invalidate": DECIDE,
    "GET organize.comments_unread": READ,
    "POST organize.comment": DECIDE,
    "GET organize.publishers": READ,
    "GET organize.contacts": READ,
    "POST organize.add_contact": DECIDE,
    "GET organize.contact": READ,
    "POST organize.change_contact": DECIDE,
    "POST organize.retire_contact": DECIDE,
    "POST organize.bring_contact_back": DECIDE,
    "GET organize.packet_delivery": READ,
    "POST organize.proofread_packet": DECIDE,
    "POST organize.deliver_packet": DECIDE,
    "GET organize.delivery": READ,
    "POST organize.hand_over_delivery": DECIDE,
    "POST organize.fail_delivery": DECIDE,
    "POST organize.enter_receipt": DECIDE,
    "POST organize.renew_delivery": DECIDE,
    "POST organize.box_labels": DECIDE,
    "GET organize.delivery_news": READ,
    "POST organize.tell_of_delivery": DECIDE,
    "GET organize.answers": READ,
    "POST organize.publish_answer": DECIDE,
    "GET organize.answer": READ,
    "POST organize.correct_answer": DECIDE,
    "GET organize.answer_news": READ,
    "POST organize.tell_of_answer": DECIDE,
    "GET organize.packets": READ,
    "POST organize.build_packet": DECIDE,
    "POST organize.stop_build": DECIDE,
    "GET organize.packet_file": READ,
    "GET organize.export": READ,
    "POST organize.export_file": DECIDE,
    "POST organize.spreadsheet_file": DECIDE,
    "GET organize.packet_audits": READ,
    "POST organize.draw_audit": DECIDE,
}


def routes(house: House) -> dict[str, str]:
    """Every route with a chapter in it and every one of the console, by method and endpoint, with an address of it."""
    adapter = house.app.url_map.bind("127.0.0.1")
    values = {"slug": SLUG, "number": 1, "act": "hold", "verdict": "approve", "role": "auditor", SCOPE: CHAPTER}
    values |= {"page_number": 1}
    values |= {"letter": "confirm", "lang": "es"}
    found = {}
    for rule in house.app.url_map.iter_rules():
        if is_in_question(rule):
            own = {"slug": TEXT} if {SCOPE, "slug"} <= rule.arguments else {}
            given = {name: {**values, **own}[name] for name in rule.arguments}
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[f"{method} {rule.endpoint}"] = adapter.build(rule.endpoint, given, method=method)
    return found


def is_in_question(rule: Rule) -> bool:
    return SCOPE in rule.arguments or rule.rule.startswith("/organize")


@pytest.fixture
def people(house: House) -> dict[str, FlaskClient]:
    """One browser for each role, in a house with a signature, a draft and a text of the chapter's."""
    house.signed(state="NE", comment="Readers wait for months.")
    elsewhere, editor = editor_of(house, OTHER), editor_of(house, CHAPTER)
    made_ready(house, editor)
    assert with_officers(house) == TEXT
    answered(house, "ida@gmail.com")
    delivering.delivered(house)
    delivering.answered(house)
    sheets.entered(house)
    return {
        "nobody": house.client(),
        "elsewhere": elsewhere,
        "editor": editor,
        "auditor": signed_in(house, Role.AUDITOR),
        "organizer": signed_in(house, Role.ORGANIZER),
    }


@pytest.mark.one_database("sqlite", "a list of addresses")
def test_every_route_of_the_console_and_of_a_chapter_is_decided_and_no_other(house: House) -> None:
    assert sorted(routes(house)) == sorted(DECIDED)


@pytest.mark.one_database("sqlite", "roles and scopes are read alike; what they open is decided here")
def test_every_role_gets_the_answer_that_was_decided_and_no_form_without_its_token_is_taken(
    house: House, people: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first row of each table is an editor of another chapter, whom nobody here may dismiss either.
    before, now = house.dump(), clock.now()
    # On a busy machine this takes more than the minute after which it is noted that somebody was seen.
    monkeypatch.setattr(clock, "now", lambda: now)
    for route, path in routes(house).items():
        method = route.partition(" ")[0]
        for who, expected in DECIDED[route].each():
            answer = people[who].open(path, method=method, buffered=True)
            assert answer.status_code == expected, (route, who, answer.status_code)
            if expected == SIGN_IN:
                assert answer.headers["Location"].startswith("/account/sign-in"), (route, who)
    assert house.dump() == before


def test_with_a_good_token_nobody_changes_another_chapter_and_gets_the_same_answer(
    house: House, people: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    # Within one moment nobody is noted as seen anew, however long all this takes.
    monkeypatch.setattr(clock, "now", lambda: now)
    # Whoever has a session has its token, off any form: the scope must hold without it.
    tokens = {
        "elsewhere": hidden(people["elsewhere"].get("/account/"), "/account/name"),
        "editor": hidden(people["editor"].get("/account/"), "/account/name"),
        "auditor": hidden(people["auditor"].get("/account/"), "/account/name"),
    }
    mine = account_of(house, "editor@ne.library.example")
    before = house.dump()
    for route, path in routes(house).items():
        if not route.startswith("POST organize") and not route.startswith("POST accounts"):
            continue
        for who, token in tokens.items():
            expected = getattr(DECIDED[route], who)
            if expected not in (FORBIDDEN, MISSING):
                continue
            typed = {**token, "email": "eve@patron.example", "office": "eve@patron.example", "reason": "duplicate"}
            for address in (path, path.replace("/1/", f"/{mine.id}/")):
                answer = people[who].post(address, data=typed)
                assert answer.status_code == expected, (route, who, answer.status_code)
    assert house.dump() == before


def test_another_chapter_is_answered_like_one_that_does_not_exist(
    house: House, people: dict[str, FlaskClient]
) -> None:
    client = people["elsewhere"]
    for route, path in routes(house).items():
        if "/chapters/ne/" not in path or not path.startswith("/organize"):
            continue
        method = route.partition(" ")[0]
        real, invented = (client.open(path.replace("/ne/", f"/{state}/"), method=method) for state in ("ne", "zz"))
        assert real.status_code == invented.status_code == MISSING, route
        assert real.text.replace("/ne/", "/zz/") == invented.text, route


def test_an_editor_of_another_chapter_reads_nothing_of_this_one(
    house: House, people: dict[str, FlaskClient]
) -> None:
    own = {"editor@ne.library.example", OFFICE}
    for path in routes(house).values():
        answer = people["elsewhere"].get(path)
        for address in own:
            assert address not in answer.get_data().decode(errors="replace"), path
    assert "editor@ks.library.example" in people["elsewhere"].get("/organize/chapters/ks/").text
