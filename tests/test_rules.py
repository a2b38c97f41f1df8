"""The rules of signing, tried in whatever order hypothesis thinks of, against the model of them.

`--hypothesis-profile=long` tries many more, and others each time.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from petition import clock
from petition.config import Config
from petition.paths import STATEMENTS
from petition.statements.models import TEXT, Revision
from tests import prepared
from tests.agreement import stopped
from tests.ground import House
from tests.rules import Rules


@pytest.fixture
def wider(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house with a second statement, and a petition of which a second version was published."""
    folder = tmp_path / "content"
    shutil.copytree(STATEMENTS / "ebooksforall", folder)
    text = (folder / "petition.en.md").read_text(encoding="utf-8").replace('slug = "ebooksforall"', 'slug = "letter"', 1)
    (folder / "letter.en.md").write_text(text.replace('kind = "petition"', 'kind = "letter"', 1), encoding="utf-8")
    prepared.command(config, "load", str(folder))
    house = House.open(config)
    (first,) = house.revisions()[:1]
    with house.writing() as session:
        session.add(
            Revision(
                statement_id=first.statement_id, role=TEXT, language="en", number=2, title=first.title, ask=first.ask,
                body="Anew.", text="Anew.", sha256="0" * 64, published_at=first.published_at,
            )
        )  # fmt: skip
    monkeypatch.setattr(clock, "now", stopped.now)
    yield house
    house.close()


def test_whatever_happens_the_house_keeps_the_rules(wider: House) -> None:
    class Here(Rules):
        house = wider

    import os
    n=int(os.environ.get("N","8"))
    run_state_machine_as_test(Here, settings=settings(max_examples=n, stateful_step_count=int(os.environ.get("S","40")), derandomize=True, database=None, deadline=None, report_multiple_bugs=False, phases=[Phase.generate]+([Phase.shrink] if 'SHRINK' in os.environ else []), suppress_health_check=list(HealthCheck)))
