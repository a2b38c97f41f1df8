"""Imports in petition/ go down only. What that means is written at the top of tests/floors.py."""

from pathlib import Path
from typing import Final

import pytest

from tests.floors import CHILD, ON_PURPOSE, House, module_in, violations

ROOT: Final = Path(__file__).resolve().parent.parent

# --- The house as it stands -----------------------------------------------------------------------


def test_every_import_goes_down() -> None:
    assert violations(ROOT) == []


def test_every_rule_speaks_of_something_that_exists() -> None:
    house = House.survey(ROOT)
    imports = {(found.importer, module_in(found.target, house.files)) for found in house.imports}
    assert not set(ON_PURPOSE) - imports
    assert set(CHILD) <= set(house.files)


# --- The rules find what they are for -------------------------------------------------------------


def plant(root: Path, files: dict[str, str]) -> None:
    for name, source in {"petition/__init__.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source, encoding="utf-8")


PLANTED: Final = {
    "a third party on the lowest floor": (
        {"petition/text/names.py": "import json\nimport flask\n"},
        "petition.text.names:2 imports flask: the lowest floor",
    ),
    "up one floor": (
        {"petition/config.py": "from petition.db import db\n", "petition/db.py": "db = 1\n"},
        "petition.config:1 imports petition.db.db: goes up from F1 to F2",
    ),
    "machinery that knows a feature, inside a function": (
        {"petition/web/page.py": "def page():\n    import petition.signatures.models\n"},
        "petition.web.page:2 imports petition.signatures.models: goes up",
    ),
    "under TYPE_CHECKING": (
        {"petition/jobs.py": "if TYPE_CHECKING:\n    from petition.worker import Worker\n"},
        "petition.jobs:2 imports petition.worker.Worker: goes up",
    ),
    "by a relative import": (
        {"petition/mail/outbox.py": "from .. import app\n"},
        "petition.mail.outbox:1 imports petition.app: goes up from F2 to F5",
    ),
    "by name": (
        {"petition/cli/serve.py": "import importlib\nimportlib.import_module('petition.app')\n"},
        "petition.cli.serve:2 imports petition.app: goes up",
    ),
    "a later feature": (
        {"petition/statements/models.py": "from petition.signatures.models import Signature\n"},
        "petition.statements.models:1 imports petition.signatures.models.Signature: reaches for a later",
    ),
    "another feature's views": (
        {"petition/ledger/views.py": "from petition.signatures import models, views\n"},
        "petition.ledger.views:1 imports petition.signatures.views: looks into",
    ),
    "another feature's forms": (
        {"petition/ledger/counting.py": "from ..signatures.forms import SignForm\n"},
        "petition.ledger.counting:1 imports petition.signatures.forms.SignForm: looks into",
    ),
    "models on an act of the same feature": (
        {"petition/ledger/models.py": "from petition.ledger import sealing\n"},
        "petition.ledger.models:1 imports petition.ledger.sealing: models does not build on act",
    ),
    "a feature's own folder bringing in its pages": (
        {
            "petition/ledger/__init__.py": "from .views import pages\n",
            "petition/ledger/views.py": "pages = 1\n",
        },
        "petition.ledger:1 imports petition.ledger.views.pages: __init__ does not build on views",
    ),
    "an act that knows a request": (
        {"petition/signatures/signing.py": "from flask import request\n"},
        "petition.signatures.signing:1 imports flask.request: an act knows no request",
    ),
    "the database in the PDF's child": (
        {"petition/pdf/child.py": "from . import inks\n", "petition/pdf/inks.py": "import sqlalchemy.orm\n"},
        "petition.pdf.inks:1 imports sqlalchemy.orm: not in a child process",
    ),
    "the web in the folder around the PDF's child": (
        {"petition/pdf/child.py": "", "petition/pdf/__init__.py": "from flask import Flask\n"},
        "petition.pdf:1 imports flask.Flask: not in a child process",
    ),
    "a ring": (
        {"petition/db.py": "import petition.jobs\n", "petition/jobs.py": "from petition import db\n"},
        "petition.db: is in a ring of imports",
    ),
    "a name that says nothing": (
        {"petition/web/helpers.py": ""},
        "petition.web.helpers: a name that says nothing",
    ),
    "a room without a floor": (
        {"petition/blockchain.py": ""},
        "petition.blockchain: no floor has been given to it",
    ),
}


@pytest.mark.parametrize(("files", "expected"), PLANTED.values(), ids=PLANTED)
def test_a_planted_violation_is_found(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    plant(tmp_path, files)
    assert [found for found in violations(tmp_path) if found.startswith(expected)]


def test_a_sound_house_has_no_violations(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            "petition/clock.py": "from datetime import datetime\n",
            "petition/db.py": "import sqlalchemy\nfrom petition.config import Config\n",
            "petition/config.py": "from . import clock\n",
            "petition/statements/models.py": "from petition.db import db\n",
            "petition/signatures/models.py": "from petition.statements.models import Revision\n",
            "petition/signatures/signing.py": "from petition.signatures import models\n",
            "petition/signatures/forms.py": "import wtforms\nfrom .signing import sign\n",
            "petition/signatures/views.py": "import flask\nfrom . import forms, signing\n",
            "petition/pages.py": "from petition.signatures.forms import SignForm\n",
            "petition/app.py": "from petition import pages\nfrom petition.signatures import views\n",
        },
    )
    assert violations(tmp_path) == []
