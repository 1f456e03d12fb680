"""For any WSGI server: `gunicorn wsgi:app`. Starts no scheduler; see `./attune run`."""

from server.app import create_app

app = create_app()
