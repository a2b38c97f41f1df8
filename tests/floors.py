"""The floors of the house: what may import what, read off the syntax tree of every file in petition/.

Imports inside functions, under TYPE_CHECKING and by import_module("petition.…") count like any other.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

# A module may import its own floor and those before it. Features (F3) reach back only, to earlier features.
FLOORS: Final = (
    ("__init__", "paths", "clock", "errors", "text"),  # F0: standard library only
    ("config",),  # F1
    ("metrics", "db", "writers", "crypto", "tokens", "limits", "jobs", "occurrences", "merkle", "markdown", "content",
     "web", "mail", "pdf", "uploads", "migrations", "translations"),  # F2: machinery, knows no feature
    ("chapters", "accounts", "publishers", "campaigns", "statements", "officers", "drafts", "signatures",
     "institutions", "sheets", "ledger", "review", "packets", "papers", "deliveries", "audits",
      "sisters"),  # F3, in this order
    ("pages", "console", "api", "cli", "worker"),  # F4: doors
    ("app", "__main__"),  # F5
)  # fmt: skip
BOTTOM, FEATURES = 0, 3

# The rooms of a feature, each built on those before it; every other file is an act. Its __init__ imports
# nothing, so that reaching for a feature's models does not bring in its pages.
ROOMS: Final = ("__init__", "models", "act", "forms", "permission", "views")
PRIVATE_ROOMS: Final = ("forms", "views")  # no other feature may look in
# What an act would only need if it knew of a request.
REQUESTS: Final = ("flask_wtf", "wtforms", "flask_limiter", "flask_login", "flask.request", "flask.session",
                   "flask.g", "flask.abort", "flask.redirect", "flask.make_response",
                   "flask.Blueprint")  # fmt: skip

# What runs in a child process (the one that prints, the one that reads uploads) or writes pages for it knows
# neither web nor database, nor does anything it brings in: it works from frozen values or one document alone.
CHILD: Final = ("petition.pdf.child", "petition.uploads.child", "petition.uploads.confinement",
                "petition.packets.rendering", "petition.papers.setting")  # fmt: skip
NOT_IN_CHILD: Final = ("flask*", "sqlalchemy*", "werkzeug*", "psycopg*", "redis*", "huey*")

NAMES_THAT_SAY_NOTHING: Final = ("utils", "helpers", "services", "managers", "extensions", "common")

# Imports that go up on purpose: (importer, imported) -> the reason. Best left empty.
ON_PURPOSE: Final[dict[tuple[str, str], str]] = {}


@dataclass(frozen=True)
class Import:
    """One import: from which module, on which line, of what (a module, or a name in one)."""

    importer: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


@dataclass(frozen=True)
class House:
    """The modules below one folder, and what they import."""

    files: dict[str, Path]
    imports: tuple[Import, ...]

    @classmethod
    def survey(cls, root: Path) -> "House":
        files = {name_of(path.relative_to(root)): path for path in sorted((root / "petition").rglob("*.py"))}
        return cls(files, tuple(found for name in files for found in imports_of(name, files)))

    def brought_in_by(self, module: str) -> Iterator[Import]:
        """Everything that importing a module imports, the packages around it included."""
        waiting, seen = [module], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if "." in name:
                waiting.append(name.rpartition(".")[0])
            for found in self.imports:
                if found.importer == name:
                    yield found
                    waiting.append(module_in(found.target, self.files))


def name_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def module_in(target: str, files: dict[str, Path]) -> str:
    """The module that holds what was imported: petition.clock for petition.clock.now."""
    parts = target.split(".")
    holders = (".".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((holder for holder in holders if holder in files), target)


def imports_of(name: str, files: dict[str, Path]) -> Iterator[Import]:
    package = name if files[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(files[name].read_text(encoding="utf-8"))):
        for target in targets_of(node, package):
            yield Import(name, getattr(node, "lineno", 0), target)


def targets_of(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            base = ".".join([*above, *([module] if module else [])])
            return [base if alias.name == "*" else f"{base}.{alias.name}" for alias in names]
        case ast.Call(func=function, args=[ast.Constant(value=str(called)), *_]):
            by_name = ast.unparse(function).rpartition(".")[2] in ("import_module", "__import__")
            return [(package + called if called.startswith(".") else called)] if by_name else []
    return []


# --- The rules ------------------------------------------------------------------------------------


def room_of(module: str) -> str | None:
    """The name directly under petition/: a module's own or that of its folder. None outside the package."""
    parts = module.split(".")
    if parts[0] != "petition":
        return None
    return parts[1] if len(parts) > 1 else "__init__"


def floor_of(module: str) -> int | None:
    return next((floor for floor, rooms in enumerate(FLOORS) if room_of(module) in rooms), None)


def kind_of_room(module: str) -> str:
    """models, forms, views, __init__ or act: the kind of a file in a feature. private_views are views."""
    parts = module.split(".")
    kind = parts[2].rpartition("_")[2] if len(parts) > 2 else "__init__"
    return kind if kind in ROOMS else "act"


def violations(root: Path) -> list[str]:
    house = House.survey(root)
    found = [f"{name}: a name that says nothing" for name in house.files if says_nothing(name)]
    found += [f"{name}: no floor has been given to it" for name in house.files if floor_of(name) is None]
    for one in house.imports:
        target = module_in(one.target, house.files)
        if (one.importer, target) not in ON_PURPOSE:
            found += [f"{one}: {rule}" for rule in broken_by(one, target)]
    return found + in_child(house) + cycles(house)


def says_nothing(name: str) -> bool:
    return any(part in NAMES_THAT_SAY_NOTHING for part in name.split("."))


def broken_by(one: Import, target: str) -> Iterator[str]:
    here, there = floor_of(one.importer), floor_of(target)
    if room_of(target) is None:
        if here == BOTTOM and target.split(".")[0] not in sys.stdlib_module_names:
            yield "the lowest floor stands on the standard library only"
        is_act = here == FEATURES and kind_of_room(one.importer) in ("models", "act")
        if is_act and matches(one.target, REQUESTS):
            yield "an act knows no request"
        return
    if here is None or there is None:
        return
    if there > here:
        yield f"goes up from F{here} to F{there}"
    if here == there == FEATURES:
        yield from broken_among_features(one.importer, target)


def broken_among_features(importer: str, target: str) -> Iterator[str]:
    order = FLOORS[FEATURES]
    mine, other = order.index(room_of(importer) or ""), order.index(room_of(target) or "")
    if mine == other:
        if ROOMS.index(kind_of_room(target)) > ROOMS.index(kind_of_room(importer)):
            yield f"{kind_of_room(importer)} does not build on {kind_of_room(target)}"
    elif other > mine:
        yield "reaches for a later feature"
    elif kind_of_room(target) in PRIVATE_ROOMS:
        yield "looks into another feature's forms or views"


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name == pattern or name.startswith(pattern + ".") for pattern in patterns)


def in_child(house: House) -> list[str]:
    children = [name for name in house.files if name in CHILD]
    return [
        f"{found}: not in a child process ({child})"
        for child in children
        for found in house.brought_in_by(child)
        if any(fnmatchcase(found.target.split(".")[0], pattern) for pattern in NOT_IN_CHILD)
    ]


def cycles(house: House) -> list[str]:
    """Modules that import each other, however long the way round."""
    graph: dict[str, set[str]] = {name: set() for name in house.files}
    for found in house.imports:
        target = module_in(found.target, house.files)
        if target in graph and target != found.importer:
            graph[found.importer].add(target)
    while loose := [name for name, targets in graph.items() if not targets]:
        for name in loose:
            del graph[name]
        for targets in graph.values():
            targets.difference_update(loose)
    reached = set.union(*graph.values()) if graph else set()
    return [f"{name}: is in a ring of imports" for name in graph if name in reached]
