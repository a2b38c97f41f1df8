"""Inside a paragraph of an OpenDocument text: spans and their looks, links, notes, tracked changes, frames."""

import re
from typing import Final

from petition.uploads.blocks import Found, Span
from petition.uploads.opendocument_styles import Look, Styles, whole
from petition.uploads.trees import Element

_SILENT: Final = ("ruby-text", "note-citation", "tracked-changes", "hidden-paragraph", "sequence-decls", "forms",
                  "soft-page-break", "desc", "title", "glue-point", "event-listeners")  # fmt: skip
_REMOTE: Final = ("dde-connection", "execute-macro", "database-display")
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_SPACES_AT_ONCE: Final = 100
_ELSEWHERE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]+:|//|\.\./\.\./)", re.IGNORECASE)


class Lines:
    """Reads the insides of paragraphs. Insertions may reach from one into the next, so one reader serves all."""

    def __init__(self, found: Found, styles: Styles, changes: dict[str, tuple[str, str, str, str]]) -> None:
        self.notes: list[Element] = []
        self._found = found
        self._styles = styles
        self._changes = changes
        self._inserting: list[tuple[str, str, str, str]] = []
        self._told: set[str] = set()
        self._spans: list[Span] = []
        self._boxes: list[Element] = []

    def read(self, paragraph: Element) -> tuple[list[Span], list[Element]]:
        """What a paragraph says, and the text boxes that are fixed to it."""
        self._spans, self._boxes = [], []
        self._found.apart()
        own = self._styles.look("paragraph", paragraph.get("style-name"))
        # A paragraph that is bold as a whole is laid out so; only its hidden text concerns us.
        self._walk(paragraph, Look(False, False, own.hidden, own.struck), "")
        return self._spans, self._boxes

    def track(self, mark: Element) -> None:
        """A place where something was deleted, or where an insertion begins or ends."""
        change = self._changes.get(mark.get("change-id"))
        if change is None:
            return
        if mark.name == "change" and change[0] == "deleted":
            self._told.add(mark.get("change-id"))
            self._found.in_change = False
            self._found.changed(*change)
            self._found.in_change = False
        elif mark.name == "change-start" and change[0] == "inserted":
            self._inserting.append(change)
        elif mark.name == "change-end" and change in self._inserting:
            self._inserting.remove(change)
            self._found.in_change = False

    def tell_the_rest(self) -> None:
        """Deletions whose place in the text is lost are told at the end."""
        self._found.apart()
        for number, change in self._changes.items():
            if change[0] == "deleted" and number not in self._told:
                self._found.changed(*change)
                self._found.in_change = False

    def frame(self, frame: Element) -> list[Element]:
        """The text boxes of a frame; pictures and objects are counted."""
        boxes = [one for one in frame.elements() if one.name == "text-box"]
        images = [one for one in frame.elements() if one.name == "image"]
        if boxes:
            self._found.warnings["text_boxes"] += len(boxes)
        elif any(
            one.name in ("object", "object-ole", "plugin", "applet", "floating-frame") for one in frame.elements()
        ):
            self._found.warnings["embedded"] += 1
        elif images:
            self._found.warnings["pictures"] += 1
            self._found.warnings["external"] += sum(bool(_ELSEWHERE.match(one.get("href"))) for one in images)
        return boxes

    def _walk(self, container: Element, look: Look, link: str) -> None:
        for one in container.content:
            if isinstance(one, str):
                self._say(_SPACES.sub(" ", one), look, link)
                continue
            match one.name:
                case "s":
                    self._say(" " * min(whole(one.get("c"), 1), _SPACES_AT_ONCE), look, link)
                case "tab" | "line-break":
                    self._say("\t" if one.name == "tab" else "\n", look, link)
                case "span":
                    self._walk(one, self._within(look, one.get("style-name")), link)
                case "a":
                    self._walk(one, look, one.get("href"))
                case "note":
                    self.notes.append(one)
                    self._spans.append(Span("", note=len(self.notes)))
                case "change" | "change-start" | "change-end":
                    self.track(one)
                case _:
                    self._other(one, look, link)

    def _other(self, element: Element, look: Look, link: str) -> None:
        match element.name:
            case "frame":
                self._boxes += self.frame(element)
            case "custom-shape" | "rect" | "g":
                self._boxes += [element] if any(True for _ in element.every("p")) else []
            case "annotation":
                self._found.warnings["comments"] += 1
            case "hidden-text" | "conditional-text" if element.get("is-hidden") == "true":
                self._found.warnings["hidden"] += 1
            case name if name in _SILENT or element.space == "form":
                return
            case _:
                if element.name in _REMOTE:
                    self._found.warnings["fields"] += 1
                self._walk(element, look, link)

    def _within(self, look: Look, style: str) -> Look:
        own = self._styles.look("text", style)
        return Look(
            look.bold or own.bold, look.italic or own.italic, look.hidden or own.hidden, look.struck or own.struck
        )

    def _say(self, text: str, look: Look, link: str) -> None:
        if look.hidden:
            self._found.warnings["hidden"] += bool(text.strip())
            return
        if self._inserting:
            self._found.changed(self._inserting[-1][0], text, *self._inserting[-1][2:])
        else:
            self._found.said(text, ending=bool(text.strip()))
        self._found.warnings["struck"] += bool(look.struck and text.strip())
        self._spans.append(Span(text, bold=bool(look.bold), italic=bool(look.italic), link=link))
