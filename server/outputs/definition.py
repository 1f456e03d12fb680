"""A definition → the YAML that the catalogue reads back: every value plain text, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import yaml

_BARE = (
    (re.compile(r"-?(0|[1-9][0-9]*)"), "int"),
    (re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"), "float"),
    (re.compile(r"true|false"), "bool"),
)


class _Dumper(yaml.SafeDumper):
    """Writes lists of plain values on one line, mappings one key a line, and no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


class Inline(dict[str, Any]):
    """A mapping that is written on one line, `{id: a, kind: text}`."""


def _inline(dumper: yaml.SafeDumper, data: Inline) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


def _listed(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    flat = all(not isinstance(each, Mapping | list) and len(str(each)) < 40 for each in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    """Write numbers and truths bare, as people do: our reader takes every value as the text it is."""
    for pattern, tag in _BARE:
        if pattern.fullmatch(data):
            return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", data)
    return dumper.represent_str(data)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Inline, _inline)
_Dumper.add_representer(list, _listed)


def written(
    definition: Mapping[str, Any], comment: str = "", inline: Collection[str] = ()
) -> bytes:
    """Return a definition's file, keys in the order given, under a comment.

    What stands in the lists and mappings named by `inline` is written one a line.
    """
    shaped = {key: _shaped(value) if key in inline else value for key, value in definition.items()}
    body = yaml.dump(shaped, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return (head + body).encode()


def _shaped(value: Any) -> Any:
    if isinstance(value, list):
        return [Inline(each) if isinstance(each, Mapping) else each for each in value]
    return {key: Inline(each) if isinstance(each, Mapping) else each for key, each in value.items()}
