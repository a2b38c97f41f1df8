"""`/metrics` for Prometheus: what all processes counted, and what the database knows at this moment.

It is not for the public. Whoever asks from this machine itself, past no proxy, may read it; so may whoever knows
`PETITION_METRICS_TOKEN`.
"""

import hmac
import ipaddress
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from petition import clock, metrics
from petition.config import LOOPBACK, Config
from petition.db import db
from petition.jobs import State
from petition.ledger.models import Head
from petition.mail.outbox import Email
from petition.packets.models import Build
from petition.signatures.models import Change, Signature, Status
from petition.statements.models import Statement

bp = Blueprint("metrics", __name__)

#: What a proxy adds. Whoever is asked through one is asked by the public.
PROXIED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@bp.get("/metrics")
def read() -> Response:
    """Every figure of the site, without anything that a visitor typed."""
    config: Config = current_app.extensions["config"]
    if not (_knows_token(config) or _from_here()):
        # Static text, since any Host is answered.
        return Response("There is nothing here.\n", 404, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(_Counted())
    registry.register(_Known(db.session(), config, clock.now()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _knows_token(config: Config) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if config.metrics_token is None or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(token.strip().encode(), config.metrics_token.encode())


def _from_here() -> bool:
    """Whether a program on this machine asks us directly. A careless proxy still passes the public's Host."""
    if any(name in request.headers for name in PROXIED):
        return False
    name, _, port = request.host.lower().rpartition(":")
    if (name if port.isdigit() else request.host.lower()) not in LOOPBACK:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _Counted(Collector):
    def collect(self) -> Iterator[Metric]:
        return metrics.collect()


class _Known(Collector):
    """What the rows tell, wherever the work is done."""

    def __init__(self, session: Session, config: Config, now: datetime) -> None:
        self._session, self._config, self._now = session, config, now

    def collect(self) -> Iterator[Metric]:
        yield self._signatures()
        yield _gauge("petition_emails_waiting", "E-mails that are owed.", self._number(Email, State.WAITING))
        yield _gauge("petition_emails_given_up", "E-mails that were given up.", self._number(Email, State.DEAD))
        yield self._age("petition_emails_overdue_seconds", "How long the oldest due e-mail waits.",
                        Email.due_at, Email.state == State.WAITING)  # fmt: skip
        yield self._age("petition_registrar_lag_seconds", "How long the oldest change waits for the ledger.",
                        Change.at, Change.seq.is_(None))  # fmt: skip
        yield self._builds()
        free = shutil.disk_usage(self._config.data_dir).free
        yield _gauge("petition_disk_free_bytes", "Room where the data directory is.", free)

    def _signatures(self) -> Metric:
        family = GaugeMetricFamily("petition_signatures", "Signatures by where they stand.", labels=["status"])
        verified = self._session.scalar(select(func.sum(Head.verified)))
        family.add_metric([Status.VERIFIED], float(verified or 0))
        # Verified are many and counted in the ledger; these are few, and an index has them side by side.
        others = (Status.PENDING, Status.HELD, Status.WITHDRAWN, Status.INVALIDATED)
        found = self._session.execute(
            select(Signature.status, func.count())
            .where(Signature.statement_id.in_(select(Statement.id)), Signature.status.in_(others))
            .group_by(Signature.status)
        )
        numbers: dict[str, int] = dict(found.all())
        for status in others:
            family.add_metric([status], float(numbers.get(status, 0)))
        return family

    def _builds(self) -> Metric:
        family = GaugeMetricFamily("petition_packet_builds", "Packets asked for, by what came of it.", labels=["state"])
        rows = self._session.execute(select(Build.state, func.count()).group_by(Build.state))
        found: dict[str, int] = dict(rows.all())
        for state in (State.WAITING, State.DONE, State.DROPPED, State.DEAD):
            family.add_metric([state], float(found.get(state, 0)))
        return family

    def _number(self, kind: type[Email], state: str) -> float:
        return self._session.scalar(select(func.count()).where(kind.state == state)) or 0

    def _age(self, name: str, told: str, moment: InstrumentedAttribute[datetime], which: ColumnElement[bool]) -> Metric:
        oldest: datetime | None = self._session.scalar(select(func.min(moment)).where(which))
        return _gauge(name, told, max(0.0, (self._now - oldest).total_seconds()) if oldest else 0.0)


def _gauge(name: str, told: str, number: float) -> Metric:
    return GaugeMetricFamily(name, told, value=number)
