"""What reaches a patron: pages with their forms, and e-mails with their links and codes."""

import email
import email.policy
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

_FORM: Final = re.compile(r"<form.*?</form>", re.DOTALL)
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_WHY: Final = re.compile(r'id="(\w+)-why">(.*?)</p>', re.DOTALL)
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_CODE: Final = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


def hidden(page: str | TestResponse, action: str | None = None) -> dict[str, str]:
    """The hidden fields a browser sends along with the form to `action`, or with the page's first form."""
    forms: list[str] = _FORM.findall(page if isinstance(page, str) else page.text)
    if action is not None:
        aimed = [form for form in forms if f'action="{action}"' in form.partition(">")[0]]
        forms = aimed or [form for form in forms if "action=" not in form.partition(">")[0]]
    assert forms, f"the page has no form to {action}"
    return dict(_HIDDEN.findall(forms[0]))


def reasons(page: str | TestResponse) -> dict[str, str]:
    """Why each refused field was refused, as its sentence stands beside it."""
    text = page if isinstance(page, str) else page.text
    return {name: unescape(" ".join(said.split())) for name, said in _WHY.findall(text)}


def path_of(url: str) -> str:
    """The path of an address of ours, for the test client."""
    return urlsplit(url).path


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as a patron sees it."""

    message: EmailMessage = field(repr=False)
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)

    @classmethod
    def read(cls, content: bytes) -> "Mail":
        """Take an e-mail apart."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        return cls(message, message["To"], message["Subject"], plain.get_content(), html.get_content())

    @property
    def links(self) -> list[str]:
        """Every address in the text, each once."""
        return list(dict.fromkeys(found.rstrip(".,:;)") for found in _LINK.findall(self.text)))

    def link(self, part: str) -> str:
        """The path of the one link that holds `part`, such as "/confirm/"."""
        (found,) = (link for link in self.links if part in link)
        return path_of(found)

    @property
    def codes(self) -> list[str]:
        """The typed codes in the order in which they stand."""
        return _CODE.findall(self.text)
