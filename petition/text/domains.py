"""Domains: the one under which an institution has its web site, and whether a mailbox lies in it.

Only a domain that is an institution's own says who it is. Which are shared is data, in `shared_domains.toml`; whole
branches of .us are shared by rule: RFC 1480 gives k12.ne.us, lib.ne.us and lincoln.ne.us to all of a kind or place.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from petition.text import addresses
from petition.text.faults import N_, Fault, TextRefusal

SHARED_FILE: Final = Path(__file__).with_name("shared_domains.toml")
LONGEST: Final = 253  # RFC 1035, 2.3.4, as text
NOT_A_DOMAIN: Final = N_("Type the domain alone, as in library.example.org.")
SHARED: Final = N_("Many share this domain. Type the one of the institution’s own web site.")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: Second from the right in a country's domain, such a short label is a kind (ac, com, edu, gov), not a name.
_SHORT: Final = 3


@cache
def _shared() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = tomllib.loads(SHARED_FILE.read_text(encoding="utf-8"))
    rules = addresses.rules()
    listed = {*data["providers"], *data["hosts"], *rules.providers, *rules.mailboxes}
    return frozenset(listed), frozenset(data["second"]), frozenset(data["members"])


def clean(value: str) -> str:
    """The domain of whatever was typed or pasted: https://www.Lincoln.example/hours becomes lincoln.example."""
    typed = value.strip().lower()
    typed = re.sub(r"^[a-z][a-z0-9+.-]*://", "", typed)
    host = re.split(r"[/?#\s]", typed, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d+$", "", host).rstrip(".")
    host = host.removeprefix("www.")
    if host.isascii() or len(host) > LONGEST:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def refuse(domain: str) -> TextRefusal | None:
    """Why this cannot be the domain of an institution's own site, or None. `domain` is clean."""
    if not domain:
        return TextRefusal(Fault.EMPTY, NOT_A_DOMAIN)
    labels = domain.split(".")
    if len(domain) > LONGEST or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return TextRefusal(Fault.EMPTY, NOT_A_DOMAIN)
    return TextRefusal(Fault.EMPTY, SHARED) if is_provider(domain) else None


def is_provider(domain: str) -> bool:
    """Whether anybody may have a mailbox or a site there, by our list."""
    listed = _shared()[0]
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


def is_shared(domain: str) -> bool:
    """Whether more than one institution may live in this very domain."""
    labels = domain.split(".")
    if len(labels) < 2 or is_provider(domain):
        return True
    if labels[-1] == "us" and len(labels[-2]) == 2:
        # ne.us and whatever lies directly in it: lib.ne.us, k12.ne.us, lincoln.ne.us. And k12.tx.us the same.
        return len(labels) <= 3
    of_a_country = len(labels[-1]) == 2 and (len(labels[-2]) <= _SHORT or labels[-2] in _shared()[1])
    return of_a_country and len(labels) == 2


def owns(site: str, mailbox: str) -> bool:
    """Whether a mailbox in the domain `mailbox` belongs to whoever has the domain `site` for its own.

    Below it too, but for what it gives to students, alumni and patrons.
    """
    if is_shared(site) or not (mailbox == site or mailbox.endswith(f".{site}")):
        return False
    return not set(mailbox.split(".")[:-2]) & _shared()[2]
