"""The configuration: one frozen object, read from the environment once. A bad value stops the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from petition.errors import BadConfiguration

#: What `PETITION_LOG` can ask for.
REQUESTS: Final = "requests"
FAULTS: Final = "faults"
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_HERE: Final = ("127.0.0.1", "localhost", "::1")  # as urlsplit names them

# Flood control only: wide enough for every computer of a large library behind one address
# (sixty patrons in ten minutes is an ordinary programme evening; reference/trust.md, section 2).
LIMITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sign": "300 per 10 minutes",
        "confirm": "600 per 10 minutes",
        "code": "60 per 10 minutes",
        "again": "60 per 10 minutes",
        "private": "300 per 10 minutes",
        "sign-in": "60 per 10 minutes",
        "access": "60 per 10 minutes",
        "upload": "60 per 10 minutes",
        "print": "60 per 10 minutes",
    }
)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator can set. `from_environment` says which variable sets what."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    smtp_url: str | None
    base_url: str
    key_file: Path
    mail_from: str
    mail_reply_to: str | None
    mail_per_minute: int
    mail_per_day: int
    trusted_proxies: int
    port: int
    limits: Mapping[str, str] = field(default_factory=lambda: LIMITS)
    metrics_token: str | None = field(default=None, repr=False)
    log: str | None = None
    seal_certificate: Path | None = None
    seal_password: str | None = field(default=None, repr=False)
    timestamp_url: str | None = None
    libreoffice: str = "soffice"

    @property
    def mail_dir(self) -> Path:
        """Where e-mails are laid as files when there is no SMTP server."""
        return self.data_dir / "mail"

    @property
    def base_host(self) -> str:
        """The host of the base URL, with its port if it names one."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        """Whether patrons reach us over HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def sqlite(self) -> bool:
        """Whether the database is one SQLite file on this machine."""
        return self.database_url.startswith("sqlite")

    @property
    def loopback(self) -> bool:
        """Whether the base URL can be reached from this machine only."""
        return (urlsplit(self.base_url).hostname or "") in _HERE

    def logs_requests(self, *, demo: bool) -> bool:
        """Whether the log has a line for each request, or for faults only, as is usual in a demo."""
        return self.log == REQUESTS or (self.log is None and not demo)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Config":
        """Read `PETITION_*` and `PORT`. Raises BadConfiguration naming the variable that is wrong."""
        read = _Reader(environment)
        data_dir = Path(read.text("PETITION_DATA_DIR", "var")).absolute()
        port = read.whole("PORT", 8000, lowest=1, highest=65535)
        return cls(
            data_dir=data_dir,
            database_url=read.database(f"sqlite:///{data_dir / 'petition.db'}"),
            redis_url=read.address("PETITION_REDIS_URL", ("redis", "rediss", "unix")),
            smtp_url=read.address("PETITION_SMTP_URL", ("smtp", "smtps")),
            base_url=read.base_url(f"http://127.0.0.1:{port}"),
            key_file=Path(read.text("PETITION_KEY_FILE", str(data_dir / "keys.json"))).absolute(),
            mail_from=read.mailbox("PETITION_MAIL_FROM") or "Petition <sign@petition.example>",
            mail_reply_to=read.mailbox("PETITION_MAIL_REPLY_TO"),
            mail_per_minute=read.whole("PETITION_MAIL_PER_MINUTE", 120, lowest=1),
            mail_per_day=read.whole("PETITION_MAIL_PER_DAY", 50_000, lowest=1),
            trusted_proxies=read.whole("PETITION_TRUSTED_PROXIES", 0, highest=10),
            port=port,
            metrics_token=read.secret("PETITION_METRICS_TOKEN"),
            libreoffice=read.text("PETITION_LIBREOFFICE", "soffice"),
            log=read.one_of("PETITION_LOG", (REQUESTS, FAULTS)),
            seal_certificate=read.file("PETITION_SEAL_CERTIFICATE"),
            seal_password=read.optional("PETITION_SEAL_PASSWORD"),
            timestamp_url=read.timestamp_server("PETITION_TIMESTAMP_URL"),
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    environment: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.environment.get(name, "").strip() or default

    def optional(self, name: str) -> str | None:
        return self.environment.get(name, "").strip() or None

    def whole(self, name: str, default: int, *, lowest: int = 0, highest: int = 10_000_000) -> int:
        raw = self.optional(name)
        if raw is None:
            return default
        if not raw.isascii() or not raw.isdigit() or not lowest <= int(raw) <= highest:
            raise BadConfiguration(f"{name} must be a whole number from {lowest} to {highest}, not {raw!r}.")
        return int(raw)

    def file(self, name: str) -> Path | None:
        raw = self.optional(name)
        return None if raw is None else Path(raw).absolute()

    def timestamp_server(self, name: str) -> str | None:
        raw = self.optional(name)
        if raw is None:
            return None
        try:
            parts = urlsplit(raw)
            scheme, host, _port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            scheme, host = "", None
        # Over plain HTTP whoever stands between could answer in its place.
        if not host or not (scheme == "https" or (scheme == "http" and host in _HERE)):
            raise BadConfiguration(f"{name} must be an https:// address of a timestamp server (RFC 3161).")
        return raw

    def address(self, name: str, schemes: tuple[str, ...]) -> str | None:
        raw = self.optional(name)
        if raw is not None and urlsplit(raw).scheme not in schemes:
            raise BadConfiguration(f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}.")
        return raw

    def database(self, default: str) -> str:
        raw = self.text("PETITION_DATABASE_URL", default)
        if raw.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + raw.split("://", 1)[1]
        if raw.startswith(("sqlite:////", "postgresql+psycopg://")):
            return raw
        if raw.startswith("sqlite:///"):
            return f"sqlite:///{Path(raw.removeprefix('sqlite:///')).absolute()}"
        raise BadConfiguration("PETITION_DATABASE_URL must begin with sqlite:/// or postgresql://.")

    def base_url(self, default: str) -> str:
        raw = self.text("PETITION_BASE_URL", default).rstrip("/")
        parts = urlsplit(raw)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise BadConfiguration(
                "PETITION_BASE_URL must be the site's address without a path, such as https://petition.example."
            )
        return raw.lower()

    def one_of(self, name: str, choices: tuple[str, ...]) -> str | None:
        raw = self.optional(name)
        if raw is not None and raw not in choices:
            raise BadConfiguration(f"{name} must be {' or '.join(choices)}, not {raw!r}.")
        return raw

    def secret(self, name: str) -> str | None:
        raw = self.optional(name)
        if raw is not None and (len(raw) < 16 or not raw.isascii()):
            raise BadConfiguration(f"{name} must be at least 16 characters of ASCII.")
        return raw

    def mailbox(self, name: str) -> str | None:
        raw = self.optional(name)
        if raw is not None and not re.fullmatch(r"([^<>\r\n]+ )?<?[^<>@\s]+@[^<>@\s]+>?", raw):
            raise BadConfiguration(f"{name} must be an e-mail address, or a name and <address>.")
        return raw
