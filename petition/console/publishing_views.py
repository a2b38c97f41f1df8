"""Publishing at a chapter's desk: one more look at the text and its figures, the button, and what happens next."""

from typing import Any

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console import draft_showing, draft_wording
from petition.console.desk import bp, chapter_editors, chapter_readers, page
from petition.console.draft_forms import DraftForm, PublishForm
from petition.console.draft_showing import ShownDraft
from petition.console.draft_views import draft_page, form_of
from petition.console.text_views import own
from petition.db import db
from petition.drafts import publishing, writing
from petition.drafts.models import Draft
from petition.drafts.publishing import Over, Unchanged, Unfinished
from petition.signatures.showing import ShownText
from petition.web.addresses import outside
from petition.web.form import keys
from petition.web.language import _


@bp.get("/chapters/<state:chapter>/drafts/<row:number>/publish")
@chapter_editors
def look_once_more(chapter: str, number: int) -> Response:
    """The text as it will be, its figures marked, and what publishing does; or the draft with what it lacks."""
    draft = writing.find(db.session(), chapter, number)
    missing = publishing.lacks(draft)
    if missing:
        return _unfinished(draft, missing)
    return _look(draft, PublishForm(formdata=None, data={"version": draft.version}))


def _look(draft: Draft, form: PublishForm, status: int = 200, **facts: Any) -> Response:
    session, now = db.session(), clock.now()
    many, odd = draft_showing.figures(draft)
    words, national = publishing.counted(session, draft)
    officers = publishing.officers(keys(), draft)
    shown = page(
        "draft_publish",
        draft=ShownDraft.of(draft),
        text=draft_showing.as_published(draft, with_figures=True),
        many=many,
        odd=odd,
        words_counted=words,
        national=national,
        percent=round(100 * national / words) if words else 0,
        call_number=publishing.call_number(session, draft, now),
        asked=sum(bool(each.address) for each in officers),
        named=sum(not each.address for each in officers),
        me=keys().open_address(current().address),
        form=form,
        **facts,
    )
    return make_response(shown, status)


def _unfinished(draft: Draft, missing: tuple[str, ...]) -> Response:
    """The draft's page, with each thing that it lacks at its field."""
    form = form_of(draft)
    for name in missing:
        if name != "accepted":
            field, said = draft_wording.lacking()[name]
            _note(form, field, said)
    return draft_page(draft, form, 422, not_accepted="accepted" in missing)


def _note(form: DraftForm, field: str, said: str) -> None:
    form[field].errors = [*form[field].errors, said]


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/publish")
@chapter_editors
def publish_draft(chapter: str, number: int) -> Response:
    """Publish the text that was looked at: no other one, should somebody have saved it meanwhile."""
    session = db.session()
    draft = writing.find(session, chapter, number, to_change=True)
    form = PublishForm()
    if form.validate() and form.number != draft.version:
        form.version.data, form.looked.data = str(draft.version), False
        return _look(draft, form, 409, overtaken=True)
    if not form.looked.data and draft_showing.figures(draft)[0]:
        form.looked.errors = [_("Look at the figures and say so here.")]
    if form.errors or form.looked.errors:
        return _look(draft, form, 422)
    try:
        revision = publishing.publish(session, keys(), draft, current(), clock.now())
    except Unfinished as unfinished:
        return _unfinished(draft, unfinished.lacks)
    except Unchanged:
        said = _("This says, letter for letter, what is published already. Change it, or discard the draft.")
        return _not_to_publish(draft, said)
    except Over:
        said = _(
            "The text that this should follow was retracted or superseded since. Begin a new text, and discard this."
        )
        return _not_to_publish(draft, said)
    return redirect(url_for("organize.published_text", chapter=chapter, slug=revision.statement.slug), 303)


def _not_to_publish(draft: Draft, said: str) -> Response:
    form = form_of(draft)
    _note(form, "body", said)
    return draft_page(draft, form, 422)


@bp.get("/chapters/<state:chapter>/published/<slug>")
@chapter_readers
def published_text(chapter: str, slug: str) -> str:
    """A text is published: its address to forward, who got a receipt, and what organizers do next."""
    at = own(chapter, slug)
    return page(
        "draft_published",
        chapter=at.statement.chapter,
        text=ShownText.of(at),
        address=outside("statements.statement", slug=slug),
        listed=at.statement.listed_at is not None,
    )
