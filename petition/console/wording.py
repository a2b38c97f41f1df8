"""How the desk puts states, steps and spans of time into words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

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
    return {**acts(), **letters(), **_letters_to_accounts(), **_letters_about_texts()}.get(kind, kind)


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


def acts() -> dict[str, str]:
    """Each act that the log holds; the log itself keeps one word for it in every language."""
    return {**_acts_of_people(), **_acts_about_texts(), **_acts_of_officers(), **_acts_of_delivering()}


def _acts_of_delivering() -> dict[str, str]:
    return {
        "contact added": _("Contact of a publisher added"),
        "contact changed": _("Contact of a publisher changed"),
        "contact retired": _("Contact of a publisher retired"),
        "contact brought back": _("Contact of a publisher brought back"),
        "packet proofread": _("Packet read from the first page to the last"),
        "delivery prepared": _("Delivery prepared"),
        "delivery handed over": _("Delivery given or posted"),
        "delivery failed": _("Delivery did not arrive"),
        "delivery link renewed": _("Link of a delivery renewed"),
        "delivery acknowledged": _("Delivery acknowledged"),
        "response published": _("Answer of a publisher published"),
        "response corrected": _("Answer of a publisher corrected"),
        "news sent": _("News sent to signatories"),
    }


def _acts_of_people() -> dict[str, str]:
    return {
        "account made": _("Account made"),
        "account renamed": _("Account renamed"),
        "role given": _("Role given"),
        "role taken": _("Role taken away"),
        "signed in": _("Signed in"),
        "signed out": _("Signed out"),
        "session ended": _("Session ended from another"),
        "other sessions ended": _("All other sessions ended"),
        "second factor shown": _("Second step taken"),
        "second factor refused": _("Second step refused"),
        "second factor forgotten": _("Second step forgotten"),
        "authenticator app set up": _("Authenticator app set up"),
        "authenticator app removed": _("Authenticator app removed"),
        "passkey added": _("Passkey added"),
        "passkey removed": _("Passkey removed"),
        "recovery codes made": _("Recovery codes made"),
    }


def _acts_about_texts() -> dict[str, str]:
    return {
        "signature held": _("Signature held"),
        "signature released": _("Signature let count again"),
        "signature invalidated": _("Signature invalidated"),
        "signature restored": _("Signature restored"),
        "signature withdrawn": _("Signature withdrawn for its signatory"),
        "comment approved": _("Comment approved"),
        "comment refused": _("Comment refused"),
        "signatures exported": _("Signatures exported"),
        "sample drawn": _("Sample drawn for a publisher"),
        "audit answered no": _("Answered for a sample: did not sign"),
        "spreadsheet asked for": _("Excel file asked for"),
        "packet asked for": _("Packet asked for"),
        "packet stopped": _("Packet stopped"),
        "e-mail sent again": _("E-mail sent again"),
        "e-mails sent again": _("E-mails sent again"),
        "access offered": _("Link sent to a chapter’s office"),
        "office moved": _("Office address changed"),
        "draft begun": _("Draft begun"),
        "draft discarded": _("Draft discarded"),
        "document uploaded": _("Document uploaded"),
        "document replaced": _("Document replaced or added to"),
        "document accepted": _("Text accepted beside its document"),
        "statement printed": _("Statement printed with its names"),
        "letterhead kept": _("Letterhead uploaded"),
        "letterhead removed": _("Letterhead removed"),
        "revision published": _("Text published"),
        "statement listed": _("Text listed in the campaign"),
        "statement taken off the list": _("Text taken off the campaign’s list"),
        "changes asked": _("Changes asked for"),
        "opened for signatures": _("Text opened for signatures"),
        "closed for signatures": _("Text closed for signatures"),
        "statement retracted": _("Text retracted"),
        "statement superseded": _("Text superseded"),
        "database restored": _("Database restored from a backup"),
    }


def _acts_of_officers() -> dict[str, str]:
    return {
        "officer named": _("Officer named"),
        "officer asked again": _("Officer asked again"),
        "officer’s address changed": _("Address of an officer changed"),
        "officer removed": _("Officer taken off"),
        "officer signed": _("Officer signed"),
        "officer declined": _("Officer does not sign"),
        "officer took signature back": _("Officer took the signature back"),
        "officer’s address disowned": _("Address of an officer was the wrong one"),
        "institution confirmed": _("Institution confirmed"),
        "institution refused": _("Institution refused"),
    }


def subject(of: str) -> str:
    """What an act was done to, as the log shows it: signature 17."""
    kind, _space, which = of.partition(" ")
    named = {
        "account": _("account"),
        "build": _("packet in the making"),
        "chapter": _("chapter"),
        "contact": _("contact"),
        "delivery": _("delivery"),
        "news": _("news"),
        "packet": _("packet"),
        "response": _("answer"),
        "database": _("database"),
        "draft": _("draft"),
        "e-mail": _("e-mail"),
        "institution": _("institution"),
        "officer": _("officer"),
        "outbox": _("all e-mails given up"),
        "signature": _("signature"),
        "spreadsheet": _("Excel file in the making"),
        "statement": _("statement"),
    }
    return f"{named.get(kind, kind)} {which}".rstrip()


def details() -> dict[str, str]:
    """Each fact that the log keeps beside an act; its value stands as it was kept."""
    return {
        "chapter": _("chapter"),
        "format": _("file"),
        "how": _("how"),
        "kind": _("what it is"),
        "made_at": _("made"),
        "means": _("way"),
        "packet": _("packet"),
        "publisher": _("publisher"),
        "number": _("how many"),
        "passkey": _("passkey"),
        "purpose": _("for"),
        "reason": _("reason"),
        "revision": _("revision"),
        "role": _("role"),
        "sha256": _("SHA-256"),
        "statement": _("statement"),
        "verified": _("verified signatures"),
    }
