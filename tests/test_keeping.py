"""A house's app is kept for the next test, and nothing that one test does to it reaches the next."""

from dataclasses import replace

import pytest
from jinja2 import DictLoader

from petition.limits import limiter
from tests.ground import SLUG, House
from tests.keeping import Keeping

MARK = "left behind"


def mess(house: House) -> None:
    """Leave something everywhere that a test has ever changed."""
    assert house.sign().status_code == 303
    house.work()
    house.client().get("/", headers={"X-Forwarded-For": "203.0.113.7"})
    app = house.app
    app.view_functions["pages.how_we_count"] = lambda: MARK
    app.before_request_funcs[None].append(lambda: MARK)
    app.error_handler_spec.setdefault(None, {}).clear()
    app.extensions["demo"] = False
    app.extensions[MARK] = app.config[MARK] = MARK
    app.test_client_class = None
    app.wsgi_app = lambda *_: [MARK.encode()]  # type: ignore[method-assign]
    app.jinja_env.globals[MARK] = MARK
    app.jinja_env.loader = DictLoader({})
    (house.config.data_dir / MARK).write_text(MARK)
    (house.config.data_dir / "mail" / "more").mkdir()


@pytest.mark.one_database("sqlite", "Redis, which counts beside PostgreSQL, is emptied between tests by its fixture")
def test_what_one_test_does_to_an_app_the_next_does_not_see(house: House, keeping: Keeping) -> None:
    config = replace(house.config, limits={**house.config.limits, "sign": "2 per 10 minutes"})
    before = limits_reached(house)
    app, take_back = keeping.lend(config)
    own = House.around(app, config)
    asked = dict(vars(app))
    mess(own)
    take_back()
    again, take_back = keeping.lend(config)
    try:
        assert again is app
        assert dict(vars(again)) == asked
        assert MARK not in again.jinja_env.globals
        assert MARK not in again.extensions
        assert again.extensions["demo"] is True
        assert own.client().get("/how-we-count").status_code == 200
        assert own.client().get("/nowhere").status_code == 404
        # Two may sign, whoever signed before; and the proxy is noticed anew, as in a process that has just begun.
        assert [own.sign(email=f"{name}@patron.example").status_code for name in "abc"] == [303, 303, 429]
        seen = [hook.__closure__ for hook in again.before_request_funcs[None] if hook.__name__ == "look"]
        assert [cell.cell_contents for cells in seen for cell in cells or () if cell.cell_contents is None] == [None]
    finally:
        take_back()
    assert before == [303] * 3


def limits_reached(house: House) -> list[int]:
    return [house.sign(email=f"early-{number}@patron.example").status_code for number in range(3)]


def test_an_app_with_more_addresses_than_it_had_is_not_used_again(house: House, keeping: Keeping) -> None:
    config = replace(house.config, base_url="http://localhost:8000")
    app, take_back = keeping.lend(config)
    app.add_url_rule(f"/{MARK}", MARK, lambda: MARK)
    take_back()
    again, take_back = keeping.lend(config)
    assert again is not app
    assert House.around(again, config).client().get(f"/{MARK}").status_code == 404
    take_back()


@pytest.mark.parametrize("round_of_two", [1, 2])
def test_each_test_begins_with_nothing_but_the_campaign(house: House, round_of_two: int) -> None:
    """Whichever of the two comes first, the other finds nothing of it."""
    folder = house.config.data_dir
    assert {path.name for path in folder.iterdir() if path.suffix == ".json"} == {"keys.json"}
    assert not house.config.mail_dir.exists()
    assert house.emails() == []
    assert house.count() == 0
    assert limiter.storage.check()
    house.signed()
    (folder / f"{MARK}.json").write_text(SLUG)
    with house.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE left_behind (id INTEGER)")
    assert house.count() == 1, round_of_two
