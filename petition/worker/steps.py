"""The steps of the worker, each one transaction: register, dispatch, sweep."""

from datetime import datetime
from typing import Final

from petition import clock, jobs
from petition.accounts import forgetting as accounts
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import empty_log, reading, writing
from petition.deliveries import spreading
from petition.drafts import uploading
from petition.institutions import ending as institutions
from petition.jobs import Queue
from petition.ledger import daily, forgetting, registering
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.officers import forgetting as officers
from petition.packets import building, freezing, stamping, sweeping
from petition.packets.models import Build
from petition.packets.stamping import Pace
from petition.review import forgetting as review_forgetting
from petition.signatures import ending, finding, spreadsheets
from petition.signatures.models import Spreadsheet

#: In one look, so that an import of a million holds up neither the registrar nor the post.
BATCHES_OF_WORDS: Final = 4


def register() -> int:
    """Give every waiting change its number; returns how many there were."""
    entered = 0
    while True:
        with reading() as session:
            if not registering.waiting(session):
                return entered
        with writing() as session:
            entered += registering.register(session, clock.now())


def write_words() -> int:
    """Write down by which words the newest signatures are found; returns how many there were."""
    written = 0
    for _batch in range(BATCHES_OF_WORDS):
        with reading() as session:
            if not finding.unindexed(session):
                break
        with writing() as session:
            written += finding.write_words(session)
    return written


def spread_news() -> int:
    """Put the next batch of news into the outbox; returns how many e-mails that are."""
    with reading() as session:
        if not spreading.waiting(session):
            return 0
    with writing() as session:
        return spreading.spread(session, clock.now())


def dispatch(queue: Queue, config: Config) -> int:
    """Hand due e-mails to the queue, at the operator's pace, the most urgent first."""
    now = clock.now()
    with reading() as session:
        most = outbox.allowance(session, now, config.mail_per_minute, config.mail_per_day)
        if not most or not jobs.any_due(session, Email, now):
            return 0
    with writing() as session:
        ids = jobs.hand_out(session, Email, now, most)
    for row_id in ids:
        queue.put("email", row_id)
    return len(ids)


def take_checkpoints(keys: KeyRing, config: Config) -> int:
    """Sign the ledgers that have grown, once a day (UTC), and owe every chapter the notes; returns how many."""
    now = clock.now()
    with reading() as session:
        if not daily.due(session, now):
            return 0
    with writing() as session:
        return daily.take_all(session, keys, config.base_url, now)


def dispatch_packet(queue: Queue) -> bool:
    """Hand one packet that was asked for to the queue, unless one is being made; returns whether there was one."""
    now = clock.now()
    with reading() as session:
        if not jobs.any_due(session, Build, now) or building.under_way(session, now):
            return False
    with writing() as session:
        ids = jobs.hand_out(session, Build, now, 1)
    for row_id in ids:
        queue.put("packet", row_id)
    return bool(ids)


def dispatch_spreadsheet(queue: Queue) -> bool:
    """Hand one spreadsheet that was asked for to the queue, unless one is being written."""
    now = clock.now()
    with reading() as session:
        if not jobs.any_due(session, Spreadsheet, now) or jobs.in_hand(session, Spreadsheet, now):
            return False
    with writing() as session:
        ids = jobs.hand_out(session, Spreadsheet, now, 1)
    for row_id in ids:
        queue.put("spreadsheet", row_id)
    return bool(ids)


def clear_spreadsheets(config: Config) -> int:
    """Delete the spreadsheets that have been kept for a week; returns how many there were."""
    with writing() as session:
        return spreadsheets.clear_old(session, config.data_dir, clock.now())


def clear_packets(config: Config) -> int:
    """Delete what builds have left that came to nothing; returns how many files, folders and copies there were."""
    now = clock.now()
    with reading() as session:
        left = sweeping.sweep(session, building.folder(config.data_dir), now)
        over = sweeping.never_issued(session, now)
    if over:
        with writing() as session:
            for packet_id in over:
                freezing.unfile(session, packet_id)
    return left + len(over)


def dispatch_stamps(queue: Queue, config: Config, pace: Pace) -> int:
    """Hand issued files that lack the time of others to the queue, where there is a timestamp server to ask."""
    now = clock.now()
    if config.timestamp_url is None or not pace.due(now):
        return 0
    with reading() as session:
        ids = stamping.owed(session)
    pace.looked(now, owed=bool(ids))
    for file_id in ids:
        queue.put("stamp", file_id)
    return len(ids)


def sweep(now: datetime | None = None) -> dict[str, int]:
    """Remind, expire and erase whatever is due, in small transactions until nothing is left."""
    register()
    now = now or clock.now()
    done = {"reminded": 0, "expired": 0, "erased": 0}
    while True:
        with writing() as session:
            reminded, expired = ending.remind(session, now), ending.expire(session, now)
            erased = ending.erase_withdrawn(session, now)
            forgetting.forget(session, erased)
            forgetting.forget_networks(session, now)
            review_forgetting.forget(session, erased)
            finding.write_words(session)
            others = officers.forget(session, now) + institutions.end(session, now)
            ending.clear_old(session, now)
            accounts.clear_old(session, now)
            uploading.clear_unnamed(session)
        done["reminded"] += reminded
        done["expired"] += expired
        done["erased"] += len(erased) + others
        if max(reminded, expired, len(erased), others) < ending.BATCH:
            empty_log()
            return done


def due() -> dict[str, int]:
    """What `sweep` would do now."""
    with reading() as session:
        now = clock.now()
        signatures = ending.due(session, now)
        others = officers.due(session, now) + institutions.due(session, now)
        return {**signatures, "erased": signatures["erased"] + others}
