"""Time from somebody else: RFC 3161 tokens, asked of the one server that the operator names.

Nothing is asked unless PETITION_TIMESTAMP_URL is set. The server gets a SHA-256 and sees no packet. However it
behaves, nobody waits for it longer than PATIENCE in all.
"""

import asyncio
import http.client
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

PATIENCE: Final = 30.0  # seconds (issue 6: "waiting at most 30 s")
_MOST: Final = 65_536  # bytes of an answer; tokens with their certificates have 3,000 to 8,000
_TYPE: Final = "application/timestamp-query"  # RFC 3161, 3.4


class NoTimestamp(Exception):
    """No token came, or none that fits. The message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token in DER, and the time that it gives."""

    der: bytes
    at: datetime


class Server(TimeStamper):
    """The server of one address, asked within one stretch of patience."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._until = url, time.monotonic() + patience
        self.given_at: datetime | None = None  # the time in the last token

    async def async_request_tsa_response(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request. Raises NoTimestamp."""
        raw = _within(self._until - time.monotonic(), self._url, request.dump())
        try:
            answer = tsp.TimeStampResp.load(raw, strict=True)
            status = answer["status"]["status"].native
            if status in ("granted", "granted_with_mods"):
                said = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
                self.given_at = said["gen_time"].native
                return answer
        except (ValueError, TypeError, KeyError, AttributeError):
            raise NoTimestamp("The timestamp server sent something that is no timestamp.") from None
        raise NoTimestamp("The timestamp server refused.")


def ask(url: str, sha256: bytes, patience: float = PATIENCE) -> Token:
    """A token over the SHA-256 of something. Raises NoTimestamp."""
    try:
        token = asyncio.run(Server(url, patience).async_timestamp(sha256, "sha256"))
        return read(token.dump(), sha256)
    except NoTimestamp:
        raise
    except Exception:
        # Whatever the server sent that the library stumbles over is not a token.
        raise NoTimestamp("The timestamp server sent something that is no timestamp.") from None


def read(der: bytes, sha256: bytes) -> Token:
    """A token that was kept, held against what it is for: its imprint, and its signature under its own certificate.

    Who the certificate belongs to, nobody has checked. Raises NoTimestamp.
    """
    try:
        content = cms.ContentInfo.load(der, strict=True)["content"]
        said: tsp.TSTInfo = content["encap_content_info"]["content"].parsed
        if said["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
            raise NoTimestamp("The timestamp is not over a SHA-256.")
        if said["message_imprint"]["hashed_message"].native != sha256:
            raise NoTimestamp("The timestamp is for something else.")
        nobody = ValidationContext(trust_roots=[], allow_fetching=False)
        status = asyncio.run(validate_tst_signed_data(content, nobody, lambda _method: sha256))
    except NoTimestamp:
        raise
    except Exception:
        raise NoTimestamp("The timestamp is damaged.") from None
    if not (status["intact"] and status["valid"]):
        raise NoTimestamp("The timestamp's signature does not fit.")
    return Token(der, said["gen_time"].native)


def _within(seconds: float, url: str, body: bytes) -> bytes:
    """One request, however slowly its answer drips, in so many seconds. Raises NoTimestamp."""
    got: list[bytes] = []
    faults: list[str] = []
    asked = threading.Thread(target=_post, args=(url, body, seconds, got, faults), daemon=True)
    if seconds > 0:
        asked.start()
        asked.join(seconds)
    if got:
        return got[0]
    raise NoTimestamp(faults[0] if faults else "The timestamp server did not answer in time.")


def _post(url: str, body: bytes, seconds: float, got: list[bytes], faults: list[str]) -> None:
    parts = urlsplit(url)
    kind: Any = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=seconds)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": _TYPE})
        answer = connection.getresponse()
        data = answer.read(_MOST + 1)
        if answer.status != http.HTTPStatus.OK or len(data) > _MOST:
            faults.append(f"The timestamp server answered {answer.status}.")
        else:
            got.append(data)
    except (OSError, http.client.HTTPException):
        faults.append("The timestamp server cannot be reached.")
    finally:
        connection.close()

