"""For any WSGI server: `wsgi:app`."""

from petition.app import served_app

app = served_app()
