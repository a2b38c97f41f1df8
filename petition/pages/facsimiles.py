"""Page images of the originals that chapters chose to show with their texts."""

from flask import make_response
from werkzeug.wrappers import Response

from petition.db import db
from petition.drafts import facsimile
from petition.errors import NotFound
from petition.pages.statements import bp
from petition.statements import reading
from petition.web.headers import kept_for_good
from petition.web.language import DEFAULT, asked


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>/pages/<int(max=999):page>.png")
def facsimile_page(slug: str, number: int, page: int) -> Response:
    """One page of the original of a revision; like the revision, it never changes."""
    session = db.session()
    revision = reading.revision(session, slug, number, asked() or DEFAULT)
    png = facsimile.image(session, facsimile.published(session, revision.id), page)
    if png is None:
        raise NotFound(slug, number, page)
    response = make_response(png)
    response.headers["Content-Type"] = "image/png"
    return kept_for_good(response)
