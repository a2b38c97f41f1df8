"""What the desk's log keeps beside an act, in words."""

from petition.console import delivery_wording, wording
from petition.deliveries import news_views
from petition.web.language import _


def fact(name: str, kept: str) -> str:
    """What the log keeps beside an act: in words where it is one of ours, else as it was kept."""
    ours = {
        "how": {
            "e-mail": _("by the link in an e-mail"), "terminal": _("by a link from the terminal"),
            "passkey": _("passkey"), "app": _("authenticator app"), "recovery code": _("recovery code"),
        },
        "kind": news_views.kinds(),
        "means": delivery_wording.means(),
        "purpose": {"publisher": _("the publisher"), "news": _("news")},
        "reason": wording.reasons(),
        "role": {"organizer": _("organizer"), "auditor": _("auditor"), "editor": _("editor")},
    }  # fmt: skip
    return ours.get(name, {}).get(kept, kept)
