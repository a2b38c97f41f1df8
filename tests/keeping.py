"""Apps kept from one test to the next, each put back as it was when it was made.

To make an app, and to have each statement and page compiled anew for it, takes longer than most tests do with it.
Whatever a test may have changed in an app is put back: what is registered with it, its settings and extensions, what
its hooks remember, who has been counted by flood control. The database and the data directory are the fixtures' care.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from petition import limits
from petition.app import Petition
from petition.config import Config
from petition.db import db
from tests.making import make_app

Undo = Callable[[], None]


class Keeping:
    """The apps of one process that nobody uses now, and the data directories of all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free: list[tuple[Config, Petition, Undo]] = []

    def emptied(self, name: str) -> Path:
        """The data directory of that name, with nothing in it of an earlier test.

        But for the writers' lock, which has nothing in it: an app that is kept has the file open, and two files would
        be two locks.
        """
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        for left in folder.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            elif left.suffix != ".writers":
                left.unlink()
        return folder

    def lend(self, config: Config) -> tuple[Petition, Undo]:
        """An app of this configuration, as good as new, and what takes it back."""
        found = next((each for each in self._free if each[0] == config), None)
        if found is None:
            app = make_app(config)
            found = (config, app, remembered(app))
        else:
            self._free.remove(found)
            limits.attach(found[1], config)
        return found[1], lambda: self._take_back(*found)

    def _take_back(self, config: Config, app: Petition, undo: Undo) -> None:
        with app.app_context():
            db.engine.dispose()
        rules = len(list(app.url_map.iter_rules()))
        undo()
        if rules == app.extensions[RULES]:
            self._free.append((config, app, undo))


RULES: Final = "tests.rules"


def remembered(app: Petition) -> Undo:
    """Look at all that can be changed in an app; returns what puts it back."""
    # Addresses cannot be taken out of the map again: an app that has got more of them is not used again.
    app.extensions[RULES] = len(list(app.url_map.iter_rules()))
    environment = app.jinja_env
    hooks = (*_functions(app.before_request_funcs), *_functions(app.after_request_funcs))
    cells = [cell for hook in hooks for cell in getattr(hook, "__closure__", None) or ()]
    undoes = [_contents(vars(app), set()), _contents(vars(environment), set()), *(_cell(cell) for cell in cells)]

    def undo() -> None:
        for each in undoes:
            each()

    return undo


def _functions(hooks: dict[Any, list[Any]]) -> Iterable[Any]:
    return (hook for some in hooks.values() for hook in some)


def _cell(cell: Any) -> Undo:
    value, inside = cell.cell_contents, _contents(cell.cell_contents, set())

    def undo() -> None:
        cell.cell_contents = value
        inside()

    return undo


def _contents(thing: Any, seen: set[int]) -> Undo:
    """What puts back everything in a dictionary, list or set, and in those within it."""
    if id(thing) in seen or not isinstance(thing, dict | list | set):
        return _nothing
    seen.add(id(thing))
    held = dict(thing) if isinstance(thing, dict) else list(thing)
    within = [_contents(each, seen) for each in (held.values() if isinstance(held, dict) else held)]
    within = [each for each in within if each is not _nothing]

    def undo() -> None:
        thing.clear()
        (thing.extend if isinstance(thing, list) else thing.update)(held)
        for each in within:
            each()

    return undo


def _nothing() -> None:
    pass
