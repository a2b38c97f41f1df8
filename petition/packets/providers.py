"""Large providers of mailboxes, by name: only these may be named where signatures are counted by domain.

Whoever has a domain of their own would be named with it. The list holds consumer mailboxes open to everybody in the
United States, as each provider's own sign-up page offers them.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

_DOMAINS: Final = {
    "Google": ("gmail.com", "googlemail.com"),
    "Yahoo": ("yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com"),
    "Microsoft": ("outlook.com", "hotmail.com", "live.com", "msn.com"),
    "Apple": ("icloud.com", "me.com", "mac.com"),
    "AOL": ("aol.com",),
    "Comcast": ("comcast.net",),
    "AT&T": ("att.net", "sbcglobal.net", "bellsouth.net"),
    "Verizon": ("verizon.net",),
    "Charter": ("charter.net", "spectrum.net", "roadrunner.com"),
    "Cox": ("cox.net",),
    "Proton": ("proton.me", "protonmail.com", "pm.me"),
    "EarthLink": ("earthlink.net",),
    "GMX": ("gmx.com", "gmx.net"),
    "mail.com": ("mail.com",),
    "Fastmail": ("fastmail.com",),
    "Zoho": ("zoho.com", "zohomail.com"),
}
_OF: Final = {domain: name for name, domains in _DOMAINS.items() for domain in domains}


def by_domain(addresses: Iterable[str]) -> Counter[str]:
    """How many addresses there are at each domain, in small letters."""
    return Counter(address.rpartition("@")[2].lower() for address in addresses)


def summed(domains: Counter[str]) -> dict[str, object]:
    """What may be kept of such a count: large providers by name, all others together, and the largest of them."""
    named: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for domain, number in domains.items():
        if domain in _OF:
            named[_OF[domain]] += number
        else:
            others[domain] += number
    return {
        "providers": dict(sorted(named.items(), key=lambda one: (-one[1], one[0]))),
        "elsewhere": others.total(),
        "domains": len(others),
        "largest": max(others.values(), default=0),
    }
