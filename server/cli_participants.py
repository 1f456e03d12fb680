"""`./attune participants`: bring a running study's participants in from a table."""

from __future__ import annotations

import click


@click.group()
def participants() -> None:
    """Bring in the participants of a running study."""
