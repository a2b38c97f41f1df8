"""How a signature is put into words on pages and in letters."""

from petition.signatures.models import Signature
from petition.text.places import ELSEWHERE, STATES
from petition.web.language import _, country_name


def place(signature: Signature) -> str:
    """Lincoln, Nebraska; or Kyoto, Japan. Nothing once it is erased."""
    return f"{signature.city}, {state(signature)}" if signature.city else ""


def state(signature: Signature) -> str:
    """Nebraska; or the country, outside the United States."""
    if signature.state == ELSEWHERE:
        return country_name(signature.country or "")
    found = STATES.get(signature.state or "")
    return _(found.name) if found else ""


def relation(signature: Signature) -> str:
    """What the person signs as, if they said."""
    return {
        "patron": _("Reader"),
        "librarian": _("Librarian"),
        "author": _("Author"),
    }.get(signature.relation or "", "")


def method(signature: Signature) -> str:
    """How the mailbox stood by it."""
    return _("by the code in the e-mail") if signature.method == "code" else _("by the link in the e-mail")


def kind(kind: str) -> str:
    """The sort of statement, as in: signs the petition."""
    return {"petition": _("the petition"), "letter": _("the letter"), "resolution": _("the resolution")}[kind]


def country(code: str | None) -> str:
    """The country of someone outside the United States."""
    return country_name(code or "")
