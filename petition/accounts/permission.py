"""Permission: who is signed in at this request, and what stands between them and a page."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import devices, sessions, standing
from petition.accounts.models import Account, Role, SignedIn
from petition.accounts.passkeys import Site
from petition.accounts.standing import Standing
from petition.config import Config
from petition.db import db, let_go, writing
from petition.errors import Busy, NotAllowed, NotFound
from petition.web.form import keys
from petition.web.headers import SAFE
from petition.web.session import TokenSession

#: Where signing in may lead to: our own desks, never another site and no way around.
_INSIDE: Final = re.compile(r"/(organize|account)/[A-Za-z0-9_/?=&%+.-]{0,180}")

#: What an address calls the chapter that its page belongs to: `/organize/chapters/<state:chapter>/`.
SCOPE: Final = "chapter"

P = ParamSpec("P")
R = TypeVar("R")


def here() -> SignedIn | None:
    """The session of this request, if somebody is signed in."""
    if "signed_in" not in g:
        g.signed_in = _find()
    found: SignedIn | None = g.signed_in
    return found


def _find() -> SignedIn | None:
    token = _cookie().token
    if token is None:
        return None
    now = clock.now()
    found = sessions.find(db.session(), token, now)
    if found is None or found.seen_at > now - sessions.GLANCE:
        return found
    if request.method in SAFE:
        # In a transaction of its own, since a GET only reads. Whoever has to wait for it too long goes on without.
        with suppress(Busy), writing() as own:
            sessions.seen(own, found.id, now)
    else:
        sessions.seen(db.session(), found.id, now)
    return sessions.find(db.session(), token, now)


def current_or_none() -> Account | None:
    """The signed-in account of this request, if there is one."""
    found = here()
    # Anew for each transaction of the request: a view may read in one of its own.
    return db.session().get(Account, found.account_id) if found is not None else None


def current() -> Account:
    """The signed-in account of this request. Only behind `needs`."""
    account = current_or_none()
    assert account is not None
    return account


@contextmanager
def away(*roles: Role) -> Iterator[None]:
    """Something that takes long: no transaction is open in the block, and who is signed in is looked up anew behind it.

    Raises NotAllowed if it holds none of the roles by then.
    """
    let_go()
    try:
        yield
    finally:
        g.pop("signed_in", None)
        account = current_or_none()
        if account is None or not account.holds(roles, _chapter()):
            raise NotAllowed(request.endpoint)


def may(*roles: Role) -> bool:
    """Whether the signed-in account holds one of the roles: for what a page shows or leaves out."""
    account = current_or_none()
    return account is not None and account.holds(roles, _chapter())


def _chapter() -> str | None:
    """The chapter that this request is about: the state that stands in its address."""
    return (request.view_args or {}).get(SCOPE)


def needs(
    *roles: Role, at: tuple[Standing, ...] = (Standing.WHOLE,), fresh: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """The decorator of a view that is only for accounts with one of the roles, or for any account when none is named.

    Who is signed out is sent to sign in, who lacks the second factor is sent to it, anybody else is refused
    (NotAllowed). An auditor changes nothing: where the auditor's role is one of several, it opens reading only.
    An editor's role opens pages with its own chapter in their address; of another's it does not even learn that
    they exist (NotFound).
    `fresh`: what gives or takes access asks again whoever signed in more than a quarter of an hour ago.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            elsewhere = _first(set(roles), at, fresh)
            if elsewhere is not None:
                return redirect(url_for(elsewhere, next=_asked_for()), 303)
            return view(*args, **kwargs)

        return guarded

    return decorate


def _first(roles: set[Role], at: tuple[Standing, ...], fresh: bool) -> str | None:
    """The page to be sent to first, if any. Raises NotAllowed."""
    found = here()
    if found is None:
        return "accounts.sign_in"
    session, demo = db.session(), bool(current_app.extensions["demo"])
    stands = standing.of(session, found, demo=demo)
    if stands not in at:
        return _NEXT_STEP[stands]
    allowed = roles if request.method in SAFE else roles - {Role.AUDITOR}
    if roles and not found.account.holds(allowed, _chapter()):
        raise NotFound(request.path) if _is_anothers(found.account) else NotAllowed(request.endpoint)
    if fresh and not standing.is_fresh(found, clock.now(), demo=demo):
        return "accounts.second_factor" if standing.has_second(session, found.account) else "accounts.sign_in"
    return None


def _is_anothers(account: Account) -> bool:
    """Whether the request is about a chapter of which the account sees nothing at all."""
    chapter = _chapter()
    return chapter is not None and not account.holds(tuple(Role), chapter)


_NEXT_STEP: Final = {
    Standing.WHOLE: "accounts.account",
    Standing.SECOND_DUE: "accounts.second_factor",
    Standing.SETUP_DUE: "accounts.set_up",
}


def inside(path: str | None) -> str | None:
    """The path, if it leads to one of our own desks."""
    return path if path and _INSIDE.fullmatch(path) and ".." not in path and "//" not in path else None


def _asked_for() -> str | None:
    return inside(request.full_path.rstrip("?")) if request.method in SAFE else None


def passkey_site() -> Site | None:
    """Where passkeys are asked for at this request; None under a bare IP address, which can have none."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if host.count(":") or host.replace(".", "").isdigit():
        return None
    # The Host is ours: web/headers.py answers to no other.
    config: Config = current_app.extensions["config"]
    return Site(keys(), host, request.host_url.rstrip("/"), config.base_host)


def sign_in(account: Account, *, how: str, second: bool = False) -> None:
    """Begin a session in this browser; the one that was there before ends."""
    _end_here()
    device = devices.name(request.user_agent.string)
    token = sessions.begin(db.session(), account, clock.now(), how=how, device=device, second=second)
    _cookie().change(token)


def step_up() -> None:
    """The second factor was shown: this browser gets a new token."""
    found = here()
    assert found is not None
    _cookie().change(sessions.step_up(db.session(), found, clock.now()))


def sign_out() -> None:
    """End the session of this browser."""
    _end_here()
    _cookie().change(None)


def _end_here() -> None:
    found = here()
    if found is not None:
        sessions.sign_out(db.session(), found, clock.now())
    g.pop("signed_in", None)


def _cookie() -> TokenSession:
    return cast(TokenSession, cast(Any, session)._get_current_object())
