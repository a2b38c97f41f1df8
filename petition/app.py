"""The app: the one file that knows every feature and puts them together."""

import gc
import os
import threading
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from sqlalchemy import inspect
from werkzeug.middleware.proxy_fix import ProxyFix

from petition import db as database
from petition import limits, metrics
from petition.accounts import account_views, people_views, second_views
from petition.accounts import letters as account_letters
from petition.accounts import views as sign_in_views
from petition.audits import letters as audit_letters
from petition.audits import views as audit_pages
from petition.campaigns.models import Campaign
from petition.config import Config
from petition.console import (
    audit_views,
    chapter_views,
    contact_views,
    delivery_views,
    desk,
    draft_views,
    export_views,
    letterhead_views,
    packet_views,
    paper_views,
    preview_views,
    publishing_views,
    response_views,
    review_views,
    sheet_views,
    text_views,
    upload_sizes,
    upload_views,
)
from petition.console import institution_views as institutions_at_desk
from petition.console import officer_views as officers_at_desk
from petition.console import views as console_views
from petition.crypto import KeyRing
from petition.db import Mode, Site, db, is_demo, reading
from petition.deliveries import letters as delivery_letters
from petition.deliveries import models as deliveries
from petition.deliveries import news_views
from petition.deliveries import views as delivery_pages
from petition.drafts import letters as draft_letters
from petition.institutions import letters as institution_letters
from petition.institutions import views as institution_views
from petition.jobs import Queue
from petition.ledger import letters as ledger_letters
from petition.ledger import receipt_views
from petition.ledger import views as ledger_views
from petition.mail.letters import Correspondent
from petition.mail.sending import PostOffice
from petition.mail.transport import Transport, open_transport
from petition.officers import letters as officer_letters
from petition.officers import views as officer_views
from petition.packets import models as packets
from petition.packets import views as verify_views
from petition.pages import (
    about,
    chapters,
    comparisons,
    facsimiles,
    feed,
    index_of_statements,
    mailbox,
    newspapers,
    publishers,
    revisions,
    statements,
)
from petition.pages import metrics as metrics_page
from petition.paths import MIGRATIONS, TEMPLATES
from petition.review import letters as review_letters
from petition.signatures import disowning_views, letters, private_views
from petition.signatures import views as signature_views
from petition.statements import letters as statement_letters
from petition.web import assets, forwarding, headers, health, language, lines, places, problems, traces, written
from petition.web.addresses import RowNumber, StateCode
from petition.web.bodies import FORM_SIZE, WholeBodies
from petition.web.headers import SAFE, TrustedHosts
from petition.web.keeping import Keeper
from petition.web.session import TokenCookie
from petition.worker.building import Builder, Tabler
from petition.worker.stamping import Stamper

# Imported for the views and tables that they bring along.
__all__ = [
    "about",
    "account_views",
    "audit_views",
    "chapter_views",
    "comparisons",
    "console_views",
    "contact_views",
    "create_app",
    "deliveries",
    "delivery_views",
    "disowning_views",
    "draft_views",
    "export_views",
    "facsimiles",
    "feed",
    "index_of_statements",
    "institutions_at_desk",
    "letterhead_views",
    "mailbox",
    "news_views",
    "newspapers",
    "officers_at_desk",
    "packet_views",
    "packets",
    "paper_views",
    "people_views",
    "post_office",
    "preview_views",
    "private_views",
    "publishing_views",
    "queue",
    "receipt_views",
    "response_views",
    "review_views",
    "revisions",
    "second_views",
    "sheet_views",
    "text_views",
    "upload_views",
]  # fmt: skip


class Petition(Flask):
    """The Flask app, with one transaction around each view: reading for GET and HEAD, else writing.

    It begins with the view's first look at the database and is over before the answer leaves.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in its transaction. A commit that fails is answered like any other fault."""
        with database.transaction(Mode.READ if request.method in SAFE else Mode.WRITE):
            return super().dispatch_request()


def create_app(config: Config | None = None, *, keeps: bool = False) -> Petition:
    """The app for one configuration, read from the environment unless it is given.

    With `keeps` public pages are kept for a moment, as they are where many ask for them.
    """
    config = config or Config.from_environment(os.environ)
    app = Petition("petition", static_folder=None, template_folder=str(TEMPLATES))
    keys = KeyRing.read(config.key_file)
    app.config.update(
        SECRET_KEY=keys.key("cookies"),
        MAX_CONTENT_LENGTH=FORM_SIZE,
        MAX_FORM_PARTS=60,
        SESSION_COOKIE_NAME="__Host-session" if config.secure else "session",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_ENABLED=True,
        WTF_CSRF_TIME_LIMIT=None,  # a signed-in page's token ends with its session
    )
    app.session_interface = TokenCookie(keys)
    app.url_map.converters |= {"row": RowNumber, "state": StateCode}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["config"], app.extensions["keys"] = config, keys
    database.attach(app, config)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
    language.attach(app)
    places.attach(app)
    written.attach(app)
    traces.attach(app, config)
    headers.attach(app, config)
    forwarding.attach(app, config)
    limits.attach(app, config)
    problems.attach(app)
    demo = _made_for_trying(app)
    app.extensions["demo"] = demo
    app.extensions["sends"] = demo or config.smtp_url is not None
    _add_pages(app, config)
    _wrap(app, config, keeps=keeps, demo=demo)
    return app


def _wrap(app: Petition, config: Config, *, keeps: bool, demo: bool) -> None:
    """What a request passes before the app sees it, the innermost first."""
    if keeps:
        app.wsgi_app = Keeper(app.wsgi_app, mailbox.DEPENDS if demo else ())  # type: ignore[method-assign]
    assets.attach(app)
    app.wsgi_app = WholeBodies(app.wsgi_app, FORM_SIZE, upload_sizes.allowance(app))  # type: ignore[method-assign]
    app.wsgi_app = TrustedHosts(app.wsgi_app, config, demo=demo)  # type: ignore[method-assign]
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies, x_host=0
        )


def served_app() -> Petition:
    """The app as the web server runs it, with its log."""
    app = create_app(keeps=True)
    config: Config = app.extensions["config"]
    traces.set_up_logs(quiet=not config.logs_requests(demo=app.extensions["demo"]))
    lines.tell_strays()
    metrics.share(config.data_dir)
    # What stands here stays: looking through all of it for garbage was a third of a signature's time.
    gc.collect()
    gc.freeze()
    return app


def _made_for_trying(app: Flask) -> bool:
    with app.app_context(), reading() as session:
        database.check(session)
        return inspect(session.connection()).has_table(Site.__tablename__) and is_demo(session)


def _add_pages(app: Flask, config: Config) -> None:
    for blueprint in (
        statements.campaign_bp,
        statements.bp,
        signature_views.bp,
        chapters.bp,
        publishers.bp,
        officer_views.bp,
        institution_views.bp,
        ledger_views.bp,
        verify_views.bp,
        delivery_pages.bp,
        audit_pages.bp,
        sign_in_views.bp,
        desk.bp,
        health.bp,
        metrics_page.bp,
    ):
        app.register_blueprint(blueprint)

    @app.context_processor
    def site() -> dict[str, Any]:
        return {
            "site": {
                "hashtag": _hashtag(),
                "demo": app.extensions["demo"],
                "base_url": config.base_url,
                "mailbox": has_request_context() and mailbox.is_here(),
            },
            "language": language.current(),
            "direction": language.direction(),
            "languages": language.names(),
            "translated": language.checked() if language.current() != language.DEFAULT else None,
        }


def _hashtag() -> str:
    """The wordmark of every page: the campaign's hashtag, which changes about as often as the house's name."""
    kept: str | None = current_app.extensions.get("hashtag")
    if kept is None:
        session = db.session()
        kept = session.query(Campaign.hashtag).order_by(Campaign.id).limit(1).scalar()
        if kept is not None:
            current_app.extensions["hashtag"] = kept
    return kept or "#petition"


def post_office(app: Flask, transport: Transport | None = None) -> PostOffice:
    """What sends the app's e-mail, through the configured transport unless another is given."""
    config: Config = app.extensions["config"]
    keys: KeyRing = app.extensions["keys"]
    composers: dict[str, Correspondent] = {
        **account_letters.correspondents(keys),
        **letters.correspondents(keys),
        **statement_letters.correspondents(keys),
        **draft_letters.correspondents(keys),
        **officer_letters.correspondents(keys),
        **institution_letters.correspondents(keys),
        **review_letters.correspondents(keys),
        **ledger_letters.correspondents(keys),
        **delivery_letters.correspondents(keys, config.data_dir),
        **audit_letters.correspondents(keys),
    }
    transport = transport or open_transport(config.smtp_url, config.mail_dir)
    return PostOffice(app, config, keys, composers, transport, threading.Lock())


def queue(app: Flask, office: PostOffice) -> Queue:
    """The quick way from dispatcher to workers."""
    performers = {
        "email": office.send,
        "packet": Builder(app, office.closing).build,
        "spreadsheet": Tabler(app, office.closing).build,
        "stamp": Stamper(app).stamp,
    }
    return Queue(app.extensions["config"], performers, office.closing)
