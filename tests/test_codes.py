"""Typed codes: read as they were meant, five wrong tries, one day; and the answer tells nothing."""

import re
import threading

import pytest

from petition import tokens
from petition.signatures.models import Signature, Status, WrongCodes
from tests.ground import ADDRESS, SLUG, House, hidden, reasons

WRONG = "AAAA-AAAA"


def sent_page(house: House, address: str = ADDRESS) -> str:
    """Sign and have the e-mail sent; returns the path of the page that asks for its code."""
    path = house.sign(email=address).headers["Location"]
    house.work()
    return path


def code_of(house: House, address: str = ADDRESS) -> str:
    return house.mails(address)[-1].codes[0]


def spellings(code: str) -> list[str]:
    """How people type it."""
    misread = code.replace("0", "o").replace("1", "l")
    return [code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} ", misread, code.replace("-", "–")]


@pytest.mark.parametrize("spelling", range(6))
def test_a_code_confirms_on_the_page_that_waits_for_it(house: House, spelling: int) -> None:
    path = sent_page(house)
    answer = house.press(path, code=spellings(code_of(house))[spelling])
    assert answer.status_code == 303
    kept = house.signature()
    assert (kept.status, kept.method) == (Status.VERIFIED, "code")
    house.work()
    assert house.count() == 1


def test_a_code_holds_eight_letters_in_two_groups(house: House) -> None:
    sent_page(house)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code_of(house))


def test_address_and_code_confirm_from_any_device(house: House) -> None:
    sent_page(house)
    answer = house.press("/confirm", email="ADA+phone@patron.example", code=code_of(house))
    assert answer.status_code == 303
    assert house.signature().status == Status.VERIFIED


def test_a_code_that_was_used_says_already(house: House) -> None:
    path = sent_page(house)
    code = code_of(house)
    house.press(path, code=code)
    house.work()
    again = house.press(path, code=code)
    assert again.status_code == 303
    assert again.headers["Location"] == "/already-confirmed"
    house.work()
    assert house.count() == 1


def test_the_code_of_one_mailbox_does_not_confirm_another(house: House) -> None:
    sent_page(house)
    other = sent_page(house, "mallory@patron.example")
    assert house.press(other, code=code_of(house)).status_code == 422
    assert house.press("/confirm", email="mallory@patron.example", code=code_of(house)).status_code == 422
    assert {row.status for row in house.rows(Signature)} == {Status.PENDING}


def test_with_two_waiting_each_code_confirms_its_own(house: House) -> None:
    house.sign(name="Ada Lovelace")
    path = house.sign(name="Ada King").headers["Location"]
    house.work()
    house.later(minutes=11)
    house.work()
    assert house.press(path, code=house.mails(ADDRESS)[-1].codes[0]).status_code == 303
    assert [(row.name, row.status) for row in house.rows(Signature)] == [
        ("Ada Lovelace", Status.VERIFIED),
        ("Ada King", Status.EXPIRED),
    ]


def test_an_empty_code_is_asked_for_and_not_counted(house: House) -> None:
    path = sent_page(house)
    answer = house.press(path, code=" ")
    assert answer.status_code == 422
    assert reasons(answer)["code"] == "Type the code from the e-mail."
    assert house.rows(WrongCodes) == []


# --- Five tries -----------------------------------------------------------------------------------


def test_after_five_wrong_tries_even_the_right_code_is_refused_and_the_link_works(house: House) -> None:
    path = sent_page(house)
    said = [reasons(house.press(path, code=WRONG))["code"] for _ in range(5)]
    assert said[0] == "That code does not fit. Check it against the newest e-mail."
    assert "last try" in said[4]
    assert house.press(path, code=code_of(house)).status_code == 422
    assert house.press("/confirm", email=ADDRESS, code=code_of(house)).status_code == 422
    assert house.signature().status == Status.PENDING
    assert house.confirm().status_code == 303
    assert house.signature().status == Status.VERIFIED


def test_a_wrong_try_is_counted_though_the_form_was_refused(house: House) -> None:
    path = sent_page(house)
    assert house.press(path, code=WRONG).status_code == 422
    again = House.open(house.config)
    try:
        assert again.press("/confirm", email=ADDRESS, code=WRONG).status_code == 422
        (counted,) = again.rows(WrongCodes)
    finally:
        again.close()
    assert counted.count == 2
    assert counted.mailbox == house.mailbox()


def test_the_right_code_leaves_the_count_so_that_nobody_can_tell_it_was_typed(house: House) -> None:
    path = sent_page(house)
    for _ in range(4):
        house.press(path, code=WRONG)
    assert house.press(path, code=code_of(house)).status_code == 303
    (tries,) = house.rows(WrongCodes)
    assert tries.count == 4


def test_a_day_after_the_first_wrong_try_there_are_five_again(house: House) -> None:
    path = sent_page(house)
    for _ in range(6):
        house.press(path, code=WRONG)
    house.later(hours=24)
    page = house.client().get(path)
    house.client().post(f"{path}/again", data=hidden(page, f"{path}/again"))
    house.work()
    assert house.press(path, code=code_of(house)).status_code == 303


def test_many_guesses_at_once_are_five_at_most(house: House) -> None:
    path = sent_page(house)
    token = hidden(house.client().get(path), path)
    code = code_of(house)
    answers: list[int] = []

    def guess(number: int) -> None:
        typed = tokens.written(tokens.code(house.keys, 10_000 + number))
        answers.append(house.client().post(path, data={**token, "code": typed}).status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [422] * 15
    assert [row.count for row in house.rows(WrongCodes)] == [5]
    assert house.press(path, code=code).status_code == 422


# --- One day --------------------------------------------------------------------------------------


def test_a_code_works_for_a_day_and_its_link_goes_on(house: House) -> None:
    path = sent_page(house)
    code = code_of(house)
    house.later(hours=23, minutes=58)
    assert house.press(path, code=WRONG).status_code == 422
    house.later(minutes=3)
    assert house.press(path, code=code).status_code == 422
    assert house.confirm().status_code == 303


def test_a_code_sent_again_late_ends_with_its_link(house: House) -> None:
    path = sent_page(house)
    house.later(days=6, hours=20)
    page = house.client().get(path)
    house.client().post(f"{path}/again", data=hidden(page, f"{path}/again"))
    house.work()
    assert len(house.mails(ADDRESS)) == 2
    house.later(hours=8)
    assert house.press(path, code=code_of(house)).status_code == 422
    assert house.signature().status == Status.PENDING


# --- What an answer tells -------------------------------------------------------------------------


def test_an_unknown_address_gets_the_same_answer_by_the_same_statements(house: House) -> None:
    sent_page(house, "pending@patron.example")
    house.signed("verified@patron.example")
    client = house.client()
    token = hidden(client.get("/confirm"), "/confirm")
    seen = []
    for name in ("unknown", "pending", "verified"):
        address = f"{name}@patron.example"
        shapes = []
        for _ in range(6):
            with house.statements() as asked:
                answer = client.post("/confirm", data={**token, "email": address, "code": WRONG})
            page = answer.text.replace(address, "…")
            shapes.append((asked, answer.status_code, re.sub(r'(csrf_token" value=")[^"]+', r"\1", page)))
        seen.append(shapes)
    assert seen[0] == seen[1] == seen[2]


def test_the_page_of_a_row_that_is_gone_answers_like_any_other(house: House) -> None:
    path = sent_page(house)
    link = house.mails(ADDRESS)[-1].link("/confirm/")
    other = sent_page(house, "grace@patron.example")
    house.press(f"{link}/not-me", on=link)
    assert house.rows(Signature, Signature.name == "Ada Lovelace")[0].mailbox == house.mailbox("grace@patron.example")
    pages = []
    for each in (path, other):
        answers = [house.press(each, code=WRONG) for _ in range(6)]
        handle = each.rsplit("/", 1)[1]
        # The minute may change in between, and the forms' tokens with it.
        plain = [re.sub(r'(csrf_token" value=")[^"]+', r"\1", one.text.replace(handle, "…")) for one in answers]
        pages.append([(one.status_code, text) for one, text in zip(answers, plain, strict=True)])
    assert pages[0] == pages[1]
    assert house.client().get(f"/statements/{SLUG}").status_code == 200
