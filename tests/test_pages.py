"""What the pages say: the campaign with its form, publishers, revisions, the count, the demo's mailbox, languages."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from petition import clock
from petition.campaigns.models import Campaign
from petition.config import Config
from petition.db import Site
from petition.publishers.models import Publisher
from petition.statements.models import Revision
from tests.ground import SLUG, House
from tests.hours import evening
from tests.witness import Page, words

NOTICE = "Your name, town and state go to Macmillan Publishers in the delivered list. Your e-mail never does."
AGE = "If you are under 13, please ask a parent or guardian to sign instead."


def campaign(house: House) -> str:
    answer = house.client().get("/")
    assert answer.status_code == 200
    return answer.text


def form_of(source: str) -> str:
    found = re.search(r'<form class="signing".*?</form>', source, re.DOTALL)
    assert found is not None
    return found.group()


# --- The campaign's page ----------------------------------------------------------------------------


def test_the_notice_stands_directly_above_the_button(house: House) -> None:
    for path in ("/", f"/statements/{SLUG}"):
        form = form_of(house.client().get(path).text)
        notice, _, button = form.partition('<div class="notice">')[2].partition("</div>")
        assert words(notice).startswith(NOTICE)
        assert re.match(r"\s*<button[^>]*>Sign the petition</button>", button)


def test_nothing_is_ticked_or_chosen_beforehand(house: House) -> None:
    form = Page(form_of(campaign(house)))
    assert len(form.all("input", type="checkbox")) == 2
    assert [given["value"] for given in form.all("input", type="radio")] == ["patron", "librarian", "author", "other"]
    assert not [given for _tag, given in form.elements if "checked" in given]
    chosen = [given["value"] for given in form.all("option") if "selected" in given]
    assert not any(chosen)


def test_age_is_a_sentence_and_never_a_box(house: House) -> None:
    form = form_of(campaign(house))
    assert AGE in words(form)
    boxes = re.findall(r"<label class=\"tick\">.*?</label>", form, re.DOTALL)
    assert not [box for box in boxes if "13" in box or "age" in words(box).split()]
    assert not re.search(r'name="(age|birth|dob)', form)


def test_every_field_has_a_label_and_what_must_be_filled_says_so(house: House) -> None:
    form = Page(form_of(campaign(house)))
    labelled = {given["for"] for given in form.all("label") if given.get("for")}
    for kind in ("text", "email"):
        for given in form.all("input", type=kind):
            assert given["id"] in labelled, given["id"]
    required = {given["id"] for _tag, given in form.elements if "required" in given}
    assert required == {"name", "email", "city", "state"}
    assert form.all("form")[0]["action"] == f"/statements/{SLUG}/sign"
    assert "novalidate" in form.all("form")[0]


def test_the_list_of_states_has_everything_and_outside_last(house: House) -> None:
    source = re.search(r'<select id="state".*?</select>', campaign(house), re.DOTALL)
    assert source is not None
    codes = [given["value"] for given in Page(source.group()).all("option")]
    assert codes[0] == ""
    assert codes[-1] == "ZZ"
    assert {"NE", "DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"} <= set(codes)
    assert len(codes) == len(set(codes)) == 1 + 50 + 1 + 5 + 3 + 1


def test_the_count_stands_with_the_moment_it_is_true_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.signed()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 21, 21, 0, tzinfo=UTC))
    source = campaign(house)
    stamp = re.search(r'<div class="stamp">.*?</div>', source, re.DOTALL)
    assert stamp is not None
    assert words(stamp.group()) == "Verified 1 Nov 21 2026 4:00 pm ET"
    assert Page(stamp.group()).all("time", datetime="2026-11-21T21:00:00+00:00")
    assert "Goal 1,000" in words(source)


def test_the_page_has_call_number_and_check_sums(house: House) -> None:
    source = campaign(house)
    english = Revision.language == "en"
    (text,), (notice,) = (house.rows(Revision, Revision.role == role, english) for role in ("text", "notice"))
    said = words(source)
    assert "PET US 2019 r.1" in said
    for revision in (text, notice):
        assert revision.sha256 in said.replace(" ", "")
    assert text.title in said
    assert text.ask in said


def test_a_sample_says_so_on_its_face(house: House) -> None:
    said = words(campaign(house))
    assert "A sample. The text was written for this software from public facts of 2019." in said
    assert "Sample site: everything signed here is a sample and nothing is sent to any publisher." in said
    assert "SAMPLE · names, figures and signatures on this site are samples." in said
    assert "Nebraska Library Association" not in said


def test_a_real_house_says_nothing_of_a_sample_site(config: Config) -> None:
    first = House.open(config)
    with first.writing() as session:
        session.get_one(Site, 1).demo = False
    first.close()
    house = House.open(replace(config, smtp_url="smtp://127.0.0.1:9"))
    base = {"Host": config.base_host}
    said = words(house.client().get("/", headers=base).text)
    assert "Sample site" not in said
    assert "Mailbox of this sample" not in said
    assert "Sign the petition" in said
    house.close()


def test_a_real_house_without_a_mail_server_does_not_open_signing(config: Config) -> None:
    first = House.open(config)
    form = first.form()
    with first.writing() as session:
        session.get_one(Site, 1).demo = False
    first.close()
    house = House.open(config)
    base = {"Host": config.base_host}
    assert "form class=\"signing\"" not in house.client().get("/", headers=base).text
    answer = house.client().post(f"/statements/{SLUG}/sign", data=form, headers=base)
    assert answer.status_code == 409
    assert not house.dump()["signature"]
    house.close()


def test_a_closed_campaign_has_no_form_and_takes_none(house: House) -> None:
    form = house.form()
    with house.writing() as session:
        session.query(Campaign).one().closes_at = clock.now() - timedelta(minutes=1)
    said = campaign(house)
    assert 'class="signing"' not in said
    assert "Signing has ended." in words(said)
    answer = house.client().post(f"/statements/{SLUG}/sign", data=form)
    assert answer.status_code == 409
    assert "Signing has ended." in words(answer.text)
    assert not house.dump()["signature"]


def test_a_confirmation_link_works_after_closing(house: House) -> None:
    """Who signed in time is counted, though the e-mail is opened later."""
    house.sign()
    house.work()
    with house.writing() as session:
        session.query(Campaign).one().closes_at = clock.now()
    assert house.confirm().status_code == 303
    house.work()
    assert house.count() == 1


def test_what_is_dated_tomorrow_is_still_to_come_in_the_evening(house: House) -> None:
    today = evening()
    dates = [{"on": str(today + timedelta(days=days)), "text": f"In {days} days."} for days in (0, 1)]
    with house.writing() as session:
        session.query(Campaign).one().dates = dates
    (ahead,) = re.findall(r'<li class="ahead">.*?</li>', campaign(house), re.DOTALL)
    assert "In 1 days." in ahead


def test_a_campaign_that_has_not_begun_says_when_it_opens(house: House) -> None:
    with house.writing() as session:
        session.query(Campaign).one().opens_at = datetime(2099, 1, 1, 17, 0, tzinfo=UTC)
    said = words(campaign(house))
    assert "Signing is not open. It opens on Jan 1, 2099, 12:00 pm ET." in said


def test_only_chosen_names_show_with_their_state_and_no_more(house: House) -> None:
    house.signed("bo@patron.example", name="Bo Sample-Ito", city="Valentine", comment="My own words", show_name="1")
    house.signed("cleo@patron.example", name="Cleo Sample-Roy", city="Ogallala")
    said = words(campaign(house))
    assert "Bo Sample-Ito Nebraska" in said
    for untold in ("Cleo", "Ogallala", "Valentine", "My own words", "@patron.example"):
        assert untold not in said, untold


def test_figures_by_state_follow_the_ledger(house: House) -> None:
    house.signed("bo@patron.example", state="NE")
    house.signed("cleo@patron.example", state="NE")
    house.signed("dan@patron.example", state="ZZ", country="JP", city="Kyoto")
    said = words(campaign(house))
    assert "Signatures have come from one state, district or territory." in said
    assert "Outside the United States: 1." in said
    assert "Nebraska 2 0.1" in said


# --- Other public pages -------------------------------------------------------------------------------


def test_every_claim_stands_with_its_sources_and_contested_ones_side_by_side(house: House) -> None:
    source = house.client().get("/publishers/").text
    boxes = [words(part.partition("</div>\n<ul")[0]) for part in source.split('<div class="conflict">')[1:]]
    assert boxes
    assert all(box.startswith("Sources disagree here. We keep what each of them says.") for box in boxes)
    said, contested = words(source), 0
    with house.reading() as session:
        publishers = session.query(Publisher).all()
        assert len(publishers) == 5
        claims = {term.key: term for publisher in publishers for term in publisher.terms}
        for term in claims.values():
            assert " ".join(term.claim.split()) in said, term.key
            assert term.sources, term.key
            for other in term.conflicts_with:
                # Each names the other, and both stand in one box.
                assert term.key in claims[other].conflicts_with
                both = (" ".join(term.claim.split()), " ".join(claims[other].claim.split()))
                assert any(both[0] in box and both[1] in box for box in boxes), term.key
                contested += 1
    assert contested >= 2


def test_the_file_of_a_revision_has_the_check_sum_that_its_page_names(house: House) -> None:
    answer = house.client().get(f"/statements/{SLUG}/revisions/1.md")
    page = house.client().get(f"/statements/{SLUG}/revisions/1").text
    assert hashlib.sha256(answer.data).hexdigest() in words(page).replace(" ", "")


def test_a_revision_has_an_address_for_good(house: House) -> None:
    house.signed()
    client = house.client()
    said = words(client.get(f"/statements/{SLUG}/revisions/1").text)
    assert "This is the text in force" in said
    assert "1 verified signature stands on this revision." in said
    with house.writing() as session:
        old = session.query(Revision).filter_by(role="text", language="en").one()
        values = {name: getattr(old, name) for name in ("statement_id", "role", "language", "title", "ask")}
        session.add(
            Revision(
                **values, number=2, body="Another text.\n", text="Another text.\n", sha256="f" * 64,
                published_at=clock.now(),
            )
        )  # fmt: skip
    old_page = words(client.get(f"/statements/{SLUG}/revisions/1").text)
    assert "An earlier text" in old_page
    assert "It is no longer open for signing." in old_page
    assert "1 verified signature stands on this revision." in old_page
    assert "PET US 2019 r.1" in old_page
    new_page = words(client.get(f"/statements/{SLUG}/revisions/2").text)
    assert "Another text." in new_page
    assert "0 verified signatures stand on this revision." in new_page
    assert "PET US 2019 r.2" in words(campaign(house))
    for missing in ("0", "3", "99999999999999999999", "-1", "x"):
        assert client.get(f"/statements/{SLUG}/revisions/{missing}").status_code == 404, missing


def test_count_json_has_one_shape(house: House) -> None:
    house.signed()
    answer = house.client().get(f"/statements/{SLUG}/count.json")
    assert answer.mimetype == "application/json"
    told = json.loads(answer.text)
    assert set(told) == {"verified", "as_of"}
    assert told["verified"] == 1
    assert type(told["verified"]) is int
    as_of = datetime.fromisoformat(told["as_of"])
    assert as_of.tzinfo is not None
    assert abs(clock.now() - as_of) < timedelta(minutes=1)


def test_the_count_never_says_more_than_was_true_at_its_moment(house: House) -> None:
    house.signed("bo@patron.example")
    house.sign(email="cleo@patron.example")
    house.work()
    house.later(minutes=5)
    house.confirm("cleo@patron.example")
    before = json.loads(house.client().get(f"/statements/{SLUG}/count.json").text)
    assert before["verified"] == 1
    house.later(minutes=5)
    still = json.loads(house.client().get(f"/statements/{SLUG}/count.json").text)
    assert still == before
    house.register()
    after = json.loads(house.client().get(f"/statements/{SLUG}/count.json").text)
    assert after["verified"] == 2
    assert after["as_of"] > before["as_of"]


@pytest.mark.parametrize("path", ["/statements/nothing", "/statements/nothing/count.json", "/statements/nothing/sign"])
def test_an_unknown_statement_is_a_calm_404(house: House, path: str) -> None:
    answer = house.client().get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "We do not have this page." in answer.text


def test_signing_an_unknown_statement_is_a_calm_404(house: House) -> None:
    answer = house.client().post("/statements/nothing/sign", data=house.form())
    assert answer.status_code in (404, 422)
    assert not house.dump()["signature"]
