"""What a stranger can see of a page: its text, whatever is inline or foreign in it, and its buttons."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

#: Elements whose address is fetched when the page is shown.
FETCHED: Final = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src", "use": "href"}
VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())

#: Written out here and not taken from the app: a change of the policy has to be made twice.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Page(HTMLParser):
    """A page taken apart. `faults` lists what our policy forbids in it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self._words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        self._words.append(" ")
        self.faults += list(_faults(tag, given))

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def text(self) -> str:
        """Everything that is read on the page, its white space folded."""
        return " ".join("".join(self._words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of every element of that kind which has these attributes."""
        return [
            given
            for found, given in self.elements
            if found == tag and all(given.get(name) == value for name, value in attributes.items())
        ]


def _faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag in ("style", "base", "iframe", "object", "embed"):
        yield f"<{tag}>"
    if tag == "script" and not given.get("src"):
        yield "an inline script"
    if tag == "meta" and given.get("http-equiv"):
        yield "a meta element that acts as a header"
    for name, value in given.items():
        if name == "style" or name.startswith("on"):
            yield f"{name}= on <{tag}>"
        if value.strip().lower().startswith(("javascript:", "data:", "vbscript:")):
            yield f"{value[:20]} on <{tag}>"
    address = given.get(FETCHED.get(tag, ""), "")
    if address and (not address.startswith("/") or address.startswith("//")):
        yield f"<{tag}> fetches {address}"
    if tag == "form" and not given.get("action", "/").startswith("/"):
        yield f"a form is sent to {given['action']}"


def words(source: str) -> str:
    """The text of a page."""
    return Page(source).text


def without_moments(source: str) -> str:
    """A page without what changes by itself: form tokens and times of day."""
    source = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", source)
    source = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "", source)
    return re.sub(r"\d{1,2}:\d\d [ap]m ET", "", source)
