"""The page for newspapers: one page for each state, whose every sentence follows from the ledger's figures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import clock
from petition.ledger.rates import at_least
from petition.papers import printing
from petition.papers.clipping import first_lines
from petition.pdf.document import PressRefused
from petition.statements.models import End, Statement
from tests.ground import House
from tests.pdfa import faults
from tests.prepared import attempt
from tests.printed import Needs, embeds_every_font, outline, pages, told, unpacked, words
from tests.publishing import published

PATH = "/chapters/ne/newspaper.pdf"


def fetched(house: House, folder: Path, path: str = PATH) -> Path:
    answer = house.client().get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    (folder / "page.pdf").write_bytes(answer.data)
    return folder / "page.pdf"


def test_one_page_says_the_count_of_the_state_with_its_time_its_rate_and_their_source(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    for number, state in enumerate(("NE", "NE", "KS")):
        house.signed(f"reader-{number}@patron.example", name=f"Reader Number{'abc'[number]}", state=state)
    (page,) = pages(needs, fetched(house, tmp_path))
    assert "2 verified signatures from Nebraska" in page
    assert "VERIFIED 2 " in page
    assert "Per 100,000 residents, at least 0.10" in page
    assert "Residents of Nebraska 1,961,504" in page
    assert "Verified in all, from everywhere 3" in page
    assert "U.S. Census Bureau, 2020 census" in page
    assert "SAMPLE document. All names and figures are invented." in page


def test_the_sentence_to_quote_is_made_of_the_figures_and_says_its_moment(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    house.signed()
    page = words(needs, fetched(house, tmp_path))
    now = clock.now()
    days = {f"{day:%b} {day.day}, {day.year}" for day in (now, now - timedelta(days=1))}  # in Eastern time
    quote = page[page.index("As of ") : page.index("100,000 residents. ") + len("100,000 residents.")]
    assert any(quote.startswith(f"As of {day}, ") for day in days)
    assert "one signature from Nebraska under the petition" in quote
    assert quote.endswith("had been confirmed by e-mail. That is at least 0.05 for every 100,000 residents.")


def test_before_anybody_has_signed_it_says_so(house: House, tmp_path: Path, needs: Needs) -> None:
    page = words(needs, fetched(house, tmp_path))
    assert "Nebraska: no verified signature yet" in page
    assert "had been confirmed by e-mail yet." in page
    assert "What the petition asks" in page
    assert "This association has published no statement here." in page


def test_the_chapters_own_text_stands_there_once_it_has_one_and_not_when_it_is_retracted(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    slug = published(house)
    page = words(needs, fetched(house, tmp_path))
    assert "What the association of libraries says Resolution on one copy for a whole state" in page
    assert "Sell libraries new ebooks from the first day. Whereas a library pays for what it lends;" in page
    assert f"/statements/{slug}" in page.replace(" ", "")
    assert "Nebraska Library Association · Resolution" in page
    published(house, "KS", title="Resolution of Kansas")
    assert "Kansas" not in words(needs, fetched(house, tmp_path))
    with house.writing() as session:
        for statement in session.query(Statement).where(Statement.slug == slug):
            statement.ended, statement.ended_at, statement.ended_because = End.RETRACTED, clock.now(), "A slip."
    assert "Resolution on one copy" not in words(needs, fetched(house, tmp_path))


def test_a_listed_text_comes_before_one_that_nobody_listed(house: House, tmp_path: Path, needs: Needs) -> None:
    published(house, title="The listed one")
    published(house, title="The newer one", listed=False)
    page = words(needs, fetched(house, tmp_path))
    assert "The listed one" in page
    assert "The newer one" not in page


def test_it_is_one_page_however_long_names_and_titles_are(house: House, tmp_path: Path, needs: Needs) -> None:
    published(house, title="Resolution " + "of the general membership " * 11, body="We ask again and again. " * 90)
    assert len(pages(needs, fetched(house, tmp_path))) == 1


def test_it_is_told_in_spanish_to_who_asks_for_it(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed()
    pdf = fetched(house, tmp_path, f"{PATH}?lang=es")
    page = words(needs, pdf)
    assert told(pdf)["Lang"] == "es"
    assert "Una firma verificada de Nebraska" in page
    assert "MUESTRA" in page
    assert "signature" not in page


def test_the_file_names_nobody_and_keeps_its_own_fonts(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed("zoe@patron.example", name="Zoë Whitehorse", show_name="1")
    pdf = fetched(house, tmp_path)
    raw = unpacked(needs, pdf)
    for private in (b"@patron", b"@ne.chapter", b"Whitehorse"):
        assert private not in raw
    assert "Whitehorse" not in words(needs, pdf)
    assert embeds_every_font(needs, pdf)
    assert faults(pdf) == []
    assert told(pdf)["Title"] == "For newspapers: Nebraska SAMPLE"
    assert outline(pdf)[0] == "For newspapers: Nebraska"


def test_looking_at_it_changes_nothing_and_everybody_may_keep_it_for_a_minute(house: House) -> None:
    house.signed()
    before = house.dump()
    answer = house.client().get(PATH)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert house.dump() == before


def test_who_comes_while_another_is_printed_is_told_when_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []

    def press(*_: object) -> None:
        # In threads of their own, as the web server has them.
        with ThreadPoolExecutor() as threads:
            second = threads.submit(house.client().get, "/chapters/ks/newspaper.pdf").result()
            signed = threads.submit(house.sign).result()
        said.extend((second.status_code, second.headers["Retry-After"], signed.status_code))
        raise PressRefused("time", "It took too long.")

    monkeypatch.setattr(printing, "press", press)
    answer = house.client().get(PATH)
    assert said == [503, "60", 303]
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")


def test_a_state_without_a_chapter_has_no_page_and_the_chapters_page_leads_to_its_own(house: House) -> None:
    assert house.client().get("/chapters/zz/newspaper.pdf").status_code == 404
    assert house.client().get("/chapters/pr/newspaper.pdf").status_code == 404
    assert f'href="{PATH}"' in house.client().get("/chapters/ne").text


def test_the_command_prints_the_same_page(house: House, tmp_path: Path, needs: Needs) -> None:
    house.signed()
    out = tmp_path / "ne.pdf"
    done = attempt(house.config, "chapter", "newspaper", "ne", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "Nebraska Library Association, 1 verified, 1 page." in done.output
    assert "One verified signature from Nebraska" in words(needs, out)
    none = attempt(house.config, "chapter", "newspaper", "ZZ", "--out", str(out))
    assert (none.exit_code, "There is no chapter or no petition for ZZ." in none.output) == (1, True)


@given(st.integers(0, 10**7), st.integers(1, 4 * 10**7))
def test_a_rate_is_never_rounded_up(number: int, population: int) -> None:
    said = at_least(number, population).replace(",", "")
    whole, _, decimals = said.partition(".")
    exact = int(whole + decimals) * population
    assert exact <= number * 100_000 * 10 ** len(decimals)


def test_first_lines_end_with_a_sentence_or_a_word_and_say_that_they_end() -> None:
    assert first_lines("Ask.", "One **strong** [line](https://a.example).\n\nTwo & three.") == (
        "Ask.", "One strong line.", "Two & three.",
    )  # fmt: skip
    (cut,) = first_lines("", "word " * 300)
    assert cut.endswith("word …")
    assert first_lines("", "It is so. " + "Then " * 200, 30)[0] == "It is so. Then Then Then …"
    assert first_lines("", "Here the first sentence ends. " + "Then " * 200, 40) == ("Here the first sentence ends. …",)
    assert len(first_lines("", "x" * 900)[0]) <= 450
