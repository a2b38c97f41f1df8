"""E-mail addresses: one form per mailbox, and a question when the domain looks like a slip."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from petition.text.addresses import canonical, one_slip_apart, rules, suggestion

anything = st.text(max_size=80)
domains = st.sampled_from(sorted(rules().mailboxes)) | st.from_regex(
    r"[a-z]{1,9}\.[a-z]{2,4}", fullmatch=True
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada+petition@example.org", "ada@example.org"),
        ("ada+a+b@example.org", "ada@example.org"),
        ("a.da@example.org", "a.da@example.org"),
        ("ada-x@yahoo.com", "ada-x@yahoo.com"),
        ("A.d.A+x@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("ada@GOOGLEMAIL.COM.", "ada@gmail.com"),
        ("ada_o.k-a@protonmail.com", "adaoka@proton.me"),
        ("ada@pm.me", "ada@proton.me"),
        ("ada@proton.me", "ada@proton.me"),
        ("a.da@me.com", "a.da@icloud.com"),
        ("ada+x@mac.com", "ada@icloud.com"),
        ("shop@ada.fastmail.com", "ada@fastmail.com"),
        ("ada+shop@fastmail.com", "ada@fastmail.com"),
        ("shop@ada.fastmail.fm", "ada@fastmail.fm"),
        ("shop@ada.gmail.com", "shop@ada.gmail.com"),
        ("Jo\u0301@example.org", "j\u00f3@example.org"),
        ("+tag@example.org", "+tag@example.org"),
        ("...@gmail.com", "...@gmail.com"),
    ],
)
def test_an_address_gets_its_mailbox_s_form(typed: str, kept: str) -> None:
    assert canonical(*typed.rsplit("@", 1)) == kept


def test_addresses_of_different_mailboxes_stay_apart() -> None:
    domains_of_one_firm = ["outlook.com", "hotmail.com", "live.com", "msn.com", "fastmail.com", "fastmail.fm"]
    kept = {canonical("ada", domain) for domain in domains_of_one_firm}
    assert len(kept) == len(domains_of_one_firm)


@given(anything, anything | domains)
@example("ΑΣ.Α+ΑΣ", "gmail.com")
@example("+.+", "gmail.com")
@example("a", "b.fastmail.com")
def test_the_form_of_a_form_is_itself(local: str, domain: str) -> None:
    kept = canonical(local, domain)
    again = canonical(*kept.rsplit("@", 1)) if "@" not in domain else kept
    assert again == kept


@given(st.from_regex(r"[a-z][a-z0-9]{0,12}", fullmatch=True), st.text("abc+.", max_size=8), domains)
def test_a_tag_never_makes_a_second_mailbox(local: str, tag: str, domain: str) -> None:
    assert canonical(f"{local}+{tag}", domain) == canonical(local, domain) == canonical(local.upper(), domain)


def test_every_rule_tells_its_source_and_no_domain_has_two() -> None:
    mailboxes = {rule.domain: rule for rule in rules().mailboxes.values()}
    assert all(rule.source.startswith("https://") for rule in mailboxes.values())
    assert all(rules().mailboxes[domain].domain == domain for domain in mailboxes)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("GMIAL.COM", "gmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("yaho.com", "yahoo.com"),
        ("yhaoo.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("outlook.con", "outlook.com"),
        ("iclod.com", "icloud.com"),
        ("icloud.co", "icloud.com"),
        ("comcats.net", "comcast.net"),
        ("comcast.nte", "comcast.net"),
        ("verzon.net", "verizon.net"),
        ("sbcgobal.net", "sbcglobal.net"),
        ("bellsuoth.net", "bellsouth.net"),
        ("chater.net", "charter.net"),
        ("aol.con", "aol.com"),
        ("msn.con", "msn.com"),
        ("mylibrary.con", "mylibrary.com"),
        ("mylibrary.ogr", "mylibrary.org"),
    ],
)
def test_a_slip_is_asked_about(typed: str, meant: str) -> None:
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "aol.com",
        "gmx.com",
        "gmx.net",
        "ymail.com",
        "rocketmail.com",
        "mail.com",
        "email.com",
        "hotmail.co.uk",
        "yahoo.ca",
        "yahoo.co.uk",
        "live.com",
        "live.ca",
        "me.com",
        "mac.com",
        "att.net",
        "att.com",
        "cox.net",
        "fox.com",
        "ao.com",
        "mn.com",
        "he.com",
        "comcast.com",
        "charter.com",
        "nc.rr.com",
        "denverlibrary.org",
        "lincoln.ne.gov",
        "k12.co.us",
        "example.co",
        "library.co",
        "",
        ".",
        "con",
    ],
)
def test_a_real_domain_is_never_asked_about(domain: str) -> None:
    assert suggestion(domain) is None


def test_no_suggestion_calls_for_another() -> None:
    given_rules = rules()
    meant = set(given_rules.slips.values())
    assert meant <= set(given_rules.providers)
    assert all(suggestion(domain) is None for domain in given_rules.real)
    assert not given_rules.real & set(given_rules.slips)
    assert not set(given_rules.endings) & {"com", "net", "org", "edu", "gov", "co", "cm", "om", "us"}


@given(anything)
def test_any_text_gets_a_domain_or_nothing(domain: str) -> None:
    asked = suggestion(domain)
    assert asked is None or ("." in asked and asked != domain.strip().lower())


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_one_slip_is_what_a_full_search_finds(one: str, other: str) -> None:
    assert one_slip_apart(one, other) == one_slip_apart(other, one) == (other in slips_of(one))


def slips_of(word: str) -> set[str]:
    """Every other word over a, b, c that one slip makes of this one."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    dropped = {left + right[1:] for left, right in cuts if right}
    added = {left + letter + right for (left, right), letter in itertools.product(cuts, "abc")}
    mistyped = {
        left + letter + right[1:] for (left, right), letter in itertools.product(cuts, "abc") if right
    }
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    return (dropped | added | mistyped | swapped) - {word}
