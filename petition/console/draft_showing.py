"""What the desk shows of a draft: who changed it, how it will look, and what is odd about its figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Self

from markupsafe import Markup, escape
from sqlalchemy import select

from petition import clock
from petition.accounts.models import Account, Role
from petition.accounts.permission import current
from petition.campaigns.models import Campaign
from petition.chapters.models import Chapter
from petition.console import draft_marking, draft_wording
from petition.console.draft_forms import LONGEST, MOST_OFFICERS, DraftForm, of_officer
from petition.db import db
from petition.drafts import publishing, template, writing
from petition.drafts.models import Draft
from petition.signatures.showing import kind_words
from petition.statements import clauses, figures_in
from petition.statements.local_parts import PARTS
from petition.web.form import keys
from petition.web.language import _, names

_AROUND: Final = 48  # characters of the text on either side of an odd figure


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft in plain values, as every page of it names it."""

    number: int
    chapter: str
    chapter_name: str
    kind_words: str
    language: str
    language_words: str
    title: str
    by: str
    changed_at: datetime
    version: int
    next_of: str | None  # the slug of the statement whose next text it is
    national: bool
    from_document: bool
    to_accept: bool  # it comes from a document, and nobody has set the two side by side

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """The draft as it stands."""
        return cls(
            number=draft.id,
            chapter=draft.chapter.state,
            chapter_name=draft.chapter.name,
            kind_words=kind_words(draft.kind),
            language=draft.language,
            language_words=names().get(draft.language, draft.language),
            title=draft.title or _("Without a title"),
            by=changed_by(draft.account, draft.chapter.state),
            changed_at=draft.changed_at,
            version=draft.version,
            next_of=draft.statement.slug if draft.statement else None,
            national=draft.local is not None,
            from_document=draft.original_id is not None,
            to_accept=draft.original_id is not None and draft.accepted_at is None,
        )


def unpublished(chapter: Chapter) -> list[ShownDraft]:
    """Every draft of a chapter, for its desk."""
    return [ShownDraft.of(each) for each in writing.unpublished(db.session(), chapter)]


def changed_by(account: Account, chapter: str) -> str:
    """Somebody by their name; a colleague without one by the address that the desk shows anyway."""
    if account.id == current().id:
        return _("you")
    if account.name:
        return account.name
    if account.holds((Role.ORGANIZER,), None):
        return _("an organizer")
    if account.holds((Role.EDITOR,), chapter):
        return keys().open_address(account.address)
    return _("account %(number)s", number=account.id)


def typed(draft: Draft) -> dict[str, Any]:
    """The draft as its form holds it."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in LONGEST if name not in PARTS}
    values |= draft.local or {}
    values |= {name: getattr(draft, name) for name in ("version", "kind", "language", "takes_signatures")}
    values |= {"addressee": draft.addressee.slug, "adopted_on": _iso(draft.adopted_on)}
    for place, officer in enumerate(publishing.officers(keys(), draft)[:MOST_OFFICERS], start=1):
        values |= dict(zip(of_officer(place), (officer.name, officer.title, officer.address), strict=True))
    return values


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def as_published(draft: Draft, *, with_figures: bool = False) -> dict[str, Any]:
    """The text as its page will show it; its figures marked, or the parts that nobody has filled yet."""
    year, body = clock.now().year, clauses.shown(draft.kind, publishing.body_of(draft))

    def mark(shown: str) -> Markup:
        if with_figures:
            return draft_marking.figures(shown, year)
        return draft_marking.gaps(shown, lambda part: draft_wording.questions().get(part, part))

    return {
        "kind_words": kind_words(draft.kind),
        "language": draft.language,
        "title": mark(escape(draft.title)),
        "ask": mark(escape(draft.ask)),
        "html": mark(body),
        "issuer": draft.statement.issuer if draft.statement else draft.chapter.name,
        "addressee": draft.addressee.name,
        "office": draft.addressee.address_lines,
        "adopted_by": draft.adopted_by,
        "adopted_on": draft.adopted_on,
        "vote": draft.vote,
        "officers": publishing.officers(keys(), draft),
        "takes_signatures": draft.takes_signatures,
        "note": draft.note,
    }


def local_parts(draft: Draft) -> list[dict[str, str]]:
    """The local parts that the draft has to fill, each with the words around its place."""
    if draft.local is None:
        return []
    words = draft_wording.questions()
    return [
        {"name": part, "question": words[part], "around": around}
        for part, around in template.surroundings(draft.body).items()
    ]


@dataclass(frozen=True, slots=True)
class Odd:
    """A figure that looks like a slip: the words around it, and why."""

    before: str
    said: str
    after: str
    why: str


def figures(draft: Draft) -> tuple[int, list[Odd]]:
    """How many figures its text has, and those that look like slips."""
    body = clauses.shown(draft.kind, publishing.body_of(draft))
    shown = f"<p>{escape(draft.title)}</p><p>{escape(draft.ask)}</p>{body}"
    text, words = draft_marking.plain(shown), draft_wording.oddities()
    found = figures_in.find(text, clock.now().year)
    odd = [
        Odd(
            _before(text[: each.start].rpartition("\n")[2]),
            each.said,
            _after(text[each.end :].partition("\n")[0]),
            " ".join(words[oddity] for oddity in each.oddities),
        )
        for each in found
        if each.oddities
    ]
    return len(found), odd


def _before(words: str) -> str:
    return words if len(words) <= _AROUND else template.GAP + words[-_AROUND:].partition(" ")[2]


def _after(words: str) -> str:
    return words if len(words) <= _AROUND else words[:_AROUND].rpartition(" ")[0] + template.GAP


def differences(draft: Draft, form: DraftForm) -> list[tuple[str, str]]:
    """Where the draft as somebody else saved it differs from what was typed: each field's label, and their text."""
    theirs, labels = typed(draft), draft_wording.labels()
    # On the national text its body is nobody's to change.
    decided = form.fixed if draft.local is None else (*form.fixed, "body")
    told = [
        (labels[name], _chosen(form, name, theirs[name]))
        for name in labels
        if name in theirs and name not in decided and (form[name].data or "") != (theirs[name] or "").strip()
    ]
    if form.takes_signatures.data != draft.takes_signatures:
        told.append((_("Signatures"), _("open") if draft.takes_signatures else _("not open")))
    officers = publishing.officers(keys(), draft)
    mine = [(each.name, each.title, each.address) for each in form.officers(draft.language)]
    if [(each.name, each.title, each.address) for each in officers] != mine:
        lines = (", ".join(filter(None, (each.name, each.title, each.address))) for each in officers)
        told.append((_("Officers"), "\n".join(lines)))
    return [(label, text.strip() or _("(empty)")) for label, text in told]


def _chosen(form: DraftForm, name: str, value: str) -> str:
    """What a field holds, in the words of its list if it has one."""
    choices = getattr(form[name], "choices", None)
    return dict(choices).get(value, value) if choices else value


def sample_note(draft: Draft) -> str:
    """What a draft from a sample says on its face; empty where the campaign is a real one."""
    if draft.local is None:
        return ""
    note = db.session().scalars(select(Campaign.sample_note).order_by(Campaign.id).limit(1)).first()
    return _(note) if note else ""
