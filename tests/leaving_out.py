"""Doing without what this machine does not have. The end of the run says it loudly (conftest.py)."""

import os
from typing import NoReturn

import pytest


def miss(what: str) -> NoReturn:
    """Do without: skip the test for this reason. With CI=true it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and with CI=true nothing is left out", pytrace=False)
    pytest.skip(what)
