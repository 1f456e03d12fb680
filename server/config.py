"""Environment → one frozen Config; a bad value stops the start and is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from server.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """Where Attune lives and whom it talks to."""

    data: Path
    bind: str
    port: int
    url: str
    smtp: str | None
    mail_from: str
    forms: Path = ROOT / "forms"
    schedules: Path = ROOT / "schedules"
    static: Path = ROOT / "static"
    # A folder that lies on another machine (mounted): what is copied there counts as backed up.
    backup: Path | None = None
    # How many proxies of ours stand before the web server; each adds one address to a header.
    proxies: int = 0
    # The site's own wordings; beside the data unless named.
    wordings: Path | None = None

    @property
    def site_wordings(self) -> Path:
        return self.wordings or self.data / "wordings"

    @property
    def database(self) -> Path:
        return self.data / "attune.db"

    @property
    def origin(self) -> str:
        """Scheme, host and port that a browser names in `Origin`."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether a browser grants a secure context here: HTTPS, or this very machine."""
        return self.url.startswith("https://") or self.host in {"localhost", "127.0.0.1", "::1"}


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the `ATTUNE_*` settings.

    Raises:
        ConfigError: a value cannot be used; the message names it and one that would do.

    """
    env = os.environ if environ is None else environ
    port = _port(env.get("ATTUNE_PORT", "8000"))
    url = _url(env.get("ATTUNE_URL", f"http://localhost:{port}"))
    bind = env.get("ATTUNE_BIND", "127.0.0.1")
    return Config(
        data=Path(env.get("ATTUNE_DATA", str(ROOT / "data"))).expanduser().resolve(),
        bind=bind,
        port=port,
        url=url,
        smtp=_smtp(env.get("ATTUNE_SMTP")),
        mail_from=env.get("ATTUNE_MAIL_FROM", "forms@localhost"),
        backup=_folder(env.get("ATTUNE_BACKUP")),
        wordings=_path(env.get("ATTUNE_WORDINGS")),
        proxies=_proxies(env.get("ATTUNE_PROXIES"), url),
    )


def _proxies(text: str | None, url: str) -> int:
    """Return the number given; else one for https, which somebody must end before it reaches us."""
    if text is None:
        return int(url.startswith("https://"))
    if text.isdigit() and int(text) < 10:
        return int(text)
    message = (
        f"ATTUNE_PROXIES is {text!r}; it must be the number of proxies before Attune, mostly 1"
    )
    raise ConfigError(message)


def _port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    message = f"ATTUNE_PORT is {text!r}; it must be a port number, for example 8000"
    raise ConfigError(message)


def _url(text: str) -> str:
    parts = _split("ATTUNE_URL", text, "https://forms.example.org")
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    if parts.scheme in {"http", "https"} and parts.hostname and bare:
        return text.rstrip("/")
    message = (
        f"ATTUNE_URL is {text!r}; it must be the address people type, without a path, "
        "for example https://forms.example.org"
    )
    raise ConfigError(message)


def _smtp(text: str | None) -> str | None:
    if not text:
        return None
    parts = _split("ATTUNE_SMTP", text, "smtps://user:password@mail.example.org:465")
    if parts.scheme in {"smtp", "smtps", "smtp+starttls"} and parts.hostname:
        return text
    message = (
        "ATTUNE_SMTP must look like smtp+starttls://user:password@mail.example.org:587 "
        "(or smtps:// or, on this machine only, smtp://)"
    )
    raise ConfigError(message)


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


def _folder(text: str | None) -> Path | None:
    if not text:
        return None
    folder = Path(text).expanduser().resolve()
    if folder.is_dir() and os.access(folder, os.W_OK):
        return folder
    message = (
        f"ATTUNE_BACKUP is {text!r}; it must be a folder that exists and can be written to, "
        "on a disk of another machine, for example /mnt/backup/attune"
    )
    raise ConfigError(message)


def _split(name: str, text: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # a port that is no number shows only when asked for
    except ValueError as error:
        message = f"{name} cannot be read ({error}); it should look like {example}"
        raise ConfigError(message) from error
    return parts
