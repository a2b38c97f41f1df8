"""Synthetic people for demos: invented names, real states in proportion to their population."""

import random
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.signatures.models import Change, Signature, Status
from petition.statements.reading import Published
from petition.text.places import ELSEWHERE, in_list_order

_GIVEN: Final = (
    "Ada Amina Ana Andre Anja Arturo Beatriz Ben Bridget Carla Cedric Chidi Clara Dana Dev Dorothy Eli "
    "Elena Emil Esther Farah Felix Fumiko Gail Gideon Grace Hana Harold Ida Ines Iván Jamal Jia Joan "
    "Jonas Kai Karin Kofi Lars Leila Lorna Luis Mabel Mei Milo Nadia Ngozi Noor Olga Oscar Paula Petra "
    "Quinn Rafael Ravi Rosa Ruth Samir Sofía Tam Teresa Theo Uma Vera Viktor Wen Willa Yara Zoë Zuzana"
).split()
_FAMILY: Final = (
    "Abara Adler Archuleta Begay Björklund Bosch Brandt Castellanos Cole Contreras D’Amico Dahl Dubois "
    "Eastman Echeverría Ferrara Fitzgerald Fong García-Whitfield Goodluck Grünwald Haddad Halvorsen "
    "Hinojosa Holloway Ibarra Iyer Jankowski Kaplan Kowalczyk Kühn Lacroix Lindqvist Littlewolf MacAuley "
    "Marchetti Mbeki Montoya Møller Nakagawa Novák O’Donnell Okonkwo Olsen Paquette Petrosyan Pham "
    "Rasmussen Redfeather Rosenthal Sandoval Šimková Sørensen Tanaka Thibodeaux Ulrich Vasquez Villaseñor "
    "Whitehorse Xiong Youngblood Zamora Zielińska"
).split()
_TOWNS: Final = (
    "Ashland Auburn Bedford Bristol Burlington Canton Clayton Clinton Dayton Dover Easton Fairview "
    "Franklin Georgetown Greenville Hudson Jackson Kingston Lebanon Lexington Madison Manchester Milford "
    "Newport Oxford Plymouth Riverside Salem Springfield Vernon Winchester"
).split()
#: One in two hundred from abroad, in scripts of their own.
_ABROAD: Final = (
    ("渡辺 さくら", "Kyoto", "JP"), ("陳怡君", "Tainan", "TW"), ("김민서", "Daegu", "KR"), ("ليلى حداد", "Amman", "JO"),
    ("Тарас Коваль", "Lviv", "UA"), ("Βασιλική Λάμπρου", "Patras", "GR"), ("अनन्या शर्मा", "Pune", "IN"),
    ("נועה לוי", "Haifa", "IL"), ("สมชาย ใจดี", "Chiang Mai", "TH"), ("Łukasz Wiśniewski", "Łódź", "PL"),
    ("Thị Hương Phạm", "Huế", "VN"), ("Þórunn Ásgeirsdóttir", "Akureyri", "IS"),
)  # fmt: skip
_SPREAD: Final = timedelta(days=33)


class People:
    """The same seed makes the same people in the same order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311  (samples, not secrets)
        states = [state for state in in_list_order() if state.population]
        self._codes = [state.code for state in states]
        self._weights = [state.population or 0 for state in states]
        self._made = 0

    def sign(self, session: Session, keys: KeyRing, published: Published, number: int, *, now: datetime) -> None:
        """Add verified signatures and their changes, as if each had been confirmed by its mailbox."""
        made = [self._signature(keys, published, now) for _ in range(number)]
        made.sort(key=lambda signature: signature.confirmed_at or now)
        session.add_all(made)
        session.flush()
        session.add_all(
            Change(
                signature_id=signature.id,
                statement_id=signature.statement_id,
                kind="verified",
                method="link",
                at=signature.confirmed_at or now,
            )
            for signature in made
        )

    def _signature(self, keys: KeyRing, published: Published, now: datetime) -> Signature:
        self._made += 1
        chance = self._chance
        address = f"sample-{self._seed}-{self._made}@example.org"
        name, city, state, country = self._person()
        moment = now - _SPREAD * chance.random()
        return Signature(
            statement_id=published.statement.id,
            revision_id=published.revision.id,
            notice_id=published.notice.id,
            status=Status.VERIFIED,
            name=name,
            city=city,
            state=state,
            country=country,
            relation=chance.choice(("patron", "patron", "librarian", "author", None)),
            comment="A sample comment: our wait list is long." if chance.random() < 0.1 else None,
            address=keys.seal_address(address),
            mailbox=keys.mailbox(address),
            language="en",
            show_name=chance.random() < 0.3,
            updates=False,
            signed_at=moment,
            asked_at=moment,
            expires_at=moment + timedelta(days=7),
            confirmed_at=moment,
            method="link",
        )

    def _person(self) -> tuple[str, str, str, str | None]:
        chance = self._chance
        if chance.random() < 0.005:
            name, city, country = chance.choice(_ABROAD)
            return name, city, ELSEWHERE, country
        middle = f" {chance.choice('ABCDEFGHJKLMNPRSTVWZ')}." if chance.random() < 0.4 else ""
        name = f"{chance.choice(_GIVEN)}{middle} {chance.choice(_FAMILY)}"
        return name, chance.choice(_TOWNS), chance.choices(self._codes, self._weights)[0], None
