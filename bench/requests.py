"""The requests that are sent, as a browser behind a proxy writes them, built before the clock runs."""

import html
import re
import urllib.request
from collections.abc import Iterator
from itertools import count, repeat
from typing import Final
from urllib.parse import urlencode

from bench.seeding import SLUG
from bench.servers import Server

PETITION: Final = f"/statements/{SLUG}"
SIGN: Final = f"{PETITION}/sign"
COUNT: Final = f"{PETITION}/count.json"
STATIC: Final = "/static/css/base.css"
#: A style sheet is always packed when a browser asks for it; what is compared is the way to the same bytes.
_BROWSER: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nConnection: keep-alive\r\nSec-Fetch-Site: same-origin\r\n"
)
_FIELD: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_numbers: Final = count(1)


def _asker(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def get(server: Server, path: str, *more: str) -> Iterator[bytes]:
    """The same request again and again."""
    head = "".join(f"{line}\r\n" for line in more)
    host = f"Host: 127.0.0.1:{server.port}\r\nX-Forwarded-For: {_asker(1)}\r\n"
    return repeat(f"GET {path} HTTP/1.1\r\n{host}{_BROWSER}{head}\r\n".encode())


def _post(server: Server, path: str, body: str, number: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Forwarded-For: {_asker(number)}\r\n{_BROWSER}"
        f"Origin: http://127.0.0.1:{server.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def hidden(server: Server, path: str, cookie: str = "") -> dict[str, str]:
    """The hidden fields of a page's forms."""
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  (our own server)
        page = answer.read().decode()
    return {name: html.unescape(value) for name, value in _FIELD.findall(page)}


def forms(server: Server, path: str, fields: dict[str, str]) -> Iterator[bytes]:
    """The sign form filled in, each by another person from another network."""
    filled = {"name": "Ada Lovelace", "city": "Lincoln", "state": "NE", "postal_code": "68508", "relation": "patron",
              "comment": "Our wait list is long.", "show_name": "1"}  # fmt: skip
    body = urlencode({**fields, **filled})
    for number in _numbers:
        yield _post(server, path, f"{body}&email=reader-{number}%40example.org", number)


def presses(server: Server, waiting: Iterator[str], fields: dict[str, str]) -> Iterator[bytes]:
    """The button of the confirmation page, each for another signature."""
    body = urlencode(fields)
    for token in waiting:
        yield _post(server, f"/confirm/{token}", body, next(_numbers))
