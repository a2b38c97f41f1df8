"""Packets that were issued, and their deliveries, as tests make them: the rows and files that a build leaves."""

import hashlib
from datetime import date
from typing import Final

from petition import clock
from petition.accounts.models import Role
from petition.deliveries import contacting, delivering, linking, responding, spreading
from petition.deliveries.contacting import Typed
from petition.deliveries.delivering import Handed, Order
from petition.deliveries.models import Contact, Delivery, Means, ResponseKind
from petition.deliveries.responding import Answer
from petition.deliveries.spreading import Event
from petition.ledger import counting
from petition.packets import keeping
from petition.packets.models import Packet, PacketFile
from petition.statements.models import Statement
from petition.statements.reading import published
from tests.ground import SLUG, House
from tests.signing_in import admitted

CEO: Final = "ceo@publisher.example"
WORDS: Final = {
    "en": {"subject": "Your signature was delivered", "body": "It is on their desk.\n\nWe tell you what they answer."},
    "es": {"subject": "Su firma fue entregada", "body": "Está en su mesa."},
}
SEALER: Final = "5ea1" * 16
LINES: Final = ("120 Sample Street", "New York NY 10271")


def issued(
    house: House, *, copy: int = 1, read: bool = True, size: int = 0, language: str = "en", slug: str = SLUG
) -> int:
    """The id of an issued packet of a brief and a roster, read from the first page to the last unless it is not.

    `size` is how many bytes each file has at least.
    """
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        text = published(session, slug, language)
        now = clock.now()
        verified = counting.count(session, text.statement, now).verified
        packet = Packet(
            statement_id=text.statement.id, publisher_id=text.statement.addressee_id, copy=copy,
            revision_id=text.revision.id, frozen_at=now, ledger_size=verified, ledger_root="ab" * 32,
            counts={"verified": verified, "seal": {"known": True}}, template_version="test", sample=True,
            language=language,
            sealed_at=now, sealer=SEALER, issued_at=now,
        )  # fmt: skip
        session.add(packet)
        session.flush()
        for part in ("brief", "roster OR"):
            _file(house, packet, part, f"%PDF-1.7 {copy} {part} {language}\n".encode() + b"x" * size, session)
        if read:
            delivering.read_proof(session, packet, organizer, now)
        return packet.id


def _file(house: House, packet: Packet, part: str, content: bytes, session: object) -> None:
    name = f"{SLUG}-copy-{packet.copy}-{part.replace(' ', '-').lower()}.pdf"
    file = PacketFile(
        packet_id=packet.id, part=part, name=name, sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content), pages=12,
    )  # fmt: skip
    session.add(file)  # type: ignore[attr-defined]
    path = keeping.path_of(house.config.data_dir, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def contact(house: House, address: str = CEO, name: str = "Office of the Sample CEO", slug: str = SLUG) -> int:
    """The id of a contact of the statement's addressee, by e-mail and by post."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        publisher = session.query(Statement).filter_by(slug=slug).one().addressee
        typed = Typed(name, "Chief Sample", LINES, "en", address, address)
        return contacting.add(session, house.keys, publisher, typed, organizer, clock.now()).id


def delivered(
    house: House, means: Means = Means.EMAIL, packet: int | None = None, to: int | None = None, *, again: str = "",
    knowingly: bool = False,
) -> int:  # fmt: skip
    """The id of a delivery that was prepared; an e-mail waits in the outbox."""
    packet, to = packet or issued(house), to or contact(house)
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        row, recipient = session.get_one(Packet, packet), session.get_one(Contact, to)
        seen = max((each.id for each in delivering.of_packet(session, packet)), default=0)
        order = Order(means, "en", knowingly, again, seen)
        return delivering.prepare(session, house.keys, row, recipient, order, organizer, clock.now()).id


def delivery(house: House, number: int) -> Delivery:
    """A delivery as it stands."""
    (found,) = house.rows(Delivery, Delivery.id == number)
    return found


def link_of(house: House, number: int) -> str:
    """The path of a delivery's page."""
    return f"/deliveries/{linking.token(house.keys, delivery(house, number))}"


def answered(
    house: House, kind: ResponseKind = ResponseKind.LETTER, body: str = "We have read it.", *, source_url: str = "",
    slug: str = SLUG,
) -> int:  # fmt: skip
    """The id of an answer to the petition, or to another text."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        answer = Answer(kind, date(2020, 3, 17), "Jo Sample, CEO", "A sample letter", source_url, "en", body)
        return responding.publish(session, statement, answer, organizer, clock.now()).id


def corrected(house: House, number: int, body: str) -> int:
    """The id of the entry that takes the place of an answer."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        old = responding.response(session, number)
        answer = Answer(ResponseKind(old.kind), old.dated_on, old.author, old.source, "", old.language, body)
        return responding.correct(session, old, answer, "A slip.", organizer, clock.now()).id


def handed_over(house: House, number: int, day: date | None = None) -> None:
    """The link was given, the boxes were posted, or it was handed over."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        found = delivering.delivery(session, number)
        handed = Handed(day or clock.now().date(), "Sample Hall", "Ada Sample", "Jo Sample")
        delivering.hand_over(session, found, handed, organizer, clock.now())


def failed(house: House, number: int) -> None:
    """It came back."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        delivering.fail(session, delivering.delivery(session, number), "It came back.", organizer, clock.now())


def told(house: House, number: int) -> int:
    """The id of the news of a delivery."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        event = Event.of(session.get_one(Delivery, number))
        return spreading.tell(session, event, WORDS, organizer, clock.now()).id
