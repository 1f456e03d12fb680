"""Plain tree → typed definition; what pydantic refuses is told with its line, path and remedy."""

from __future__ import annotations

import difflib
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
    given, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(model, place)
        case "missing":
            return "is missing; add it"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"{given!r} is not one of {context['expected']}"
        case "string_too_short" if given == "":
            return "is empty; write something, or leave the key out if it may be"
        case "string_pattern_mismatch":
            return f"{given!r} does not fit {context['pattern']}"
        case "greater_than_equal" | "greater_than":
            return f"{given!r} is too small; {error['msg'][0].lower()}{error['msg'][1:]}"
        case "too_short":
            return f"needs at least {context['min_length']}; it has {context['actual_length']}"
        case "tuple_type" | "list_type":
            return f"must be a list, for example [a, b]; it is {_kind(given)}"
        case "dict_type" | "model_type":
            return f"must be a mapping, `key: value`; it is {_kind(given)}"
        case "string_type":
            return f"must be text; it is {_kind(given)}"
        case _:
            return error["msg"]


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
    fields = {str(field.validation_alias or name): field for name, field in model.model_fields.items()}
    return fields[str(part)].annotation if str(part) in fields else None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside `tuple[X, ...]`, `dict[str, X]`, `X | None`, or X itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
