"""Letters: the one that brings a packet to a publisher, and the news for signatories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.deliveries import delivering, linking, recipients, spreading
from petition.deliveries.models import Delivery, NewsLetter
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Enclosure, Letter, Wait
from petition.mail.outbox import Email
from petition.packets import describing, keeping, recognizing
from petition.packets.keeping import NotAsIssued
from petition.packets.models import Packet, PacketFile
from petition.signatures import links
from petition.signatures.models import Signature, Status
from petition.statements.models import Revision
from petition.web.addresses import outside
from petition.web.language import DEFAULT

#: What the link in a piece of news is for: no more of them.
STOP_NEWS: Final = "news"


@dataclass(frozen=True, slots=True)
class Bringing:
    """Brings a packet to a publisher's contact: as attachments, or by the link alone."""

    keys: KeyRing
    data_dir: Path

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The letter, unless the delivery was called off or its files are not what was issued."""
        found = session.get(Delivery, email.subject_id)
        if found is None or found.failed_at is not None:
            return Drop("the delivery was called off")
        files = recognizing.files(session, found.packet_id)
        try:
            paths = [self._path(found, file) for file in files]
        except NotAsIssued as fault:
            delivering.fail(session, found, str(fault), None, now)
            return Drop("a file of the packet is not what was issued")
        recipient = recipients.recipient_of(self.keys, found)
        enclosures = tuple(
            Enclosure(file.name, path, media_type(file.name)) for file, path in zip(files, paths, strict=True)
        )
        link = outside("deliveries.delivery", token=linking.token(self.keys, found))
        told = {
            **facts(session, found.packet, files),
            "name": recipient.name,
            "attached": found.attached,
            "link": link,
            "until": found.link_until,
        }
        return Letter("delivery", recipient.address, told, enclosures=enclosures if found.attached else ())

    def _path(self, found: Delivery, file: PacketFile) -> Path:
        if found.attached:
            return keeping.sound(self.data_dir, file)
        path = keeping.path_of(self.data_dir, file)
        if not path.is_file():
            raise NotAsIssued(f"{file.name} is not in its folder.")
        return path

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """It is on its way; only the recipient can say that it has come."""
        delivering.sent(session, session.get_one(Delivery, email.subject_id), now)

    def given_up(self, session: Session, email: Email, now: datetime, *, refused: bool) -> None:
        """Not delivered, and the organizers read why."""
        found = session.get_one(Delivery, email.subject_id)
        why = email.error or "The e-mail was given up."
        delivering.given_up_by_mail(session, found, why, now, refused=refused)


def media_type(name: str) -> str:
    """What a packet's file is, by the end of its name."""
    return "application/pdf" if name.endswith(".pdf") else "application/octet-stream"


def facts(session: Session, packet: Packet, files: Sequence[PacketFile]) -> dict[str, Any]:
    """What a letter and a page may say of a packet."""
    text = session.get_one(Revision, packet.revision_id)
    statement = text.statement
    return {
        "title": text.title,
        "ask": text.ask,
        "issuer": statement.issuer,
        "publisher": statement.addressee.name,
        "copy": packet.copy,
        "kind": describing.kind(packet),
        "verified": packet.counts["verified"],
        "as_of": packet.frozen_at,
        "sealer": packet.sealer,
        "files": [{"name": each.name, "sha256": each.sha256, "size_bytes": each.size_bytes} for each in files],
        "verify": outside("verify.verify"),
        "statement": outside("statements.statement", slug=statement.slug),
    }


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells a signatory of a delivery or an answer."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The organizers' words, while the signature counts and its owner wants them."""
        letter = session.get(NewsLetter, email.subject_id)
        signature = session.get(Signature, letter.signature_id) if letter is not None else None
        if letter is None or signature is None or signature.address is None or signature.mailbox is None:
            return Drop("what was typed is erased")
        if spreading.called_off(session, letter.news):
            return Drop("the delivery that it tells of did not arrive, or a newer entry corrects the answer")
        if signature.status != Status.VERIFIED or not signature.updates:
            return Drop("its signatory wants no news, or does not sign any more")
        if mailboxes.paused_until(session, signature.mailbox, now) is not None:
            return Drop("the mailbox asked us to write no more")
        stop = outside("deliveries.stop", token=links.to_signature(session, self.keys, STOP_NEWS, signature, now))
        page = outside("signatures.signature", token=links.to_signature(session, self.keys, links.PAGE, signature, now))
        news = letter.news
        words = news.words.get(email.language) or news.words[DEFAULT]
        slug = signature.statement.slug
        told = {**said(words), "log": outside("deliveries.responses", slug=slug), "page": page, "stop": stop}
        # RFC 8058: mail programs offer a button of their own, which posts to the link.
        headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return Letter("news", self.keys.open_address(signature.address), told, headers=headers)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


def said(words: dict[str, str]) -> dict[str, Any]:
    """An organizer's words as the letter sets them: the subject on one line, the body by paragraphs."""
    paragraphs = [" ".join(each.split()) for each in words["body"].replace("\r\n", "\n").split("\n\n")]
    return {"subject": " ".join(words["subject"].split()), "paragraphs": [each for each in paragraphs if each]}


def correspondents(keys: KeyRing, data_dir: Path) -> dict[str, Correspondent]:
    """The letters of this feature."""
    return {delivering.LETTER: Bringing(keys, data_dir), spreading.LETTER: Telling(keys)}
