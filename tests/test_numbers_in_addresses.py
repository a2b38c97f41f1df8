"""Numbers in addresses: whatever stands in the place of one, an answer comes, and never one that is a fault of ours."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule
from werkzeug.routing.converters import IntegerConverter

from tests.ground import SLUG, House
from tests.signing_in import signed_in
from tests.test_url_map import Addresses, is_guarded

#: Nothing, less than nothing, more than 32 and 64 bits hold, more than Python reads, and digits of other scripts.
TYPED: Final = ("0", "-1", str(10**19), str(10**40), "١٢", str(2**31), str(2**63), "9" * 5_000, "²")
#: Every parameter of an address that is read anywhere as a number, or may be one day.
QUERY: Final = ("before", "page", "number", "other", "old", "new", "order")


def filled(rule: Rule, addresses: Addresses, values: dict[str, Any]) -> dict[str, Any]:
    """What opens a route, but for these."""
    known = {name: addresses.values.get(name, "") for name in rule.arguments}
    if "token" in rule.arguments:
        known["token"] = addresses.tokens[rule.rule.split("/")[1]]
    if {"chapter", "slug"} <= rule.arguments:
        known["slug"] = addresses.own_text
    return {**known, **values}


def paths(addresses: Addresses, rule: Rule, method: str, typed: str) -> Iterator[str]:
    """The route's addresses with this in the place of each number, and behind it as each parameter."""
    adapter = addresses.house.app.url_map.bind("127.0.0.1")
    told = quote(typed)
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            built = adapter.build(rule.endpoint, filled(rule, addresses, {name: 777}), method=method)
            yield f"/{told}".join(built.rsplit("/777", 1))
    if method == "GET" and typed in TYPED[:6]:
        built = adapter.build(rule.endpoint, filled(rule, addresses, {}), method=method)
        yield f"{built}?{'&'.join(f'{name}={told}' for name in QUERY)}"


def test_no_number_in_any_address_ends_in_a_fault_of_ours(house: House) -> None:
    addresses = Addresses(house)
    strangers, organizer = house.client(), signed_in(house)
    faults, tried = [], 0
    for rule in house.app.url_map.iter_rules():
        client = organizer if is_guarded(rule.endpoint) else strangers
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for typed in TYPED:
                for path in paths(addresses, rule, method, typed):
                    tried += 1
                    with client.open(path, method=method) as answer:
                        if answer.status_code >= 500:
                            faults.append((rule.endpoint, method, typed[:20], answer.status_code))
    assert faults == []
    assert tried > 500


@pytest.mark.parametrize("before", ["0", "-1", "9999999999999999999", "1" * 40, "١٢", "x", ""])
def test_what_names_no_checkpoint_shows_the_newest(house: House, before: str) -> None:
    answer = house.client().get(f"/ledger/{SLUG}", query_string={"before": before})
    assert answer.status_code == 200
    assert "There is none yet." in answer.text
