"""Letters after a review: that a signature does not count, and why; or that it does."""

from petition.crypto import KeyRing
from petition.mail.letters import Correspondent
from petition.review.holding import RELEASED_LETTER
from petition.review.invalidating import INVALIDATED_LETTER
from petition.signatures.letters import Telling
from petition.signatures.models import Status


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {
        INVALIDATED_LETTER: Telling(keys, "invalidated", Status.INVALIDATED),
        RELEASED_LETTER: Telling(keys, "released", Status.VERIFIED),
    }
