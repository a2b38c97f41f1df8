"""E-mail addresses: one canonical form per mailbox, and the domain that was probably meant.

The rules are data, in `address_rules.toml`, each with its source. Whether an address is well formed is
decided elsewhere; these functions take any text and never fail. E-mail always goes to the address as typed:
the canonical form serves only to see that two addresses are one mailbox.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

RULES_FILE: Final = Path(__file__).with_name("address_rules.toml")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """How one provider delivers: main domain, characters ignored, whether a subdomain names the user."""

    domain: str
    ignored: str
    name_in_subdomain: bool
    source: str


@dataclass(frozen=True, slots=True)
class AddressRules:
    """All rules of `address_rules.toml`. `mailboxes` is keyed by every domain of a provider."""

    tag_separator: str
    mailboxes: Mapping[str, Mailbox]
    providers: tuple[str, ...]
    real: frozenset[str]
    endings: Mapping[str, str]
    slips: Mapping[str, str]
    shortest_name: int


@cache
def rules() -> AddressRules:
    """The rules, read once. A broken file stops the start with the reader's own error."""
    data = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    asked = data["suggestion"]
    return AddressRules(
        tag_separator=data["tag_separator"],
        mailboxes=MappingProxyType(
            {domain: _mailbox(entry) for entry in data["mailbox"] for domain in _domains(entry)}
        ),
        providers=tuple(asked["providers"]),
        real=frozenset(asked["real"]) | frozenset(asked["providers"]),
        endings=MappingProxyType(dict(asked["endings"])),
        slips=MappingProxyType(dict(asked["slips"])),
        shortest_name=asked["shortest_name"],
    )


def canonical(local: str, domain: str) -> str:
    """The address by which we know a mailbox: lower case, without tags, in the provider's main domain.

    `domain` is ASCII already (IDNA); `local` may hold any letters. Applied to its own result it changes
    nothing.
    """
    given = rules()
    domain = _plain_domain(domain)
    # Case first: lower() of a capital sigma depends on what follows, and tags and dots are cut below.
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    mailbox = given.mailboxes.get(domain)
    if mailbox is None:
        user, _, parent = domain.partition(".")
        above = given.mailboxes.get(parent)
        if above is not None and above.name_in_subdomain and user not in ("", "www"):
            name, mailbox = user, above
    # A name that is all tag, or all dots, would vanish: then it stays as it is.
    name = name.partition(given.tag_separator)[0] or name
    if mailbox is not None:
        name = "".join(letter for letter in name if letter not in mailbox.ignored) or name
        domain = mailbox.domain
    return f"{name}@{domain}"


@lru_cache(maxsize=4096)
def suggestion(domain: str) -> str | None:
    """The domain that was probably meant, for "Did you mean …?", or None if this one may well be right."""
    given = rules()
    domain = _plain_domain(domain)
    if domain in given.real:
        return None
    if domain in given.slips:
        return given.slips[domain]
    name, _, ending = domain.rpartition(".")
    if name and ending in given.endings:
        mended = f"{name}.{given.endings[ending]}"
        return suggestion(mended) or mended
    near = [
        provider for provider in given.providers if _is_long(provider) and one_slip_apart(domain, provider)
    ]
    return near[0] if len(near) == 1 else None


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter was added, dropped or mistyped, or two neighbours swapped.

    This is a Damerau-Levenshtein distance of exactly 1.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1 or one == other:
        return False
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    swapped = shorter[start + 1 : start + 2] + shorter[start]
    return swapped + shorter[start + 2 :] == longer[start:]


def _plain_domain(domain: str) -> str:
    return unicodedata.normalize("NFC", domain.strip().lower()).rstrip(".")


def _is_long(provider: str) -> bool:
    return len(provider.partition(".")[0]) >= rules().shortest_name


def _domains(entry: Mapping[str, Any]) -> list[str]:
    return [entry["domain"], *entry.get("same_as", [])]


def _mailbox(entry: Mapping[str, Any]) -> Mailbox:
    return Mailbox(
        domain=entry["domain"],
        ignored=entry.get("ignored", ""),
        name_in_subdomain=entry.get("name_in_subdomain", False),
        source=entry["source"],
    )
