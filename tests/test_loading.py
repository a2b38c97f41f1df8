"""Loading a campaign's folder: once is as good as twice, and a text that was signed is never changed."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from petition.campaigns.models import Campaign
from petition.config import Config
from petition.content import BadContent
from petition.paths import STATEMENTS
from petition.publishers.models import LendingTerm, Publisher
from petition.signatures.models import Signature
from petition.statements.models import NOTICE, Statement
from tests import prepared
from tests.ground import SLUG, House
from tests.publishing import published


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the campaign's folder to change."""
    return Path(shutil.copytree(STATEMENTS / "ebooksforall", tmp_path / "content"))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """A house into which nothing was loaded yet."""
    config = prepared.configured(tmp_path / "var")
    prepared.command(config, "init", "--demo")
    house = House.open(config)
    yield house
    house.close()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(config: Config, folder: Path) -> list[str]:
    return prepared.command(config, "load", str(folder)).splitlines()


def test_a_first_loading_says_everything_that_is_new(empty: House, folder: Path) -> None:
    said = load(empty.config, folder)
    assert "campaign ebooksforall: new" in said
    assert "statement ebooksforall: new" in said
    assert "text of ebooksforall (en): revision 1" in said
    assert "notice of ebooksforall (en): revision 1" in said
    assert len([line for line in said if re.fullmatch(r"publisher [\w-]+: new", line)]) == 5
    assert said[-1] == f"{len(said) - 1} changed."


def test_loading_again_changes_nothing_and_says_so(house: House, folder: Path) -> None:
    before = house.dump()
    assert load(house.config, folder) == ["Nothing has changed."]
    assert house.dump() == before


def test_a_changed_fact_is_named(house: House, folder: Path) -> None:
    change(folder / "campaign.toml", "issuer = ", "issuer = 'Another Sample Association' # ")
    change(folder / "publishers.toml", 'slug = "macmillan"', 'slug = "macmillan"\nnote = "A note."')
    said = load(house.config, folder)
    assert said == ["publisher macmillan: changed note", "campaign ebooksforall: changed issuer", "2 changed."]
    assert house.rows(Campaign)[0].issuer == "Another Sample Association"
    assert house.rows(Publisher, Publisher.slug == "macmillan")[0].note == "A note."
    assert load(house.config, folder) == ["Nothing has changed."]


def test_a_text_without_a_signature_is_replaced(house: House, folder: Path) -> None:
    before = house.revisions()[0]
    change(folder / "petition.en.md", "To Macmillan Publishers,", "To the people at Macmillan Publishers,")
    assert load(house.config, folder)[:-1] == [
        "text of ebooksforall (en): revision 1 replaced; it had no signature yet"
    ]
    (after,) = house.revisions()
    assert (after.id, after.number) == (before.id, 1)
    assert after.sha256 != before.sha256
    assert "To the people at" in after.text


def test_a_text_with_a_signature_is_followed_by_a_new_revision(house: House, folder: Path) -> None:
    house.sign()
    (before,) = house.revisions()
    change(folder / "petition.en.md", "To Macmillan Publishers,", "To the people at Macmillan Publishers,")
    assert load(house.config, folder)[:-1] == [
        "text of ebooksforall (en): revision 2, since the one before has signatures"
    ]
    first, second = house.revisions()
    assert (first.text, first.sha256) == (before.text, before.sha256)
    assert second.number == 2
    assert house.signature().revision_id == first.id
    assert load(house.config, folder) == ["Nothing has changed."]
    house.sign(email="grace@patron.example")
    assert [row.revision_id for row in house.rows(Signature)] == [first.id, second.id]
    page = house.client().get(f"/statements/{SLUG}").text
    assert "To the people at" in page
    assert house.client().get(f"/statements/{SLUG}/revisions/1").status_code == 200


def test_a_signature_that_was_erased_still_keeps_its_text(house: House, folder: Path) -> None:
    house.sign()
    house.work()
    house.later(days=8)
    house.sweep()
    change(folder / "petition.en.md", "To Macmillan Publishers,", "To the people at Macmillan Publishers,")
    assert "revision 2" in load(house.config, folder)[0]
    assert len(house.revisions()) == 2


def test_a_notice_has_revisions_of_its_own(house: House, folder: Path) -> None:
    house.sign()
    change(folder / "notice.en.md", "Your e-mail never does.", "Your e-mail address never does.")
    assert load(house.config, folder)[:-1] == [
        "notice of ebooksforall (en): revision 2, since the one before has signatures"
    ]
    assert [row.number for row in house.revisions(NOTICE)] == [1, 2]
    assert [row.number for row in house.revisions()] == [1]


def test_the_notice_names_the_addressee(house: House) -> None:
    (notice,) = house.revisions(NOTICE)
    assert notice.text.startswith(
        "Your name, town and state go to Macmillan Publishers in the delivered list. Your e-mail never does."
    )


def test_line_ends_and_spaces_at_line_ends_make_no_new_text(house: House, folder: Path) -> None:
    house.sign()
    path = folder / "petition.en.md"
    text = path.read_text(encoding="utf-8")
    head, fence, body = text.rpartition("+++\n")
    path.write_bytes((head + fence + body.replace("\n\n", " \n\n").replace("\n", "\r\n")).encode())
    assert load(house.config, folder) == ["Nothing has changed."]


def test_a_claim_that_left_the_file_leaves_the_pages(house: House, folder: Path) -> None:
    claims = house.rows(LendingTerm)
    path = folder / "publishers.toml"
    parts = path.read_text(encoding="utf-8").split("[[publisher.claim]]")
    gone = re.search(r'id = "([^"]+)"', parts[1])
    assert gone is not None
    rest = parts[1].partition("[[publisher]]")
    path.write_text("[[publisher.claim]]".join([parts[0] + "".join(rest[1:]), *parts[2:]]), encoding="utf-8")
    assert f"claim {gone[1]}: removed, since the file no longer has it" in load(house.config, folder)
    assert len(house.rows(LendingTerm)) == len(claims) - 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("petition.en.md", "+++\n", "", r"petition\.en\.md: it must begin with front matter"),
        ("petition.en.md", 'slug = "ebooksforall"', "", r"petition\.en\.md: `slug` is missing"),
        ("petition.en.md", 'kind = "petition"', 'kind = "poem"', r"petition\.en\.md: `kind` is none of"),
        ("petition.en.md", 'addressee = "macmillan"', 'addressee = "m"', r"petition\.en\.md: .*no publisher m"),
        ("petition.en.md", 'notice = "notice"', 'notice = "other"', r"petition\.en\.md: there is no notice other"),
        ("petition.en.md", "year = 2019", "year = ", r"petition\.en\.md: "),
        ("campaign.toml", "goals = [", "goals = [9_000_000, ", r"campaign\.toml: `goals` must be numbers that grow"),
        ("campaign.toml", "T15:00:00Z", "T15:00:00", r"campaign\.toml: .* time zone"),
        ("campaign.toml", 'targets = ["', 'targets = ["nobody", "', r"campaign\.toml: .*no publisher nobody"),
        ("campaign.toml", "slug = ", "slug ", r"campaign\.toml: "),
        ("campaign.toml", "slug = ", "snail = ", r"campaign\.toml: .*slug"),
        ("campaign.toml", "title = ", "tittle = ", r"campaign\.toml: .*title"),
        ("publishers.toml", "\nsources = ", "\nsauces = ", r"publishers\.toml: a claim on .* no `id` or no `sources`"),
        ("publishers.toml", "name = ", "nome = ", r"publishers\.toml: .*name"),
    ],
)
def test_a_file_that_is_wrong_is_named_and_nothing_is_changed(
    house: House, folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder / "notice.en.md", "Your e-mail never does.", "Nothing of this may be kept.")
    change(folder / file, old, new)
    before = house.dump()
    with pytest.raises(BadContent, match=said):
        load(house.config, folder)
    assert house.dump() == before


def test_a_folder_without_a_campaign_is_refused(house: House, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(BadContent, match=r"\.toml: there is no such file"):
        load(house.config, tmp_path / "nothing")
    with house.reading() as session:
        assert session.scalars(select(Statement.slug)).all() == [SLUG]


LETTER = """+++
slug = "ne-letter"
kind = "letter"
place = "NE"
chapter = "NE"
year = 2019
language = "en"
title = "Letter of a sample chapter"
ask = "Sell libraries new ebooks."
issuer = "Sample Chapter"
addressee = "macmillan"
notice = "notice"
+++

Dear publisher, readers wait.
"""


def test_what_a_chapter_has_published_since_at_its_desk_is_not_overwritten_by_the_file(
    house: House, folder: Path
) -> None:
    shutil.copy(STATEMENTS / "chapters.toml", folder.with_name("chapters.toml"))
    (folder / "letter.en.md").write_text(LETTER, encoding="utf-8")
    load(house.config, folder)
    published(house, "NE", slug="ne-letter", kind="letter", title="As the board says", note="The board's own words.")
    before = house.dump()
    assert load(house.config, folder) == ["Nothing has changed."]
    change(folder / "letter.en.md", "readers wait", "our readers wait")
    said = load(house.config, folder)
    assert said == ["text of ne-letter (en): left as revision 2, which the chapter published itself", "1 changed."]
    assert house.dump() == before
