"""What tells one copy of a statement from another, and its files apart, in words."""

from collections.abc import Sequence
from typing import Final

from petition.packets.models import EVIDENCE, Packet, PacketFile
from petition.packets.options import Options, Redaction
from petition.packets.volumes import BRIEF, COMMENTS, ELSEWHERE, GONE, INSTITUTIONS, PAGES, ROSTER, TEXTS
from petition.text.places import ELSEWHERE as ABROAD
from petition.text.places import STATES
from petition.web.language import _, names

#: Where a roster keeps those whose place was erased.
ERASED: Final = "erased"


def kind(packet: Packet) -> str:
    """What a copy says of its signatories, in which language, and to which copy it adds, in one line."""
    return in_words(Options.read(packet.options), packet.language)


def in_words(options: Options, language: str) -> str:
    """The same of a copy that was made so."""
    said = [_of_signatories(options), names().get(language, language)]
    if options.since is not None:
        said.append(_("supplement to copy %(number)s", number=options.since))
    return " · ".join(said)


def _of_signatories(options: Options) -> str:
    if options.redaction is Redaction.COUNTS:
        return _("Counts only")
    if not options.lists:
        return _("Without a roster")
    return {Redaction.NAMES: _("Names and places"), Redaction.INITIALS: _("Initials and states")}[options.redaction]


def part(file: PacketFile, others: Sequence[PacketFile]) -> str:
    """Which part of its packet a file is, in words; a volume of a roster has the name of its place.

    `others` are the packet's other files: beside the evidence file alone there is no brief but one PDF.
    """
    name, _space, place = file.part.partition(" ")
    if name == ROSTER:
        return _of_roster(place)
    if name == BRIEF and all(each.part == EVIDENCE for each in others):
        return _("the PDF")
    return {
        BRIEF: _("the brief"),
        TEXTS: _("the volume of signed texts"),
        COMMENTS: _("the volume of comments"),
        INSTITUTIONS: _("the volume of institutions"),
        GONE: _("the volume of entries that no longer count"),
        PAGES: _("the volume of pages handed in with the text"),
        EVIDENCE: _("the evidence file"),
    }.get(name, file.part)


def _of_roster(place: str) -> str:
    if not place:
        return _("the roster")
    if place == ELSEWHERE:
        return _("the roster of territories, armed forces and abroad")
    if place == ERASED:
        return _("the roster of entries that were erased since")
    if place == ABROAD:
        return _("the roster of those outside the United States")
    return _("the roster of %(place)s", place=_(STATES[place].name) if place in STATES else place)
