"""For any WSGI server: `gunicorn wsgi:app`. Starts no scheduler; see `./attune run`."""

from server import config
from server.app import create_app
from server.store import running

_config = config.load()
# Held until this process and all it forks have ended: nobody restores a backup under our feet.
_held = running.hold(_config.data)
app = create_app(_config)
