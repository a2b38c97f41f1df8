"""How the desk puts into words what a draft lacks and what is odd about it."""

from petition.statements import figures_in
from petition.web.language import _


def labels() -> dict[str, str]:
    """Each field of a draft, as its page names it."""
    return {
        "kind": _("Kind"),
        "language": _("Language"),
        "addressee": _("To"),
        "title": _("Title"),
        "ask": _("What you ask, in a sentence"),
        "body": _("Text"),
        "members": _("On whose behalf"),
        "figures": _("Your own figures"),
        "effect": _("What it does to your readers"),
        "note": _("What is new"),
        "adopted_by": _("Adopted by"),
        "adopted_on": _("Adopted on"),
        "vote": _("Vote"),
    }


def questions() -> dict[str, str]:
    """Each local part of the national text, as the question that it answers."""
    return {
        "members": _("On whose behalf do you speak?"),
        "figures": _("Which figures of your own show it?"),
        "effect": _("What do the terms do to your readers?"),
    }


def lacking() -> dict[str, tuple[str, str]]:
    """What a draft can lack, by the name that publishing has for it: the field it belongs to, and what to do."""
    unfilled = _("Answer this, or make the draft free text and leave it out.")
    return {
        "title": ("title", _("Give the text a title.")),
        "body": ("body", _("Write the text.")),
        "note": ("note", _("Say what is new, for those who signed the text before.")),
        "marks": ("body", _("Put your own words in place of what stands between {{ and }}.")),
        "members": ("members", unfilled),
        "figures": ("figures", unfilled),
        "effect": ("effect", unfilled),
    }


def oddities() -> dict[str, str]:
    """What can be odd about a figure."""
    return {
        figures_in.MILLION: _("A number written out in full with “million” or “billion” after it: one is too many."),
        figures_in.PERCENT: _("More than 100 percent."),
        figures_in.YEAR: _("A year far away."),
        figures_in.GROUPS: _("Its digits are not in groups of three."),
    }
