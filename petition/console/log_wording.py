"""How the desk puts its log into words: each act, what it was done to, and what is kept beside it."""

from petition.web.language import _


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
        "paper count entered": _("Signatures on paper entered"),
        "paper count corrected": _("Signatures on paper corrected"),
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
        "sheets": _("count on paper"),
        "signature": _("signature"),
        "spreadsheet": _("Excel file in the making"),
        "statement": _("statement"),
    }
    return f"{named.get(kind, kind)} {which}".rstrip()


def details() -> dict[str, str]:
    """Each fact that the log keeps beside an act."""
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
