"""Review: what a person decides about a signature, where it can be read, and what stays inside."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from petition import clock
from petition.accounts import auditing
from petition.accounts.models import Account, AuditEntry
from petition.campaigns.models import Campaign
from petition.ledger import counting
from petition.ledger.models import Entry
from petition.review import comments, holding, invalidating, restoring, withdrawing
from petition.review.deciding import StandsOtherwise
from petition.review.history import history, newest_notes
from petition.review.models import Note
from petition.signatures.models import CommentState, Reason, Signature, Status
from petition.statements.models import Statement
from tests.ground import ADDRESS, SLUG, House

GRACE = "grace@patron.example"


@contextmanager
def deciding(house: House, address: str = ADDRESS) -> Iterator[tuple[Session, datetime, Signature]]:
    """A reviewer before the newest signature of a mailbox."""
    with house.writing() as session:
        of_mailbox = session.query(Signature).filter_by(mailbox=house.mailbox(address))
        yield session, clock.now(), of_mailbox.order_by(Signature.id.desc()).first()
    house.work()


def hold(house: House, note: str = "") -> None:
    with deciding(house) as (session, now, signature):
        holding.hold(session, now, signature, note, None)


def invalidate(house: House, reason: Reason = Reason.NAME, note: str = "") -> None:
    with deciding(house) as (session, now, signature):
        invalidating.invalidate(session, now, signature, reason, note, None)


def restore(house: House, note: str = "") -> None:
    with deciding(house) as (session, now, signature):
        restoring.restore(session, now, signature, note, None)


def by_reason(house: House) -> dict[str, int]:
    with house.reading() as session:
        return counting.by_reason(session, session.query(Statement).filter_by(slug=SLUG).one())


def leaves(house: House) -> list[tuple[str, str | None, str | None]]:
    said = [json.loads(entry.leaf) for entry in house.rows(Entry)]
    return [(leaf["kind"], leaf["method"], leaf["reason"]) for leaf in said]


# --- Holding --------------------------------------------------------------------------------------


def test_a_held_signature_leaves_count_and_page_without_an_email_and_comes_back_with_one(house: House) -> None:
    private = house.signed(name="Zuleika Sample", show_name="y")
    told = len(house.mails())
    hold(house, "The same street as number 12.")
    assert house.count() == 0
    assert "Zuleika" not in house.client().get(f"/statements/{SLUG}").text
    assert "A person will look at your signature" in house.client().get(private).text
    assert by_reason(house) == {"held": 1}
    assert len(house.mails()) == told
    with deciding(house) as (session, now, signature):
        holding.release(session, now, signature, "", None)
    assert house.count() == 1
    assert leaves(house)[1:] == [("invalidated", "review", "held"), ("restored", "review", None)]
    assert by_reason(house) == {}
    mail = house.mails(ADDRESS)[-1]
    assert mail.subject == "Your signature has been checked, and counts"
    assert mail.link("/signature/") == private


def test_what_is_held_and_then_invalidated_stands_in_the_ledger_under_its_last_reason(house: House) -> None:
    house.signed()
    hold(house)
    invalidate(house, Reason.DUPLICATE)
    assert by_reason(house) == {"duplicate": 1}
    assert leaves(house)[2:] == [("restored", "review", None), ("invalidated", "review", "duplicate")]
    assert house.count() == 0


# --- Invalidating ---------------------------------------------------------------------------------


def test_an_invalidated_signatory_is_told_why_and_how_to_object(house: House) -> None:
    private = house.signed()
    invalidate(house, Reason.MACHINE, "Forty of them in one minute.")
    assert house.count() == 0
    mail, page = house.mails(ADDRESS)[-1], house.client().get(private).text
    assert mail.subject == "Your signature does not count"
    assert "If that is wrong, answer this e-mail." in mail.text
    for said in (mail.text, page):
        assert "The reason: it looks as if a machine had sent the form." in " ".join(said.split())
        assert "Forty of them" not in said
    assert "Forty" not in "".join(entry.leaf for entry in house.rows(Entry))
    confirmed = house.mails(ADDRESS)[0].link("/confirm/")
    assert "found later not to count" in house.client().get(confirmed).text
    restore(house)
    assert house.count() == 1
    assert house.mails(ADDRESS)[-1].subject == "Your signature has been checked, and counts"


@pytest.mark.one_database("sqlite", "words")
@pytest.mark.parametrize("reason", invalidating.REASONS)
def test_every_reason_is_said_in_words(house: House, reason: Reason) -> None:
    house.signed()
    invalidate(house, reason)
    told = " ".join(house.mails(ADDRESS)[-1].text.split())
    assert len(told.partition("The reason: ")[2].partition(".")[0].split()) > 4


def test_an_invalidated_mailbox_neither_undoes_nor_signs_its_way_back(house: House) -> None:
    private = house.signed()
    invalidate(house)
    assert house.press(f"{private}/withdraw").status_code == 303
    house.work()
    assert house.mails(ADDRESS)[-1].subject == "Your signature is withdrawn"
    assert "The count is lower" not in house.client().get(f"{private}/withdraw").text
    assert house.press(f"{private}/undo", on=f"{private}/withdraw").status_code == 303
    assert house.signature().status == Status.INVALIDATED
    assert house.press(f"{private}/withdraw").status_code == 303
    house.later(days=7, minutes=1)
    assert house.sweep()["erased"] == 1
    bare = house.signature()
    assert (bare.status, bare.name, bare.address) == (Status.INVALIDATED, None, None)
    house.sign(name="Ada Again")
    house.work()
    mail = house.mails(ADDRESS)[-1]
    assert mail.subject == "You have signed already"
    assert "what was typed is erased" in mail.text
    assert house.client().get(mail.link("/signature/")).status_code == 200
    assert house.count() == 0


def test_the_mailbox_of_an_erased_invalidated_signature_is_forgotten_when_signing_is_over(house: House) -> None:
    private = house.signed()
    invalidate(house)
    house.press(f"{private}/withdraw")
    house.work()
    house.later(days=8)
    house.sweep()
    assert house.signature().mailbox == house.mailbox()
    with house.writing() as session:
        session.query(Campaign).one().closes_at = clock.now()
    house.later(days=15)
    house.sweep()
    assert house.signature().mailbox is None


def test_restoring_what_was_withdrawn_since_leaves_it_withdrawn_and_lets_the_mailbox_sign(house: House) -> None:
    private = house.signed()
    invalidate(house)
    house.press(f"{private}/withdraw")
    house.work()
    restore(house)
    assert house.signature().status == Status.WITHDRAWN
    assert [kind for kind, *_ in leaves(house)] == ["verified", "invalidated", "restored", "withdrawn"]
    house.signed(name="Ada Again")
    assert house.count() == 1


# --- Withdrawing for somebody ---------------------------------------------------------------------


def test_who_asks_by_letter_is_withdrawn_and_erased_like_any_other(house: House) -> None:
    private = house.signed()
    with deciding(house) as (session, now, signature):
        withdrawing.withdraw(session, now, signature, "A letter of May 2.", None)
    assert leaves(house)[-1] == ("withdrawn", "review", None)
    assert house.mails(ADDRESS)[-1].subject == "Your signature is withdrawn"
    assert "undo this until" in house.client().get(f"{private}/withdraw").text
    house.later(days=7, minutes=1)
    house.sweep()
    assert house.signature().name is None
    assert house.rows(Note) == []


# --- The record -----------------------------------------------------------------------------------


def test_every_decision_is_recorded_and_its_note_stays_inside(house: House) -> None:
    house.signed(comment="Books for all.")
    with house.writing() as session:
        session.add(Account(address=b"sealed", mailbox=bytes(32), language="en", made_at=clock.now()))
    with deciding(house) as (session, now, signature):
        who = session.query(Account).one()
        comments.approve(session, now, signature, who)
        holding.hold(session, now, signature, "Ask Grace.", who)
        invalidating.invalidate(session, now, signature, Reason.IMPOSTOR, " ", None)
    entries = house.rows(AuditEntry)
    assert [(entry.act, entry.account_id) for entry in entries] == [
        ("comment approved", 1), ("signature held", 1), ("signature invalidated", None)
    ]  # fmt: skip
    assert {entry.subject for entry in entries} == {"signature 1"}
    assert entries[-1].details == '{"reason":"impostor"}'
    with house.reading() as session:
        decisions = history(session, session.get_one(Signature, 1))
        assert [(each.entry.act, each.note) for each in decisions][1] == ("signature held", "Ask Grace.")
        assert newest_notes(session, [1]) == {1: "Ask Grace."}
        assert auditing.broken(session) is None
    assert "Grace" not in repr([entry.details for entry in entries])


def test_a_decision_on_what_stands_otherwise_is_refused_and_changes_nothing(house: House) -> None:
    house.sign()
    house.work()

    def refused(*acts: Callable[[Session, datetime, Signature], None]) -> None:
        before = house.dump()
        for act in acts:
            with pytest.raises(StandsOtherwise), house.writing() as session:
                act(session, clock.now(), session.get_one(Signature, 1))
        assert house.dump() == before

    def held(session: Session, now: datetime, it: Signature) -> None:
        holding.hold(session, now, it, "", None)

    def released(session: Session, now: datetime, it: Signature) -> None:
        holding.release(session, now, it, "", None)

    def invalidated(session: Session, now: datetime, it: Signature) -> None:
        invalidating.invalidate(session, now, it, Reason.OTHER, "", None)

    def restored(session: Session, now: datetime, it: Signature) -> None:
        restoring.restore(session, now, it, "", None)

    def withdrawn(session: Session, now: datetime, it: Signature) -> None:
        withdrawing.withdraw(session, now, it, "", None)

    def approved(session: Session, now: datetime, it: Signature) -> None:
        comments.approve(session, now, it, None)

    refused(held, released, invalidated, restored, withdrawn, approved)
    house.confirm()
    house.work()
    refused(released, restored, approved)
    hold(house)
    refused(held, restored)
    invalidate(house)
    refused(held, released, invalidated)


# --- Comments -------------------------------------------------------------------------------------


def test_a_comment_waits_until_somebody_has_looked_and_can_be_decided_again(house: House) -> None:
    house.signed(comment="Books for all.")
    house.signed(GRACE)
    with deciding(house) as (session, now, signature):
        assert comments.count_waiting(session, signature.statement) == 1
        comments.disapprove(session, now, signature, None)
        assert comments.count_waiting(session, signature.statement) == 0
        comments.approve(session, now, signature, None)
    assert [row.comment_state for row in house.rows(Signature)] == [CommentState.APPROVED, None]
    assert house.count() == 2
