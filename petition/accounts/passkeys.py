"""Passkeys (WebAuthn): asked with a challenge of ours, answered by a device with a signature, each challenge once.

A challenge is made without writing anything, so that a page may carry one: a random part and the minute under
a key, bound to what it is for. What an answer costs is one row, kept until the challenge would be too old anyway.
"""

import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from petition import tokens
from petition.accounts import auditing, telling
from petition.accounts.models import Account, Passkey, SpentChallenge
from petition.accounts.telling import WayIn
from petition.crypto import KeyRing
from petition.errors import Refusal

LIFE: Final = timedelta(minutes=10)  # of a challenge
MOST: Final = 20  # of one account
_RANDOM, _MAC = 16, 16  # bytes
#: The device asks for finger, face or PIN: a passkey is two factors by itself.
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


#: What the library raises at an answer that no browser sends.
_NONSENSE: Final = (WebAuthnException, ValueError, TypeError, AttributeError, LookupError, RecursionError)


class NoPasskey(Refusal):
    """The answer is not that of a passkey we know to a challenge that still holds."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are asked for: the host that they belong to, and the address that the browser vouches for."""

    keys: KeyRing
    host: str
    origin: str
    name: str

    def challenge(self, purpose: str, now: datetime) -> bytes:
        """A new challenge for this purpose, good for ten minutes."""
        body = os.urandom(_RANDOM) + int(now.timestamp()).to_bytes(8, "big")
        return body + self._mac(purpose, body)

    def accept(self, session: Session, purpose: str, client_data: bytes, now: datetime) -> bytes:
        """The challenge that was answered. Raises NoPasskey when it is not ours, too old or spent."""
        challenge = parse_client_data_json(client_data).challenge
        body, mac = challenge[:-_MAC], challenge[-_MAC:]
        if len(body) != _RANDOM + 8 or not hmac.compare_digest(mac, self._mac(purpose, body)):
            raise NoPasskey(purpose)
        made = datetime.fromtimestamp(int.from_bytes(body[_RANDOM:], "big"), UTC)
        if not made <= now < made + LIFE:
            raise NoPasskey(purpose)
        try:
            with session.begin_nested():
                session.add(SpentChallenge(fingerprint=tokens.fingerprint(challenge.hex()), until=made + LIFE))
        except IntegrityError:
            raise NoPasskey(purpose) from None
        return challenge

    def _mac(self, purpose: str, body: bytes) -> bytes:
        return self.keys.mac("cookies", b"passkey", self.host.encode(), purpose.encode(), body)[:_MAC]


def to_add(session: Session, site: Site, account: Account, address: str, purpose: str, now: datetime) -> str:
    """What a browser needs to make a passkey for the account, as JSON."""
    known = [PublicKeyCredentialDescriptor(id=one.credential) for one in of(session, account)]
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=address,
        user_display_name=account.name or address,
        user_id=handle(site.keys, account),
        challenge=site.challenge(purpose, now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=known,
    )
    return webauthn.options_to_json(options)


def to_show(site: Site, purpose: str, now: datetime, known: list[Passkey] | None = None) -> str:
    """What a browser needs to show a passkey, as JSON: one of the known, or whichever its owner chooses."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=site.challenge(purpose, now),
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known or []],
        user_verification=_VERIFIED,
    )
    return webauthn.options_to_json(options)


def add(session: Session, site: Site, account: Account, purpose: str, answer: str, name: str, now: datetime) -> Passkey:
    """Keep the passkey that a device has made for the account. Raises NoPasskey."""
    if len(of(session, account)) >= MOST:
        raise NoPasskey(purpose)
    try:
        given = webauthn.helpers.parse_registration_credential_json(answer)
        verified = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=site.accept(session, purpose, given.response.client_data_json, now),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _NONSENSE:
        raise NoPasskey(purpose) from None
    passkey = Passkey(
        account_id=account.id,
        credential=verified.credential_id,
        public_key=verified.credential_public_key,
        uses=verified.sign_count,
        name=name,
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError:
        raise NoPasskey(purpose) from None
    telling.tell(session, account, WayIn.PASSKEY_ADDED, now)
    auditing.record(session, now, account, "passkey added", auditing.of(account), passkey=str(passkey.id))
    return passkey


def show(session: Session, site: Site, purpose: str, answer: str, now: datetime) -> Account:
    """The account whose passkey answered. Raises NoPasskey."""
    try:
        given = webauthn.helpers.parse_authentication_credential_json(answer)
        kept = session.scalar(select(Passkey).where(Passkey.credential == given.raw_id).with_for_update())
        if kept is None:
            raise NoPasskey(purpose)
        account = session.get_one(Account, kept.account_id)
        whose = given.response.user_handle
        if whose is not None and not hmac.compare_digest(whose, handle(site.keys, account)):
            raise NoPasskey(purpose)
        verified = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=site.accept(session, purpose, given.response.client_data_json, now),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.uses,
            require_user_verification=True,
        )
    except _NONSENSE:
        raise NoPasskey(purpose) from None
    kept.uses, kept.used_at = verified.new_sign_count, now
    return account


def of(session: Session, account: Account) -> list[Passkey]:
    """The passkeys of an account, oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.id)))


def remove(session: Session, account: Account, row: int, now: datetime) -> bool:
    """Forget one passkey of an account, if it has one of that id."""
    mine = (Passkey.id == row, Passkey.account_id == account.id)
    if session.scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is None:
        return False
    telling.tell(session, account, WayIn.PASSKEY_REMOVED, now)
    auditing.record(session, now, account, "passkey removed", auditing.of(account), passkey=str(row))
    return True


def handle(keys: KeyRing, account: Account) -> bytes:
    """What a device calls the account: 32 bytes that tell nothing about it."""
    return keys.mac("links", b"passkey", str(account.id).encode())


def clear_old(session: Session, now: datetime) -> None:
    """Forget challenges that are too old to be answered."""
    session.execute(delete(SpentChallenge).where(SpentChallenge.until < now))
