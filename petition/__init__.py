"""Petitions and statements for libraries: signed, verified, entered in a ledger, delivered in a packet."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed_version

try:
    __version__ = _installed_version("petition")
except PackageNotFoundError:
    __version__ = "0 (not installed)"
