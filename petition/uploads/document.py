"""What an upload becomes: a text that an editor can accept, or a sentence that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from petition.errors import Refusal
from petition.uploads import wording

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one upload may hold, and how much of the machine reading it may take."""

    file_bytes: int = 10 * MEGABYTE
    # A page of type has about 3,000 characters; the longest resolution we know has 40 pages.
    characters: int = 200_000
    # The longest English words have 45 letters; what is longer than this is a slip or a joke, and hard to set.
    word: int = 1_000
    pages: int = 200
    page_images: int = 40
    pictures: int = 20
    pixels_a_side: int = 1_600
    cpu_seconds: int = 12
    wall_seconds: int = 18
    memory_bytes: int = 1024 * MEGABYTE
    answer_bytes: int = 48 * MEGABYTE


LIMITS: Final = Limits()
#: Of a letterhead: a picture of 2 MB is decoded within a second; opened and turned, the largest takes 500 MB.
LETTERHEADS: Final = Limits(file_bytes=2 * MEGABYTE, answer_bytes=8 * MEGABYTE)


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence for whoever uploaded: a code to tell it by, the msgid, and the values that it names."""

    code: str
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)

    def in_english(self) -> str:
        """The sentence with its values filled in, untranslated: for commands, logs and tests."""
        return self.sentence % self.values


def refusing(code: str, **values: str) -> Saying:
    """Why an upload is refused, in the code's own sentence."""
    return Saying(code, wording.REFUSALS[code], values)


def warning(code: str, **values: str) -> Saying:
    """What an editor should look at before accepting a text, in the code's own sentence."""
    return Saying(code, wording.WARNINGS[code], values)


class UploadRefused(Refusal):
    """A document was not read. `reason` is a code of wording.REFUSALS, `saying` the sentence that says what to do.

    `because` is for the log: what went wrong in the child where we had not foreseen it.
    """

    def __init__(self, reason: str, because: str = "", **values: str) -> None:
        self.reason = reason
        self.because = because
        self.saying = refusing(reason, **values)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The sentence in English; pages translate `saying` when they show it."""
        return self.saying.in_english()


@dataclass(frozen=True, slots=True)
class Mark:
    """One tracked change, read as if it had been accepted: `kind` is inserted, deleted or moved.

    `before` and `after` are what stands beside it in its paragraph, as read.
    """

    kind: str
    text: str
    author: str = ""
    when: str = ""
    before: str = field(default="", compare=False)
    after: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """One upload as read: canonical Markdown, and all that an editor must see before accepting it.

    `name` is the file's name made fit to show; `kind` is what it is, such as docx; `pages` is None where
    nobody has counted them; a `scan` has page images and no text.
    """

    name: str
    kind: str
    markdown: str
    marks: tuple[Mark, ...] = ()
    warnings: tuple[Saying, ...] = ()
    pages: int | None = None
    scan: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of our own drawing: a PNG of pixels and nothing else."""

    png: bytes
    width: int
    height: int
