"""Words about audits, for publishers and for the desk."""

import math

from babel.numbers import format_percent

from petition.audits.asking import Why
from petition.audits.models import Answer, Audit, Stand
from petition.audits.result import Asked, Line
from petition.web.language import _, spoken


def hindrances() -> dict[Why, str]:
    """Why no sample can be drawn, a sentence each."""
    return {
        Why.NOT_ISSUED: _("This packet has not been issued yet."),
        Why.NO_NONCES: _("This packet was made before there were sample audits."),
        Why.NAMES_NOBODY: _(
            "This packet does not list by name who signed, so that there is nothing to hold an entry against. Ask for "
            "a copy that does."
        ),
        Why.SUPPLEMENT: _("This packet adds to an earlier copy. Ask for a sample of a copy with the whole list."),
        Why.EMPTY: _("This packet has no signature to draw."),
        Why.TOO_LATE: _("The last day to ask for a sample is over."),
        Why.USED_UP: _("All ten samples of this packet have been drawn."),
        Why.CHANGED: _("Our ledger or key does not fit this packet. We have to find out why before anything is drawn."),
    }


def outcome(line: Line, final: bool) -> str:
    """What one entry came to."""
    if line.answer is not None:
        said = {Answer.YES: _("Yes, signed"), Answer.NO: _("No, did not sign")}[line.answer]
        return _("%(answer)s (answered for an earlier sample)", answer=said) if line.reused else said
    stand = Stand(line.row.stand)
    if stand in (Stand.ASKED, Stand.BEFORE):
        return _unanswered(line, final)
    return {
        Stand.WITHHELD: _("Unknown: the name is withheld"),
        Stand.LEFT: _("Unknown: no longer counted since this packet was made"),
        Stand.ERASED: _("Unknown: the details were erased"),
    }[stand]


def _unanswered(line: Line, final: bool) -> str:
    """What an entry came to whose signatory was to be asked, for this sample or an earlier one, and said nothing."""
    asked = Asked.NEVER if final and line.asked is Asked.NOT_YET else line.asked
    if asked is Asked.NOT_YET and line.reused:
        return _("Unknown: drawn for an earlier sample too, and not asked yet")
    if asked is Asked.OUT and line.reused:
        return _("Unknown: was asked for an earlier sample and has not answered; we ask nobody twice")
    return {
        Asked.NOT_YET: _("Unknown: not asked yet"),
        Asked.NEVER: _("Unknown: could not be asked"),
        Asked.GONE: _("Unknown: the details were erased before an answer came"),
        Asked.OUT: _("Unknown: did not answer") if final else _("Unknown: asked, no answer yet"),
    }[asked]


def by_whom(audit: Audit) -> str:
    """By which way the seed of a sample came."""
    if audit.account_id is not None:
        return _("Entered by the organizers, from a letter")
    return _("Sent behind the link of a delivery")


def percent(share: float) -> str:
    """A share as a percentage that is never too small: rounded up to a tenth of a percent."""
    return format_percent(math.ceil(share * 1000) / 1000, "0.0%", locale=spoken().writing)
