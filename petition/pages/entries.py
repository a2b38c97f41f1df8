"""Entries of the Atom feed: a text published or ended, a packet delivered, an answer that came."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from petition.deliveries.news_views import kinds
from petition.deliveries.responding import Delivered, Standing
from petition.pages.standing import permalink
from petition.signatures.showing import kind_words
from petition.statements import clauses, wording
from petition.statements.models import End, Revision, Statement, Submission
from petition.web.addresses import outside
from petition.web.language import _, current, day, moment, ngettext


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    id: str  # an address that never changes and is nothing else's
    address: str
    title: str
    language: str
    author: str
    kind: str
    updated: datetime
    published: datetime
    html: Markup


def of_revision(statement: Statement, revision: Revision, submission: Submission | None, updated: datetime) -> Entry:
    """A revision with its whole text."""
    title = revision.title
    if revision.number > 1:
        title = _("%(title)s (revision %(number)s)", title=title, number=revision.number)
    address = permalink(statement, revision)
    html = _told(statement, revision, submission) + clauses.html(revision)
    return Entry(
        id=address, address=address, title=title, language=revision.language, author=statement.issuer,
        kind=statement.kind, updated=updated, published=revision.published_at, html=html,
    )  # fmt: skip


def _told(statement: Statement, revision: Revision, submission: Submission | None) -> Markup:
    """What stands above a text: who says it to whom, how it was adopted, what is new in it, and what it asks."""
    of_whom = {"kind": kind_words(statement.kind), "issuer": statement.issuer, "addressee": statement.addressee.name}
    return _paragraphs(
        _("%(kind)s of %(issuer)s to %(addressee)s", **of_whom),
        wording.adoption(submission),
        submission.note if submission else "",
        revision.ask,
    )


def of_end(statement: Statement, revision: Revision, updated: datetime) -> Entry:
    """A text was taken back, or another took its place."""
    told = {End.RETRACTED: _("Retracted: %(title)s"), End.SUPERSEDED: _("Superseded: %(title)s")}
    address = outside("statements.statement", slug=statement.slug, lang=revision.language)
    return Entry(
        id=f"{address}#{statement.ended}", address=address,
        title=told[End(statement.ended or "")] % {"title": revision.title}, language=revision.language,
        author=statement.issuer, kind=statement.kind, updated=updated, published=revision.published_at,
        html=Markup("<p>{}</p>").format(statement.ended_because or ""),
    )  # fmt: skip


def of_delivery(statement: Statement, text: Revision, given: Delivered, updated: datetime) -> Entry:
    """A packet was delivered: to which firm, and with how many signatures as of when."""
    facts = {"publisher": given.publisher, "day": day(given.on), "time": moment(given.as_of)}
    facts["signatures"] = ngettext("%(num)s verified signature", "%(num)s verified signatures", given.verified)
    if given.mailboxes is None:
        said = _("Delivered to %(publisher)s on %(day)s: %(signatures)s, as of %(time)s.", **facts)
    else:
        facts["mailboxes"] = ngettext("%(num)s confirmed mailbox", "%(num)s confirmed mailboxes", given.mailboxes)
        said = _("Delivered to %(publisher)s on %(day)s: %(signatures)s from %(mailboxes)s, as of %(time)s.", **facts)
    address = _came_of(statement, f"delivery-{given.id}")
    return Entry(
        id=address, address=address, language=current(), author=statement.issuer, kind="delivery",
        title=_("Delivered to %(publisher)s: %(title)s", publisher=given.publisher, title=text.title),
        updated=updated, published=given.at, html=_paragraphs(said),
    )  # fmt: skip


def of_answer(statement: Statement, text: Revision, said: Standing, updated: datetime) -> Entry:
    """An answer in full, by its newest entry. A correction makes the entry anew, and leaves it the same one."""
    answer, facts = said.answer, {"publisher": said.answer.publisher.name}
    above = _paragraphs(
        f"{kinds()[answer.kind]}, {day(answer.dated_on)}",
        _("By %(author)s, %(publisher)s.", author=answer.author, **facts),
        " ".join(filter(None, (_("Source:"), answer.source, answer.source_url))),
        _("Corrects an earlier entry:") + " " + answer.correction if answer.corrects_id else "",
    )
    body = Markup("<br>\n").join(answer.body.split("\n"))
    return Entry(
        id=_came_of(statement, f"answer-{said.first.id}"), address=_came_of(statement, f"answer-{answer.id}"),
        language=current(), author=f"{answer.author}, {answer.publisher.name}", kind="answer",
        title=_("Answer of %(publisher)s: %(title)s", title=text.title, **facts),
        updated=updated, published=said.first.published_at,
        html=above + Markup('<div lang="{}"><p>{}</p></div>').format(answer.language, body),
    )  # fmt: skip


def _came_of(statement: Statement, which: str) -> str:
    return f"{outside('deliveries.responses', slug=statement.slug, lang=current())}#{which}"


def _paragraphs(*lines: str) -> Markup:
    return Markup("").join(Markup("<p>{}</p>\n").format(line) for line in lines if line)
