"""Every refusal and every fault of ours as a calm page: what happened, and what to do next."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog
from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from petition.errors import Busy, Closed, ForeignRequest, NoRoom, NotAllowed, NotFound, Refusal, StaleForm, TextChanged
from petition.web.language import _
from petition.web.traces import request_id

log = structlog.get_logger("petition.web")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a page says when something cannot be done."""

    status: int
    title: str
    text: str


Keeper = Callable[[Problem], Response]

#: By endpoint: the form again with what was typed, under the problem that kept it from being taken.
_keepers: Final[dict[str, Keeper]] = {}


def keeps_form(endpoint: str, keeper: Keeper) -> None:
    """Whatever goes wrong at this endpoint, answer with its form and everything typed in it."""
    _keepers[endpoint] = keeper


def problem_of(error: Exception) -> Problem:
    """The words for a refusal or an HTTP error."""
    match error:
        case NotFound():
            return _missing()
        case StaleForm() | TextChanged():
            return Problem(422, _("This page is out of date."), _("Go back, load the page again, and send it again."))
        case ForeignRequest():
            return Problem(
                403,
                _("This came from another site."),
                _("We take forms only from our own pages. Open the page here and send it again."),
            )
        case NotAllowed():
            return Problem(403, _("This is not open to your account."), _("An organizer can change what you may do."))
        case Closed():
            return Problem(409, _("Signing is not open."), _("This statement cannot be signed now."))
        case Busy():
            return Problem(
                503, _("Too many people at once."), _("Your text is still in the form. Try again in a minute.")
            )
        case NoRoom():
            return Problem(
                503, _("We cannot keep anything just now."), _("Our disk is full. Your text is still in the form.")
            )
        case HTTPException():
            return _http(error)
    return Problem(
        500,
        _("This did not work, and it is our fault."),
        _("Nothing you typed was stored. Try again in a minute; if it goes on, tell us the reference below."),
    )


def _http(error: HTTPException) -> Problem:
    if isinstance(error, RequestEntityTooLarge):
        return Problem(413, _("That is too much at once."), _("Shorten what you typed and send it again."))
    match error.code or 500:
        case 404:
            return _missing()
        case 405:
            return Problem(405, _("This address takes no such request."), _("Begin again from the petition."))
        case 429:
            return too_many()
        case code if code < 500:
            return Problem(code, _("We did not understand that request."), _("Begin again from the petition."))
        case code:
            return Problem(code, _("This did not work, and it is our fault."), _("Try again in a minute."))


def too_many() -> Problem:
    """The words for flood control."""
    return Problem(
        429,
        _("Too many requests from this network."),
        _("Wait a few minutes, then send it again. Your text is still in the form."),
    )


def _missing() -> Problem:
    return Problem(
        404, _("We do not have this page."), _("The address may be cut off or mistyped. The petition is still here.")
    )


def attach(app: Flask) -> None:
    """Map refusals, HTTP errors and our own faults to pages, each once."""
    app.register_error_handler(Refusal, _answer)
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(OperationalError, _database_fault)
    app.register_error_handler(Exception, _fault)


def _database_fault(error: OperationalError) -> Response:
    said = str(error.orig)
    # PostgreSQL: deadlock, serialization failure, disk full (its manual, appendix A).
    code = getattr(error.orig, "sqlstate", None)
    # Its server has gone with the connection: the next try has another.
    if "locked" in said or "busy" in said or code in ("40P01", "40001") or error.connection_invalidated:
        return _answer(Busy(said))
    if "disk is full" in said or "disk I/O" in said or code == "53100":
        log.error("disk.full")
        return _answer(NoRoom(said))
    return _fault(error)


def _fault(error: Exception) -> Response:
    reference = request_id()
    # The kind and the reference only: a message may quote what a person typed.
    log.error("fault", reference=reference, kind=type(error).__name__, exc_info=_place(error))
    return page(problem_of(error), reference=reference)


def _place(error: Exception) -> bool:
    return not isinstance(error, OperationalError)


def _form_again(problem: Problem, reference: str | None) -> Response | None:
    keeper = _keepers.get(request.endpoint or "")
    if keeper is None or problem.status in (403, 404, 409, 413):
        return None
    if reference is not None:
        said = _("Reference: %(reference)s.", reference=reference)
        problem = replace(problem, text=f"{_('Your text is still in the form. Try again in a minute.')} {said}")
    # What broke the answer may break the form as well; then the calm page has to do.
    with suppress(Exception):
        return keeper(problem)
    return None


def _answer(error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.response is not None:
        return make_response(error.get_response())
    response = page(problem_of(error))
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
    return response


def page(problem: Problem, reference: str | None = None) -> Response:
    """The page of a problem, never kept by anyone; with the form that was sent, where one was."""
    response = _form_again(problem, reference) or make_response(
        render_template("errors/page.html", title=problem.title, text=problem.text, reference=reference),
        problem.status,
    )
    response.headers["Cache-Control"] = "no-store"
    if problem.status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response
