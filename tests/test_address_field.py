"""The field for an e-mail address: what is judged once for a domain is what the library says of each address."""

from collections.abc import Iterator

import pytest
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from petition.web import address_field
from petition.web.address_field import Parts, well_formed

NAMES = st.text("abcXYZ019._+-", min_size=1, max_size=70)
DOMAINS = st.sampled_from(
    ["example.org", "EXAMPLE.org", "bücher.de", "a-b.co.uk", "-a.org", "a..org", "localhost", "a.test",
     "x" * 64 + ".org", "münchen.example", "1.2.3.4", "[127.0.0.1]", "a_b.org", "gmail.com"]
)  # fmt: skip


@pytest.fixture(scope="module", params=[True, False], ids=["demo", "real"])
def demo(request: pytest.FixtureRequest) -> Iterator[bool]:
    app = Flask("addresses")
    app.extensions["demo"] = request.param
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(address_field, "_", lambda sentence: sentence)
        yield request.param


@given(NAMES, DOMAINS)
@example("a..b", "example.org")
@example("a" * 65, "example.org")
@example("a" * 64, "example.org")
def test_an_address_is_taken_apart_as_the_library_does_or_refused_as_by_it(
    demo: bool, name: str, domain: str
) -> None:
    address = f"{name}@{domain}"
    try:
        found = validate_email(address, check_deliverability=False, test_environment=demo)
    except EmailNotValidError:
        with pytest.raises(ValueError, match="We cannot write to this address"):
            well_formed(address)
    else:
        assert well_formed(address) == Parts(found.local_part, found.domain, found.ascii_domain or found.domain)
