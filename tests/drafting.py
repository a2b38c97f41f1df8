"""Drafts as an editor writes them in a browser without scripts: begin, fill in, save, publish."""

import html
import re
from collections.abc import Iterator
from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.ground import House, hidden
from tests.witness import Page

DESK: Final = "/organize/chapters/ne/"
DRAFTS: Final = f"{DESK}drafts/"
_AREA: Final = re.compile(r'<textarea id="(\w+)".*?>\n(.*?)</textarea>', re.DOTALL)
_SELECT: Final = re.compile(r'<select id="(\w+)".*?</select>', re.DOTALL)
_CHOSEN: Final = re.compile(r'<option value="([^"]*)"[^>]* selected')


def begun(house: House, client: FlaskClient, kind: str = "letter", start: str = "blank", language: str = "en") -> str:
    """Begin a text at the desk; returns the path of its draft."""
    new = f"{DRAFTS}new"
    answer = house.press(DRAFTS, client, on=new, kind=kind, start=start, language=language)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def kept(page: TestResponse, path: str) -> dict[str, str]:
    """What the draft's form on a page holds, as a browser would send it."""
    form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if f'action="{path}"' in form)
    found = {
        given["name"]: given.get("value", "")
        for given in Page(form).all("input")
        if given["type"] != "checkbox" or "checked" in given
    }
    found |= {name: html.unescape(text) for name, text in _AREA.findall(form)}
    for select in _SELECT.finditer(form):
        chosen = _CHOSEN.search(select[0])
        found[select[1]] = chosen[1] if chosen else ""
    return found


def save(client: FlaskClient, path: str, then: str = "preview", **typed: str) -> TestResponse:
    """Open the draft, type this into its form, and press a button."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    return client.post(path, data={**kept(page, path), **typed, "then": then})


def publish(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    """Look once more, and publish."""
    look = f"{path}/publish"
    page = client.get(look)
    assert page.status_code == 200, page.text
    return client.post(look, data={**hidden(page, look), **typed})


def every_page(house: House, client: FlaskClient) -> Iterator[tuple[str, TestResponse, int]]:
    """Every page of writing, in each of its states: its name, the answer, and the status that it has to have."""
    new = f"{DRAFTS}new"
    yield "draft-new-errors", house.press(DRAFTS, client, on=new, language="en"), 422
    path = begun(house, client, "resolution", "national")
    yield "draft-national", client.get(path), 200
    stale = kept(client.get(path), path)
    save(client, path, "free", members="the 640 members", effect="x" * 300)
    yield "draft-conflict", client.post(path, data={**stale, "members": "others", "title": "Mine"}), 409
    wrong = {"body": "x" * 1001, "adopted_on": "soon", "officer4_title": "Chair", "officer1_email": "kim@"}
    yield "draft-errors", save(client, path, **wrong), 422
    officers = {"officer1_name": "Kim Sample-Reyes", "officer1_title": "President"}
    save(client, path, body="## Why\n\nWe lent 2,133,687 million ebooks in 27 towns.", title="W" * 120, **officers)
    yield "draft", client.get(path), 200
    yield "draft-look", client.get(f"{path}/publish"), 200
    yield "draft-look-errors", publish(client, path), 422
    yield "draft-published", client.get(publish(client, path, looked="1").headers["Location"]), 200
    begun(house, client)
    yield "desk-chapter-texts", client.get(DESK), 200
