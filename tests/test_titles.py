"""The first line of an uploaded text is its title where it plainly is one, and else stays text."""

import pytest

from petition.drafts.titles import split


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("## Resolution on *Ebooks*", "Resolution on Ebooks"),
        ("### 1\\. Findings & more", "1. Findings & more"),
        ("**A Resolution of the Board**", "A Resolution of the Board"),
        ("RESOLUTION ON EBOOKS", "RESOLUTION ON EBOOKS"),
        ("Resolution on waiting for ebooks", "Resolution on waiting for ebooks"),
        ("An open letter to publishers", "An open letter to publishers"),
        ("Carta abierta a las editoriales", "Carta abierta a las editoriales"),
    ],
)
def test_a_first_line_that_is_a_title_becomes_it(first: str, title: str) -> None:
    assert split(f"{first}\n\nReaders wait.\n") == (title, "Readers wait.\n")


@pytest.mark.parametrize(
    "first",
    [
        "Dear Mr. Sample,",
        "Whereas readers wait;",
        "October 4, 2019",
        "Resolution 12 was adopted by the board.",
        "- RESOLUTION",
        "1. RESOLUTION",
        "> RESOLUTION",
        "Letter " + "x" * 300,
        "Letters came from everywhere",
    ],
)
def test_any_other_stays_text(first: str) -> None:
    text = f"{first}\n\nReaders wait.\n"
    assert split(text) == ("", text)


@pytest.mark.parametrize("text", ["", "## Resolution\n", "\n\n"])
def test_a_text_of_one_line_has_no_title(text: str) -> None:
    assert split(text) == ("", text)
