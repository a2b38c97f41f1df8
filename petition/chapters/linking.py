"""A chapter's own link, as it stands on flyers and in e-mails."""

from petition.web.addresses import outside
from petition.web.language import DEFAULT, speaking


def own_address(state: str) -> str:
    """The full address of the chapter's page: without a language, since a flyer does not know who will read it."""
    with speaking(DEFAULT):
        return outside("chapters.chapter", chapter=state)
