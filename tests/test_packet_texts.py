"""Which text a packet calls signed, and what it says that signatories were told, in whatever language it is built."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from babel.support import Translations
from sqlalchemy import select

from petition import clock
from petition.institutions.models import Institution, Stand
from petition.officers.models import Officer
from petition.packets import thawing
from petition.packets.contents import InstitutionSigned, PacketContents, SeenNotice
from petition.packets.models import Packet
from petition.packets.options import Options, Redaction
from petition.packets.rendering import compose, render
from petition.paths import STATEMENTS, TRANSLATIONS
from petition.statements.models import TEXT, Revision
from tests.ground import SLUG, House, hidden
from tests.prepared import command
from tests.test_packet_build import build, words
from tests.test_packet_pages import contents, digest, entry, flowing, group, page_texts, signed
from tests.test_statement_pdf import stand_by

Needs = Callable[[str], str]
FOLDER = STATEMENTS / SLUG
ASKED = "Each signatory was told above the button that we may ask once whether they signed."


@pytest.fixture
def said(house: House, tmp_path: Path, needs: Needs) -> Callable[..., str]:
    """Build a packet with these options; what it says, on one line."""

    def built(*options: str) -> str:
        done = build(house, tmp_path / "packet.pdf", *options)
        assert done.exit_code == 0, done.output
        return flowing(words(needs, tmp_path / "packet.pdf"))

    return built


@pytest.fixture
def changed(house: House, tmp_path: Path) -> Callable[[str, str, str], None]:
    """Load the campaign again with one of its files changed."""

    def load(name: str, old: str, new: str) -> None:
        folder = tmp_path / "content"
        folder.mkdir()
        for each in FOLDER.iterdir():
            if each.is_file():
                (folder / each.name).write_bytes(each.read_bytes())
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        command(house.config, "load", str(folder))

    return load


def sign_in_spanish(house: House, address: str) -> None:
    client = house.client()
    page = client.get(f"/statements/{SLUG}?lang=es")
    typed = {"name": "Ada Lovelace", "email": address, "city": "Lincoln", "state": "NE"}
    form = {**hidden(page, f"/statements/{SLUG}/sign?lang=es"), **typed}
    assert client.post(f"/statements/{SLUG}/sign?lang=es", data=form).status_code == 303
    house.work()
    house.confirm(address)
    house.work()


def plain(packet: PacketContents, folder: Path) -> str:
    """The packet's HTML, with “e-mail” as one word."""
    return compose(packet, folder).html.replace('<span class="unbroken">e-mail</span>', "e-mail")


# --- Which text was signed ------------------------------------------------------------------------


def test_a_packet_in_spanish_of_signatures_in_english_does_not_call_the_spanish_text_signed(
    house: House, said: Callable[..., str]
) -> None:
    house.signed()
    house.signed("grace@patron.example")
    text = said("--language", "es")
    assert (
        "Este es el texto vigente en español, palabra por palabra: versión 1. No lleva al pie ninguna firma "
        "verificada. Las firmas están al pie del texto que sigue."
    ) in text
    assert "con 2 firmas verificadas" not in text
    assert "0 firmas" not in text
    assert "El texto que se firmó Versión 1, inglés" in text
    assert "Este es el texto que se firmó, palabra por palabra: versión 1, inglés. Lleva al pie 2 firmas." in text
    english, spanish = (house.rows(Revision, Revision.role == TEXT, Revision.language == of)[0] for of in ("en", "es"))
    assert f"«{english.title}»" in text.replace(" - ", "-")
    assert f"«{spanish.title}»" not in text
    assert f"Texto firmado r.1 en, SHA-256 {english.sha256[:8]}" in text
    assert f"Sin firmas: r.1 es, SHA-256 {spanish.sha256[:8]}" in text


def test_a_revision_that_came_after_the_signatures_is_not_called_signed(
    house: House, said: Callable[..., str], changed: Callable[[str, str, str], None]
) -> None:
    house.signed()
    changed("petition.en.md", "To Macmillan Publishers,", "To the people at Macmillan Publishers,")
    text = said()
    assert (
        "This is the text in force in English, word for word: revision 2. No verified signature stands under it. "
        "The signatures stand under the text that follows."
    ) in text
    assert "with 1 verified signature" not in text
    assert "The text that was signed Revision 1, English" in text
    assert (
        "This is the text that was signed, word for word: revision 1, English. 1 signature stands under it." in text
    )
    house.signed("grace@patron.example")
    text = said()
    assert "with 2 verified signatures" in text
    assert "This is the text that was signed, word for word: revision 2, English. 1 signature stands under it." in text
    assert "in force in English" not in text


def test_the_sentence_to_quote_names_every_title_as_one_of_several_texts(
    house: House, said: Callable[..., str]
) -> None:
    house.signed()
    sign_in_spanish(house, "grace@patron.example")
    text = said()
    (english,) = house.revisions()
    assert "2 signatures, each confirmed by an answered e-mail, stood under the 2 texts of “" in text
    assert f"“{english.title}” on" in text


def test_a_packet_that_nobody_signed_calls_no_text_signed(said: Callable[..., str]) -> None:
    text = said()
    assert "This is the text in force in English, word for word: revision 1. No verified signature" in text
    assert "the text that was signed" not in text
    assert "with 0 verified signatures" in text


def test_a_brief_whose_text_in_force_is_unsigned_says_where_the_signed_ones_stand(tmp_path: Path) -> None:
    texts = (signed("<p>New.</p>", 2, 0), signed("x" * 9_000, 1, 1))
    brief = replace(contents(group([entry(1)]), texts=texts), options=Options.read({"roster": "whole"}))
    said = compose(brief, tmp_path).html
    assert "The signatures stand under other texts. Every text that was signed stands in a volume of its own." in said
    assert "with 1 verified signature" not in said
    long = replace(brief, texts=(signed("x" * 19_000, 2, 0), texts[1]))
    said = compose(long, tmp_path).html
    assert "The text in force in English is longer than a brief can be, and no verified signature stands" in said
    assert "with 1 verified signature" not in said


def test_a_packet_from_before_keeps_what_it_said_of_its_texts_and_its_e_mail(tmp_path: Path) -> None:
    texts = (signed("<p>New.</p>", 2, 0), signed("<p>Old.</p>", 1, 1))
    packet = replace(contents(group([entry(1)]), texts=texts), options=Options(redaction=Redaction.COUNTS), wording=1)
    said = flowing(plain(packet, tmp_path))
    assert "This is the text that was signed, word for word: revision 2, English. 0 signatures stand under it." in said
    assert "with 1 verified signature" in said
    assert "One e-mail went to that address." in said
    assert "the numbers in the roster have gaps" in said


# --- What was sent, and what is not listed --------------------------------------------------------


def test_a_packet_does_not_say_that_one_e_mail_went_where_a_reminder_may_have_gone(tmp_path: Path) -> None:
    said = plain(contents(group([entry(1)])), tmp_path)
    assert "An e-mail went to that address." in said
    assert "One e-mail" not in said


def test_a_packet_without_a_roster_says_nothing_of_its_gaps(tmp_path: Path) -> None:
    packet = contents(group([entry(1)]))
    counts_only = replace(packet, roster=(), options=Options(redaction=Redaction.COUNTS))
    assert "the numbers in the roster have gaps" in compose(packet, tmp_path).html
    said = compose(counts_only, tmp_path).html
    assert "the roster have gaps" not in said
    assert "Name withheld" not in said


# --- Institutions and officers --------------------------------------------------------------------


def test_a_packet_of_counts_alone_counts_institutions_and_officers_and_names_none(
    house: House, said: Callable[..., str], tmp_path: Path
) -> None:
    house.signed()
    stand_by(house, SLUG, "Omaha Library", Stand.CONFIRMED)
    stand_by(house, SLUG, "Lincoln Library", Stand.CONFIRMED)
    (revision,) = house.revisions()
    with house.writing() as session:
        for each in session.scalars(select(Institution)):
            each.settled_at = clock.now()
        session.add(
            Officer(
                revision_id=revision.id, place=1, name="Jo Chair", title="Chair", language="en", nonce=b"0" * 16,
                fingerprint=b"0" * 32, made_at=clock.now(), signed_at=clock.now(),
            )
        )  # fmt: skip
    text = said("--redaction", "counts")
    assert "2 institutions signed too. They are counted apart and are in none of these figures." in text
    assert "1 officer of" in text
    assert "signed this text too, and is in none of these figures as an officer." in text
    for name in ("Omaha Library", "Lincoln Library", "Jo Chair"):
        assert name not in text
    text = said()
    assert "2 institutions signed too." in text
    assert "officer of The" not in text
    assert "Omaha Library" in text
    assert "Jo Chair" in text


def test_a_row_from_before_institutions_were_counted_counts_those_that_it_names(tmp_path: Path) -> None:
    packet = contents(group([entry(1)]))
    assert "institution signed too" not in compose(packet, tmp_path).html
    named = replace(packet, institutions=(InstitutionSigned("Omaha Library", "", "Jo", "", ""),))
    assert "1 institution signed too." in compose(named, tmp_path).html


# --- What stood above the button ------------------------------------------------------------------


def test_each_notice_that_was_seen_is_told_with_its_count(house: House, said: Callable[..., str]) -> None:
    house.signed()
    house.signed("grace@patron.example")
    sign_in_spanish(house, "maria@patron.example")
    text = said("--language", "es")
    assert "Encima del botón decía, para 2 de ellas: «Your name, town and state go to" in text
    (spanish,) = house.rows(Revision, Revision.role == "notice", Revision.language == "es")
    assert "Para las demás era otro aviso: véase el final." in text
    assert f"Aviso r.1 es, SHA-256 {spanish.sha256[:8]}" in text
    assert f"{spanish.sha256[-8:]} 1 firma" in text
    assert ASKED in said()


def test_a_notice_that_nobody_saw_is_not_printed_as_the_one_above_the_button(
    house: House, said: Callable[..., str], changed: Callable[[str, str, str], None]
) -> None:
    house.signed()
    changed("notice.en.md", "Your e-mail never does.", "Your e-mail address never does.")
    text = said()
    assert "Your e-mail never does." in text
    assert "Your e-mail address never does." not in text


def test_the_seal_page_claims_a_promise_only_where_every_notice_made_it(
    house: House, said: Callable[..., str], changed: Callable[[str, str, str], None]
) -> None:
    house.signed()
    assert ASKED in said()
    changed("notice.en.md", " and may ask once whether you signed", "")
    assert ASKED in said()
    house.signed("grace@patron.example")
    text = said()
    assert ASKED not in text
    assert "Which notice stood above the button when they did is told above, and on the page" in text


def test_counts_are_one_page_and_the_record_fits_with_many_notices_in_spanish(tmp_path: Path) -> None:
    spanish = Translations.load(TRANSLATIONS, ["es"])
    text = (FOLDER / "notice.es.md").read_text(encoding="utf-8").split("+++\n", 2)[2].strip()
    notices = tuple(SeenNotice(number, "es", digest(str(number)), text, 10 - number) for number in range(1, 5))
    packet = replace(contents(group([entry(1)])), notices=notices)
    render(packet, tmp_path / "p.pdf", None, "es", spanish)
    _, _, counts, _, _, *record = map(flowing, page_texts(tmp_path / "p.pdf"))
    assert "Wyoming" in counts
    assert len(record) < 3
    assert all(notice.sha256[-8:] in record[0] for notice in notices)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_campaigns_own_notices_are_known_to_say_that_we_may_ask(house: House, language: str) -> None:
    (notice,) = house.rows(Revision, Revision.role == "notice", Revision.language == language)
    assert SeenNotice(1, language, notice.sha256, notice.body, 1).says_we_may_ask


def test_a_row_from_before_notices_were_counted_prints_its_one(
    house: House, said: Callable[..., str], tmp_path: Path
) -> None:
    house.signed()
    said()
    with house.writing() as session:
        (packet,) = session.scalars(select(Packet))
        packet.counts = {
            key: value for key, value in packet.counts.items() if key not in ("notices", "officers", "institutions")
        }
    with house.reading() as session:
        (packet,) = session.scalars(select(Packet))
        thawed = thawing.thaw(session, packet, tmp_path)
    assert thawed.notices == ()
    html = compose(thawed, tmp_path).html
    assert "Above the button stood: “Your name" in html
    assert ASKED in html


def test_notices_count_as_many_as_the_packet(house: House, said: Callable[..., str]) -> None:
    page = house.signed()
    house.signed("grace@patron.example")
    house.press(f"{page}/withdraw")
    house.work()
    said()
    (packet,) = house.rows(Packet)
    assert sum(packet.counts["notices"].values()) == packet.counts["verified"] == 1
