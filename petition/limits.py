"""Flood control by network, and only that: what a mailbox may receive is counted in the database."""

import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any, Final, ParamSpec, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_qualified_name
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage

from petition.config import Config

#: What `network` calls whatever is no address.
UNKNOWN: Final = "unknown"
#: A Redis that hangs must not hang us: without these, each request waits 5 s (reference/trust.md, section 2).
REDIS_PATIENCE: Final[dict[str, Any]] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}


def network(address: str) -> str:
    """Whom a limit counts: one IPv4 address, or the /64 that one IPv6 household or library gets."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _asker() -> str:
    return network(request.remote_addr or "")


def asking() -> str | None:
    """The network that this request comes from, as a limit counts it; None where the server does not say."""
    asker = _asker()
    return None if asker == UNKNOWN else asker


class Hits(MemoryStorage):
    """Who asked how often, in this process. A hit costs the same however many ask.

    The library's own storage looks through everybody a hundred times a second, in a new thread each time.
    """

    STORAGE_SCHEME = ["process"]  # noqa: RUF012  (the library reads it from the class)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._guard = threading.Lock()
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()  # whoever was taken last comes last
        self._forget_after = 0.0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a hit, unless the limit has been reached within the last `expiry` seconds."""
        now = time.time()
        with self._guard:
            self._forget(now, expiry)
            hits = self._hits.get(key)
            if hits is None or hits.maxlen != limit:
                hits = self._hits[key] = deque(hits or (), maxlen=limit)
            if limit < amount or (len(hits) > limit - amount and hits[amount - 1] >= now - expiry):
                return False
            hits.extend([now] * amount)
            self._hits.move_to_end(key)
            return True

    def _forget(self, now: float, expiry: int) -> None:
        """Two at most of those whom no limit remembers any more: more than come."""
        self._forget_after = max(self._forget_after, expiry)
        for key, hits in list(islice(self._hits.items(), 2)):
            if hits[-1] < now - self._forget_after:
                del self._hits[key]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit that counts was, and how many count."""
        now = time.time()
        with self._guard:
            counted = [hit for hit in self._hits.get(key, ()) if hit >= now - expiry]
        return (counted[0], len(counted)) if counted else (now, 0)


class OnlyNamed(Limiter):
    """Looks at the requests of views under `named` and at no others: that took a third of a kept page's time.

    Each of these has one limit, and most requests are within it: those are counted at once. To find out who is
    exempt from what took seven times as long. Whatever else happens, the library sees to it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.names: dict[str, str] = {}  # of limits, by the view's own name

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware and not self._passes(callable_name):
            super()._check_request_limit(callable_name, in_middleware)

    def _passes(self, callable_name: str | None) -> bool:
        name = self.names.get(callable_name or "")
        if name is None or self._storage_dead:
            return False
        limits = _limits(_configured(name))
        try:
            return len(limits) == 1 and self.limiter.hit(limits[0], _asker(), name)
        except Exception:  # as the library does: what counts may fail in any way
            # Redis may have counted before it fell silent: it is not asked again, but memory, until it answers.
            self.logger.warning("flood control counts in memory")
            self._storage_dead = True
            return False


@lru_cache(maxsize=64)
def _limits(configured: str) -> list[RateLimitItem]:
    return parse_many(configured)


limiter: Final = OnlyNamed(key_func=_asker, strategy="moving-window", in_memory_fallback_enabled=True)


P = ParamSpec("P")
R = TypeVar("R")


def named(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The decorator that puts a view under the configured limit of that name."""
    limited = limiter.shared_limit(lambda: _configured(name), scope=name)

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        limiter.names[get_qualified_name(view)] = name
        return limited(view)

    return decorate


def _configured(name: str) -> str:
    config: Config = current_app.extensions["config"]
    return config.limits[name]


def attach(app: Flask, config: Config) -> None:
    """Start flood control: counted in Redis where there is one, else in this process.

    When Redis fails, counting goes on in memory (open to more, never shut to all) until it answers again.
    """
    app.config["RATELIMIT_STORAGE_URI"] = config.redis_url or "process://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = REDIS_PATIENCE if config.redis_url else {}
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    limiter.init_app(app)
