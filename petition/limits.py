"""Flood control by network, and only that: what a mailbox may receive is counted in the database."""

import ipaddress
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

from flask import Flask, current_app, request
from flask_limiter import Limiter

from petition.config import Config

#: A Redis that hangs must not hang us: without these, each request waits 5 s (reference/trust.md, section 2).
REDIS_PATIENCE: Final[dict[str, Any]] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}


def network(address: str) -> str:
    """Whom a limit counts: one IPv4 address, or the /64 that one IPv6 household or library gets."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _asker() -> str:
    return network(request.remote_addr or "")


limiter: Final = Limiter(key_func=_asker, strategy="moving-window", in_memory_fallback_enabled=True)


P = ParamSpec("P")
R = TypeVar("R")


def named(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The decorator that puts a view under the configured limit of that name."""
    return limiter.shared_limit(lambda: _configured(name), scope=name)


def _configured(name: str) -> str:
    config: Config = current_app.extensions["config"]
    return config.limits[name]


def attach(app: Flask, config: Config) -> None:
    """Start flood control: counted in Redis where there is one, else in this process.

    When Redis fails, counting goes on in memory (open to more, never shut to all) until it answers again.
    """
    app.config["RATELIMIT_STORAGE_URI"] = config.redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = REDIS_PATIENCE if config.redis_url else {}
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    limiter.init_app(app)
