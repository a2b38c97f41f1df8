"""Signatures on paper: entered by who was told of them, corrected by newer entries, given apart, and in no figure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from petition.accounts.models import AuditEntry, Role
from petition.packets.counts import OnPaper
from petition.packets.models import Packet
from petition.packets.rendering import render
from petition.sheets import entering
from petition.sheets.entering import CorrectedAlready, EnteredAlready
from petition.sheets.models import PaperCount
from petition.statements.models import Statement
from tests.ground import SLUG, House, hidden, reasons
from tests.publishing import published
from tests.sheets import NEBRASKA, corrected, entered
from tests.signing_in import signed_in
from tests.test_packet_build import build, words
from tests.test_packet_pages import contents, entry, flowing, group, page_texts
from tests.witness import words as words_of

DESK = f"/organize/statements/{SLUG}/sheets"
TYPED = {
    "number": "1,412", "collected_by": "the Nebraska Library Association", "counted_on": "2019-10-03",
    "kept_at": "Sample Hall, the grey cabinet",
}  # fmt: skip
Needs = Callable[[str], str]


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house)


def acts(house: House) -> list[str]:
    return [each.act for each in house.rows(AuditEntry) if each.act.startswith("paper")]


def counts(house: House) -> list[tuple[int, int | None, str]]:
    return [(each.number, each.corrects_id, each.correction) for each in house.rows(PaperCount)]


# --- The desk -------------------------------------------------------------------------------------


def test_an_organizer_enters_a_count_and_everybody_at_the_desk_reads_it(house: House, organizer: FlaskClient) -> None:
    assert "None was entered." in organizer.get(DESK).text
    assert house.press(DESK, organizer, **TYPED).location == DESK
    (found,) = house.rows(PaperCount)
    assert (found.number, found.counted_on) == (1412, date(2019, 10, 3))
    assert (found.collected_by, found.kept_at) == (TYPED["collected_by"], TYPED["kept_at"])
    for client in (organizer, signed_in(house, Role.AUDITOR)):
        assert "the Nebraska Library Association Oct 3, 2019 1,412 Sample Hall, the grey cabinet" in words_of(
            client.get(DESK).text
        )
    assert acts(house) == ["paper count entered"]
    assert "Signatures on paper entered" in organizer.get("/organize/log").text


def test_the_same_count_is_not_entered_twice(house: House, organizer: FlaskClient) -> None:
    typed = {**hidden(organizer.get(DESK), DESK), **TYPED}
    assert organizer.post(DESK, data=typed).status_code == 303
    again = organizer.post(DESK, data=typed)
    assert again.status_code == 409
    assert "It was not entered twice." in again.text
    assert 'value="Sample Hall, the grey cabinet"' in again.text
    assert counts(house) == [(1412, None, "")]
    slug = published(house)
    entered(house, slug, number=1412)  # of another text
    entered(house, number=1412, counted_on=date(2019, 10, 4))
    assert len(house.rows(PaperCount)) == 3


@pytest.mark.one_database("sqlite", "what was typed is refused before any database is asked")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": ""}, "Give the number in digits, as in 412 or 1,204."),
        ({"number": "4,12"}, "Give the number in digits, as in 412 or 1,204."),
        ({"number": "about 400"}, "Give the number in digits, as in 412 or 1,204."),
        ({"number": "٤١٢"}, "Give the number in digits, as in 412 or 1,204."),
        ({"number": "0"}, "Give at least 1. Where nothing was collected, nothing is entered."),
        ({"number": "10000001"}, "Give at most 10,000,000."),
        ({"number": "9" * 5000}, "Give the number in digits, as in 412 or 1,204."),
        ({"collected_by": ""}, "Say which library or association collected and counted them."),
        ({"collected_by": "A" * 161}, "160"),
        ({"collected_by": "see https://ads.example"}, "address"),
        ({"counted_on": "soon"}, "Give the day, as in 2026-11-22."),
        ({"counted_on": "2999-01-01"}, "This day has not come yet."),
        ({"counted_on": "1019-10-03"}, "This is long before the text that was signed. Look at the year."),
        ({"kept_at": ""}, "Say where the sheets are, so that somebody can look at them."),
        ({"kept_at": "A" * 201}, "Use no more than 200 characters."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_stays_in_the_form(
    house: House, organizer: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    answer = house.press(DESK, organizer, **{**TYPED, **typed})
    assert answer.status_code == 422
    [reason] = reasons(answer).values()
    assert sentence in reason
    for kept in {**TYPED, **typed}.values():
        assert f'value="{kept}"' in answer.text
    assert house.rows(PaperCount) == []


def test_a_wrong_entry_is_corrected_by_a_newer_one_and_both_can_be_read(house: House, organizer: FlaskClient) -> None:
    number = entered(house)
    page = f"/organize/sheets/{number}"
    assert 'value="412"' in organizer.get(page).text
    lacking = house.press(page, organizer, **TYPED, correction="")
    assert lacking.status_code == 422
    assert reasons(lacking) == {"correction": "Say what was wrong in the earlier entry."}
    typed = {**hidden(organizer.get(page), page), **TYPED, "number": "398", "correction": "Fourteen had no name."}
    assert organizer.post(page, data=typed).status_code == 303
    again = organizer.post(page, data=typed)
    assert again.status_code == 409
    assert "Correct that one." in again.text
    assert counts(house) == [(412, None, ""), (398, number, "Fourteen had no name.")]
    said = words_of(organizer.get(DESK).text)
    assert "Oct 3, 2019 corrected by a newer entry 412" in said
    assert "Corrects an earlier entry: Fourteen had no name." in said
    assert acts(house) == ["paper count entered", "paper count corrected"]
    assert organizer.get("/organize/sheets/99").status_code == 404


def test_a_correction_does_not_make_the_same_count_twice(house: House, organizer: FlaskClient) -> None:
    entered(house)
    number = entered(house, number=413)
    own = f"/organize/sheets/{number}"
    page = organizer.get(own)
    refused = organizer.post(own, data={**hidden(page, own), **TYPED, "number": "412", "correction": "Miscounted."})
    assert refused.status_code == 409
    assert "It was not entered twice." in refused.text
    assert [each.number for each in house.rows(PaperCount)] == [412, 413]
    corrected(house, number, number=413, kept_at="In the other cabinet")


def test_a_correction_to_nothing_takes_the_entry_out_and_leaves_room_for_it(house: House) -> None:
    number = entered(house)
    with pytest.raises(EnteredAlready):
        entered(house)
    with house.reading() as session:
        (statement,) = session.query(Statement).filter_by(slug=SLUG)
        assert [each.number for each in entering.standing(session, statement.id)] == [412]
    gone = corrected(house, number, number=0)
    with pytest.raises(CorrectedAlready):
        corrected(house, number)
    with house.reading() as session:
        assert entering.standing(session, statement.id) == []
        assert [each.id for each, newer in entering.entries(session, statement.id) if newer is None] == [gone]
    entered(house)
    assert [each.number for each in house.rows(PaperCount)] == [412, 0, 412]


# --- The packet -----------------------------------------------------------------------------------


def test_a_packet_gives_paper_apart_and_in_no_figure(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed()
    wrong = entered(house, number=500)
    corrected(house, wrong)
    entered(house, number=80, collected_by="Lincoln Sample Library", counted_on=date(2019, 10, 5))
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    said = flowing(words(needs, tmp_path / "p.pdf"))
    assert (
        "On paper: 412, counted by hand by the Nebraska Library Association on Oct 3, 2019. On paper: 80, counted by "
        "hand by Lincoln Sample Library on Oct 5, 2019. Counted by hand, together: 492. We have verified none of "
        "them; they are in no figure of this packet."
    ) in said
    assert "1 signature from 1 confirmed mailbox" in said
    assert "grey cabinet" not in said
    (packet,) = house.rows(Packet)
    assert packet.counts["paper"] == [
        [412, "the Nebraska Library Association", "2019-10-03"], [80, "Lincoln Sample Library", "2019-10-05"],
    ]  # fmt: skip
    figures = ("verified", "mailboxes", "entered", "never_confirmed", "held", "waiting")
    assert [packet.counts[name] for name in figures] == [1, 1, 1, 0, 0, 0]
    assert house.count() == 1
    assert "412" not in words_of(house.client().get(f"/statements/{SLUG}").text)


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_copy_is_the_same_to_the_last_byte_after_a_later_entry(house: House, tmp_path: Path) -> None:
    house.signed()
    number = entered(house)
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    corrected(house, number, number=80)
    entered(house, collected_by="Lincoln Sample Library")
    again = build(house, tmp_path / "again.pdf", "--again", "1")
    assert again.exit_code == 0
    assert "Every file is the same to the last byte as the one that was issued" in again.output


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_copy_of_before_paper_was_noted_says_nothing_of_it(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed()
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    assert "No signatures on paper were entered here." in flowing(words(needs, tmp_path / "p.pdf"))
    with house.writing() as session:
        packet = session.query(Packet).one()
        packet.counts = {name: kept for name, kept in packet.counts.items() if name != "paper"}
    entered(house)
    assert build(house, tmp_path / "again.pdf", "--again", "1").exit_code == 0
    assert "on paper" not in flowing(words(needs, tmp_path / "again.pdf")).lower()


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_who_is_told_counts_only_is_not_told_who_counted(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed()
    entered(house)
    assert build(house, tmp_path / "p.pdf", "--redaction", "counts").exit_code == 0
    said = flowing(words(needs, tmp_path / "p.pdf"))
    assert "On paper: 412, counted by hand on Oct 3, 2019. We have verified none of them;" in said
    assert "Nebraska Library Association" not in said


@pytest.mark.one_database("sqlite", "no database is asked")
def test_many_counts_are_summed_after_the_first(tmp_path: Path) -> None:
    many = tuple(OnPaper(1000 + place, "W" * 160, NEBRASKA.counted_on) for place in range(40))
    render(replace(contents(group([entry(1)])), paper=many), tmp_path / "p.pdf")
    said = flowing(" ".join(page_texts(tmp_path / "p.pdf")))
    assert "On paper: 1,007," in said
    assert "On paper: 1,008," not in said
    assert "On paper, in 32 more counts: 32,752." in said
    assert "Counted by hand, together: 40,780." in said
