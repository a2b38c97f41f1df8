"""The texts and facts of #ebooksforall: complete, sourced, attributed to nobody who did not say them."""

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "statements" / "ebooksforall"
PARTIAL_DAY = re.compile(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
TERMS_KEYS = {"id", "format", "model", "claim", "announced", "effective", "ended", "as_of", "note"}
BIG_FIVE = {"macmillan", "hachette", "penguin-random-house", "simon-schuster", "harpercollins"}


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def text(name: str) -> tuple[dict[str, Any], str]:
    before, front, body = (FOLDER / name).read_text(encoding="utf-8").split("+++\n", 2)
    assert before == ""
    return tomllib.loads(front), body.strip()


CAMPAIGN = toml("campaign.toml")
PUBLISHERS: list[dict[str, Any]] = toml("publishers.toml")["publisher"]
CLAIMS: list[dict[str, Any]] = [claim for publisher in PUBLISHERS for claim in publisher["claim"]]
ALL_FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())


def assert_day(value: str) -> None:
    assert PARTIAL_DAY.fullmatch(value), value
    if len(value) == 10:
        date.fromisoformat(value)


def assert_source(source: dict[str, str]) -> None:
    assert set(source) == {"title", "address", "read_on"}
    assert len(source["title"]) > 10
    assert re.fullmatch(r"(https?://)?[a-z0-9.-]+\.[a-z]{2,}(/\S*)?", source["address"]), source["address"]
    assert "..." not in source["address"]
    assert "…" not in source["address"]
    assert date.fromisoformat(source["read_on"]) >= date(2026, 1, 1)


def test_the_campaign_has_what_the_loader_needs() -> None:
    assert CAMPAIGN["slug"] == CAMPAIGN["hashtag"] == FOLDER.name == "ebooksforall"
    assert CAMPAIGN["opens"] == datetime(2019, 9, 11, 15, 0, tzinfo=UTC)
    assert "closes" not in CAMPAIGN
    assert CAMPAIGN["goals"] == sorted(set(CAMPAIGN["goals"]))
    assert CAMPAIGN["goals"][0] > 0
    assert CAMPAIGN["ask"].count(".") == 1
    assert CAMPAIGN["ask"].endswith(".")


def test_the_campaign_says_on_its_face_that_it_is_a_sample() -> None:
    assert CAMPAIGN["sample_note"].startswith("A sample.")
    assert "not the petition text of the American Library Association" in CAMPAIGN["sample_note"]
    assert "Sample" in CAMPAIGN["issuer"]


def test_every_date_of_the_campaign_has_a_source_and_they_run_forward() -> None:
    days = [entry["on"] for entry in CAMPAIGN["dates"]]
    assert days == sorted(days)
    assert "2019-07-25" in days
    assert "2019-11-01" in days
    assert "2020-03-17" in days
    for entry in CAMPAIGN["dates"]:
        assert set(entry) == {"on", "text", "source"}
        assert_day(entry["on"])
        assert_source(entry["source"])
        assert entry["text"].endswith(".")


def test_the_five_publishers_are_there_and_the_target_is_one_of_them() -> None:
    slugs = [publisher["slug"] for publisher in PUBLISHERS]
    assert set(slugs) == BIG_FIVE
    assert len(slugs) == 5
    assert CAMPAIGN["targets"] == ["macmillan"]


def test_an_office_is_given_only_with_its_source() -> None:
    for publisher in PUBLISHERS:
        assert ("office" in publisher) == bool(publisher.get("office_sources"))
        for source in publisher.get("office_sources", []):
            assert_source(source)
    macmillan = next(publisher for publisher in PUBLISHERS if publisher["slug"] == "macmillan")
    assert macmillan["office"][1:] == ["120 Broadway", "New York, NY 10271"]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_every_claim_has_a_date_and_a_source(claim: dict[str, Any]) -> None:
    assert set(claim) - {"sources", "conflicts_with"} <= TERMS_KEYS
    assert {"id", "format", "model", "claim", "sources"} <= set(claim)
    days = {key: claim[key] for key in ("announced", "effective", "ended", "as_of") if key in claim}
    assert set(days) & {"announced", "effective", "as_of"}
    for day in days.values():
        assert_day(day)
    in_order = [days[key] for key in ("announced", "effective", "ended") if key in days]
    assert in_order == sorted(in_order)
    assert claim["sources"]
    for source in claim["sources"]:
        assert_source(source)
    assert claim["claim"].endswith(".")
    assert claim["format"] in ("ebook", "audiobook")


def test_claim_ids_are_unique_and_begin_with_their_publisher() -> None:
    ids = [claim["id"] for claim in CLAIMS]
    assert len(set(ids)) == len(ids)
    for publisher in PUBLISHERS:
        assert publisher["claim"]
        assert all(claim["id"].startswith(publisher["slug"]) for claim in publisher["claim"])


def test_conflicting_claims_name_each_other_and_both_stand() -> None:
    by_id = {claim["id"]: claim for claim in CLAIMS}
    pairs = {(claim["id"], claim["conflicts_with"]) for claim in CLAIMS if "conflicts_with" in claim}
    assert pairs
    assert {(other, one) for one, other in pairs} == pairs
    assert all(one in by_id and other in by_id and one != other for one, other in pairs)
    assert ("macmillan-later-copies-52-lends", "macmillan-later-copies-two-years") in pairs


def test_the_embargo_has_its_three_days() -> None:
    embargo = next(claim for claim in CLAIMS if claim["id"] == "macmillan-one-copy")
    assert (embargo["announced"], embargo["effective"], embargo["ended"]) == (
        "2019-07-25",
        "2019-11-01",
        "2020-03-20",
    )


def test_the_petition_is_addressed_complete_and_of_readable_length() -> None:
    front, body = text("petition.en.md")
    assert front["slug"] == "ebooksforall"
    assert front["kind"] == "petition"
    assert (front["place"], front["year"], front["language"]) == ("US", 2019, "en")
    assert front["addressee"] in CAMPAIGN["targets"]
    assert front["issuer"] == CAMPAIGN["issuer"]
    assert (front["title"], front["ask"]) == (CAMPAIGN["title"], CAMPAIGN["ask"])
    assert (FOLDER / f"{front['notice']}.{front['language']}.md").is_file()
    assert 180 <= len(body.split()) <= 260
    assert len(re.findall(r"^\d\. ", body, re.MULTILINE)) == 3
    assert "November 1, 2019" in body
    assert "eight weeks" in body
    assert "one copy" in body


def test_the_notice_promises_exactly_what_stands_above_the_button() -> None:
    front, body = text("notice.en.md")
    assert front == {"slug": "notice", "kind": "notice", "language": "en"}
    assert body.format(addressee="Macmillan Publishers").startswith(
        "Your name, town and state go to Macmillan Publishers in the delivered list. Your e-mail never does. "
    )
    assert "may ask once whether you signed" in body


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.name)
def test_no_file_holds_raw_html_or_shouts(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert not re.search(r"<[A-Za-z/!]", content)
    assert "!" not in content
    assert content.endswith("\n")
    assert "\t" not in content
    assert "\r" not in content


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: path.name)
def test_nothing_is_put_in_the_mouth_of_the_nebraska_library_association(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert not re.search(r"\bNLA\b|Nebraska", content)


def test_the_signed_texts_speak_for_no_real_association() -> None:
    for name in ("petition.en.md", "notice.en.md"):
        front, body = text(name)
        assert not re.search(r"American Library Association|\bALA\b|\bPLA\b", body + str(front))
