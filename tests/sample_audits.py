"""Sample audits, as tests make them: a packet frozen from the ledger and issued, and a sample drawn of it."""

from typing import Any

from petition import clock
from petition.accounts.models import Role
from petition.audits import asking
from petition.cli.synthetic import People
from petition.deliveries import delivering as acts
from petition.deliveries.models import Means
from petition.packets import freezing
from petition.packets.models import Packet
from petition.packets.options import Options
from petition.pdf.surroundings import workshop
from petition.statements.reading import published
from petition.web.language import speaking
from tests import delivering
from tests.ground import SLUG, House
from tests.signing_in import admitted

_PLAIN = Options()
SEED = "the third line of today’s front page"


def packet(house: House, people: int = 0, chosen: Options = _PLAIN, **changes: Any) -> int:
    """The id of a packet that was issued when so many more had signed."""
    with house.writing() as session:
        invented = People(session.query(Packet).count())
        invented.sign(session, house.keys, published(session, SLUG, "en"), people, now=clock.now())
    house.register()
    with house.reading() as session, speaking("en"), workshop("packet") as folder:
        text = published(session, SLUG, "en")
        frozen, contents = freezing.freeze(session, text, folder, sample=True, now=clock.now(), options=chosen)
    with house.writing() as session:
        freezing.file(session, frozen, contents, house.keys, house.config.base_url)
        frozen.issued_at = clock.now()
        for name, value in changes.items():
            setattr(frozen, name, value)
        session.flush()
        delivering._file(house, frozen, "brief", f"%PDF-1.7 {frozen.copy}\n".encode(), session)
        return frozen.id


def link(house: House, packet_id: int) -> str:
    """The path of the audits of a packet, behind its delivery's link."""
    who = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        acts.read_proof(session, session.get_one(Packet, packet_id), who, clock.now())
    return delivering.link_of(house, delivering.delivered(house, Means.LINK, packet_id, knowingly=True)) + "/audit"


def drawn(house: House, path: str, size: int = 59, seed: str = SEED) -> str:
    """Draw by the form; returns the path of the audit's page."""
    answer = house.press(path, seed=seed, size=str(size))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def asked(house: House) -> tuple[str, str]:
    """Draw a sample of a packet with everybody who has signed: the paths of its page, and of one question."""
    number, who = packet(house), admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        audit, _new = asking.draw(session, house.keys, session.get_one(Packet, number), SEED, 59, clock.now(), who=who)
        page = f"/audits/{asking.page_token(house.keys, audit)}"
    house.work()
    question = next(mail for mail in house.mails() if "/did-you-sign/" in mail.text)
    return page, question.link("/did-you-sign/")
