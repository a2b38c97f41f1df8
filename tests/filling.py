"""The sign form with every field filled in, and what a refused one still holds."""

import html
import re
from typing import Final

from werkzeug.test import TestResponse

from tests.ground import SLUG, House, hidden
from tests.witness import Page, words

SIGN: Final = f"/statements/{SLUG}/sign"
ALL_TYPED: Final = {
    "name": "Ada Sample-Okafor",
    "email": "ada@patron.example",
    "city": "Scottsbluff",
    "state": "NE",
    "country": "JP",
    "postal_code": "69361",
    "relation": "librarian",
    "affiliation": "Sample “Public” Library & Friends",
    "comment": "First line.\n\nSecond line, with <b>signs</b> & “quotes”.",
    "show_name": "1",
}


def kept(answer: TestResponse) -> dict[str, str]:
    """What a page's sign form holds, as a browser would send it."""
    page = Page(answer.text)
    found = {
        given["name"]: given.get("value", "")
        for given in page.all("input")
        if given.get("name") and (given["type"] not in ("checkbox", "radio") or "checked" in given)
    }
    for name in ("state", "country"):
        select = re.search(rf'<select id="{name}".*?</select>', answer.text, re.DOTALL)
        assert select is not None
        chosen = re.search(r'<option value="([^"]*)" selected', select.group())
        found[name] = chosen.group(1) if chosen else ""
    area = re.search(r'<textarea id="comment".*?>(.*?)</textarea>', answer.text, re.DOTALL)
    assert area is not None
    found["comment"] = html.unescape(area.group(1)).removeprefix("\n")
    return found


def refused(house: House, **typed: str) -> TestResponse:
    """Send the form with this in it: refused with 422, and nothing is stored."""
    client = house.client()
    data = {**hidden(client.get(f"/statements/{SLUG}")), **ALL_TYPED, **typed}
    before = house.dump()
    answer = client.post(SIGN, data=data)
    assert answer.status_code == 422, words(answer.text)
    assert house.dump() == before
    assert answer.headers["Cache-Control"] == "no-store"
    return answer
