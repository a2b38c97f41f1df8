"""What a packet is asked for with, what it then says of people, and how it is cut into files: without a database."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.packets import providers, thawing
from petition.packets.contents import Comment, InstitutionSigned
from petition.packets.figures import MOST_PERIODS, growth_chart
from petition.packets.options import Options, Redaction, Roster
from petition.packets.quoting import more_than
from petition.packets.redaction import Words, initials, printed
from petition.packets.volumes import cut
from tests.test_packet_pages import contents, entry, group, signed

WORDS = Words(withheld="Name withheld", erased="Erased")


@pytest.mark.parametrize("options", [
    Options(), Options(Roster.CHAPTER, Redaction.INITIALS, 2, language="es"), Options(proof=True),
])  # fmt: skip
def test_options_are_kept_in_a_row_and_read_again(options: Options) -> None:
    assert Options.read(options.kept()) == options
    assert Options.read({}) == Options()


def test_options_that_no_packet_has_are_refused() -> None:
    with pytest.raises(ValueError, match="copies"):
        Options(since=0)
    with pytest.raises(ValueError, match="nobody"):
        Options.read({"redaction": "nobody"})


@pytest.mark.parametrize(("name", "short"), [
    ("Ana María García-Whitfield", "A. M. G.-W."), ("d’Amico, élan", "D. É."), ("渡辺 さくら", "渡. さ."),
    ("E\u0301mile Zola", "E\u0301. Z."), ("(Dr.) Kim", "D. K."), ("42 —", "–"), ("ليلى حداد", "ل. ح."),
])  # fmt: skip
def test_a_name_has_its_initials_in_every_script(name: str, short: str) -> None:
    assert initials(name) == short


@pytest.mark.parametrize(("who", "redaction", "said"), [
    (("Ada Okafor", "Bend", "OR", "", False), Redaction.NAMES, ("Ada Okafor", "Bend")),
    (("Ada Okafor", "Kyoto", "ZZ", "Japan", False), Redaction.NAMES, ("Ada Okafor", "Kyoto, Japan")),
    (("Ada Okafor", "Bend", "OR", "", False), Redaction.INITIALS, ("A. O.", "OR")),
    (("Ada Okafor", "Kyoto", "ZZ", "Japan", False), Redaction.INITIALS, ("A. O.", "Japan")),
    (("Ada Okafor", "Bend", "OR", "", True), Redaction.NAMES, ("Name withheld", "OR")),
    (("Ada Okafor", "Bend", "OR", "", True), Redaction.INITIALS, ("Name withheld", "OR")),
    ((None, None, None, "", True), Redaction.NAMES, ("Erased", "")),
])  # fmt: skip
def test_a_signatory_is_printed_as_the_recipient_may_know(
    who: tuple[str | None, str | None, str | None, str, bool], redaction: Redaction, said: tuple[str, str]
) -> None:
    name, city, state, country, withheld = who
    found = printed(name, city, state, country, withheld=withheld, redaction=redaction, words=WORDS)
    assert (found.name, found.place) == said


@given(st.integers(0, 10**9))
def test_the_sentence_to_quote_never_says_more_than_the_truth(number: int) -> None:
    told = more_than(number)
    assert told is None or told < number < told * 1.1 + 1


@given(st.dictionaries(st.dates(date(2019, 1, 1), date(2020, 12, 31)), st.integers(-50, 5000), max_size=60))
def test_growth_by_weeks_loses_no_day_and_ends_at_the_count(by_day: dict[date, int]) -> None:
    weeks = thawing.growth({day.isoformat(): number for day, number in by_day.items()})
    assert sum(week.grown for week in weeks) == sum(by_day.values()) == (weeks[-1].verified if weeks else 0)
    assert all(later.begins - week.begins == timedelta(7) for week, later in pairwise(weeks))
    chart = growth_chart(weeks)
    assert len(chart.bars) <= MOST_PERIODS
    assert sum(one.grown for one in chart.periods) == sum(by_day.values())


def test_only_large_providers_of_mailboxes_are_named() -> None:
    found = providers.by_domain(["a@gmail.com", "b@GoogleMail.com", "c@aol.com", "d@smith.family", "e@Smith.Family",
                                 "f@library.example"])  # fmt: skip
    assert found["smith.family"] == 2
    assert providers.summed(found) == {
        "providers": {"Google": 2, "AOL": 1}, "elsewhere": 3, "domains": 2, "largest": 2
    }  # fmt: skip


# How a packet is cut

GROUPS = (
    group([entry(1), entry(2)]),
    group([entry(3)], "PR", "Puerto Rico"),
    group([entry(4), entry(5)], "ZZ", "Outside the United States"),
)


def parts(roster: Roster, redaction: Redaction = Redaction.NAMES) -> dict[str, int]:
    packet = replace(contents(*GROUPS), options=Options(roster, redaction))
    return {each.suffix: each.rows for each in cut(packet).files}


def test_a_packet_is_one_file_unless_volumes_are_asked_for() -> None:
    assert parts(Roster.INSIDE) == {"": 5}
    assert parts(Roster.WHOLE) == {"": 0, "-roster": 5}
    assert parts(Roster.STATE) == {"": 0, "-roster-ne": 2, "-roster-pr": 1, "-roster-zz": 2}
    assert parts(Roster.CHAPTER) == {"": 0, "-roster-ne": 2, "-roster-elsewhere": 3}
    assert parts(Roster.STATE, Redaction.COUNTS).keys() == {""}


def test_what_is_too_long_for_a_brief_goes_into_volumes_of_its_own() -> None:
    long = contents(
        *GROUPS,
        texts=(signed("<p>Short.</p>", 3), signed("x" * 2_000, 2), signed("x" * 9_000, 1)),
    )
    many = replace(
        long,
        options=Options(Roster.WHOLE),
        comments=tuple(Comment(n, "Ada", "NE", "It matters. " * 30) for n in range(40)),
        institutions=tuple(InstitutionSigned(f"Library {n}", "", "Kim", "Head", "") for n in range(99)),
        annex=(b"", b""),
    )
    found = cut(many)
    assert [each.part for each in found.volumes] == ["roster", "texts", "institutions", "comments", "pages"]
    assert [each.number for each in found.volumes] == [1, 2, 3, 4, 5]
    assert found.texts_inside == 2
    assert 0 < len(found.comments_inside) < 40
    assert not found.institutions_inside
    assert not found.annex_inside
    whole = cut(replace(many, options=Options()))
    assert whole.volumes == ()
    assert (whole.texts_inside, len(whole.comments_inside), whole.institutions_inside) == (3, 40, True)
