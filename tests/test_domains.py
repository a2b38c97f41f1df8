"""Domains: what was typed for one, which are shared, and whether a mailbox lies in an institution's own."""

import pytest

from petition.text import domains


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lincoln.lib.example", "lincoln.lib.example"),
        (" https://www.Lincoln.Lib.example/hours?x=1 ", "lincoln.lib.example"),
        ("HTTP://lincoln.lib.example:8080", "lincoln.lib.example"),
        ("ida@lincoln.lib.example", "lincoln.lib.example"),
        ("lincoln.lib.example.", "lincoln.lib.example"),
        ("bücherei.example", "xn--bcherei-n2a.example"),
    ],
)
def test_whatever_is_pasted_becomes_the_bare_domain(typed: str, kept: str) -> None:
    assert domains.clean(typed) == kept
    assert domains.refuse(kept) is None


@pytest.mark.parametrize(
    "typed",
    ["", "library", "a b.example", "-a.example", "a..example", "1.2.3.4", "x" * 300 + ".example", "gmail.com",
     "ada.fastmail.com", "lincoln.wordpress.com", "sites.google.com", "ü" * 100 + ".example"],
)  # fmt: skip
def test_what_is_no_domain_of_an_institution_is_refused(typed: str) -> None:
    assert domains.refuse(domains.clean(typed)) is not None


@pytest.mark.parametrize(
    "domain",
    ["us", "ne.us", "lib.ne.us", "k12.ne.us", "lincoln.ne.us", "state.ne.us", "co.uk", "gob.mx", "school.nz",
     "gmail.com", "wordpress.com", "comcast.net"],
)  # fmt: skip
def test_a_shared_domain_confirms_nobody(domain: str) -> None:
    assert domains.is_shared(domain)
    assert not domains.owns(domain, domain)
    assert not domains.owns(domain, f"lincoln.{domain}")


@pytest.mark.parametrize("domain", ["lincoln.lib.ne.us", "ci.lincoln.ne.us", "library.co.uk", "lincolnlibraries.org"])
def test_an_institutions_own_domain_confirms_it_with_whatever_lies_below(domain: str) -> None:
    assert domains.owns(domain, domain)
    assert domains.owns(domain, f"desk.{domain}")


@pytest.mark.parametrize(
    ("site", "mailbox"),
    [
        ("library.lincoln.example", "lincoln.example"),
        ("lincoln.example", "notlincoln.example"),
        ("lincoln.example", "lincoln.example.evil.example"),
        ("unl.example", "students.unl.example"),
        ("unl.example", "alumni.mail.unl.example"),
    ],
)
def test_a_mailbox_above_beside_or_of_members_does_not(site: str, mailbox: str) -> None:
    assert not domains.owns(site, mailbox)
