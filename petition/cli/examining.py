"""Examining: what `petition doctor` looks at, one thing after the other, each ready or with what to mend."""

import ctypes
import shutil
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from petition import clock, occurrences
from petition.accounts import auditing
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import Site
from petition.jobs import State
from petition.ledger import adding_up
from petition.ledger.models import Checkpoint, Head
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.mail.server import Server
from petition.mail.transport import Refused, explain
from petition.packets import building
from petition.packets.models import Packet
from petition.paths import FONTS
from petition.pdf.coverage import uncovered
from petition.pdf.document import PressRefused
from petition.signatures.models import Change, Signature
from petition.statements.models import Statement
from petition.uploads import drawing

#: One letter each of Arabic, Hebrew, Devanagari, Thai, Chinese, Japanese and Korean: names come in every script.
_LETTERS: Final = "عאअก陳さ김"
#: What the press loads (weasyprint/text/ffi.py), by the names that Debian's packages give it.
_LIBRARIES: Final = (
    "libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0", "libfontconfig.so.1",
)  # fmt: skip
_PACKAGES: Final = (
    "sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fontconfig "
    "fonts-noto-core fonts-noto-cjk"
)
_OFFICE: Final = (
    "sudo apt install libreoffice-writer-nogui fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea"
)
_ANSWER: Final = 10.0  # seconds the e-mail server may take
_ASTRAY: Final = timedelta(minutes=2)  # codes of an authenticator app allow no more
_COUNTED_IN: Final = timedelta(minutes=1)  # two seconds when all is well
_LEAVING: Final = timedelta(minutes=15)
_SEEN: Final = timedelta(days=2)  # it is noted once a day
_RENEWED: Final = timedelta(days=14)  # what an authority takes to issue the next
_ROOM: Final = 1 << 30  # bytes


class Wrong(Exception):
    """Something must be mended first; the message says what, and how."""


def configuration(app: Flask, session: Session) -> str:
    """The settings of a real house."""
    config: Config = app.extensions["config"]
    if app.extensions["demo"]:
        return "a demo, everything in it is a sample"
    if config.smtp_url is None:
        raise Wrong("PETITION_SMTP_URL is not set: signing stays closed, since no confirmation could be sent.")
    if config.loopback or not config.secure or config.base_host.endswith(".example"):
        raise Wrong(f"PETITION_BASE_URL is {config.base_url}: set it to the https:// address that patrons use.")
    if config.mail_from.endswith((".example", ".example>")):
        raise Wrong(f"PETITION_MAIL_FROM is {config.mail_from}: set it to an address of your own domain.")
    return config.base_url


def keys(app: Flask, session: Session) -> str:
    """The key file: nobody else's to read, and the one that this database was filled with."""
    config: Config = app.extensions["config"]
    ring: KeyRing = app.extensions["keys"]
    if stat.S_IMODE(config.key_file.stat().st_mode) & 0o007:
        raise Wrong(f"Everybody on this machine can read the keys: chmod 600 {config.key_file}")
    sealed = session.scalar(
        select(Signature.address).where(Signature.address.is_not(None)).order_by(Signature.id.desc()).limit(1)
    )
    if sealed is not None:
        try:
            ring.open_address(sealed)
        except InvalidTag:
            raise Wrong(
                f"The keys in {config.key_file} are not those of this database. Move that file away and type in "
                "the recovery sheet: petition restore --keys-from-sheet"
            ) from None
    return f"{len(ring.keys)} keys, fitting" if sealed is not None else f"{len(ring.keys)} keys"


def database(app: Flask, session: Session) -> str:
    """The database: whole. That it is reached and migrated, whoever opened the app has seen."""
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        said = session.scalar(text("PRAGMA quick_check(1)"))
        if said != "ok":
            raise Wrong(f"The database file is damaged ({said}). Restore the last backup: petition restore FILE")
    return {"sqlite": "SQLite, whole", "postgresql": "PostgreSQL"}[dialect]


def fonts(app: Flask, session: Session) -> str:
    """What packets are printed with."""
    for library in _LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            raise Wrong(f"Packets cannot be printed: {library} is missing. {_PACKAGES}") from None
    try:
        missing = uncovered(_LETTERS, sorted(FONTS.glob("source-serif-4-*.woff2")))
    except PressRefused as refusal:
        raise Wrong(str(refusal)) from None
    if missing:
        raise Wrong(f"Packets cannot show names with {' '.join(sorted(missing))}, for lack of fonts. {_PACKAGES}")
    return "for every script that was tried"


def seal(app: Flask, session: Session) -> str:
    """The certificate that packets are sealed with, and who is asked for the time."""
    # A second of loading that no other command should wait for.
    from petition.packets import certificates

    config: Config = app.extensions["config"]
    now = clock.now()
    try:
        sealer = certificates.sealer(app.extensions["keys"], config.seal_certificate, config.seal_password, now)
    except certificates.BadCertificate as bad:
        raise Wrong(str(bad)) from None
    until = sealer.certificate.not_valid_after_utc
    if until - now < _RENEWED:
        raise Wrong(f"The sealing certificate expires on {until:%F}: ask for the next one now.")
    whose = "made by ourselves, readers will call its signer unknown" if sealer.self_made else f"until {until:%F}"
    asked = "timestamps are asked for" if config.timestamp_url else "no timestamp server, the time is our word"
    return f"{sealer.name}, {whose}; {asked}"


def time(app: Flask, session: Session) -> str:
    """The clock: it agrees with the database's, and stands after what it has dated before."""
    now = clock.now()
    if session.get_bind().dialect.name == "postgresql":
        theirs = session.scalar(select(func.clock_timestamp()))
        assert isinstance(theirs, datetime)
        if abs(theirs - now) > _ASTRAY:
            raise Wrong(f"This clock says {now:%F %T} UTC and the database's {theirs:%F %T}: {_SET_THE_CLOCK}")
    dated = [
        session.scalar(select(func.max(Site.made_at))),
        session.scalar(select(func.max(Head.as_of))),
        session.scalar(select(Signature.signed_at).order_by(Signature.id.desc()).limit(1)),
    ]
    newest = max(moment for moment in dated if moment is not None)
    if newest - now > _ASTRAY:
        raise Wrong(f"This clock says {now:%F %T} UTC, and the database holds {newest:%F %T}: {_SET_THE_CLOCK}")
    return f"{now:%F %T} UTC"


_SET_THE_CLOCK: Final = "sudo timedatectl set-ntp true"


def mail(app: Flask, session: Session) -> str:
    """The e-mail server: it answers, encrypts and lets us in."""
    config: Config = app.extensions["config"]
    if config.smtp_url is None:
        return f"files in {config.mail_dir}"
    server = Server.parse(config.smtp_url)
    try:
        connection = server.connect(_ANSWER)
    except Refused as refusal:
        raise Wrong(f"{refusal} {explain(refusal)}") from None
    connection.close()
    return f"{server.host} takes our e-mail" if server.user else f"{server.host} answers"


def queue(app: Flask, session: Session) -> str:
    """The work: nothing waits for longer than it should."""
    now = clock.now()
    unnumbered = session.scalar(select(func.min(Change.at)).where(Change.seq.is_(None)))
    if unnumbered is not None and now - unnumbered > _COUNTED_IN:
        raise Wrong(
            f"A signature has not been counted for {_spell(now - unnumbered)}: no worker runs. "
            "Start `petition serve` or `petition work`."
        )
    late = (Email.state == State.WAITING) & (Email.due_at < now - _LEAVING)
    number = session.scalar(select(func.count()).where(late))
    if number and not _paced(session, app.extensions["config"], now):
        raise Wrong(
            f"{number} e-mails should have left {_spell(_LEAVING)} ago and none leaves: start `petition serve` or "
            "`petition work`; if it runs, its log says more."
        )
    return _mails(session)


def _paced(session: Session, config: Config, now: datetime) -> bool:
    """Whether e-mails are leaving, only no faster than they may."""
    left = select(func.count()).where(Email.ended_at > now - _LEAVING, Email.state == State.DONE)
    spent = not outbox.allowance(session, now, config.mail_per_minute, config.mail_per_day)
    return bool(session.scalar(left)) or spent


def _mails(session: Session) -> str:
    of = dict(iter(session.execute(select(Email.state, func.count()).group_by(Email.state))))
    refused = session.execute(
        select(Email.error, func.count())
        .where(Email.state == State.DEAD)
        .group_by(Email.error)
        .order_by(func.count().desc())
        .limit(10)
    )
    reasons = "".join(f"\n    {number} × {error or 'no reason kept'}" for error, number in refused)
    return f"{of.get(State.WAITING, 0)} e-mails waiting, {of.get(State.DEAD, 0)} given up{reasons}"


def _spell(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def disk(app: Flask, session: Session) -> str:
    """Room on the disk: a gigabyte, and as much again as the database takes, for a backup or a migration."""
    config: Config = app.extensions["config"]
    free = shutil.disk_usage(config.data_dir).free
    taken = Path(config.database_url.removeprefix("sqlite:///")).stat().st_size if config.sqlite else 0
    if free < _ROOM + taken:
        raise Wrong(
            f"{config.data_dir} has {free / _ROOM:.1f} GB of room left and needs {(_ROOM + taken) / _ROOM:.1f}: "
            "make room, or signatures will be lost."
        )
    return f"{free / _ROOM:,.0f} GB of room"


def ledger(app: Flask, session: Session) -> str:
    """The ledger, added up anew from its leaves; roots of packets and checkpoints; the record of what was done."""
    fault = next(adding_up.faults(session), None)
    if fault:
        raise Wrong(f"{fault} Do not go on: make a backup, and ask who made the program.")
    for packet in session.scalars(select(Packet)):
        if adding_up.root_at(session, packet.statement_id, packet.ledger_size) != packet.ledger_root:
            raise Wrong(f"Packet {packet.id} was made of another ledger than this one.")
    for checkpoint in session.scalars(select(Checkpoint)):
        if adding_up.root_at(session, checkpoint.statement_id, checkpoint.size) != checkpoint.root:
            raise Wrong(f"Checkpoint {checkpoint.id} was signed of another ledger than this one.")
    broken = auditing.broken(session)
    if broken is not None:
        raise Wrong(f"The record of what was done has been changed at its entry {broken}.")
    # Each by itself: one person may have signed several texts.
    signed = select(Statement.slug, Head.verified).join(Head, Head.statement_id == Statement.id)
    found = session.execute(signed.where(Head.verified > 0).order_by(Statement.slug))
    counts = [f"{slug} {verified:,}" for slug, verified in found]
    return f"verified signatures: {', '.join(counts) or 'none yet'}"


def proxies(app: Flask, session: Session) -> str:
    """A proxy in front that we are told not to trust."""
    config: Config = app.extensions["config"]
    seen = occurrences.last(session, occurrences.FORWARDED)
    if not config.trusted_proxies and seen is not None and clock.now() - seen < _SEEN:
        raise Wrong(
            "A proxy in front passes X-Forwarded-For, and PETITION_TRUSTED_PROXIES is 0: every patron counts as one. "
            "Set it to the number of proxies, mostly 1, and restart."
        )
    return f"{config.trusted_proxies} trusted"


def backup(app: Flask, session: Session) -> str:
    """The last backup, and the files that none of them holds. Not having one is no fault, but is said."""
    made = occurrences.last(session, occurrences.BACKUP)
    said = "none yet: petition backup FILE" if made is None else f"{made:%F %T} UTC"
    folder = building.folder(app.extensions["config"].data_dir)
    printed = sum(1 for _ in folder.glob("files/*/*"))
    return f"{said}; no backup holds the PDFs in {folder} ({printed}): copy them" if printed else said


def pages(app: Flask, session: Session) -> str:
    """What draws the pages of word processors' files. Without it the desk says that it has no picture; no fault."""
    config: Config = app.extensions["config"]
    drawer = drawing.program(config.libreoffice)
    if drawer is None:
        return f"those of .docx and .odt are not drawn, without LibreOffice: {_OFFICE}"
    try:
        drawing.try_out(drawer)
    except drawing.NotDrawn as why:
        return f"those of .docx and .odt are not drawn: {why}"
    return "those of .docx and .odt are drawn by LibreOffice, confined"


#: In the order in which they are mended: each needs those before it.
CHECKS: Final[tuple[tuple[str, Callable[[Flask, Session], str]], ...]] = (
    ("settings", configuration), ("keys", keys), ("database", database), ("fonts", fonts), ("seal", seal),
    ("clock", time), ("e-mail", mail), ("queue", queue), ("disk", disk), ("ledger", ledger), ("proxies", proxies),
    ("backup", backup), ("pages", pages),
)  # fmt: skip
