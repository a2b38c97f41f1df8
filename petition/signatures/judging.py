"""Judging a form that was sent: what can be kept of it, or what there is to mend, field by field.

The form itself (forms.py) only shows. Most of what is sent is sound, and to build fifteen fields in order to say so
took a fifth of a signature's time.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from petition import clock, tokens
from petition.errors import StaleForm
from petition.signatures.signing import Typed
from petition.text import addresses, names, places
from petition.text.faults import TextRefusal
from petition.web.address_field import canonical, well_formed
from petition.web.form import TOKEN_FIELD, keys, stale
from petition.web.language import _
from petition.web.places import countries

RELATIONS: Final = ("patron", "librarian", "author", "other")
#: What a box that is not ticked may send, as WTForms reads it.
_UNTICKED: Final = frozenset({"", "false"})
_TEXTS: Final[tuple[tuple[str, Callable[[str], str], Callable[[str], TextRefusal | None]], ...]] = (
    ("name", names.clean, names.refuse_name),
    ("city", names.clean, names.refuse_city),
    ("affiliation", names.clean, names.refuse_affiliation),
    ("comment", names.clean_lines, names.refuse_comment),
)


class Judged(NamedTuple):
    """What a form that was sent came to: `typed` when all of it can be kept, else what to mend or to look at again."""

    typed: Typed | None
    refused: Mapping[str, str]  # the field's name, and what to do
    suggestion: str | None  # the address that was probably meant


def purpose(slug: str, shown: str) -> str:
    """What the form's token is bound to: one statement, its text and notice as they were shown."""
    return f"sign {slug} {shown}"


def address(sent: Mapping[str, str]) -> str:
    """The address as typed, or the one that was offered in its place and taken."""
    return (sent.get("email_fix") or sent.get("email") or "").strip()


def judge(slug: str, sent: Mapping[str, str], *, sends: bool = True) -> Judged:
    """Judge a form. Of one that is not being sent, only read in another language, the token does not matter.

    A likely slip in the address is asked about once.
    """
    refused: dict[str, str] = {}
    if sends:
        try:
            tokens.check_form(keys(), purpose(slug, sent.get("shown", "")), sent.get(TOKEN_FIELD, ""), clock.now())
        except StaleForm:
            refused[TOKEN_FIELD] = stale()
    kept: dict[str, str] = {}
    for name, clean, refuse in _TEXTS:
        kept[name] = clean(sent.get(name, ""))
        _note(refused, name, refuse(kept[name]))
    mailbox, suggestion = _judge_address(refused, sent, asked=sends)
    country, postal_code, relation = _judge_choices(refused, sent)
    if refused or suggestion:
        return Judged(None, refused, suggestion)
    typed = Typed(
        name=kept["name"],
        address=address(sent),
        mailbox=mailbox,
        city=kept["city"],
        state=sent["state"],
        country=country,
        postal_code=postal_code or None,
        relation=relation or None,
        affiliation=kept["affiliation"] or None,
        comment=kept["comment"] or None,
        show_name=sent.get("show_name", "") not in _UNTICKED,
        updates=sent.get("updates", "") not in _UNTICKED,
    )
    return Judged(typed, refused, None)


def _note(refused: dict[str, str], name: str, why: TextRefusal | None) -> None:
    if why is not None:
        refused[name] = _(why.sentence, **why.values)


def _judge_address(refused: dict[str, str], sent: Mapping[str, str], *, asked: bool) -> tuple[str, str | None]:
    typed = address(sent)
    try:
        parts = well_formed(typed)
    except ValueError as fault:
        refused["email"] = str(fault)
        return "", None
    # What was asked in the one language is asked in the other.
    seen = asked and (sent.get("email_fix") or sent.get("email_checked", "") == typed)
    domain = None if seen else addresses.suggestion(parts.domain)
    return canonical(parts), f"{parts.local_part}@{domain}" if domain else None


def _judge_choices(refused: dict[str, str], sent: Mapping[str, str]) -> tuple[str | None, str, str]:
    state, country = sent.get("state", ""), None
    if state not in places.STATES:
        refused["state"] = _("Choose a state, or “Outside the United States”.")
    elif state == places.ELSEWHERE:
        country = sent.get("country", "")
        if country not in dict(countries()):
            refused["country"] = _("Choose your country.")
    postal_code = places.clean_postal_code(sent.get("postal_code", ""))
    _note(refused, "postal_code", places.refuse_postal_code(postal_code, state))
    relation = sent.get("relation", "")
    if relation and relation not in RELATIONS:
        refused["relation"] = _("Choose one of the four, or none.")
    return country, postal_code, relation
