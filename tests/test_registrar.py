"""The registrar: numbers in order, leaves that commit to everything and show nothing, tallies that are the rows."""

import hashlib
import json
import threading
from collections import Counter
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import clock, merkle
from petition.ledger import committing, leaves, registering
from petition.ledger.models import ALL, DAY, REVISION, STATE, Entry, Head, Opening, Tally
from petition.signatures.models import Change, Signature, Status
from petition.statements.models import NOTICE, TEXT
from tests.ground import ADDRESS, SLUG, House
from tests.prepared import command


def entered(house: House) -> list[dict[str, object]]:
    return [json.loads(entry.leaf) for entry in house.rows(Entry)]


def sampled(house: House, number: int) -> None:
    """Synthetic verified signatures, whose changes wait for the registrar no longer."""
    command(house.config, "signatures", "sample", SLUG, str(number))


def today() -> str:
    return clock.now().astimezone(UTC).date().isoformat()


def test_a_leaf_says_what_happened_and_not_to_whom(house: House) -> None:
    before = today()
    house.signed(name="Zuleika Unmistakable", city="Unforgettable Falls")
    days = (before, today())
    (entry,) = house.rows(Entry)
    leaf = json.loads(entry.leaf)
    revisions = {role: house.revisions(role)[0].sha256 for role in (TEXT, NOTICE)}
    commitments = leaf.pop("commitments")
    assert leaf.pop("day") in days
    assert leaf == {
        "v": 1,
        "kind": "verified",
        "statement": SLUG,
        "revision": revisions[TEXT],
        "notice": revisions[NOTICE],
        "seq": 1,
        "of": None,
        "method": "link",
        "reason": None,
    }
    assert set(commitments) == {"name", "place", "mailbox"}
    assert all(len(value) == 64 for value in commitments.values())
    assert "Zuleika" not in entry.leaf
    assert "Falls" not in entry.leaf


def test_a_leaf_is_canonical_json_and_its_hash_is_that_of_its_bytes(house: House) -> None:
    house.signed()
    (entry,) = house.rows(Entry)
    again = json.dumps(json.loads(entry.leaf), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert entry.leaf == again
    assert entry.leaf_hash == hashlib.sha256(b"\x00" + entry.leaf.encode()).digest()


@given(st.text(), st.none() | st.text(), st.none() | st.integers(1), st.integers(1), st.booleans())
def test_a_leaf_is_written_as_json_itself_writes_it(
    slug: str, reason: str | None, of: int | None, seq: int, entered: bool
) -> None:
    salts, values = (b"n" * 16, b"p" * 16, b"m" * 16), (slug, committing.place_value(slug, None, reason), "ab")
    committed = leaves.commitments(salts, values) if entered else "{}"
    written = leaves.text(
        kind="verified", slug=slug, revision="r" * 64, notice="n" * 64, seq=seq, of=of, day="2019-10-09",
        method=None, reason=reason, committed=committed,
    )  # fmt: skip
    assert values[1] == json.dumps([slug, "", reason or ""], ensure_ascii=False, separators=(",", ":"))
    opened = zip(committing.FIELDS, salts, values, strict=True)
    said = {
        "v": 1, "kind": "verified", "statement": slug, "revision": "r" * 64, "notice": "n" * 64, "seq": seq, "of": of,
        "day": "2019-10-09", "method": None, "reason": reason,
        "commitments": {field: committing.commitment(field, salt, value) for field, salt, value in opened if entered},
    }  # fmt: skip
    assert written == json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_each_field_opens_by_its_own_salt_alone(house: House) -> None:
    house.signed(name="Žofie", city="Lincoln", state="NE")
    (entry,) = house.rows(Entry)
    commitments = json.loads(entry.leaf)["commitments"]
    salts = {field: getattr(opening, field) for opening in house.rows(Opening) for field in committing.FIELDS}
    assert {len(salt) for salt in salts.values()} == {16}
    assert len(set(salts.values())) == 3
    values = {"name": "Žofie", "place": '["Lincoln","NE",""]', "mailbox": house.mailbox(ADDRESS).hex()}
    for field, value in values.items():
        opened = hashlib.sha256(field.encode() + b"\x00" + salts[field] + value.encode()).hexdigest()
        assert opened == commitments[field] == committing.commitment(field, salts[field], value)
        assert committing.commitment(field, salts[field], value + " ") != commitments[field]


def test_the_same_name_is_committed_to_unlike_each_time(house: House) -> None:
    house.signed("one@patron.example", name="Ada")
    house.signed("two@patron.example", name="Ada")
    one, two = (leaf["commitments"] for leaf in entered(house))
    assert one["name"] != two["name"]  # type: ignore[index]
    assert one["place"] != two["place"]  # type: ignore[index]


def test_withdrawn_and_restored_point_at_the_number_they_are_of(house: House) -> None:
    house.signed("first@patron.example")
    private = house.signed("second@patron.example")
    house.press(f"{private}/withdraw")
    house.work()
    house.press(f"{private}/undo", on=f"{private}/withdraw")
    house.work()
    assert [(leaf["kind"], leaf["seq"], leaf["of"], leaf["method"]) for leaf in entered(house)] == [
        ("verified", 1, None, "link"),
        ("verified", 2, None, "link"),
        ("withdrawn", 3, 2, "page"),
        ("restored", 4, 2, "undo"),
    ]
    assert [leaf["commitments"] == {} for leaf in entered(house)] == [False, False, True, True]
    assert house.signature(id=2).number == 2


def test_a_withdrawal_before_the_registrar_came_is_entered_after_its_signature(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails()[-1].link("/confirm/")
    house.press(link)
    for row in house.dispatch():
        house.office().send(row)
    private = house.mails()[-1].link("/signature/")
    assert "no. " not in house.mails()[-1].text
    house.press(f"{private}/withdraw")
    assert house.register() == 2
    assert [(leaf["kind"], leaf["of"]) for leaf in entered(house)] == [("verified", None), ("withdrawn", 1)]
    assert house.count() == 0


def test_numbers_follow_the_order_of_changes_without_a_gap(house: House) -> None:
    sampled(house, 25)
    house.signed("late@patron.example")
    changes = house.rows(Change)
    assert [change.seq for change in changes] == list(range(1, 27))
    assert [entry.seq for entry in house.rows(Entry)] == list(range(1, 27))
    assert [entry.change_id for entry in house.rows(Entry)] == [change.id for change in changes]
    assert [row.number for row in house.rows(Signature)] == list(range(1, 27))


def test_tallies_are_what_the_rows_come_to(house: House) -> None:
    sampled(house, 60)
    private = house.signed("late@patron.example", state="ZZ", country="CA")
    house.signed("later@patron.example", state="PR")
    house.press(f"{private}/withdraw")
    house.work()
    standing = [row for row in house.rows(Signature) if row.status == Status.VERIFIED]
    tallies = {(row.facet, row.part): row.verified for row in house.rows(Tally)}
    assert tallies[ALL, ""] == len(standing) == house.count() == 61
    by_state = {part: verified for (facet, part), verified in tallies.items() if facet == STATE and verified}
    assert by_state == dict(Counter(row.state for row in standing))
    by_revision = {part: verified for (facet, part), verified in tallies.items() if facet == REVISION}
    assert by_revision == {str(standing[0].revision_id): 61}
    assert sum(verified for (facet, _), verified in tallies.items() if facet == DAY) == 61
    (head,) = house.rows(Head)
    assert (head.size, head.verified) == (63, 61)


def test_many_registrars_at_once_number_each_change_once(house: House) -> None:
    client = house.client()
    form = house.form(client)
    for number in range(12):
        client.post(f"/statements/{SLUG}/sign", data={**form, "email": f"reader-{number}@patron.example"})
    house.work()
    for number in range(12):
        house.confirm(f"reader-{number}@patron.example", client)
    done: list[int] = []
    gate = threading.Barrier(4)

    def register() -> None:
        gate.wait()
        for _ in range(8):
            with house.writing() as session:
                done.append(registering.register(session, clock.now(), most=2))

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 12
    assert [change.seq for change in house.rows(Change)] == list(range(1, 13))
    assert house.count() == 12


def test_a_registrar_that_breaks_off_leaves_nothing_half_entered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.sign()
    house.work()
    house.confirm()

    def break_off(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as breaking:
        breaking.setattr(registering, "_advance", break_off)
        with pytest.raises(ZeroDivisionError):
            house.register()
    assert house.rows(Entry) == []
    assert house.rows(Head) == []
    assert house.signature().number is None
    assert house.register() == 1
    assert house.count() == 1


def test_the_root_over_the_leaves_changes_with_each_and_with_nothing_else(house: House) -> None:
    private = house.signed()
    house.signed("grace@patron.example")

    def root() -> bytes:
        return merkle.root(entry.leaf_hash for entry in house.rows(Entry))

    before = root()
    house.press(f"{private}/show-name", on=private, show_name="1")
    house.press(f"{private}/withhold", on=private, withhold="1")
    house.work()
    assert root() == before
    house.press(f"{private}/withdraw")
    house.work()
    withdrawn = root()
    assert withdrawn != before
    house.later(days=7, minutes=1)
    house.sweep()
    assert root() == withdrawn
    assert [opening.entry_id for opening in house.rows(Opening)] == [2]


def test_pending_signatures_are_in_no_ledger(house: House) -> None:
    house.sign()
    house.work()
    assert house.rows(Change) == []
    assert house.rows(Entry) == []
    assert house.register() == 0
