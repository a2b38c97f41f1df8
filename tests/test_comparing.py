"""Two revisions word by word: true to both texts, readable, and never slow."""

import random
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.statements import comparing
from petition.statements.comparing import Change, Run, compare

SLOW = 8  # seconds of computing; on a machine that does nothing else it is one


def rebuilt(found: comparing.Compared, without: Change) -> str:
    return "".join(run.text for paragraph in found.paragraphs for run in paragraph if run.change is not without)


def shown(old: str, new: str) -> str:
    """As it is read: [-taken out-]{+added+}."""
    marks = {Change.SAME: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return "".join(marks[run.change].format(run.text) for p in compare(old, new).paragraphs for run in p)


@pytest.mark.parametrize(
    ("old", "new", "reads"),
    [
        ("We ask you.\n", "We ask you.\n", "We ask you.\n"),
        ("We ask you.\n", "We ask them.\n", "We ask [-you-]{+them+}.\n"),
        ("We ask.\n", "We kindly ask.\n", "We {+kindly +}ask.\n"),
        ("We kindly ask.\n", "We ask.\n", "We [-kindly -]ask.\n"),
        ("60 dollars.\n", "65 dollars.\n", "[-60-]{+65+} dollars.\n"),
        ("One.\n\nTwo.\n", "One.\n\nNew.\n\nTwo.\n", "One.\n\n{+New.\n\n+}Two.\n"),
        ("", "All.\n", "{+All.\n+}"),
        (
            "The board of the chapter met in May.\n",
            "Nobody in the town voted against it.\n",
            "[-The board of the chapter met in May-]{+Nobody in the town voted against it+}.\n",
        ),
    ],
)
def test_a_change_reads_as_somebody_would_describe_it(old: str, new: str, reads: str) -> None:
    assert shown(old, new) == reads


def test_words_are_counted_by_what_became_of_them() -> None:
    found = compare("We ask you kindly.\n", "We ask them.\n")
    assert (found.added, found.removed) == (1, 2)


def test_each_paragraph_of_either_text_is_one() -> None:
    found = compare("One.\n\nTwo.\n", "One.\n\nNew.\n\nTwo.\n").paragraphs
    assert [[run.change for run in paragraph] for paragraph in found] == [[Change.SAME], [Change.ADDED], [Change.SAME]]


def test_one_edit_in_a_long_text_is_one_edit() -> None:
    words = [f"word{number % 700}" for number in range(20_000)]
    old, new = " ".join(words), " ".join([*words[:9_000], "different", *words[9_001:]])
    changed = [run for paragraph in compare(old, new).paragraphs for run in paragraph if run.change is not Change.SAME]
    assert changed == [Run(Change.REMOVED, words[9_000]), Run(Change.ADDED, "different")]


_TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["a", "b", "reader", " ", " ", "\n", "\n\n", ",", "’s", "é"]), max_size=60).map("".join),
)


@given(_TEXT, _TEXT)
def test_both_texts_can_be_rebuilt_from_what_is_shown(old: str, new: str) -> None:
    found = compare(old, new)
    assert rebuilt(found, without=Change.ADDED) == old
    assert rebuilt(found, without=Change.REMOVED) == new


@given(_TEXT, _TEXT)
def test_no_run_is_empty_and_no_two_of_a_kind_stand_side_by_side_in_a_paragraph(old: str, new: str) -> None:
    for paragraph in compare(old, new).paragraphs:
        assert all(run.text for run in paragraph)
        assert all(one.change is not other.change for one, other in pairwise(paragraph))


def _long(kind: str) -> tuple[str, str]:
    chance = random.Random(kind)
    few, many = ["a", "b", "c"], [f"w{number}" for number in range(3000)]
    if kind == "the same word":
        return "word " * 40_000, "word " * 39_000 + "end"
    if kind == "three words by chance":
        return tuple(" ".join(chance.choices(few, k=100_000)) for _ in range(2))  # type: ignore[return-value]
    if kind == "many words by chance":
        return tuple(" ".join(chance.choices(many, k=36_000)) for _ in range(2))  # type: ignore[return-value]
    if kind == "backwards":
        words = [f"w{number}" for number in range(30_000)]
        return " ".join(words), " ".join(reversed(words))
    if kind == "short paragraphs by chance":
        return tuple("\n\n".join(chance.choices(few, k=66_000)) for _ in range(2))  # type: ignore[return-value]
    assert kind == "every other word"
    return " ".join(f"w{n % 9}" for n in range(60_000)), " ".join(f"w{n % 9} x" for n in range(40_000))


@pytest.mark.parametrize(
    "kind",
    ["the same word", "three words by chance", "many words by chance", "backwards", "short paragraphs by chance",
     "every other word"],
)  # fmt: skip
def test_two_hundred_thousand_characters_never_take_long(kind: str) -> None:
    old, new = _long(kind)
    began = process_time()
    found = compare(old, new)
    assert process_time() - began < SLOW
    assert rebuilt(found, without=Change.ADDED) == old
    assert rebuilt(found, without=Change.REMOVED) == new
