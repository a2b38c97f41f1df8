"""Words for deliveries at the desk: the ways, what is in the way, and where one stands."""

from petition.deliveries.models import Acknowledgement, Delivery, Means
from petition.deliveries.readiness import Hindrance, What
from petition.web.language import _, day, moment, ngettext


def means() -> dict[str, str]:
    """Each way of delivering."""
    return {
        Means.EMAIL: _("By e-mail"),
        Means.LINK: _("By a link that you give"),
        Means.POST: _("By post"),
        Means.PERSON: _("In person"),
    }


def hindrance(found: Hindrance) -> str:
    """What stands in the way, in one sentence."""
    number = found.number
    return {
        What.NOT_ISSUED: _("The packet is not issued: it has no sealed files yet."),
        What.NO_FILES: _("The packet has no files on record."),
        What.QUEUE: ngettext(
            "%(num)s change from before this packet still waits for the registrar. Wait a minute and look again; "
            "if it stays, build a new packet.",
            "%(num)s changes from before this packet still wait for the registrar. Wait a minute and look again; "
            "if they stay, build a new packet.",
            number,
        ),
        What.UNREAD: _("Nobody has said that they have read it from the first page to the last."),
        What.SUPERSEDED: _("Copy %(number)s is newer. Deliver that one unless you mean this one.", number=number),
        What.HELD: ngettext(
            "%(num)s signature is held. It does not count in this packet; once decided it can only go into a "
            "later one.",
            "%(num)s signatures are held. They do not count in this packet; once decided they can only go into a "
            "later one.",
            number,
        ),
        What.CERTIFICATE: _("It is not sealed with an organizer’s certificate: a reader will call the signer unknown."),
    }[found.what]


def no_mail() -> str:
    """Why nothing can go by e-mail from a house without a mail server."""
    return _("This site has no mail server: an operator has to name one in PETITION_SMTP_URL.")


def stand(found: Delivery, said: Acknowledgement | None) -> str:
    """Where a delivery stands, in one sentence."""
    if found.failed_at is not None:
        return _("Not delivered, %(time)s.", time=moment(found.failed_at))
    if said is not None:
        return _("Received, acknowledged %(time)s.", time=moment(said.at))
    if found.sent_at is None:
        return _("The e-mail has not left yet.") if found.means == Means.EMAIL else _("Prepared, and not given yet.")
    on = day(found.handed_on) if found.handed_on is not None else moment(found.sent_at)
    return {
        Means.EMAIL: _("The mail server took it, %(time)s. Not acknowledged yet.", time=on),
        Means.LINK: _("The link was given, %(time)s. Not acknowledged yet.", time=on),
        Means.POST: _("Posted, %(time)s. Not acknowledged yet.", time=on),
        Means.PERSON: _("Handed over, %(time)s. Not acknowledged yet.", time=on),
    }[Means(found.means)]


def failure(found: Delivery) -> str:
    """Why a delivery failed, as an organizer acts on it; the exact words stand beside it."""
    if found.means == Means.EMAIL and found.sent_at is None:
        return _("The e-mail was refused or given up. Check the address with the publisher, then deliver it anew.")
    return _("It came back or was called off. The same recipient can be given it anew.")
