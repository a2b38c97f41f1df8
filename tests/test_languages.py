"""Languages: whatever is asked for, a page answers in one that we have, and says that it varies."""

import pytest

from tests.ground import SLUG, House


@pytest.mark.parametrize("asked", ["en", "xx", "", "en-US", "<script>"])
def test_an_unknown_language_falls_back_and_every_page_varies_by_it(house: House, asked: str) -> None:
    for path in ("/", "/publishers/", f"/statements/{SLUG}", "/confirm"):
        answer = house.client().get(path, query_string={"lang": asked}, headers={"Accept-Language": "tlh, xx;q=0.5"})
        assert answer.status_code == 200
        assert '<html lang="en" dir="ltr">' in answer.text
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("said", ["", "de-DE,de;q=0.9", "*", ";;;", "en;q=x", "a" * 5000])
def test_any_accept_language_is_answered(house: House, said: str) -> None:
    answer = house.client().get("/", headers={"Accept-Language": said})
    assert answer.status_code == 200
    assert 'lang="en"' in answer.text
