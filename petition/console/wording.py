"""How the desk puts states, steps and spans of time into words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from petition.console import log_wording
from petition.institutions.models import Stand as Institutions
from petition.jobs import State
from petition.officers.standing import Stand
from petition.packets import building
from petition.packets.options import Redaction, Roster
from petition.signatures.models import Reason, Status
from petition.web.language import _, moment, ngettext, pgettext


def statuses() -> dict[str, str]:
    """Each status of a signature, as a list names it."""
    return {
        Status.PENDING: _("Waiting for confirmation"),
        Status.VERIFIED: pgettext("one signature", "Verified"),
        Status.HELD: pgettext("one signature", "Held"),
        Status.WITHDRAWN: pgettext("one signature", "Withdrawn"),
        Status.INVALIDATED: _("Does not count"),
        Status.EXPIRED: _("Never confirmed"),
    }


def reasons() -> dict[str, str]:
    """Each reason for which a signature does not count."""
    return {
        Reason.HELD: _("Held until somebody has looked"),
        Reason.DUPLICATE: _("The same person has signed by another mailbox"),
        Reason.NAME: _("Not the name of a person or an institution"),
        Reason.MACHINE: _("Sent by a machine"),
        Reason.IMPOSTOR: _("Somebody signed in another’s name"),
        Reason.OTHER: _("Another reason"),
    }


def changes() -> dict[str, str]:
    """Each kind of entry in the ledger."""
    return {
        "verified": pgettext("one signature", "Verified"),
        "withdrawn": pgettext("one signature", "Withdrawn"),
        "invalidated": pgettext("one signature", "Invalidated"),
        "restored": pgettext("one signature", "Restored"),
    }


def letters() -> dict[str, str]:
    """Each kind of e-mail, as a list names it."""
    return {
        "signing": _("Please confirm"),
        "reminder": _("Reminder to confirm"),
        "confirmed": _("Confirmed"),
        "withdrawn": pgettext("one signature", "Withdrawn"),
        "restored": _("Stands again"),
        "invalidated": _("Does not count"),
        "released": _("Counts again"),
        "institution": _("Asks an institution"),
        "delivery": _("Brings a packet to a publisher"),
        "news": _("News for a signatory"),
        "audit_question": _("Asks a signatory for a sample"),
        "institution waits": _("Institution: an organizer will look"),
        "institution confirmed": _("Institution confirmed"),
        "institution refused": _("Institution refused"),
        "institution withdrawn": _("Institution withdrawn"),
        "officer": _("Asks an officer to sign"),
        "officers signed": _("All officers have signed"),
        "officer declined": _("An officer does not sign"),
        "officer took it back": _("An officer took the signature back"),
        "officer disowned": _("An officer’s address was the wrong one"),
    }


def letter(kind: str) -> str:
    """Any kind of e-mail. The news about an account, and of what organizers asked, are named like the act."""
    return {**log_wording.acts(), **letters(), **_letters_to_accounts(), **_letters_about_texts()}.get(kind, kind)


def _letters_to_accounts() -> dict[str, str]:
    return {"sign-in": _("Link to sign in"), "invitation": _("Invitation")}


def _letters_about_texts() -> dict[str, str]:
    return {
        "access": _("Access offered, to the office"),
        "receipt": _("Receipt for a published text"),
        "office receipt": _("Receipt for a published text, to the office"),
        "text to list": _("A chapter has published a text"),
        "checkpoints": _("Checkpoints of the ledgers"),
        "listed": _("Listed in the campaign"),
        "ended": _("A text was taken back"),
        "office ended": _("A text was taken back, to the office"),
    }


def officer(officer: Mapping[str, Any]) -> str:
    """Where an officer stands, with the time of the answer."""
    at = {name: moment(officer[name]) for name in ("signed_at", "declined_at") if officer[name] is not None}
    return {
        Stand.NAMED: _("Named, not asked: there is no address."),
        Stand.WAITING: _("The e-mail has not left yet."),
        Stand.ASKED: _("Has not answered."),
        Stand.UNANSWERED: _("Never answered in sixty days; the address is erased."),
        Stand.SIGNED: _("Signed, %(time)s", time=at.get("signed_at", "")),
        Stand.DECLINED: _("Does not sign, %(time)s", time=at.get("declined_at", "")),
        Stand.DISOWNED: _("The address was somebody else’s, %(time)s", time=at.get("declined_at", "")),
    }[officer["stand"]]


def institutions() -> dict[str, str]:
    """Each way in which an institution stands, as a heading."""
    return {
        Institutions.ANSWERED: _("Waiting for a decision"),
        Institutions.CONFIRMED: pgettext("institutions", "Confirmed"),
        Institutions.REFUSED: pgettext("institutions", "Refused"),
        Institutions.WITHDRAWN: pgettext("institutions", "Withdrawn"),
    }


def work() -> dict[str, str]:
    """Where an e-mail or a packet in the making stands."""
    return {
        State.WAITING: _("Waiting"),
        State.DONE: _("Sent"),
        State.DROPPED: _("Not needed any more"),
        State.DEAD: _("Given up"),
    }


def waited(span: timedelta) -> str:
    """A span of time at a glance: 5 min, 3 h, 2 d."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return _("%(number)s min", number=minutes)
    if minutes < 48 * 60:
        return _("%(number)s h", number=minutes // 60)
    return ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))


def rosters() -> dict[str, str]:
    """Where a packet's roster stands."""
    return {
        Roster.INSIDE: _("In one file with everything"),
        Roster.WHOLE: _("In a volume beside the brief"),
        Roster.STATE: _("In a volume for each state"),
        Roster.CHAPTER: _("In a volume for each chapter"),
        Roster.NONE: _("Left out"),
    }


def redactions() -> dict[str, str]:
    """How much a packet says of each signatory."""
    return {
        Redaction.NAMES: _("Name and place"),
        Redaction.INITIALS: _("Initials and state"),
        Redaction.COUNTS: _("Nothing: counts only"),
    }


def steps() -> dict[str, str]:
    """Each step of building a packet."""
    return {
        building.FREEZE: _("Ledger read at one moment"),
        building.SET: _("Letter, counts and roster set"),
        building.WAIT: _("The press is free"),
        building.LAY_OUT: _("Pages laid out"),
        building.WRITE: _("File written"),
        building.SEAL: _("File sealed"),
    }


def builds() -> dict[str, str]:
    """How a build ended."""
    return {State.DONE: _("Built"), State.DROPPED: _("Stopped"), State.DEAD: _("Could not be built")}
