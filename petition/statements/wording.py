"""How a statement was adopted, how it ended, and who handed it in, in words."""

from typing import Final

from babel.numbers import format_percent

from petition.accounts.models import Role
from petition.statements import boilerplate
from petition.statements.models import End, Statement, Submission
from petition.web.language import _, day, spoken

#: 29 of 100 words are 28.999… percent to a computer.
_ALMOST: Final = 1e-9


def adoption(submission: Submission | None) -> str:
    """Adopted Oct 4, 2019, by the Executive board, 11 to 0: as much of it as the chapter told; else empty."""
    if submission is None:
        return ""
    body = submission.adopted_by.removeprefix("The ").removeprefix("the ").strip()
    facts = {"body": body, "vote": submission.vote.strip()}
    if submission.adopted_on:
        facts["day"] = day(submission.adopted_on)
    sentences = {
        (True, True, True): _("Adopted %(day)s, by the %(body)s, %(vote)s"),
        (True, True, False): _("Adopted %(day)s, by the %(body)s"),
        (True, False, True): _("Adopted %(day)s, %(vote)s"),
        (True, False, False): _("Adopted %(day)s"),
        (False, True, True): _("Adopted by the %(body)s, %(vote)s"),
        (False, True, False): _("Adopted by the %(body)s"),
        (False, False, True): _("Adopted, %(vote)s"),
        (False, False, False): "",
    }
    return sentences["day" in facts, bool(body), bool(facts["vote"])] % facts


def ended(statement: Statement) -> str:
    """Retracted Oct 12, 2019; empty while it is what its issuer says."""
    if statement.ended is None or statement.ended_at is None:
        return ""
    said = {
        End.SUPERSEDED: _("Superseded %(day)s", day=day(statement.ended_at)),
        End.RETRACTED: _("Retracted %(day)s", day=day(statement.ended_at)),
    }
    return said[End(statement.ended)]


def share(submission: Submission) -> str:
    """82%: how much of it is the national text, never rounded up; empty for less than a hundredth."""
    return percent(part) if (part := boilerplate.share(submission)) >= 0.01 else ""


def percent(part: float) -> str:
    """60% for 0.6, in whole percent, as the language spoken now writes it."""
    return str(format_percent(int(part * 100 + _ALMOST) / 100, format="0%", locale=spoken().writing))


def handed_in(statement: Statement, submission: Submission) -> str:
    """In which role somebody handed the text in; never who."""
    account = submission.account
    if Role.ORGANIZER in account.roles and statement.place not in account.chapters:
        return _("Handed in for %(chapter)s by an organizer of the campaign.", chapter=statement.issuer)
    return _("Handed in by an editor of %(chapter)s.", chapter=statement.issuer)
