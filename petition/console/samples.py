"""Samples of every e-mail that leaves us, to look at before anybody gets one. All people and links are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from petition.accounts.models import Role
from petition.institutions import letters as institutions
from petition.institutions.models import Stand
from petition.ledger import checkpoints
from petition.officers import letters as officers
from petition.officers.telling import Answer
from petition.packets import describing
from petition.packets.options import Options
from petition.web.addresses import outside
from petition.web.language import _, current

#: Nobody's: it stands where a link's secret would.
TOKEN: Final = "SAMPLE"  # noqa: S105  (opens nothing)
SHA256: Final = "9f2c" * 16
OFFICER: Final = "Kim Sample-Reyes"


@dataclass(frozen=True, slots=True)
class Sample:
    """One e-mail: the words that name it, who gets it, its templates' folder, and facts of its own."""

    words: str
    folder: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def samples(now: datetime) -> dict[str, dict[str, Sample]]:
    """Every e-mail by a name for its address, grouped by who gets it."""
    return {
        _("To whoever signs"): _to_signatories(now),
        _("To chapters"): _to_chapters(),
        _("To institutions"): _to_institutions(now),
        _("To publishers"): _to_publishers(now),
        _("To organizers and all who sign in"): _to_accounts(),
    }


def _to_signatories(now: datetime) -> dict[str, Sample]:
    return {
        "confirm": Sample(_("Please confirm"), "confirm"),
        "reminder": Sample(_("Please confirm, once more after two days"), "confirm", {"reminder": True}),
        "waiting": Sample(_("Several wait for the same mailbox"), "waiting"),
        "already": Sample(_("This mailbox has signed already"), "already"),
        "confirmed": Sample(_("Confirmed"), "confirmed"),
        "withdrawn": Sample(_("Withdrawn"), "withdrawn"),
        "restored": Sample(_("Withdrawal undone"), "restored"),
        "invalidated": Sample(_("Does not count, after a review"), "invalidated"),
        "released": Sample(_("Counts, after a review"), "released"),
        "news": Sample(_("News of a delivery or an answer"), "news", _news()),
        "audit-question": Sample(_("Did you sign this? Asked once, for a sample"), "audit_question", _question(now)),
    }


def _to_chapters() -> dict[str, Sample]:
    return {
        "access": Sample(_("Access offered, to the office"), "access"),
        "editor": Sample(_("Invitation of an editor"), "invitation", {"roles": [Role.EDITOR]}),
        "receipt": Sample(_("Receipt for a published text"), "receipt"),
        "office-receipt": Sample(_("The same, to the office"), "receipt", {"to_office": True}),
        "listed": Sample(_("Listed in the campaign"), "listed"),
        "changes-asked": Sample(_("Changes asked for"), "changes_asked", {"number": 2}),
        "retracted": Sample(_("Text retracted"), "ended"),
        "superseded": Sample(_("Text superseded"), "ended", {"retracted": False}),
        "checkpoints": Sample(_("Checkpoints of the ledgers"), "checkpoints", _checkpoints()),
        "officer": Sample(_("An officer is asked to sign"), "officer"),
        **{f"officer-{answer.name.lower()}": _answer(answer) for answer in Answer},
    }


def _checkpoints() -> dict[str, Any]:
    origin = checkpoints.origin(outside("pages.campaign"), "sample")
    note = f"{origin}\n87204\n{'SAMPLE' * 7}w=\ntime 2019-10-09T00:00:20Z\n\n\u2014 {origin} SAMPLE\n"
    title = _("Sample: a text that is asked for here")
    said = {"title": title, "size": 87204, "note": note}
    return {"ledgers": [said], "ledger": outside("ledger.index"), "fingerprint": SHA256}


def _answer(answer: Answer) -> Sample:
    title, office = _("Sample: a text that is asked for here"), _("President of the board")
    line, said = officers.words(answer, title, OFFICER, office)
    return Sample(line.partition(":")[0], "officer_answer", {"line": line, "said": said})


def _question(now: datetime) -> dict[str, Any]:
    return {"answer": outside("audits.question", token=TOKEN), "day": now}


def _news() -> dict[str, Any]:
    return {
        "subject": _("Sample: the petition was delivered"),
        "paragraphs": [_("Sample: organizers write a few sentences here.")],
        "log": outside("pages.campaign"),
        "stop": outside("deliveries.stop", token=TOKEN),
    }


def _to_publishers(now: datetime) -> dict[str, Sample]:
    files = [{"name": "sample-copy-3.pdf", "sha256": SHA256, "size_bytes": 4_200_000}]
    told = {
        "name": _("Office of the CEO"),
        "publisher": _("Sample Publishers"),
        "ask": _("Sample: what is asked for, in a sentence."),
        "copy": 3,
        "kind": describing.in_words(Options(), current()),
        "verified": 87204,
        "as_of": now,
        "files": files,
        "sealer": SHA256,
        "link": outside("deliveries.delivery", token=TOKEN),
        "until": now + timedelta(days=30),
        "verify": outside("verify.verify"),
        "statement": outside("pages.campaign"),
    }
    return {
        "delivery": Sample(_("Brings a packet, with its files"), "delivery", {**told, "attached": True}),
        "delivery-link": Sample(_("Brings a packet, by a link"), "delivery", {**told, "attached": False}),
    }


def _to_institutions(now: datetime) -> dict[str, Sample]:
    name, reason, until = _("Sample Town Library"), _("Sample: the board knows nothing of it."), now + timedelta(days=7)
    said = {"already": institutions.already(name, now)}
    said |= {stand.value: institutions.news(stand, name, reason, until) for stand in Stand if stand != Stand.PENDING}
    asked = {"institution": Sample(_("Please answer for an institution"), "institution")}
    told = {
        f"institution-{key}": Sample(line, "institution_news", {"line": line, "said": words})
        for key, (line, words) in said.items()
    }
    return {**asked, **told}


def _to_accounts() -> dict[str, Sample]:
    return {
        "text-to-list": Sample(_("A chapter has published a text"), "text_to_list", {"number": 2}),
        "organizer": Sample(_("Invitation of an organizer"), "invitation", {"roles": [Role.ORGANIZER], "chapters": []}),
        "sign-in": Sample(_("Link to sign in"), "sign_in"),
        "ways-in": Sample(_("A way to sign in has changed"), "ways_in"),
        "test": Sample(_("Test of the e-mail server"), "test"),
    }


def facts(sample: Sample, now: datetime) -> dict[str, Any]:
    """What the sample's templates say: what all e-mails may ask for, and its own."""
    return {**_common(now), **sample.facts}


def _common(now: datetime) -> dict[str, Any]:
    item = _signature(now)
    another = {**item, "name": "Bo Sample-Ito", "code": "T3ZD-91WA"}
    return {
        **item,
        "item": item,
        "items": [item, another],
        "more": 0,
        "reminder": False,
        "until": now + timedelta(days=7),
        "undo_until": now + timedelta(days=7),
        "lift": outside("signatures.lift", token=TOKEN),
        "reason": _("signed by the same person from another address"),
        **_chapters(now),
        "sign": outside("officers.officer", token=TOKEN),
        **_accounts(now),
    }


def _signature(now: datetime) -> dict[str, Any]:
    return {
        "officer": OFFICER,
        "office": _("President of the board"),
        "place": "Lincoln, Nebraska",
        "page": outside("signatures.signature", token=TOKEN),
        "name": "Ada Sample-Okafor",
        "title": _("Sample: a text that is asked for here"),
        "kind": "petition",
        "addressee": _("Sample Publishers"),
        "issuer": _("Sample Association of Libraries"),
        "sample_note": "",
        "call_number": "PET US 2019 r.2",
        "sha256": SHA256,
        "text": outside("statements.index"),
        "number": 87204,
        "confirmed_at": now,
        "confirm": outside("signatures.confirm", token=TOKEN),
        "code": "K7MQ-42XD",
    }


def _chapters(now: datetime) -> dict[str, Any]:
    return {
        "chapter": _("Sample Chapter"),
        "chapters": [_("Sample Chapter")],
        "link": outside("statements.index"),
        "desk": outside("organize.texts"),
        "note": _("Sample: the second clause names a sum. Which source has it?"),
        "because": _("Sample: the board has adopted another text."),
        "retracted": True,
        "to_office": False,
        "at": now,
    }


def _accounts(now: datetime) -> dict[str, Any]:
    return {
        "roles": [Role.EDITOR],
        "sign_in": outside("accounts.sign_in"),
        "said": _("A passkey was added to your account."),
        "asked_for": False,
        "base_url": outside("pages.campaign"),
    }

