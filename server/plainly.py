"""Lets a command end with a sentence instead of a traceback when Attune itself said no."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from server.errors import AttuneError


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a command: its refusals go to standard error, and it exits with 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AttuneError as error:
            click.echo(f"attune: {error}", err=True)
            for place, remedy in getattr(error, "places", {}).items():
                if remedy not in str(error):  # or it would be read twice
                    click.echo(f"  {place}: {remedy}", err=True)
            raise SystemExit(1) from error
        except OSError as error:
            if not error.filename:
                raise
            click.echo(f"attune: {error.filename}: {error.strerror}", err=True)
            raise SystemExit(1) from error

    return run
