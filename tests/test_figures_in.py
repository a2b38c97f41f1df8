"""Figures of a text are found, and odd ones among them, in English and Spanish."""

import pytest

from petition.statements.figures_in import GROUPS, MILLION, PERCENT, YEAR, find

THIS_YEAR = 2026


def said(text: str) -> list[str]:
    return [figure.said for figure in find(text, THIS_YEAR)]


def odd(text: str) -> list[tuple[str, ...]]:
    return [figure.oddities for figure in find(text, THIS_YEAR) if figure.oddities]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("We serve 808,761 cardholders in 27 branches.", ["808,761", "27"]),
        ("About $60 for a copy, $1.5 million a year, 12.5 % of all.", ["$60", "$1.5 million", "12.5 %"]),
        ("Half of it, 50 percent, and 20 per cent more.", ["50 percent", "20 per cent"]),
        ("El 85 por ciento, 2.133.687 préstamos y 3,5 millones.", ["85 por ciento", "2.133.687", "3,5 millones"]),
        ("Son 1 200 500 préstamos y 38,99 dólares.", ["1 200 500", "38,99 dólares"]),
        ("Unos 60 dólares; 40 € por ejemplar.", ["60 dólares", "40 €"]),
        ("The 3rd of 12 boards on October 4, 2019.", ["3rd", "12", "4", "2019"]),
        ("No figures here, and not in MP3 or H2O.", []),
        ("Chapter 7 2000 copies", ["7", "2000"]),
    ],
)  # fmt: skip
def test_every_figure_is_found_as_it_stands(text: str, figures: list[str]) -> None:
    assert said(text) == figures


def test_a_figure_says_where_it_stands() -> None:
    text = "In 2019 readers borrowed 2,133,687 ebooks."
    for figure in find(text, THIS_YEAR):
        assert text[figure.start : figure.end] == figure.said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("some 2,133,687 million checkouts", MILLION),
        ("2133687 million checkouts", MILLION),
        ("2.133.687 millones de préstamos", MILLION),
        ("1.200.500 mil millones", MILLION),
        ("2 133 687 billones", MILLION),
        ("a rise of 150 percent", PERCENT),
        ("un 100,5 % de los ejemplares", PERCENT),
        ("1,200% of the price", PERCENT),
        ("adopted on October 10, 2091", YEAR),
        ("el 10 de octubre de 1019", YEAR),
        ("since 1819, when", YEAR),
        ("on 10/04/0219", YEAR),
        ("with 2,133,68 loans", GROUPS),
        ("con 2.1333.687 préstamos", GROUPS),
    ],
)
def test_what_is_odd_about_a_figure_is_named(text: str, why: str) -> None:
    assert odd(text) == [(why,)]


@pytest.mark.parametrize(
    "text",
    [
        "2.1 million readers and 213,687 million dollars",
        "3,5 millones de personas, 100 % de los condados, 99.9 percent",
        "in 1281 locations since 1976, and by 2030.",
        "sections 1.2.3 and 4,5,6 on 10.4.2019",
        "$1,234,567.89 in 96 systems",
    ],
)
def test_what_is_well_written_is_not_called_odd(text: str) -> None:
    assert odd(text) == []
