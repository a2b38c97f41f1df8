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
    number, last = found.number, day(found.day) if found.day is not None else ""
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
        What.LITTLE_TIME: _(
            "A sample of this copy can be asked for until %(day)s, as its seal page says: in fewer than 14 days. A new "
            "packet gives its recipient 30.",
            day=last,
        ),
        What.NO_TIME: _(
            "No sample of this copy can be asked for any more: the last day, %(day)s, stands on its seal page. A new "
            "packet gives its recipient 30 days.",
            day=last,
        ),
        What.HELD: ngettext(
            "%(num)s signature is held. It does not count in this packet; once decided it can only go into a "
            "later one.",
            "%(num)s signatures are held. They do not count in this packet; once decided they can only go into a "
            "later one.",
            number,
        ),
        What.HAS_ANOTHER: _("This recipient was given copy %(number)s on %(day)s.", number=number, day=last),
        What.CERTIFICATE: _("It is not sealed with an organizer’s certificate: a reader will call the signer unknown."),
    }[found.what]


def beside_contact(found: Hindrance) -> str:
    """What a list of contacts says of one that has another copy already."""
    assert found.day is not None
    return _("has copy %(number)s since %(day)s", number=found.number, day=day(found.day))


def given_meanwhile() -> str:
    """Why the same press of a button, or another's, does not give a packet twice."""
    return _(
        "This recipient was given this copy while the page was open: it stands in the list below. "
        "Press once more only if they are to have it once more."
    )


def no_mail() -> str:
    """Why nothing can go by e-mail from a house without a mail server."""
    return _("This site has no mail server: an operator has to name one in PETITION_SMTP_URL.")


def nobody_asked() -> str:
    """Why there is nobody to send news to."""
    return _("Nobody has asked for news of this text, so there is nobody to send it to.")


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
        return _(
            "The e-mail did not go out. The reason follows: where the address is wrong, ask the publisher for the "
            "right one; then deliver it anew."
        )
    return _("It came back or was called off. The same recipient can be given it anew.")
