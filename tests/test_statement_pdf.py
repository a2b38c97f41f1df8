"""A statement's PDF: its text in the form of its kind, on the chapter's paper, with those who signed and no others."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import Result
from PIL import Image
from sqlalchemy import select

from petition import clock
from petition.accounts.models import AuditEntry, Role
from petition.chapters import letterhead
from petition.chapters import reading as chapters
from petition.institutions.models import Institution, Stand
from petition.officers.models import Officer
from petition.officers.naming import Named
from petition.papers import printing
from petition.pdf.document import PressRefused
from petition.statements.models import End, Revision, Statement
from petition.uploads.document import Picture
from tests.chapters import editor_of
from tests.ground import SLUG, House, hidden
from tests.pdfa import faults
from tests.prepared import attempt
from tests.printed import Needs, embeds_every_font, outline, pages, told, unpacked, words
from tests.publishing import published
from tests.signing_in import signed_in

PRESIDENT: Final = Named("Ada Sample-Okafor", "President", "ada@officer.example", "ada@officer.example")
SECRETARY: Final = Named("Grace Sample-Hopper", "Secretary", "grace@officer.example", "grace@officer.example")
TREASURER: Final = Named("Quiet Sample-Reader", "Treasurer")
LETTER: Final[dict[str, Any]] = {
    "kind": "letter",
    "title": "New ebooks on the first day",
    "ask": "Drop the embargo.",
    "body": "Dear members of the board,\n\nwe write for the libraries of Nebraska.\n\nWe are ready to meet.",
}
#: Rosters, officers, institutions and what waits are asked of both databases; how a row is set in type is of neither.
TYPESET: Final = pytest.mark.one_database("sqlite", "what was read already is set in type")
SEVENTH: Final = datetime(2019, 10, 7, 15, tzinfo=UTC)


def build(house: House, slug: str, out: Path, *more: str) -> Result:
    return attempt(house.config, "statement", "pdf", slug, "--out", str(out), *more)


def made(house: House, slug: str, folder: Path, *more: str) -> Path:
    out = folder / f"{slug}.pdf"
    done = build(house, slug, out, *more)
    assert done.exit_code == 0, done.output
    return out


def let_sign(house: House, *names: str) -> None:
    with house.writing() as session:
        for officer in session.scalars(select(Officer).where(Officer.name.in_(names))):
            officer.signed_at = SEVENTH


def sign(house: House, slug: str, address: str, **typed: str) -> str:
    assert house.sign(None, slug, email=address, **typed).status_code == 303
    house.work()
    assert house.confirm(address).status_code == 303
    house.work()
    return house.mails(address)[-1].link("/signature/")


def on_paper(house: House, state: str = "NE", size: tuple[int, int] = (1800, 260)) -> None:
    written = BytesIO()
    Image.new("RGB", size, (28, 63, 112)).save(written, "PNG")
    with house.writing() as session:
        found = chapters.chapter(session, state)
        letterhead.keep(session, found, Picture(written.getvalue(), *size), clock.now())


def stand_by(house: House, slug: str, name: str, stand: Stand) -> None:
    with house.writing() as session:
        revision = session.scalars(
            select(Revision).join(Statement).where(Statement.slug == slug, Revision.role == "text")
        ).first()
        assert revision is not None
        session.add(
            Institution(
                statement_id=revision.statement_id, revision=revision, stand=stand, name=name, city="Omaha",
                state="NE", domain="library.example", officer="Jo Sample", title="Director", language="en",
                address=b"", mailbox=b"0" * 32, nonce=b"0" * 16, fingerprint=name.encode().ljust(32)[:32],
                made_at=clock.now(), basis="domain",
            )
        )  # fmt: skip


# --- Each kind in its form ------------------------------------------------------------------------


@TYPESET
def test_a_resolution_is_set_in_numbered_clauses_with_its_adoption_and_what_binds_it(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house)
    pdf = made(house, slug, tmp_path)
    text = words(needs, pdf)
    (revision,) = house.rows(Revision, Revision.title == "Resolution on one copy for a whole state")
    assert "Resolution on one copy for a whole state" in text.replace("RESOLUTION ", "")
    assert "1. Whereas a library pays" in text
    assert "2. Whereas one copy" in text
    assert "1. Resolved, That the chapter asks" in text
    assert "Adopted on October 4, 2019 · Executive board · Vote: 11 to 0" in text
    assert "RES NE" in text
    assert revision.sha256[:8] in text
    assert f"/statements/{slug}/revisions/1" in text.replace(" ", "")
    assert "Page 1 of 1" in text
    assert "Nebraska Library Association" in text
    assert "SAMPLE" in text


@TYPESET
def test_a_letter_has_place_date_addressee_and_subject_before_its_text(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house, **LETTER)
    with house.reading() as session:
        addressee = session.scalars(select(Statement).where(Statement.slug == slug)).one().addressee
        lines = [addressee.name, *(line for line in addressee.address_lines if line != addressee.name)]
    (page,) = pages(needs, made(house, slug, tmp_path))
    order = ["Nebraska, ", *lines, "New ebooks on the first day", "Drop the embargo.", "Dear members", "ready to meet"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)


@TYPESET
def test_a_notice_is_called_one(house: House, tmp_path: Path, needs: Needs) -> None:
    slug = published(house, kind="notice", title="Meeting on November 3", ask="", body="All may come.")
    text = words(needs, made(house, slug, tmp_path))
    assert "NOTICE Meeting on November 3" in text
    assert "NOT NE" in text


@TYPESET
def test_the_petition_that_no_chapter_made_is_printed_too(house: House, tmp_path: Path, needs: Needs) -> None:
    text = words(needs, made(house, SLUG, tmp_path))
    assert "PET US" in text
    assert "No signature under this text is verified as of" in text


@TYPESET
def test_a_text_is_printed_in_its_own_language(house: House, tmp_path: Path, needs: Needs) -> None:
    pdf = made(house, SLUG, tmp_path, "--language", "es")
    assert told(pdf)["Lang"] == "es"
    assert "Página 1 de" in words(needs, pdf)
    assert "MUESTRA" in words(needs, pdf)


# --- Who has signed, and nobody else --------------------------------------------------------------


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_only_officers_who_have_signed_from_their_own_mailbox_are_shown_as_signing(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house, "NE", PRESIDENT, SECRETARY, TREASURER)
    before = words(needs, made(house, slug, tmp_path))
    assert "signed on" not in before
    assert not any(each.name in before for each in (PRESIDENT, SECRETARY, TREASURER))
    let_sign(house, PRESIDENT.name)
    after = words(needs, made(house, slug, tmp_path))
    assert "Ada Sample-Okafor President signed on Oct 7, 2019 from their own e-mail" in after
    assert SECRETARY.name not in after
    assert TREASURER.name not in after


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_an_officer_who_was_taken_off_or_declined_is_not_shown(house: House, tmp_path: Path, needs: Needs) -> None:
    slug = published(house, "NE", PRESIDENT, SECRETARY)
    let_sign(house, PRESIDENT.name, SECRETARY.name)
    with house.writing() as session:
        for officer in session.scalars(select(Officer)):
            officer.removed_at = SEVENTH if officer.name == PRESIDENT.name else None
            officer.declined_at = SEVENTH if officer.name == SECRETARY.name else None
    text = words(needs, made(house, slug, tmp_path))
    assert PRESIDENT.name not in text
    assert SECRETARY.name not in text


def test_the_roster_has_whoever_signed_this_very_text_as_they_go_to_the_addressee(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house, takes_signatures=True)
    sign(house, slug, "zoe@patron.example", name="Zoë Whitehorse", city="Ogallala")
    hidden_page = sign(house, slug, "hidden@patron.example", name="Hidden Person")
    house.press(f"{hidden_page}/withhold", on=hidden_page)
    gone = sign(house, slug, "gone@patron.example", name="Withdrawn Person")
    house.press(f"{gone}/withdraw")
    assert house.sign(None, slug, email="never@patron.example", name="Never Confirmed").status_code == 303
    pdf = made(house, slug, tmp_path)
    text = words(needs, pdf)
    assert "2 signatures stand under this very text, r.1." in text
    assert "1 Zoë Whitehorse Ogallala" in text
    assert "2 Name withheld" in text
    for absent in ("Hidden Person", "Withdrawn Person", "Never Confirmed", "stand under other revisions"):
        assert absent not in text


def test_signatures_under_an_earlier_text_are_counted_apart_and_not_listed(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house, takes_signatures=True)
    sign(house, slug, "zoe@patron.example", name="Zoë Whitehorse")
    published(house, slug=slug, takes_signatures=True, body="Whereas it is so;\n\nResolved, That it end.", note="Less.")
    sign(house, slug, "ada@patron.example", name="Ada Lovelace")
    newest = words(needs, made(house, slug, tmp_path))
    assert "One signature stands under this very text, r.2." in newest
    assert "One more stands under another revision or language" in newest
    assert "Zoë Whitehorse" not in newest
    first = words(needs, made(house, slug, tmp_path, "--revision", "1"))
    assert "This is an earlier text, revision 1. The text in force is revision 2." in first
    assert "1 Zoë Whitehorse" in first
    assert "Ada Lovelace" not in first


@TYPESET
def test_a_statement_that_takes_no_signatures_says_nothing_of_them(house: House, tmp_path: Path, needs: Needs) -> None:
    slug = published(house, takes_signatures=False)
    text = words(needs, made(house, slug, tmp_path))
    assert "ignature" not in text
    assert outline(made(house, slug, tmp_path)) == ["Resolution"]


def test_confirmed_institutions_stand_apart_and_others_not_at_all(house: House, tmp_path: Path, needs: Needs) -> None:
    slug = published(house, takes_signatures=True)
    for name, stand in (
        ("Keene Memorial Library", Stand.CONFIRMED),
        ("Pending Library", Stand.PENDING),
        ("Answered Library", Stand.ANSWERED),
        ("Refused Library", Stand.REFUSED),
        ("Withdrawn Library", Stand.WITHDRAWN),
    ):
        stand_by(house, slug, name, stand)
    text = words(needs, made(house, slug, tmp_path))
    assert "One institution stands by this text, counted apart from persons." in text
    told = "Keene Memorial Library Omaha, Nebraska Jo Sample, Director confirmed by a mailbox at library.example"
    assert told in text
    assert "VERIFIED 0" in text
    for absent in ("Pending", "Answered", "Refused", "Withdrawn"):
        assert f"{absent} Library" not in text


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_retracted_text_says_so_first_with_its_reason_and_what_took_its_place(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug, other = published(house), published(house, **LETTER)
    with house.writing() as session:
        ended = session.scalars(select(Statement).where(Statement.slug == slug)).one()
        ended.ended, ended.ended_at, ended.ended_because = End.RETRACTED, SEVENTH, "A figure was wrong."
        ended.successor_id = session.scalars(select(Statement.id).where(Statement.slug == other)).one()
    text = words(needs, made(house, slug, tmp_path))
    assert "RETRACTED · OCT 7, 2019 A figure was wrong. In its place: LET NE" in text
    assert text.index("RETRACTED") < text.index("Whereas")
    assert "RETRACTED" not in words(needs, made(house, other, tmp_path))


# --- The paper ------------------------------------------------------------------------------------


@TYPESET
def test_the_letterhead_stands_at_the_head_of_the_first_page_alone(house: House, tmp_path: Path, needs: Needs) -> None:
    body = "\n\n".join(
        f"Resolved, That point {n} be looked at, " + "and looked at again, " * 9 + "soon;" for n in range(19)
    )
    slug = published(house, body=body)
    on_paper(house)
    pdf = made(house, slug, tmp_path)
    listed = unpacked(needs, pdf)
    assert listed.count(b"/Subtype /Image") == 1
    found = pages(needs, pdf)
    assert len(found) == 3
    # The signature block keeps company: something of the text stands on its page.
    last = found[-1]
    assert last.index("Resolved") < last.index("Nebraska Library Association")


@TYPESET
def test_the_file_says_what_it_is_and_keeps_to_itself_what_nobody_may_see(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house, "NE", Named(PRESIDENT.name, PRESIDENT.title), takes_signatures=True)
    let_sign(house, PRESIDENT.name)
    sign(house, slug, "zoe@patron.example", name="נועה ברק")
    on_paper(house)
    pdf = made(house, slug, tmp_path)
    said = told(pdf)
    assert said["Title"].startswith("Resolution on one copy for a whole state (RES NE")
    assert said["Author"] == "Nebraska Library Association"
    assert said["Lang"] == "en"
    assert outline(pdf) == ["Resolution", "Signatures", "The roster, by state"]
    assert embeds_every_font(needs, pdf)
    assert faults(pdf) == []
    raw = unpacked(needs, pdf)
    for private in (b"@patron", b"@officer", b"@ne.library", b"127.0.0.1", b"/confirm/", b"/signature/"):
        assert private not in raw.replace(b"http://127.0.0.1", b"")
    (revision,) = house.rows(Revision, Revision.title == "Resolution on one copy for a whole state")
    assert revision.sha256.encode() in raw  # in its description, in one piece


@TYPESET
def test_a_name_in_any_script_and_of_any_length_is_on_the_paper(house: House, tmp_path: Path, needs: Needs) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Maximilian Theophrastus of the Counties"
    slug = published(
        house, "NE", Named(long, "Chair of the Committee on " + "Very " * 8 + "Long Names"), title="T" * 290
    )
    let_sign(house, long)
    text = words(needs, made(house, slug, tmp_path))
    assert long.replace(" ", "") in text.replace(" ", "")  # the one long word is broken, and all of it there
    assert text.replace(" ", "").count("T" * 290) == 1
    assert "Long Names signed on Oct 7, 2019" in text


@pytest.mark.parametrize(
    ("slug", "more", "reason"),
    [
        ("nothing", (), "There is no statement nothing."),
        (SLUG, ("--revision", "99"), f"There is no statement {SLUG} with a revision 99."),
    ],
)
def test_what_is_not_there_is_one_line_of_reason(
    house: House, tmp_path: Path, slug: str, more: tuple[str, ...], reason: str
) -> None:
    done = build(house, slug, tmp_path / "paper.pdf", *more)
    assert done.exit_code == 1
    assert reason in done.output
    assert "there is no folder" in build(house, SLUG, tmp_path / "nowhere" / "paper.pdf").output


# --- At the desk ----------------------------------------------------------------------------------


def pressed(house: House, slug: str, client: Any, chapter: str = "ne") -> Any:
    path = f"/organize/chapters/{chapter}/statements/{slug}/pdf"
    return client.post(path, data=hidden(client.get("/account/"), "/account/name"))


def test_an_editor_prints_the_statement_by_one_button_and_that_is_recorded(
    house: House, tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    slug = published(house, **LETTER, takes_signatures=True)
    sign(house, slug, "zoe@patron.example", name="Zoë Whitehorse")
    client = editor_of(house, "NE")
    path = f"/organize/chapters/ne/statements/{slug}/pdf"
    answer = house.press(path, client, on=f"/organize/chapters/ne/statements/{slug}")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'filename="{slug}-r1.pdf"' in answer.headers["Content-Disposition"]
    (tmp_path / "desk.pdf").write_bytes(answer.data)
    assert "1 Zoë Whitehorse" in words(needs, tmp_path / "desk.pdf")
    (entry,) = house.rows(AuditEntry, AuditEntry.act == "statement printed")
    assert entry.subject == f"statement {slug}"
    assert '"verified":"1"' in entry.details.replace(" ", "")
    assert not list(temporary.glob("petition-paper-*"))


def test_a_statement_is_printed_for_its_own_chapter_alone(house: House) -> None:
    slug = published(house)
    assert pressed(house, slug, editor_of(house, "KS"), "ne").status_code == 404
    assert pressed(house, slug, editor_of(house, "KS"), "ks").status_code == 404
    assert pressed(house, SLUG, editor_of(house, "NE")).status_code == 404
    assert pressed(house, slug, signed_in(house, Role.AUDITOR)).status_code == 403
    assert not house.rows(AuditEntry, AuditEntry.act == "statement printed")


def test_people_sign_while_a_statement_is_printed_and_a_second_print_is_told_to_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = published(house)
    client, other = editor_of(house, "NE"), signed_in(house, Role.ORGANIZER)
    said: list[Any] = []

    def press(*_: object) -> None:
        # In threads of their own, as the web server has them.
        with ThreadPoolExecutor() as threads:
            said.append(threads.submit(house.sign).result().status_code)
            second = threads.submit(pressed, house, slug, other).result()
        said.append((second.status_code, second.headers["Retry-After"]))
        raise PressRefused("time", "It took too long.")

    monkeypatch.setattr(printing, "press", press)
    answer = pressed(house, slug, client)
    assert said == [303, (503, "60")]
    assert answer.status_code == 503
    assert "could not be printed just now" in answer.text
    assert not house.rows(AuditEntry, AuditEntry.act == "statement printed")


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_roster_too_long_to_wait_for_is_left_to_the_packet_and_the_paper_says_so(
    house: House, tmp_path: Path, needs: Needs, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = published(house, takes_signatures=True)
    for name in ("ada", "zoe"):
        sign(house, slug, f"{name}@patron.example", name=f"{name.title()} Whitehorse")
    monkeypatch.setattr(printing, "MOST_NAMES", 1)
    (tmp_path / "desk.pdf").write_bytes(pressed(house, slug, editor_of(house, "NE")).data)
    text = words(needs, tmp_path / "desk.pdf")
    assert "2 signatures stand under this very text" in text
    assert "their names are delivered in a packet" in text
    assert "Whitehorse" not in text
    assert "Whitehorse" in words(needs, made(house, slug, tmp_path))


def test_a_change_that_waits_for_the_registrar_is_waited_for_and_not_guessed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = published(house, takes_signatures=True)
    assert house.sign(None, slug, email="zoe@patron.example").status_code == 303
    house.work()
    assert house.confirm("zoe@patron.example").status_code == 303
    monkeypatch.setattr("petition.console.paper_views.TRIES", 2)
    client = editor_of(house, "NE")
    assert pressed(house, slug, client).status_code == 503
    house.register()
    assert pressed(house, slug, client).status_code == 200
    assert house.rows(AuditEntry, AuditEntry.act == "statement printed")
