"""Plain tree → typed definition; what pydantic refuses is told with its line, path and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from server.catalog.tree import Place, Problem, Tree

_Model = TypeVar("_Model", bound=BaseModel)


def build(model: type[_Model], tree: Tree) -> _Model | None:
    """Return the definition, or None with what is wrong added to the tree's problems."""
    if tree.data is None:
        return None
    if not isinstance(tree.data, dict):
        tree.problems.append(Problem(1, (), "the file must be a mapping, `key: value` lines"))
        return None
    try:
        return model.model_validate(tree.data)
    except ValidationError as error:
        tree.problems.extend(_problem(model, tree, each) for each in error.errors())
        return None


def _problem(model: type[BaseModel], tree: Tree, error: ErrorDetails) -> Problem:
    place = tuple(part for part in error["loc"] if part != "[key]")
    return tree.problem(place, _remedy(model, place, error))


def _remedy(model: type[BaseModel], place: Place, error: ErrorDetails) -> str:
    """Say in a person's words what to do; pydantic's own sentence where ours has nothing to add."""
    if error["type"] == "extra_forbidden":
        return _unknown_key(model, place)
    if error["type"] == "string_pattern_mismatch":
        return _unfit(place, error["input"])
    say = _REMEDIES.get(error["type"])
    return say(error["input"], error.get("ctx", {})) if say else error["msg"]


_Say = Callable[[Any, dict[str, Any]], str]
_REMEDIES: dict[str, _Say] = {
    "missing": lambda _given, _known: "is missing; add it",
    "value_error": lambda _given, known: str(known["error"]),
    "literal_error": lambda given, known: f"{given!r} is not one of {known['expected']}",
    "string_too_short": lambda _given, _known: "is empty; write something",
    "string_type": lambda given, _known: f"must be text; it is {_kind(given)}",
    "greater_than": lambda given, known: f"{given} must be more than {known['gt']:g}",
    "greater_than_equal": lambda given, known: f"{given} must be at least {known['ge']:g}",
    "less_than_equal": lambda given, known: f"{given} must be at most {known['le']:g}",
    "too_short": lambda _given, known: f"needs at least {known['min_length']}; add one",
    "tuple_type": lambda given, _known: f"must be a list, [a, b]; it is {_kind(given)}",
    "dict_type": lambda given, _known: f"must be a mapping, `key: value`; it is {_kind(given)}",
    "is_instance_of": lambda given, _known: f"must be text, `mood >= 3`; it is {_kind(given)}",
    "model_type": lambda given, _known: f"must be a mapping, `key: value`; it is {_kind(given)}",
}


def _unfit(place: Place, given: str) -> str:
    """Only ids and versions have a pattern."""
    if place[-1:] == ("version",):
        return f"{given!r} is no version; write three numbers, for example 1.0.0"
    return f"{given!r} is no id; write small letters, digits and - (ids of forms) or _ (inside one)"


def _kind(given: object) -> str:
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list):
        return "a list"
    return f"the text {given!r}" if given else "empty"


def _unknown_key(model: type[BaseModel], place: Place) -> str:
    around = _model_at(model, place[:-1])
    known = _keys(around) if around else []
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    if near:
        return f"is no key here; did you mean {near[0]!r}?"
    return f"is no key here; known are {', '.join(known)}"


def _keys(model: type[BaseModel]) -> list[str]:
    fields = model.model_fields.items()
    return [str(field.validation_alias or name) for name, field in fields]


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """Follow a place down to the model that stands there; None where no model does."""
    annotation: Any = model
    for part in place:
        annotation = _step(annotation, part)
    return _model_in(annotation)


def _step(annotation: Any, part: str | int) -> Any:
    """Go one place down: into a list or mapping of things, or into a model's field."""
    if get_origin(annotation) in {tuple, list, dict}:
        return next((arg for arg in get_args(annotation) if _model_in(arg)), None)
    model = _model_in(annotation)
    if model is None:
        return None
    fields = {
        str(field.validation_alias or name): field for name, field in model.model_fields.items()
    }
    return fields[str(part)].annotation if str(part) in fields else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside `tuple[X, ...]`, `dict[str, X]`, `X | None`, or X itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
