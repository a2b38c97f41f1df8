"""A resolution in its form: numbered clauses, and not a word more or less than its text."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import markdown
from petition.statements import clauses
from petition.statements.clauses import Part, of_text, split
from petition.statements.models import Revision, Statement
from tests.publishing import BODY

_NUMBER = re.compile(r'<a class="clause-number"[^>]*>\d+</a>')
_INLINE = re.compile(r"</?(?:strong|em|a|span)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")


def said(html: str) -> list[str]:
    """The words of a page's part, without our numbers."""
    return _TAG.sub(" ", _INLINE.sub("", _NUMBER.sub("", html))).split()


def parts(body: str) -> list[Part]:
    return [each.part for each in split(body)]


def test_whereas_and_resolved_are_numbered_each_from_one() -> None:
    html = of_text(BODY)
    assert html.count('<ol class="clauses clauses--whereas">') == 1
    assert '<li id="whereas-2"><p><span class="keyword">Whereas</span> one copy' in html
    assert '<li id="resolved-1"><p><span class="keyword">Resolved</span>, That the chapter' in html


def test_each_clause_of_a_page_is_an_address() -> None:
    html = of_text(BODY, linked=True)
    for name in ("whereas-1", "whereas-2", "resolved-1"):
        assert f'<li id="{name}"><a class="clause-number" href="#{name}">' in html


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("WHEREAS, one copy serves one reader;", Part.WHEREAS),
        ("**Whereas,** one copy serves one reader;", Part.WHEREAS),
        ("***WHEREAS*** one copy serves one reader;", Part.WHEREAS),
        ("(a) Whereas one copy serves one reader;", Part.WHEREAS),
        ("Considerando que una copia sirve a una persona;", Part.WHEREAS),
        ("POR CUANTO: una copia sirve a una persona;", Part.WHEREAS),
        ("RESOLVED, That we ask.", Part.RESOLVED),
        ("Be it resolved that we ask.", Part.RESOLVED),
        ("BE IT FURTHER RESOLVED, That we ask.", Part.RESOLVED),
        ("Now, therefore, be it **RESOLVED** that we ask.", Part.RESOLVED),
        ("Se resuelve pedir.", Part.RESOLVED),
        ("Resuelve: pedir.", Part.RESOLVED),
        ("POR LO TANTO, SE RESUELVE pedir.", Part.RESOLVED),
        ("Whereasmuch is no word.", Part.PROSE),
        ("The board resolved to ask.", Part.PROSE),
        ("Considerandos son varios.", Part.PROSE),
        ("## Whereas libraries buy", Part.PROSE),
    ],
)
def test_a_clause_is_known_by_its_first_words(line: str, part: Part) -> None:
    assert parts(line) == [part]


def test_a_list_below_a_clause_belongs_to_it_and_a_paragraph_does_not() -> None:
    found = split("Resolved, That we ask for:\n\n1. one\n2. two\n\nAdopted in Lincoln.")
    assert [each.part for each in found] == [Part.RESOLVED, Part.PROSE]
    assert "<li>two</li>" in "".join(found[0].html)


def test_a_list_of_clauses_becomes_our_own_list_and_not_one_within_one() -> None:
    html = of_text("1. Whereas one;\n2. Whereas two;\n\nResolved, That three.")
    assert html.count("<ol") == 2
    assert html.count("<li") == 3


def test_a_word_alone_above_a_list_stands_above_its_clauses() -> None:
    found = split("CONSIDERANDO:\n\n1. Que una copia;\n2. Que dos.\n\n## Resuelve\n\n1. Pedir.")
    assert [each.part for each in found] == [
        Part.PROSE, Part.WHEREAS, Part.WHEREAS, Part.PROSE, Part.RESOLVED
    ]  # fmt: skip


def test_a_word_alone_above_a_paragraph_opens_its_clause() -> None:
    assert parts("**RESOLVED**\n\nThat we ask.\n\nSigned by the board.") == [Part.RESOLVED, Part.PROSE]


def test_numbers_go_on_where_prose_stands_between() -> None:
    html = of_text("Whereas one;\n\nand\n\nWhereas two;")
    assert '<ol class="clauses clauses--whereas" start="2">\n<li id="whereas-2">' in html


def test_an_authors_own_numbers_stand_instead_of_ours() -> None:
    html = of_text("1\\. Whereas one;\n\n2\\. Whereas two;", linked=True)
    assert "clauses--labelled" in html
    assert "clause-number" not in html
    assert "<p>1. <span" in html


def test_a_text_without_clauses_is_plain_prose() -> None:
    body = "We ask the publisher.\n\n- one\n- two\n"
    assert of_text(body) == markdown.html(body)


def test_only_a_resolution_has_clauses() -> None:
    for kind in ("resolution", "letter"):
        revision = Revision(body=BODY, statement=Statement(kind=kind))
        assert ("<ol" in clauses.html(revision)) is (kind == "resolution")


def test_what_a_text_smuggles_in_stays_harmless() -> None:
    html = of_text("Whereas <script>alert(1)</script> [a](javascript:alert(1));\n\nResolved, That <b onclick=x>we</b>.")
    assert set(re.findall(r"<(\w+)", html)) == {"ol", "li", "p", "span"}
    assert "href" not in html


_PIECES = st.sampled_from(
    ["Whereas", "WHEREAS", "**Whereas,**", "Resolved", "BE IT", "RESOLVED", "Now, therefore,", "Considerando", "que",
     "Se resuelve", "a reader", "waits;", "& <b>", "- item", "1. item", "2. Whereas", "- Resolved", "> quoted",
     "## Whereas", "## Title", "---", "*and*", "[link](https://example.org)", "1\\.", "(a)", "\\*", "`code`",
     "    Whereas"]
)  # fmt: skip
_GLUE = st.sampled_from([" ", "\n", "\n\n", "\n\n", "  \n", "\n   "])


@given(st.lists(st.tuples(_PIECES, _GLUE), max_size=30), st.booleans())
def test_no_word_of_a_text_is_lost_added_or_moved(pieces: list[tuple[str, str]], linked: bool) -> None:
    body = markdown.canonical("".join(piece + glue for piece, glue in pieces))
    assert said(of_text(body, linked=linked)) == said(markdown.html(body))


@given(st.text(max_size=200))
def test_any_text_at_all_keeps_its_words(text: str) -> None:
    body = markdown.canonical(f"Whereas {text}\n\nResolved {text}")
    assert said(of_text(body)) == said(markdown.html(body))


def test_a_very_long_text_is_taken_apart_while_a_page_is_made() -> None:
    body = "Whereas one copy serves one reader at a time;\n\n" * 4200
    began = process_time()
    assert of_text(markdown.canonical(body)).count("<li") == 4200
    assert process_time() - began < 10
