"""What content streams do: operators, the fonts' characters, what is marked, which resources are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

#: ISO 32000-1, Annex A, without the compatibility operators and without inline images, which ours never have.
OPERATORS: Final = frozenset(
    "b B b* B* BDC BMC BT c cm CS cs d d0 d1 Do DP EMC ET f F f* G g gs h i j J K k l m M MP n q Q re RG rg ri s S SC "
    "sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split()
)
_SHOWING: Final = ("Tj", "TJ", "'", '"')


@dataclass
class Page:
    """One page's marked content: MCIDs in their order, and what is wrong with it."""

    marks: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Drawn:
    """What all content streams of a document do."""

    operators: set[str] = field(default_factory=set)
    deepest: int = 0
    shown: dict[tuple[int, int], tuple[Any, set[bytes]]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    images: list[Any] = field(default_factory=list)
    forms: list[Any] = field(default_factory=list)
    states: list[Any] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)


def drawn(pdf: pikepdf.Pdf) -> Drawn:
    """Read every page's content, and that of what is drawn on it."""
    found = Drawn()
    known: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, start=1):
        found.pages.append(Page())
        if "/Resources" not in page.obj:
            found.missing.append(f"page {number} has no resources of its own")
        _Reader(found, known, page.obj.get("/Resources"), found.pages[-1]).read(page.obj)
    return found


class _Reader:
    """Goes through one content stream."""

    def __init__(
        self, found: Drawn, known: set[tuple[int, int]], resources: Any, page: Page | None, depth: int = 0, *,
        marked: bool = False,
    ) -> None:  # fmt: skip
        # `marked`: what draws this has said what it is.
        self._found, self._known, self._resources, self._page = found, known, resources, page
        self._depth, self._marked = depth, marked
        self._font: Any = None
        self._marks: list[tuple[str, bool]] = []
        self._text_begins: int | None = None
        self._acts = {
            "q": self._save, "Q": self._restore, "BT": self._begin_text, "ET": self._end_text, "BDC": self._begin,
            "BMC": self._begin, "EMC": self._end, "Tf": self._choose, "Do": self._draw, "gs": self._set,
            "sh": lambda name: self._resource("/Shading", name), **dict.fromkeys(_SHOWING, self._show),
            **{name: self._note(name) for name in ("ri", "cs", "CS")},
        }  # fmt: skip

    def read(self, stream: Any) -> None:
        """Go through it."""
        for instruction in pikepdf.parse_content_stream(stream):
            name = str(instruction.operator)
            self._found.operators.add(name)
            if name in self._acts:
                self._acts[name](*instruction.operands)
        self._balanced(not self._marks, "marked content is left open")

    def _save(self) -> None:
        self._depth += 1
        self._found.deepest = max(self._found.deepest, self._depth)

    def _restore(self) -> None:
        self._depth -= 1
        self._balanced(self._depth >= 0, "Q without q")

    def _begin_text(self) -> None:
        self._text_begins = len(self._marks)

    def _end_text(self) -> None:
        self._balanced(self._text_begins == len(self._marks), "a text ends in another sequence than it began")

    def _end(self) -> None:
        self._balanced(bool(self._marks), "EMC without a beginning")
        if self._marks:
            self._marks.pop()

    def _choose(self, name: Any, _: Any) -> None:
        self._font = self._resource("/Font", name)

    def _set(self, name: Any) -> None:
        self._found.states.append(self._resource("/ExtGState", name))

    def _note(self, operator: str) -> Callable[[Any], None]:
        return lambda name: self._found.named.setdefault(operator, set()).add(str(name))

    def _balanced(self, well: bool, fault: str) -> None:
        if not well and self._page is not None:
            self._page.faults.append(fault)

    def _begin(self, tag: Any, said: Any = None) -> None:
        mark = said.get("/MCID") if isinstance(said, pikepdf.Dictionary) else None
        if mark is not None:
            self._balanced(not any(numbered for _, numbered in self._marks), f"MCID {mark} within another")
            if self._page is not None:
                self._page.marks.append(int(mark))
            else:
                self._found.unmarked.append(f"MCID {mark} in something that is drawn, not in a page")
        self._marks.append((str(tag), mark is not None))

    def _show(self, *operands: Any) -> None:
        what = operands[-1]
        strings = [bytes(one) for one in what if isinstance(one, pikepdf.String)] if _is_array(what) else [bytes(what)]
        if self._font is None:
            self._found.missing.append("text without a font")
            return
        _, codes = self._found.shown.setdefault(self._font.objgen, (self._font, set()))
        for one in strings:
            codes.update(one[at : at + 2] for at in range(0, len(one), 2))
        if not self._marked and not any(numbered or tag == "/Artifact" for tag, numbered in self._marks):
            self._found.unmarked.append(f"text that is neither marked nor an artifact: {strings}")

    def _draw(self, name: Any) -> None:
        thing = self._resource("/XObject", name)
        if thing is None:
            return
        if thing.get("/Subtype") == "/Image":
            self._found.images.append(thing)
            return
        inside = self._marked or bool(self._marks)
        if thing.objgen in self._known:
            return
        self._known.add(thing.objgen)
        self._found.forms.append(thing)
        if "/Resources" not in thing:
            self._found.missing.append(f"form {thing.objgen} has no resources of its own")
        _Reader(self._found, self._known, thing.get("/Resources"), None, self._depth, marked=inside).read(thing)

    def _resource(self, kind: str, name: Any) -> Any:
        there = (self._resources or {}).get(kind, {}).get(str(name))
        if there is None:
            self._found.missing.append(f"{kind} {name} is in no resources")
        return there


def _is_array(what: Any) -> bool:
    return isinstance(what, pikepdf.Array)


def objects(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Every object, direct ones too, with the indirect one in which it stands."""
    for holder in pdf.objects:
        waiting = [holder]
        while waiting:
            one = waiting.pop()
            yield holder, one
            if isinstance(one, pikepdf.Array):
                waiting.extend(item for item in one if not _indirect(item))
            elif isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
                waiting.extend(item for _, item in one.items() if not _indirect(item))


def _indirect(item: Any) -> bool:
    return isinstance(item, pikepdf.Object) and item.is_indirect
