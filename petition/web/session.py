"""The session as the browser knows it: a cookie that is one token and nothing else, only for who is signed in.

What the token opens stands in the database. The secret of a signed-in page's forms is derived from the
token, so it changes with it, ends with it, and needs no place of its own.
"""

import re
from typing import Any, Final, NoReturn

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from petition.crypto import KeyRing

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class TokenSession(dict[str, Any], SessionMixin):
    """The token of a request, and under Flask-WTF's name the secret of its forms. Nothing can be put in it."""

    def __init__(self, keys: KeyRing, token: str | None) -> None:
        secret = {"csrf_token": keys.mac("cookies", b"session", token.encode()).hex()} if token else {}
        super().__init__(secret)
        self.token = token
        self.changed = False

    def __setitem__(self, key: str, value: Any) -> NoReturn:
        raise TypeError("Nothing is kept in the session. A form with its token needs somebody who is signed in.")

    def change(self, token: str | None) -> None:
        """Send the browser another token with this answer, or take the old one from it."""
        self.token, self.changed = token, True


class TokenCookie(SessionInterface):
    """Reads the token from the cookie, and writes the cookie only when the token has changed."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def open_session(self, app: Flask, request: Request) -> TokenSession:
        """The session of a request; without a token when the cookie is none of ours."""
        token = request.cookies.get(self.get_cookie_name(app), "")
        return TokenSession(self._keys, token if _TOKEN.fullmatch(token) else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set or delete the cookie where the view has asked for it."""
        assert isinstance(session, TokenSession)
        if not session.changed:
            return
        name = self.get_cookie_name(app)
        around: dict[str, Any] = {
            "path": "/",
            "httponly": True,
            "secure": self.get_cookie_secure(app),
            "samesite": self.get_cookie_samesite(app),
        }
        if session.token:
            response.set_cookie(name, session.token, **around)
        else:
            response.delete_cookie(name, **around)
