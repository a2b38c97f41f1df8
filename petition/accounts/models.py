"""An account with its roles, everything that signs it in, and the record of what was done."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, LargeBinary, String, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Key, Row


class Role(StrEnum):
    """What an account may do: see all and decide, read all and change nothing, or write for one chapter."""

    ORGANIZER = "organizer"
    AUDITOR = "auditor"
    EDITOR = "editor"


class Account(Row):
    """Somebody who can sign in, known by a mailbox like a signatory. Never deleted: the record names it."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    mailbox: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # keyed hash of the canonical address
    language: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    # Wrong codes of the second factor in a row, and when the last one was typed.
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_since: Mapped[datetime | None]

    # Read with the account: every request asks for them.
    grants: Mapped[list["Grant"]] = relationship(lazy="selectin", order_by="Grant.id")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that it holds, for the whole house or for a chapter."""
        return frozenset(Role(grant.role) for grant in self.grants)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The states of the chapters that it edits, in the order in which it came to them."""
        return tuple(grant.chapter for grant in self.grants if grant.role == Role.EDITOR and grant.chapter)

    def holds(self, roles: Collection[Role], chapter: str | None = None) -> bool:
        """Whether it holds one of the roles here: an editor's counts in its own chapter and nowhere else."""
        return any(
            grant.role in roles and (grant.role != Role.EDITOR or (chapter is not None and grant.chapter == chapter))
            for grant in self.grants
        )


class Grant(Row):
    """A role that an account holds. An editor's names the chapter it is for."""

    __tablename__ = "account_role"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(12))
    chapter: Mapped[str | None] = mapped_column(String(2))  # a state's two letters
    made_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_account_role_whole", "account_id", "role", unique=True,
              sqlite_where=text("chapter IS NULL"), postgresql_where=text("chapter IS NULL")),
        Index("uq_account_role_chapter", "account_id", "role", "chapter", unique=True),
    )  # fmt: skip


class Asking(Row):
    """One wish to sign in. Its link and its code are derived from the nonce under a key, and kept nowhere."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    mailbox: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # once the link has gone out to it
    how: Mapped[str] = mapped_column(String(10))
    leads_to: Mapped[str | None] = mapped_column(String(200))  # the page that sent them to sign in
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)  # wrong codes

    __table_args__ = (
        Index("ix_sign_in_until", "until"),
        {"sqlite_autoincrement": True},  # its id stands in the address of a page
    )


class AccessOffer(Row):
    """One link that was sent to a chapter's office, by which it names an editor. Derived like that of a sign-in."""

    __tablename__ = "access_offer"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    mailbox: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # the office's when it was asked for
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_access_offer_until", "until"),)


class SignedIn(Row):
    """One browser in which an account is signed in, known by the SHA-256 of its cookie."""

    __tablename__ = "signed_in"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    how: Mapped[str] = mapped_column(String(10))
    device: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    until: Mapped[datetime]  # the absolute limit
    second_at: Mapped[datetime | None]  # when the second factor was shown

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Totp(Row):
    """The secret that an account shares with its authenticator app."""

    __tablename__ = "totp"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted
    made_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(BigInteger)  # no code of this time step or an earlier one counts again


class Passkey(Row):
    """A public key whose private half only a device of the account's owner has."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(BigInteger)  # as the device counts them; many say always 0
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentChallenge(Row):
    """A challenge that a passkey has answered, kept until it would be too old anyway."""

    __tablename__ = "spent_challenge"
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Row):
    """A code on paper for the day on which app and passkey are lost, known by its keyed hash."""

    __tablename__ = "recovery_code"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime | None]


class AuditEntry(Row):
    """One line of the record: who did what, when, to what. Nobody is the operator at the command line."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80), index=True)
    details: Mapped[str] = mapped_column(Text)  # canonical JSON
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 over the digest before and this entry

    account: Mapped[Account | None] = relationship(lazy="select")


#: The record can only grow. SQLite's REPLACE deletes without asking a trigger, so an id cannot come twice either.
_SQLITE: Final = (
    "CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    (
        "CREATE TRIGGER audit_entry_replace BEFORE INSERT ON audit_entry"
        " WHEN NEW.id IN (SELECT id FROM audit_entry) BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    ),
)
_POSTGRESQL: Final = (
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    ),
    (
        "CREATE TRIGGER audit_entry_truncate BEFORE TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ),
)
for _dialect, _said in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _each in _said:
        event.listen(AuditEntry.__table__, "after_create", DDL(_each).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
