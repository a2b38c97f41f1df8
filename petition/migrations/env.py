"""How migrations run: in the caller's writing transaction, so that a version is reached whole or not at all."""

from alembic import context
from flask import current_app

from petition.db import Row, db

context.configure(
    connection=db.session.connection(),
    target_metadata=Row.metadata,
    **current_app.extensions["migrate"].configure_args,
)
context.run_migrations()
