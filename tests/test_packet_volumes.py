"""Briefs with volumes, supplements, proofs, and copies printed once more: through the command, on real rows."""

import io
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import pikepdf
import pytest
from babel.support import Translations
from PIL import Image

from petition import clock
from petition.packets import evidence, keeping
from petition.packets.contents import (
    CampaignCount,
    Comment,
    EvidenceFacts,
    InstitutionSigned,
    Listed,
    OfficerSigned,
    PacketContents,
    SealFacts,
    Since,
)
from petition.packets.counts import Mailboxes, Networks, Provider
from petition.packets.models import Packet, PacketFile
from petition.packets.options import Options, Redaction, Roster
from petition.packets.rendering import compose, render
from petition.packets.volumes import MOST_PAGES, cut
from petition.paths import TRANSLATIONS
from petition.pdf.document import MEGABYTE
from petition.review import comments, invalidating, restoring
from petition.signatures.models import Reason, Signature
from petition.statements.models import Statement
from tests.delivering import issued
from tests.ground import SLUG, House
from tests.leaks import leaks
from tests.prepared import attempt
from tests.test_packet_build import build, decide, words
from tests.test_packet_pages import boxes_of, contents, entry, flowing, group, page_texts, signed

Needs = Callable[[str], str]
NETWORK = "198.51.100.77"


def people(house: House) -> dict[str, str]:
    """Five signatories of three places, with what they typed; returns each one's private page by name."""
    typed = (
        ("Ada Okafor", "Bend", "OR", "", "Our wait list is a year long."),
        ("Ben Whitehorse", "Salem", "OR", "", ""),
        ("Zoë Kaplan", "Lincoln", "NE", "", "Please print this one."),
        ("Тарас Коваль", "Lviv", "ZZ", "UA", ""),
        ("Hidden Person", "Omaha", "NE", "", "Hidden words."),
    )
    client = house.app.test_client()
    client.environ_base["REMOTE_ADDR"] = NETWORK
    found = {}
    for at, (name, city, state, country, comment) in enumerate(typed):
        address = f"reader{at}@{'gmail.com' if at < 2 else 'smith.example'}"
        house.sign(client, email=address, name=name, city=city, state=state, country=country, comment=comment)
        house.work()
        house.confirm(address, client)
        house.work()
        found[name] = house.mails(address)[-1].link("/signature/")
    return found


def say_yes(house: House, *names: str) -> None:
    """An organizer approves the comments of these."""
    with house.writing() as session:
        for name in names:
            comments.approve(session, clock.now(), session.query(Signature).filter_by(name=name).one(), None)


def test_a_brief_and_its_volumes_hold_every_entry_once_and_their_sum_is_the_count(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    people(house)
    done = build(house, tmp_path / "p.pdf", "--by", "chapter")
    assert done.exit_code == 0, done.output
    assert sorted(each.name for each in tmp_path.glob("*.pdf")) == [
        "p-roster-elsewhere.pdf", "p-roster-ne.pdf", "p-roster-or.pdf", "p.pdf",
    ]  # fmt: skip
    brief = words(needs, tmp_path / "p.pdf")
    assert "1 Nebraska 2\n2 Oregon 2\n3 Territories, armed forces and abroad 1\nVerified 5\n" in brief
    assert "Ada Okafor" not in brief
    oregon = flowing(words(needs, tmp_path / "p-roster-or.pdf"))
    assert "Volume 2 of 3" in oregon
    assert "2 of the 5 verified signatures of this packet." in oregon
    (packet,) = house.rows(Packet)
    assert packet.ledger_root[:8] in oregon
    assert "Ada Okafor Bend" in oregon
    assert "Kaplan" not in oregon
    files = house.rows(PacketFile)
    assert [file.part for file in files] == ["brief", "roster NE", "roster OR", "roster elsewhere", "evidence"]
    for file in files:
        assert keeping.digest(tmp_path / file.name) == file.sha256
        assert keeping.sound(house.config.data_dir, file).read_bytes() == (tmp_path / file.name).read_bytes()
    assert packet.issued_at is not None


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_packet_says_no_more_of_a_signatory_than_its_recipient_may_know(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    needs("qpdf")
    pages = people(house)
    house.press(f"{pages['Hidden Person']}/withhold", on=pages["Hidden Person"])
    say_yes(house, "Ada Okafor", "Hidden Person")
    for redaction in Redaction:
        assert build(house, tmp_path / f"{redaction}.pdf", "--redaction", redaction.value).exit_code == 0
    names, initials, counts = (flowing(words(needs, tmp_path / f"{one}.pdf")) for one in Redaction)
    assert "1 Ada Okafor, Bend Our wait list is a year long." in names
    assert "5 Name withheld NE" in names
    assert "Hidden words" not in names
    assert "1 A. O. OR" in initials
    assert "Our wait list" in initials
    assert "4 Т. К. Ukraine" in initials
    for absent in ("Okafor", "Bend", "Lviv", "Whitehorse"):
        assert absent not in initials
    assert "5 signatures from 5 confirmed mailboxes" in counts
    for absent in ("A. O.", "Okafor", "Our wait list", "The roster, by state"):
        assert absent not in counts
    names_and_towns = ("Okafor", "Whitehorse", "Коваль", "Lviv", "Lincoln", "Our wait list", "reader0@", NETWORK)
    assert leaks(tmp_path / "initials.pdf", [each for each in names_and_towns if each != "Our wait list"]) == set()
    assert leaks(tmp_path / "counts.pdf", names_and_towns) == set()
    for redaction in (Redaction.INITIALS, Redaction.COUNTS):
        with (tmp_path / f"{redaction}-evidence.bin").open("rb") as file:
            assert [one.opened for one in evidence.read(file)[1]] == [None] * 5
    for redaction, sample in ((Redaction.NAMES, "ask for the sample"), (Redaction.COUNTS, "No sample can be drawn")):
        assert sample in attempt(house.config, "packet", "verify", str(tmp_path / f"{redaction}.pdf")).output


def test_a_packet_names_large_providers_of_mailboxes_and_of_the_others_only_how_many(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    people(house)
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    said = words(needs, tmp_path / "p.pdf")
    assert "Google 2\nAt 1 other domain 3\nMost at any one of these 3\nVerified 5\n" in said
    assert "smith" not in said


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_packet_holds_no_address_and_no_network(house: House, tmp_path: Path, needs: Needs) -> None:
    for tool in ("qpdf", "pdftotext"):
        needs(tool)
    people(house)
    say_yes(house, "Zoë Kaplan")
    assert build(house, tmp_path / "p.pdf", "--by", "whole").exit_code == 0
    assert build(house, tmp_path / "one.pdf").exit_code == 0
    secrets = [*(f"reader{at}@" for at in range(5)), "@gmail.com", "smith.example", NETWORK, "198.51.100"]
    for pdf in tmp_path.glob("*.pdf"):
        assert leaks(pdf, secrets) == set()
    # What it would say if there were one, in each of the places where one could be.
    planted = contents(group([entry(1, "reader0@gmail.com", NETWORK)]))
    render(replace(planted, title="From reader3@smith.example"), tmp_path / "leak.pdf")
    with pikepdf.open(tmp_path / "leak.pdf", allow_overwriting_input=True) as pdf:
        pdf.attachments["roster.csv"] = b"1,READER4@smith.example"
        pdf.save()
    found = leaks(tmp_path / "leak.pdf", secrets)
    assert {("reader0@", "text"), (NETWORK, "text"), ("reader3@", "bytes"), ("reader4@", "roster.csv")} <= found


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_proof_is_watermarked_and_leaves_no_trace(house: House, tmp_path: Path, needs: Needs) -> None:
    people(house)
    before = house.dump()
    done = build(house, tmp_path / "p.pdf", "--proof")
    assert done.exit_code == 0, done.output
    assert {name: rows for name, rows in house.dump().items() if rows != before[name]} == {}
    pages = words(needs, tmp_path / "p.pdf").split("\f")[:-1]
    assert all("PROOF" in page for page in pages)
    said = flowing(" ".join(pages))
    assert "A proof has no record" in said
    assert not re.search(r"copy \d|Ledger entries|SHA-256 of ten|root [0-9a-f]{8}", said)
    assert not re.search(r"[\w.]+@\w", said)


def test_a_supplement_lists_what_came_in_and_the_numbers_that_went_out(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    pages = people(house)
    decide(house, "reader1@gmail.com", invalidating.invalidate, Reason.NAME)
    assert build(house, tmp_path / "one.pdf").exit_code == 0
    house.press(f"{pages['Ada Okafor']}/withdraw")
    decide(house, "reader1@gmail.com", restoring.restore)
    house.signed("new@patron.example", name="New Person", city="Reno", state="NV")
    done = build(house, tmp_path / "two.pdf", "--since", "1")
    assert done.exit_code == 0, done.output
    said = flowing(words(needs, tmp_path / "two.pdf"))
    assert "Supplement to copy 1" in said
    assert "with 4. Since then 2 came in and 1 went out." in said
    assert "1 entry of copy 1 was withdrawn or invalidated since." in said
    assert "2 Ben Whitehorse Salem" in said
    assert "New Person Reno" in said
    for old in ("Ada Okafor", "Zoë Kaplan"):
        assert old not in said
    assert "5 signatures from 5 confirmed mailboxes" in said


def test_a_supplement_to_which_nothing_came_says_so_and_has_no_empty_volume(tmp_path: Path) -> None:
    base = contents(group([entry(1)]))
    since = Since(2, datetime(2019, 9, 1, tzinfo=UTC), 1, 0, ())
    none = replace(base, roster=(), options=Options(since=2), since=since)
    render(none, tmp_path / "p.pdf")
    said = flowing(" ".join(page_texts(tmp_path / "p.pdf")))
    assert "No signature that counts came in since copy 2, so there is no roster here." in said
    assert "No signature was verified" not in said
    assert "The roster here lists only what came in." in said
    for by in (Roster.WHOLE, Roster.STATE, Roster.CHAPTER):
        assert cut(replace(none, options=Options(by, since=2))).volumes == ()
    render(replace(none, options=Options(redaction=Redaction.COUNTS, since=2)), tmp_path / "c.pdf")
    cover = flowing(page_texts(tmp_path / "c.pdf")[0])
    assert "Since then 0 came in and 0 went out." in cover
    assert "The roster here" not in cover


def test_a_supplement_from_before_is_printed_again_with_its_own_words_and_volumes(tmp_path: Path) -> None:
    old = replace(
        contents(), roster=(), options=Options(since=2), since=Since(2, datetime(2019, 9, 1, tzinfo=UTC), 0, 0, ()),
        wording=1,
    )  # fmt: skip
    html = compose(old, tmp_path).html
    assert "No signature was verified when this packet was made, so the roster is empty." in html
    assert [each.part for each in cut(replace(old, options=Options(Roster.WHOLE))).volumes] == ["roster"]


def test_the_scanned_pages_of_a_text_find_room_in_its_packet_however_grainy(tmp_path: Path) -> None:
    scans = []
    for at in range(2):
        grain = Image.frombytes("RGB", (1700, 2200), random.Random(at).randbytes(1700 * 2200 * 3))
        written = io.BytesIO()
        grain.save(written, "PNG", compress_level=1)
        scans.append(written.getvalue())
    report = render(replace(contents(group([entry(1)])), annex=tuple(scans)), tmp_path / "p.pdf")
    assert report.size_bytes > 20 * MEGABYTE


def test_a_supplement_to_a_copy_that_is_not_there_is_one_clear_sentence(house: House, tmp_path: Path) -> None:
    done = build(house, tmp_path / "p.pdf", "--since", "7")
    assert "There is no copy 7" in str(done.exception)
    assert not house.rows(Packet)


def test_a_copy_that_was_never_issued_is_neither_added_to_nor_printed_again(house: House, tmp_path: Path) -> None:
    packet = issued(house, copy=1)
    with house.writing() as session:
        row = session.get_one(Packet, packet)
        row.issued_at, row.checkpoint, row.counts = None, "signed", {**row.counts, "digests": {}}
    added = build(house, tmp_path / "p.pdf", "--since", "1")
    assert "There is no copy 1" in str(added.exception)
    again = build(house, tmp_path / "p.pdf", "--again", "1")
    assert again.exit_code == 1
    assert "has no copy 1" in again.output


def test_a_copy_printed_again_is_the_same_to_the_last_byte_whatever_was_signed_withdrawn_or_renamed_since(
    house: House, tmp_path: Path
) -> None:
    pages = people(house)
    say_yes(house, "Zoë Kaplan")
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    first = (tmp_path / "p.pdf").read_bytes()
    house.press(f"{pages['Ada Okafor']}/withdraw")
    decide(house, "reader1@gmail.com", invalidating.invalidate, Reason.NAME)
    house.signed("new@patron.example", name="New Person", comment="This came later.")
    say_yes(house, "New Person")
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=SLUG).one()
        statement.issuer, statement.place, statement.year = "Another Association", "NE", 2026
        statement.campaign.hashtag, statement.campaign.sample_note = "#another", "Another sample."
    moved = replace(house.config, base_url="https://elsewhere.example")
    done = attempt(moved, "packet", "build", SLUG, "--out", str(tmp_path / "again.pdf"), "--again", "1")
    assert done.exit_code == 0, done.output
    assert "the same to the last byte" in done.output
    # The seal stands behind what was printed, and is never set twice.
    assert first.startswith((tmp_path / "again.pdf").read_bytes())
    assert len(house.rows(Packet)) == 1


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_copy_printed_again_after_an_erasure_says_so_and_does_not_print_what_was_erased(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    pages = people(house)
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    house.press(f"{pages['Ada Okafor']}/withdraw")
    house.register()
    house.later(days=8)
    house.sweep()
    done = build(house, tmp_path / "again.pdf", "--again", "1")
    assert "Something was erased or withheld in the roster since this copy was issued" in done.output
    assert "to the last byte" not in done.output
    said = words(needs, tmp_path / "again.pdf")
    assert "Okafor" not in said
    assert "1 Erased at the signatory’s request" in said


@pytest.mark.parametrize("more", [("--again", "3"), ("--again", "1", "--proof")])
def test_a_copy_that_is_not_there_or_otherwise_is_not_printed_again(
    house: House, tmp_path: Path, more: tuple[str, ...]
) -> None:
    done = build(house, tmp_path / "p.pdf", *more)
    assert done.exit_code == 1
    assert done.output.startswith(("Error: --again", "--again"))
    assert not (tmp_path / "p.pdf").exists()


def test_a_brief_has_twelve_pages_at_the_most_however_much_there_is_to_say(tmp_path: Path, needs: Needs) -> None:
    """Everything at once that can be long: texts, comments, institutions, states, weeks, statements, reasons."""
    needs("pdftotext")
    paragraph = "<p>" + "We ask for the same thing once more, at some length. " * 9 + "</p>"
    packet = contents(
        *(group([entry(at)], each.code, each.name) for at, each in enumerate(contents().by_state)),
        texts=tuple(signed(paragraph * 4, number, 1) for number in range(9, 0, -1)),
    )
    full = replace(
        packet,
        options=Options(Roster.STATE, since=2),
        officers=tuple(OfficerSigned(f"Kim Sample {n}", "President", date(2019, 9, 1)) for n in range(8)),
        institutions=tuple(
            InstitutionSigned(f"The Public Library of Sample Town Number {n}", "Lincoln, Nebraska", "Kim Sample",
                              "Head", "confirmed by a mailbox at library.example") for n in range(16)
        ),
        comments=tuple(Comment(n, "Ada Sample-Okafor", "Omaha", "Our wait list is long. " * 20) for n in range(90)),
        comments_approved=90,
        by_mailbox=Mailboxes(tuple(Provider(f"Provider {n}", n) for n in range(16)), 9, 4, 3, 2),
        by_network=Networks(412, 90_000, 160_000, 160_412),
        since=Since(2, datetime(2019, 9, 1, tzinfo=UTC), 9, 9, tuple(range(1, 90))),
        campaign=CampaignCount("#sample", 99, tuple(
            Listed(("LET", "NE", "2019", "r.1"), "A letter of our state, about ebooks", "The chapter", 5)
            for _ in range(51)
        )),
        seal=SealFacts("The Sample Library Association", "ab" * 32, known=False),
        evidence=EvidenceFacts("ebooksforall-copy-3.evidence", "cd" * 32),
        nonces=tuple("ef" * 32 for _ in range(10)),
        ask_until=date(2019, 11, 13),
        annex=(b"", b""),
    )  # fmt: skip
    report = render(full, tmp_path / "brief.pdf")
    assert report.pages <= MOST_PAGES
    assert report.warnings == ()
    found = cut(full)
    pages = [flowing(page) for page in page_texts(tmp_path / "brief.pdf")]
    assert f"Came in since copy 2 {len(packet.by_state)}" in " ".join(pages)
    assert [each.part for each in found.volumes if not each.codes] == ["texts", "comments", "pages"]
    assert "The seal" in pages[-3] + pages[-2]
    assert "a reader will call the signer unknown" in pages[-3] + pages[-2]


@pytest.mark.parametrize("roster", [Roster.INSIDE, Roster.STATE])
@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_on_a_cover_meets_or_is_cut_however_much_stands_on_it(
    tmp_path: Path, language: str, roster: Roster
) -> None:
    spanish = Translations.load(TRANSLATIONS, ["es"])
    everywhere = contents(*(group([entry(at)], each.code, each.name) for at, each in enumerate(contents().by_state)))
    full = with_everyone(everywhere, Options(roster, since=1, language=language))
    for title in ("A new ebook should reach the library on the day it is published, and be read", TITLE):
        out = tmp_path / "p.pdf"
        render(replace(full, title=title), out, None, language, spanish if language == "es" else None)
        cover, letter, *_ = map(flowing, page_texts(out))
        last = "El sello y cómo comprobarlo" if language == "es" else "The seal, and how to check it"
        assert title in cover
        assert last in cover
        assert "New York, NY 10271" in letter
        lines = boxes_of(out, 1, "line")
        assert [(one.text, other.text) for one, other in combinations(lines, 2) if one.meets(other)] == []
        said = next(one for one in reversed(lines) if one.text.endswith(("came in.", "entró.")))
        listed = next(one for one in lines if one.text.startswith(("La carta .", "The letter .")))
        assert listed.top - said.bottom > 8  # there the rule above the contents stands
        assert max(one.right for one in lines) < 559
        assert min(one.top for one in lines) > 60


TITLE = ("On the lending of new electronic books by the public libraries of Nebraska, a letter to those who hold the "
         "rights in them and to those who read them, with a request that they be lent on the day on which they come "
         "out, to everybody who asks for them, at a price that a library of a small town can pay.")  # fmt: skip


def with_everyone(packet: PacketContents, options: Options) -> PacketContents:
    """A packet with all its parts; the addressee has as long a name as we keep."""
    buffer = io.BytesIO()
    Image.new("L", (40, 40)).save(buffer, "PNG")
    return replace(
        packet,
        options=options,
        addressee=replace(packet.addressee, name=("The Sample Publishers of Books and Periodicals " * 3)[:120].strip()),
        officers=(OfficerSigned("Kim Sample", "President", date(2019, 9, 1)),),
        institutions=(InstitutionSigned("The Public Library", "Lincoln", "Kim Sample", "Head", "confirmed"),),
        comments=(Comment(1, "Ada Sample-Okafor", "Omaha", "Our wait list is long."),),
        comments_approved=1,
        campaign=CampaignCount("#sample", 9, (Listed(("LET", "NE", "2019", "r.1"), "A letter", "The chapter", 5),)),
        since=Since(1, datetime(2019, 9, 1, tzinfo=UTC), 990_000, 113_418, (3, 4)),
        annex=(buffer.getvalue(),),
        seal=SealFacts("The Sample Library Association", "ab" * 32, known=False),
    )


def test_a_volume_has_its_title_in_even_lines(tmp_path: Path) -> None:
    packet = replace(contents(group([entry(1)])), options=Options(Roster.WHOLE, language="es"))
    volume = cut(packet).volumes[0]
    html = compose(packet, tmp_path, "es", Translations.load(TRANSLATIONS, ["es"]), volume).html
    assert "<h1>La lista de firmas,<br>por estado</h1>" in html


def test_the_page_of_those_who_stand_by_the_text_is_named_after_who_is_on_it(tmp_path: Path) -> None:
    base = contents(group([entry(1)]))
    full = with_everyone(base, Options())
    officers, institutions = replace(base, officers=full.officers), replace(base, institutions=full.institutions)
    many = replace(full, options=Options(Roster.WHOLE), institutions=full.institutions * 17)
    volume = next(each for each in cut(many).volumes if each.part == "institutions")
    for packet, name in (
        (full, "Officers and institutions"), (officers, "Officers"), (institutions, "Institutions"),
        (many, "Officers"), (replace(officers, wording=1), "Officers and institutions"),
    ):  # fmt: skip
        html = compose(packet, tmp_path).html
        assert f'<a href="#signed">{name}</a>' in html
        assert f'id="signed" data-outline="{name}">\n  <h2>{name}</h2>' in html
    assert "<h2>Institutions</h2>" in compose(many, tmp_path, volume=volume).html
    assert ">Directivos</a>" in compose(officers, tmp_path, "es", Translations.load(TRANSLATIONS, ["es"])).html


def test_the_seal_page_says_what_is_proven_and_what_is_not(tmp_path: Path) -> None:
    packet = replace(
        contents(group([entry(1)])),
        seal=SealFacts("The Sample Library Association", "ab" * 32, known=True),
        nonces=tuple(f"{at}" * 64 for at in range(10)),
        ask_until=date(2019, 11, 13),
    )
    render(packet, tmp_path / "p.pdf")
    said = flowing(" ".join(page_texts(tmp_path / "p.pdf")[4:]))
    assert "no cryptographic seal" not in said
    assert "That nothing in this file changed after it was sealed." in said
    assert "That the list is complete, or that we added no entry." in said
    assert "That each entry is a different person, or who that person is." in said
    assert "ask for a sample by November 13, 2019" in said
    assert all(one[:8] in said for one in packet.nonces)
    assert "unknown" not in said


def test_the_seal_page_of_a_packet_without_a_sample_asks_for_none(tmp_path: Path) -> None:
    packet = replace(contents(group([entry(1)])), options=Options(redaction=Redaction.INITIALS))
    nobody = replace(packet.count, verified=0, entered=3, withdrawn=3, invalidated=1, restored=1)
    empty = replace(contents(), count=nobody)
    listless = replace(contents(group([entry(1)])), roster=(), options=Options(Roster.NONE))
    made = {"new": packet, "listless": listless, "empty": empty, "earlier": replace(packet, wording=1)}
    for name, each in made.items():
        render(each, tmp_path / f"{name}.pdf")
    new, without, none, earlier = (flowing(" ".join(page_texts(tmp_path / f"{name}.pdf")[3:])) for name in made)
    for said in (new, without):
        assert "No sample is drawn of this packet, which does not name everybody who signed." in said
        assert "ask for a sample by" not in said
    assert "To test the list" not in none
    assert "draw numbers from the roster at random" in earlier


def test_the_seal_page_says_what_a_seed_by_letter_is_worth_and_an_earlier_copy_keeps_its_words(tmp_path: Path) -> None:
    packet = replace(
        contents(group([entry(1)])), nonces=tuple(f"{at}" * 64 for at in range(10)), ask_until=date(2019, 11, 13)
    )
    for each, name in ((packet, "new.pdf"), (replace(packet, wording=1), "earlier.pdf")):
        render(each, tmp_path / name)
    new, earlier = (flowing(" ".join(page_texts(tmp_path / name)[4:])) for name in ("new.pdf", "earlier.pdf"))
    assert "You send a seed of your own behind the link of your delivery" in new
    assert "rely on its draw only if every sample before it" in new
    assert "You send a seed of your own, and we open one of the figures below: neither side can choose" in earlier
    assert "by letter" not in earlier
