"""The page that says whether a file is ours."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import update

from petition import clock
from petition.packets import volumes
from petition.packets.models import EVIDENCE, Packet, PacketFile
from petition.packets.options import Options, Redaction, Roster
from tests.delivering import SEALER, issued
from tests.ground import House
from tests.witness import words

UNKNOWN = "We have issued no file with this SHA-256."
NAMES: Final = Options()


def asked(house: House, sha256: str, status: int = 200, *, language: str = "en") -> str:
    answer = house.client().get("/verify", query_string={"sha256": sha256, "lang": language})
    assert answer.status_code == status
    return answer.text


def set_packet(house: House, packet: int, **values: object) -> None:
    with house.writing() as session:
        session.execute(update(Packet).where(Packet.id == packet).values(**values))


def test_an_issued_file_is_known_with_its_packet_checkpoint_and_seal(house: House) -> None:
    house.signed()
    packet = issued(house, copy=3)
    brief, roster = house.rows(PacketFile, PacketFile.packet_id == packet)
    said = asked(house, brief.sha256)
    assert "Yes. We issued this file on" in said
    assert "the brief of copy 3; the current one" in said
    assert "1 verified as of" in said
    assert "until then the time is our word" in said
    assert roster.name in said
    assert "the roster of Oregon" in said
    assert f"--fingerprint</span> {SEALER}" in said
    assert "abab" in said  # the root, in groups
    assert f"petition packet verify {brief.name}" in said


def test_a_sha256_is_taken_however_it_is_grouped(house: House) -> None:
    issued(house)
    sha256 = house.rows(PacketFile)[0].sha256
    grouped = " ".join(sha256[at : at + 4] for at in range(0, 64, 4)).upper()
    assert "Yes. We issued this file" in asked(house, f"  {grouped}\n")


def test_what_is_not_ours_not_issued_or_a_proof_is_unknown_and_says_what_to_do(house: House) -> None:
    packet = issued(house)
    with house.writing() as session:
        session.execute(update(Packet).where(Packet.id == packet).values(issued_at=None))
    for sha256 in ("0" * 64, house.rows(PacketFile)[0].sha256):
        said = asked(house, sha256)
        assert UNKNOWN in said
        assert "It may be a proof" in said


@pytest.mark.parametrize("typed", ["abc", "g" * 64, "0" * 63, "0" * 65, "<script>", "é" * 64])
def test_what_is_no_sha256_is_refused_in_a_sentence_and_kept_in_the_field(house: House, typed: str) -> None:
    said = asked(house, typed, 422)
    assert "A SHA-256 has 64 digits from 0 to 9 and a to f." in said
    assert "<script>alert" not in said
    assert 'aria-invalid="true"' in said


def test_an_older_copy_names_the_one_that_took_its_place(house: House) -> None:
    packet = issued(house)
    newer = issued(house, copy=2)
    old, new = (house.rows(PacketFile, PacketFile.packet_id == each)[0].sha256 for each in (packet, newer))
    assert "It is superseded by copy 2" in asked(house, old)
    assert "superseded" not in asked(house, new)


def test_a_timestamp_is_told_as_it_was_got(house: House) -> None:
    issued(house)
    sha256 = house.rows(PacketFile)[0].sha256
    with house.writing() as session:
        session.execute(update(PacketFile).values(later_token=b"token", later_token_at=clock.now()))
    assert "An outside authority has stamped its SHA-256 on" in asked(house, sha256)
    with house.writing() as session:
        session.execute(update(PacketFile).values(stamped_at=clock.now()))
    assert "is inside the file." in asked(house, sha256)


def test_the_certificates_of_our_packets_are_published_where_files_are_checked(house: House) -> None:
    assert "The seal" not in house.client().get("/verify").text
    issued(house)
    house.later(days=3)
    number = issued(house, copy=2)
    house.later(days=1)
    other = issued(house, copy=3)
    with house.writing() as session:
        session.get_one(Packet, other).sealer = "cd" * 32
        session.get_one(Packet, other).sealed_at = clock.now()
        session.get_one(Packet, number).sealed_at = clock.now() - timedelta(days=1)
    said = words(house.client().get("/verify").text)
    first, second = said.index("cdcdcdcd"), said.index(f"{SEALER[:8]}")
    assert first < second
    assert "The key that signs the ledger is another one" in said
    assert 'href="/verify"' in house.client().get("/ledger/").text


@pytest.mark.parametrize(
    ("older", "newer", "takes_its_place"),
    [
        (NAMES, NAMES, True),
        (NAMES, Options(roster=Roster.STATE), True),
        (NAMES, Options(redaction=Redaction.COUNTS), False),
        (NAMES, Options(redaction=Redaction.INITIALS), False),
        (NAMES, Options(roster=Roster.NONE), False),
        (NAMES, Options(since=1), False),
        (NAMES, Options(language="es"), False),
        (Options(redaction=Redaction.COUNTS), Options(redaction=Redaction.COUNTS), True),
        (Options(redaction=Redaction.COUNTS), NAMES, False),
        (Options(redaction=Redaction.INITIALS), Options(redaction=Redaction.INITIALS), True),
        (Options(roster=Roster.NONE), NAMES, True),
        (Options(since=1), NAMES, True),
    ],
)
def test_a_copy_is_superseded_only_by_one_that_says_as_much_of_its_signatories(
    house: House, older: Options, newer: Options, takes_its_place: bool
) -> None:
    old, new = issued(house, copy=2), issued(house, copy=3)
    for packet, options in ((old, older), (new, newer)):
        set_packet(house, packet, options=options.kept(), language=options.language)
    sha256 = house.rows(PacketFile, PacketFile.packet_id == old)[0].sha256
    assert ("It is superseded by copy 3" in asked(house, sha256)) == takes_its_place


def test_a_copy_that_names_nobody_does_not_hide_the_one_before_it_that_takes_the_place(house: House) -> None:
    old, new, nameless = (issued(house, copy=each) for each in (1, 2, 3))
    set_packet(house, nameless, options=Options(redaction=Redaction.COUNTS).kept())
    assert "It is superseded by copy 2" in asked(house, house.rows(PacketFile, PacketFile.packet_id == old)[0].sha256)
    assert "superseded" not in asked(house, house.rows(PacketFile, PacketFile.packet_id == new)[0].sha256)


def test_a_copy_of_an_earlier_state_of_the_ledger_takes_no_copys_place(house: House) -> None:
    old = issued(house, copy=1)
    issued(house, copy=2)
    set_packet(house, old, ledger_size=5)
    assert "superseded" not in asked(house, house.rows(PacketFile, PacketFile.packet_id == old)[0].sha256)


PARTS: Final = {
    volumes.BRIEF: ("the brief", "el resumen"),
    volumes.ROSTER: ("the roster", "la lista de firmas"),
    f"{volumes.ROSTER} OR": ("the roster of Oregon", "la lista de firmas de Oregón"),
    f"{volumes.ROSTER} ZZ": (
        "the roster of those outside the United States", "la lista de firmas de fuera de los Estados Unidos",
    ),
    f"{volumes.ROSTER} {volumes.ELSEWHERE}": (
        "the roster of territories, armed forces and abroad",
        "la lista de firmas de los territorios, las fuerzas armadas y el extranjero",
    ),
    f"{volumes.ROSTER} erased": (
        "the roster of entries that were erased since", "la lista de firmas de entradas borradas desde entonces",
    ),
    volumes.TEXTS: ("the volume of signed texts", "el volumen de textos firmados"),
    volumes.COMMENTS: ("the volume of comments", "el volumen de comentarios"),
    volumes.INSTITUTIONS: ("the volume of institutions", "el volumen de instituciones"),
    volumes.GONE: (
        "the volume of entries that no longer count", "el volumen de entradas que ya no cuentan",
    ),
    volumes.PAGES: (
        "the volume of pages handed in with the text", "el volumen de páginas entregadas con el texto",
    ),
    EVIDENCE: ("the evidence file", "el archivo de pruebas"),
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_file_is_called_by_the_part_of_the_packet_that_it_is(house: House, part: str) -> None:
    packet = issued(house, copy=3)
    file = house.rows(PacketFile, PacketFile.packet_id == packet)[-1 if part != volumes.BRIEF else 0]
    with house.writing() as session:
        session.execute(update(PacketFile).where(PacketFile.id == file.id).values(part=part))
    english, spanish = PARTS[part]
    assert f"{english} of copy 3" in asked(house, file.sha256)
    assert f"{spanish} del ejemplar 3" in asked(house, file.sha256, language="es")


def test_a_packet_in_one_file_has_no_brief(house: House) -> None:
    pdf, other = house.rows(PacketFile, PacketFile.packet_id == issued(house, copy=3))
    with house.writing() as session:
        session.execute(update(PacketFile).where(PacketFile.id == other.id).values(part=EVIDENCE))
    assert "the PDF of copy 3" in asked(house, pdf.sha256)
    assert "el PDF del ejemplar 3" in asked(house, pdf.sha256, language="es")


def test_a_file_that_two_copies_share_is_answered_for_by_the_newer_one_and_names_both(house: House) -> None:
    first, second = issued(house, copy=13), issued(house, copy=16)
    shared = "5a" * 32
    with house.writing() as session:
        for packet in (first, second):
            own = PacketFile.packet_id == packet, PacketFile.part == "roster OR"
            session.execute(update(PacketFile).where(*own).values(part=EVIDENCE, sha256=shared))
    said = asked(house, shared)
    assert "the evidence file of copy 16; the current one" in said
    assert "The same file belongs to copy 13 too." in said
    assert "superseded" not in said
