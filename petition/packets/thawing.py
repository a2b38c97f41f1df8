"""Thawing a packet: what its row says, as plain values for the page writer; the same row makes the same values.

Everything comes from the row, from texts that never change, or from entries up to the row's checkpoint. Only what was
erased or withheld in between can make a difference, and `naming.differences` says so. A name that the packet withheld
stays withheld, though its signatory shows it again.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from petition.drafts import facsimile
from petition.packets import naming, nonces, reckoning
from petition.packets.contents import (
    Addressee,
    CampaignCount,
    EvidenceFacts,
    Listed,
    PacketContents,
    SealFacts,
    SeenNotice,
    SignedText,
    Since,
)
from petition.packets.counts import Counts, Mailboxes, Networks, OnPaper, Provider, Removed, StateCount, WeekCount
from petition.packets.entries import listed, roster
from petition.packets.models import Packet
from petition.packets.options import Options, Redaction
from petition.packets.reckoning import as_moment
from petition.signatures import wording
from petition.signatures.models import Reason
from petition.statements import clauses, reading
from petition.statements.models import Revision, Statement
from petition.text.places import PlaceKind
from petition.web.language import ZONE, _


def thaw(session: Session, packet: Packet, folder: Path) -> PacketContents:
    """What the packet says, read in one transaction, in the language spoken now.

    The roster is kept in that folder, which must stay until the packet is printed.
    """
    said, options = _beside_names(session, packet), Options.read(packet.options)
    if options.lists:
        under = naming.in_roster(packet)
        said = replace(said, roster=roster(session, under, packet.frozen_at, folder, options.redaction))
    if options.redaction is Redaction.COUNTS:
        return said
    return replace(
        said,
        comments=naming.comments(session, packet, options.redaction),
        officers=naming.officers(session, packet),
        institutions=naming.institutions(session, packet),
    )


def _beside_names(session: Session, packet: Packet) -> PacketContents:
    """All that no erasure can reach: texts, figures, and what the seal page tells."""
    statement = session.get_one(Statement, packet.statement_id)
    revision = session.get_one(Revision, packet.revision_id)
    notice = session.get_one(Revision, packet.counts["notice"])
    options, kept = Options.read(packet.options), packet.counts
    # A row from before names were kept has today's.
    named = kept.get("named") or reckoning.named(statement, revision)
    return PacketContents(
        call_number=tuple(named["call_number"]),
        copy=packet.copy,
        sample=packet.sample or ("named" not in kept and bool(statement.campaign.sample_note)),
        title=revision.title,
        ask=revision.ask,
        kind_words=_kind_words(named["kind"]),
        addressee=Addressee(kept["addressee"][0], tuple(kept["addressee"][1:])),
        issuer=named["issuer"],
        date=packet.frozen_at.astimezone(ZONE).date(),
        texts=_texts(session, statement, revision, kept["by_revision"]),
        count=count(kept, packet.frozen_at),
        by_state=_by_state(kept["by_state"]),
        ledger_size=packet.ledger_size,
        ledger_root_hex=packet.ledger_root,
        notice_text=notice.body.strip(),
        notice_sha256=notice.sha256,
        verify_url=named["verify_url"],
        roster=(),
        checkpoint=packet.checkpoint or "",
        nonces=tuple(packet.nonces or ()),
        annex=tuple(facsimile.images_of_revision(session, revision.id)),
        options=options,
        growth=growth(kept["by_day"]),
        by_mailbox=_by_mailbox(kept.get("by_mailbox")),
        by_network=Networks(**kept["by_network"]) if "by_network" in kept else None,
        paper=_paper(kept.get("paper"), named=options.redaction is not Redaction.COUNTS),
        comments_approved=kept["comments_approved"],
        since=_since(kept.get("since")),
        campaign=_campaign(session, named["campaign"], kept.get("campaign")),
        ask_until=nonces.last_day(packet.frozen_at) if packet.nonces else None,
        seal=SealFacts(**kept["seal"]) if "seal" in kept else None,
        officers_counted=kept.get("officers"),
        institutions_counted=kept.get("institutions"),
        notices=_notices(session, kept.get("notices", {})),
        evidence=EvidenceFacts(**kept["evidence"]) if "evidence" in kept else None,
        wording=kept.get("wording", 1),
    )


def count(kept: dict[str, Any], as_of: datetime) -> Counts:
    """The counts of a packet's row, the reasons in words and in one order for all packets."""
    by_reason = kept["by_reason"]
    removed = tuple(
        Removed(wording.reason_counted(reason), by_reason[reason]) for reason in Reason if reason in by_reason
    )
    flat = ("verified", "mailboxes", "entered", "withdrawn", "invalidated", "restored", "never_confirmed", "held",
            "waiting")  # fmt: skip
    return Counts(**{name: kept[name] for name in flat}, removed=removed, as_of=as_of)


def growth(by_day: dict[str, int]) -> tuple[WeekCount, ...]:
    """The count by weeks, from the first week in which anything was entered to the last, none left out."""
    weeks: dict[date, int] = {}
    for day, number in by_day.items():
        found = date.fromisoformat(day)
        monday = found - timedelta(days=found.weekday())
        weeks[monday] = weeks.get(monday, 0) + number
    if not weeks:
        return ()
    monday, last, total, told = min(weeks), max(weeks), 0, []
    while monday <= last:
        grown = weeks.get(monday, 0)
        total += grown
        told.append(WeekCount(monday, grown, total))
        monday += timedelta(days=7)
    return tuple(told)


def _by_mailbox(kept: dict[str, Any] | None) -> Mailboxes | None:
    if kept is None:
        return None
    named = tuple(Provider(name, number) for name, number in kept["providers"].items())
    return Mailboxes(named, kept["elsewhere"], kept["domains"], kept["largest"], kept["unread"])


def _paper(kept: list[list[Any]] | None, *, named: bool) -> tuple[OnPaper, ...] | None:
    if kept is None:
        return None
    return tuple(OnPaper(number, who if named else "", date.fromisoformat(day)) for number, who, day in kept)


def _since(kept: dict[str, Any] | None) -> Since | None:
    if kept is None:
        return None
    return Since(kept["copy"], as_moment(kept["as_of"]), kept["then"], kept["added"], tuple(kept["gone"]))


def _campaign(session: Session, name: str, kept: dict[str, Any] | None) -> CampaignCount | None:
    if kept is None:
        return None
    told = []
    for revision_id, verified, *frozen in kept["statements"]:
        revision = session.get_one(Revision, revision_id)
        of = revision.statement
        call_number, issuer = frozen or (of.call_number(revision), of.issuer)
        told.append(Listed(tuple(call_number), revision.title, issuer, verified))
    return CampaignCount(name, kept["mailboxes"], tuple(told))


def _kind_words(kind: str) -> str:
    return {
        "petition": _("A petition"),
        "letter": _("A letter"),
        "resolution": _("A resolution"),
        "notice": _("A notice"),
    }[kind]


def _texts(
    session: Session, statement: Statement, current: Revision, verified: dict[str, int]
) -> tuple[SignedText, ...]:
    # The text in force leads, signed or not; of the others only those that somebody signed.
    texts = [text for text in reading.texts(session, statement) if text.id == current.id or str(text.id) in verified]
    texts.sort(key=lambda text: (text.id != current.id, -text.number))
    return tuple(
        SignedText(
            number=text.number,
            language=text.language,
            sha256=text.sha256,
            html=str(clauses.html(text)),
            verified=verified.get(str(text.id), 0),
            published_on=text.published_at.astimezone(ZONE).date(),
            title=text.title,
        )
        for text in texts
    )


def _notices(session: Session, seen: dict[str, int]) -> tuple[SeenNotice, ...]:
    told = []
    for notice_id, verified in sorted(seen.items(), key=lambda one: (-one[1], int(one[0]))):
        notice = session.get_one(Revision, int(notice_id))
        told.append(SeenNotice(notice.number, notice.language, notice.sha256, notice.body.strip(), verified))
    return tuple(told)


def _by_state(counted: dict[str, int]) -> tuple[StateCount, ...]:
    return tuple(
        StateCount(
            code=state.code,
            name=_(state.name),
            verified=counted.get(state.code, 0),
            population=state.population,
            column=state.column,
            row=state.row,
        )
        for state in listed()
        if counted.get(state.code) or state.on_map or state.kind is PlaceKind.ELSEWHERE
    )
