"""axe-core: what it is asked, and on one page of a real browser."""

import importlib.util
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.leaving_out import miss

TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
#: `incomplete` are the places at which axe could not decide; the map's letters are measured below.
RUN: Final = """options => axe.run(document, options).then(result => [
  ...result.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`)),
  ...result.incomplete.flatMap(rule => rule.nodes.filter(node => !node.html.startsWith("<text"))
    .map(node => `undecided ${rule.id}: ${node.html.slice(0, 160)}`)),
])"""


def script() -> str:
    """axe-core as one script."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        miss("axe-playwright-python is not installed")
    return Path(found.origin).with_name("axe.min.js").read_text()


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in a context that has its script."""
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
    return [str(found) for found in page.evaluate(RUN, options) if not str(found).startswith("undecided")]
