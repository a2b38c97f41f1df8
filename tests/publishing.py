"""Texts of chapters as a test puts them there: a draft, and its revision once it is published."""

from datetime import date
from typing import Any, Final

from sqlalchemy import select

from petition import clock
from petition.accounts.models import Account
from petition.chapters import reading as chapters
from petition.drafts import publishing
from petition.drafts.models import Draft
from petition.officers.naming import Named
from petition.publishers.models import Publisher
from petition.statements.models import Statement
from tests.chapters import account_of, editor_of
from tests.ground import House

BODY: Final = """Whereas a library pays for what it lends;

Whereas one copy serves one reader at a time;

Resolved, That the chapter asks the publisher to sell libraries new ebooks from the first day."""
TEXT: Final[dict[str, Any]] = {
    "kind": "resolution",
    "title": "Resolution on one copy for a whole state",
    "ask": "Sell libraries new ebooks from the first day.",
    "body": BODY,
    "adopted_by": "Executive board",
    "adopted_on": date(2019, 10, 4),
    "vote": "11 to 0",
}


def drafted(house: House, state: str = "NE", *officers: Named, **fields: Any) -> int:
    """A draft of the chapter's by its editor, who is admitted; returns its number."""
    address = f"editor@{state.lower()}.library.example"
    editor_of(house, state, address)
    with house.writing() as session:
        now = clock.now()
        draft = Draft(
            **{"language": "en", **TEXT, **fields},
            chapter=chapters.chapter(session, state),
            account=session.get_one(Account, account_of(house, address).id),
            addressee=session.scalars(select(Publisher).order_by(Publisher.id).limit(1)).one(),
            officers=publishing.seal_officers(house.keys, list(officers)),
            made_at=now,
            changed_at=now,
        )
        session.add(draft)
        session.flush()
        return draft.id


def published(house: House, state: str = "NE", *officers: Named, listed: bool = True, **fields: Any) -> str:
    """A statement of the chapter's, published from a draft and listed unless it is said otherwise; returns its slug.

    With `slug` the draft is of that statement's next revision.
    """
    slug = fields.pop("slug", None)
    draft_id = drafted(house, state, *officers, **fields)
    with house.writing() as session:
        now, draft = clock.now(), session.get_one(Draft, draft_id)
        if slug is not None:
            draft.statement = session.scalars(select(Statement).where(Statement.slug == slug)).one()
        revision = publishing.publish(session, house.keys, draft, draft.account, now)
        if listed:
            revision.statement.listed_at = now
        return revision.statement.slug
