"""What a transport says no with, and what an operator should look at then.

What an operator has got wrong (password, sender, relaying) is temporary, so that no patron's confirmation
is given up for it. What a server says of this recipient or of this text is permanent. No sentence holds
the recipient's address, since sentences go to logs and to organizers.
"""

from typing import Final

#: What an operator should look at, by the stage that failed.
HINTS: Final = {
    "name": "The host in PETITION_SMTP_URL is not known: check its spelling and this machine's look-up.",
    "connection": "Nothing answers at the host and port in PETITION_SMTP_URL: check both, and the firewall "
    "(587 and 465 are usual; many networks block 25).",
    "greeting": "The e-mail server does not talk to this machine: ask its operator whether it may.",
    "encryption": "The encryption does not match: use smtps:// for port 465, smtp:// with "
    "?starttls=required for 587, and ?cafile=FILE for a certificate of your own.",
    "login": "Check the user name and password in PETITION_SMTP_URL; there, @ : / are written %40 %3A %2F.",
    "relay": "The e-mail server carries nothing for us to other domains: give a user name and password in "
    "PETITION_SMTP_URL, or have this machine allowed to relay.",
    "sender": "The e-mail server does not take PETITION_MAIL_FROM as a sender: use one of your own domain.",
    "recipient": "The e-mail server does not take this recipient: check the address.",
    "address": "The e-mail server cannot carry this address; one in plain letters works.",
    "content": "The e-mail server took the addresses but not the text: its operator can say why.",
    "lost": "The connection broke or the e-mail server was too slow: try again; if it stays so, see its log.",
    "folder": "The folder for e-mails cannot be written: check its owner and the space left on the disk.",
}


class Refused(Exception):
    """An e-mail that was not handed over.

    `reason` is a sentence, `stage` a key of HINTS, `code` the SMTP server's, if one was given.
    """

    def __init__(self, reason: str, stage: str = "content", code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stage = stage
        self.code = code


class TemporaryRefusal(Refused):
    """Not now: the same e-mail may be taken later."""


class PermanentRefusal(Refused):
    """Never: this recipient or this text will not be taken however often we try."""


def explain(error: Exception) -> str:
    """One sentence for an operator: what to look at after this refusal."""
    if isinstance(error, Refused):
        return HINTS[error.stage]
    return f"Something else went wrong ({type(error).__name__}); the log has the details."
