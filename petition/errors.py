"""Refusals: what the domain says no to, each carrying the facts, never the words of a page."""


class Refusal(Exception):
    """Something was asked that cannot be done as it stands. The web maps each kind to a page once."""


class NotFound(Refusal):
    """What was asked for does not exist, or is not for the asker to know of."""


class Closed(Refusal):
    """The statement is not open for signing now."""


class TextChanged(Refusal):
    """The text or the notice has a newer revision than the one on the page that was sent."""


class NotAllowed(Refusal):
    """Whoever asks is signed in, and this is not for them to do or to see."""


class StaleForm(Refusal):
    """A form's token is missing, forged, for another purpose, or older than a day."""


class ForeignRequest(Refusal):
    """A state-changing request that another site made a browser send."""


class AlreadySigned(Refusal):
    """This mailbox has signed the statement; a second verified row cannot stand beside the first."""


class Busy(Refusal):
    """The database's writers' queue did not come round in time; trying again will help."""


class NoRoom(Refusal):
    """The disk is full: nothing more can be kept until somebody makes room."""


class BadConfiguration(Refusal):
    """A variable of the environment holds a value we cannot start with; the message names it."""


class CannotBuild(Refusal):
    """A packet cannot be rendered; the message is a sentence an organizer can act on."""
