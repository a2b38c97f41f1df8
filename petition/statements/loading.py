"""Loading statements and their notices: a text that has been signed is never changed, only followed by a new one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import markdown
from petition.campaigns.models import Campaign
from petition.chapters.models import Chapter
from petition.content import BadContent, Document, settle
from petition.publishers.models import Publisher
from petition.statements import reading, template_loading
from petition.statements.models import NOTICE, TEXT, Revision, Statement

#: The kinds of statement that a file can hold. There a notice is what stands above the button of one.
FILED: Final = ("petition", "letter", "resolution")
#: A national text for chapters; it is no statement itself.
TEMPLATE: Final = "template"

Signed = Callable[[Revision], bool]


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads one campaign's texts. `signed` says whether a revision has a signature, whatever became of it."""

    session: Session
    campaign: Campaign
    signed: Signed
    now: datetime

    def load(self, documents: Iterable[Document]) -> Iterator[str]:
        """Bring the database to what the files say; yields one line for each thing that changed."""
        by_kind = sorted(documents, key=lambda document: document.path.name)
        notices = {(d.need("slug"), d.need("language")): d for d in by_kind if d.need("kind") == "notice"}
        for document in by_kind:
            if document.need("kind") in FILED:
                yield from self._load_statement(document, notices)
            elif document.need("kind") == TEMPLATE:
                yield from template_loading.load(self.session, self.campaign, document)
            elif document.need("kind") != "notice":
                raise BadContent(f"{document.path.name}: `kind` is none of {', '.join(FILED)}, notice, {TEMPLATE}.")

    def _load_statement(self, document: Document, notices: dict[tuple[str, str], Document]) -> Iterator[str]:
        statement, said = self._statement(document)
        yield from said
        language = document.need("language")
        yield from self._revise(
            statement, TEXT, language, document.need("title"), document.need("ask"), document.body
        )
        notice = notices.get((document.need("notice"), language))
        if notice is None:
            raise BadContent(f"{document.path.name}: there is no notice {document.need('notice')} in {language}.")
        body = notice.body.replace("{addressee}", statement.addressee.name)
        yield from self._revise(statement, NOTICE, language, "", "", body)

    def _statement(self, document: Document) -> tuple[Statement, list[str]]:
        slug = document.need("slug")
        addressee = self.session.scalar(select(Publisher).where(Publisher.slug == document.need("addressee")))
        if addressee is None:
            raise BadContent(f"{document.path.name}: publishers.toml has no publisher {document.need('addressee')}.")
        statement = self.session.scalar(select(Statement).where(Statement.slug == slug))
        new = statement is None
        if statement is None:
            # What organizers put into the folder they take into the campaign.
            statement = Statement(slug=slug, takes_signatures=True, listed_at=self.now)
        with self.session.no_autoflush:
            values: dict[str, Any] = {key: document.need(key) for key in ("kind", "place", "year", "issuer")}
            found = {"campaign": self.campaign, "addressee": addressee, "chapter": self._chapter(document)}
            changed = settle(statement, {**values, **found})
        self.session.add(statement)
        self.session.flush()
        if new:
            return statement, [f"statement {slug}: new"]
        return statement, [f"statement {slug}: changed {', '.join(changed)}"] if changed else []

    def _chapter(self, document: Document) -> Chapter | None:
        """The chapter whose statement it is, if the file says `chapter`."""
        state = document.front.get("chapter")
        found = self.session.scalar(select(Chapter).where(Chapter.state == state)) if state else None
        if state and found is None:
            raise BadContent(f"{document.path.name}: chapters.toml has no chapter {state}.")
        return found

    def _was_loaded(self, statement: Statement, role: str, language: str, sha256: str) -> bool:
        """Whether the file says what it said before."""
        same = (Revision.statement_id == statement.id, Revision.role == role, Revision.language == language)
        return self.session.scalar(select(Revision.id).where(*same, Revision.sha256 == sha256).limit(1)) is not None

    def _revise(
        self, statement: Statement, role: str, language: str, title: str, ask: str, body: str
    ) -> Iterator[str]:
        text = markdown.canonical("\n\n".join(part for part in (title and f"# {title}", ask, body.strip()) if part))
        values = {
            "title": title,
            "ask": ask,
            "body": markdown.canonical(body),
            "text": text,
            "sha256": markdown.digest(text),
        }
        latest = self.session.scalar(
            select(Revision)
            .where(Revision.statement_id == statement.id, Revision.role == role, Revision.language == language)
            .order_by(Revision.number.desc())
            .limit(1)
        )
        name = f"{'notice' if role == NOTICE else 'text'} of {statement.slug} ({language})"
        if latest is not None and latest.sha256 != values["sha256"] and reading.submission(self.session, latest.id):
            # What a chapter has published at its desk is its last word; no file of ours goes over that.
            if not self._was_loaded(statement, role, language, values["sha256"]):
                yield f"{name}: left as revision {latest.number}, which the chapter published itself"
        elif latest is None or (latest.sha256 != values["sha256"] and self.signed(latest)):
            number = latest.number + 1 if latest else 1
            self.session.add(
                Revision(
                    statement_id=statement.id, role=role, language=language, number=number,
                    published_at=self.now, **values,
                )
            )  # fmt: skip
            self.session.flush()
            yield f"{name}: revision {number}" + (", since the one before has signatures" if latest else "")
        elif latest.sha256 != values["sha256"]:
            settle(latest, {**values, "published_at": self.now})
            yield f"{name}: revision {latest.number} replaced; it had no signature yet"
