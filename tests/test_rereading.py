"""What is said of a copy that was printed once more, beside the files that were issued."""

from pathlib import Path

import pytest

from petition.packets import rereading
from petition.packets.edition import edition
from petition.packets.issuing import Made
from petition.pdf.document import Report

pytestmark = pytest.mark.one_database("sqlite", "no database is asked")
MISSING = "The issued files are not in their folder, so these cannot be held against them."


def said(
    folder: Path, issued: dict[str, str], printed: dict[str, str], *differing: str, version: str = ""
) -> list[str]:
    """What is said where these were issued and these came out, each part with its bytes."""
    kept, made = {}, []
    for part, content in issued.items():
        kept[part] = folder / f"issued {part}"
        kept[part].write_text(content, encoding="utf-8")
    for part, content in printed.items():
        path = folder / f"printed {part}"
        path.write_text(content, encoding="utf-8")
        made.append(Made(part, path, Report(path, 1, len(content), 0.1, 0.1)))
    before = (kept, False, version or edition())
    return list(rereading.compared(before, made, differing))


def test_a_part_that_an_erasure_brought_about_is_held_against_nothing(tmp_path: Path) -> None:
    issued = {"brief": "1", "roster OR": "2", "evidence": "3"}
    told = said(tmp_path, issued, {"brief": "1", "roster OR": "", "roster erased": "2"}, "roster")
    assert told == [
        "Something was erased or withheld in the roster since this copy was issued: it is not printed again."
    ]


def test_files_that_are_gone_are_said_to_be_gone(tmp_path: Path) -> None:
    issued = {"brief": "1", "evidence": "3"}
    assert said(tmp_path, issued, {"brief": "1"})[0].startswith("Every file is the same to the last byte")
    before = ({"brief": tmp_path / "nowhere"}, False, edition())
    made = [Made("brief", tmp_path / "printed brief", Report(tmp_path, 1, 1, 0.1, 0.1))]
    assert list(rereading.compared(before, made, ())) == [MISSING]
    assert list(rereading.compared(({}, False, edition()), made, ())) == [MISSING]


def test_of_files_that_differ_nothing_is_claimed_that_nobody_knows(tmp_path: Path) -> None:
    [told] = said(tmp_path, {"brief": "1"}, {"brief": "2"})
    assert "printed by" not in told
    for taken_as_now in ("fonts", "address", "issuer", "hashtag"):
        assert taken_as_now in told
    [older] = said(tmp_path, {"brief": "1"}, {"brief": "2"}, version="0.0.9")
    assert "printed by edition 0.0.9 of the pages" in older
    [one_less] = said(tmp_path, {"brief": "1", "roster": "2", "evidence": "3"}, {"brief": "1"})
    assert one_less == told
