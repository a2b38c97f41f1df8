"""How a signature is put into words on pages and in letters."""

from petition.signatures.models import Reason, Signature
from petition.text.places import ELSEWHERE, STATES
from petition.web.language import _
from petition.web.places import country_name


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


def reason(reason: str | None) -> str:
    """Why it does not count, as its signatory is told after "The reason:". Nothing for what is held, or counts."""
    words = {
        Reason.DUPLICATE: _("you have signed already, with another address"),
        Reason.NAME: _("this does not look like the name of a person or an institution"),
        Reason.MACHINE: _("it looks as if a machine had sent the form"),
        Reason.IMPOSTOR: _("it looks as if somebody else had signed in this name"),
        Reason.OTHER: _("a particular one, which we tell you when you answer our e-mail"),
    }
    return words.get(Reason(reason), "") if reason else ""


def reason_counted(reason: str) -> str:
    """Why signatures do not count, as it stands beside their number."""
    return {
        Reason.HELD: _("Held until somebody has looked"),
        Reason.DUPLICATE: _("Same person twice"),
        Reason.NAME: _("Not a real name"),
        Reason.MACHINE: _("Made by a machine"),
        Reason.IMPOSTOR: _("In another’s name"),
        Reason.OTHER: _("Another reason"),
    }[Reason(reason)]


def kind(kind: str) -> str:
    """The sort of statement, as in: signs the petition."""
    return {"petition": _("the petition"), "letter": _("the letter"), "resolution": _("the resolution")}[kind]


def country(code: str | None) -> str:
    """The country of someone outside the United States."""
    return country_name(code or "")
