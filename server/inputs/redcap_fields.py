"""One row of a REDCap data dictionary → an item of ours, with every loss on the way named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from server.domain import foreign
from server.domain.foreign import ForeignItem, ForeignOption
from server.domain.instrument import ItemKind
from server.inputs.table import Row
from server.inputs.words import has_markup, plain, without_braces

TYPE, LABEL, NAME = "Field Type", "Field Label", "Variable / Field Name"
CHOICES = "Choices, Calculations, OR Slider Labels"
NOTE, SECTION, FORM = "Field Note", "Section Header", "Form Name"
VALIDATION = "Text Validation Type OR Show Slider Number"
LOW, HIGH = "Text Validation Min", "Text Validation Max"
LOGIC = "Branching Logic (Show field only if...)"
ANNOTATION = "Field Annotation"

# Takes a loss: what happened, in words that are the same for each field that it happened to.
Tell = Callable[[str], None]

_NUMBER = re.compile(r"-?\d{1,10}(\.\d{1,9})?")
_DECIMALS = re.compile(r"number_(\d)dp(_comma_decimal)?")
_PIPING = re.compile(r"\[[a-z][a-z0-9_:() -]*\]", re.IGNORECASE)
_EMBEDDED = re.compile(r"\{[a-z0-9_:]+\}")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,9})")
_TAG = re.compile(r"@[A-Z-]+")
_WITHOUT_CHOICES = {"text", "notes", "yesno", "truefalse", "descriptive"}
_WITHOUT_CHECK = {"notes", "yesno", "truefalse", "descriptive"}
_LEFT_OUT = {
    "file": "asks for a file or a signature; left out",
    "sql": "takes its choices from a database query; left out",
}


def hidden(row: Row) -> bool:
    """Whether REDCap itself keeps a field from those who answer."""
    return not {"@HIDDEN", "@HIDDEN-SURVEY"}.isdisjoint(_TAG.findall(row[ANNOTATION]))


def item(row: Row, item_id: str, tell: Tell) -> ForeignItem | None:
    """Return the item, or None where there can be none; calculations are no items."""
    kind = row[TYPE].strip().lower()
    _unread(row, tell)
    if hidden(row):
        tell("is hidden from respondents by an action tag; left out")
        return None
    if kind in _LEFT_OUT or kind not in _KINDS:
        tell(_LEFT_OUT.get(kind, f"is of the unknown type {kind!r}; left out"))
        return None
    text = _sentence(row[LABEL], tell) or _unlabelled(row, tell)
    bare = ForeignItem(item_id, row[NAME], "text", text, hint=_sentence(row[NOTE], tell))
    return _KINDS[kind](row, bare, tell)


def remaining(row: Row, tell: Tell) -> None:
    """Tell what a row says beside the question itself and has no counterpart here."""
    if row.cells.get("Required Field?", "").strip().lower() == "y":
        tell("must be answered there; here any question can be left empty")
    if row.cells.get("Identifier?", "").strip().lower() == "y":
        tell("is marked as identifying there; a name or address belongs in the contact data")
    if alignment := row.cells.get("Custom Alignment", "").strip():
        tell(f"its layout ({alignment}) is not kept")
    if row.cells.get("Matrix Group Name", "").strip():
        tell("stands in a matrix there; here each question stands by itself")
    if row.cells.get("Matrix Ranking?", "").strip().lower() == "y":
        tell("lets nobody choose the same column twice there; here nothing prevents it")
    if number := row.cells.get("Question Number (surveys only)", "").strip():
        tell(f"its question number {number} is not kept")
    if annotation := row.cells.get(ANNOTATION, "").strip():
        tell(f"its annotation is not kept: {plain(annotation)}")


def _unread(row: Row, tell: Tell) -> None:
    """Tell what stands in a cell that means nothing for this type of field."""
    kind = row[TYPE].strip().lower()
    if kind in _WITHOUT_CHOICES and row[CHOICES].strip():
        tell(f"its choices are not kept: {plain(row[CHOICES])}")
    if kind in _WITHOUT_CHECK:
        for cell in filter(None, (row[column].strip() for column in (VALIDATION, LOW, HIGH))):
            tell(f"its check {cell!r} is not kept")


def _sentence(text: str, tell: Tell) -> str:
    if has_markup(text):
        tell(foreign.FORMATTED)
    if _PIPING.search(text):
        tell(foreign.PIPED)
    if _EMBEDDED.search(text):
        tell(foreign.EMBEDDED)
    elif "{" in text or "}" in text:
        tell(foreign.BRACED)
    return without_braces(plain(text))


def _unlabelled(row: Row, tell: Tell) -> str:
    tell(foreign.NO_TEXT)
    return row[NAME]


def _text(row: Row, bare: ForeignItem, tell: Tell) -> ForeignItem:
    check = row[VALIDATION].strip().lower()
    decimals = _DECIMALS.fullmatch(check)
    if check.startswith("date_"):
        if check != "date_ymd":
            tell(f"is typed in the order {check[5:]} there; here in the phone's own")
        for limit in (row[LOW].strip(), row[HIGH].strip()):
            if limit:
                tell(f"its limit {limit} is not kept: days have none here")
        return replace(bare, kind="date")
    if check in {"integer", "number", "number_comma_decimal"} or decimals:
        step = 1.0 if check == "integer" else None
        if decimals:
            step = 10.0 ** -int(decimals[1])
        return _bounded(row, replace(bare, kind="number", step=step), tell)
    if check:
        tell(f"is checked to be {check!r} there; here it is text, unchecked")
    for limit in (row[LOW].strip(), row[HIGH].strip()):
        if limit:
            tell(f"its limit {limit} is not kept: text has none here")
    return bare


def _bounded(row: Row, bare: ForeignItem, tell: Tell) -> ForeignItem:
    limits: list[float | None] = []
    for limit in (row[LOW].strip(), row[HIGH].strip()):
        if limit and not _NUMBER.fullmatch(limit):
            tell(f"its limit {limit} is not kept: only numbers are limits here")
        limits.append(float(limit) if _NUMBER.fullmatch(limit) else None)
    low, high = limits
    if low is not None and high is not None and low >= high:
        tell(f"its limits {low:g} and {high:g} leave nothing between them; not kept")
        low, high = None, None
    return replace(bare, minimum=low, maximum=high)


def _slider(row: Row, bare: ForeignItem, tell: Tell) -> ForeignItem:
    bounded = _bounded(row, replace(bare, kind="scale"), tell)
    low = 0.0 if bounded.minimum is None else bounded.minimum
    high = 100.0 if bounded.maximum is None else bounded.maximum
    if low >= high:
        tell(f"its limits {low:g} and {high:g} leave nothing between them; it goes from 0 to 100")
        low, high = 0.0, 100.0
    ends = [_sentence(part, tell) for part in row[CHOICES].split("|")]
    if len(ends) == 3 and ends[1]:
        tell(f"its middle label {ends[1]!r} is not kept")
    if len(ends) > 3:
        tell(f"its labels {', '.join(ends[1:-1])!r} are not kept")
    first, last = ends[0], ends[-1] if len(ends) > 1 else ""
    if not first or not last:
        tell(foreign.NO_ENDS)
    return replace(
        bounded, minimum=low, maximum=high, low=first or f"{low:g}", high=last or f"{high:g}"
    )


def _choices(row: Row, bare: ForeignItem, tell: Tell, kind: ItemKind) -> ForeignItem | None:
    if row[VALIDATION].strip():
        tell(f"its {row[VALIDATION].strip()!r} is not kept")
    pairs = _pairs(row[CHOICES], tell)
    if not pairs:
        tell("offers no answers; left out")
        return None
    if len(pairs) == 1:
        ((code, label),) = pairs
        tell(f"has one answer only ({code}, {label}); it became yes (1) or no (0)")
        text = label if bare.text == bare.known_as else f"{bare.text}: {label}"
        options = (ForeignOption(1, code, label),)
        return replace(bare, kind="yes-no", text=text, options=options)
    return replace(bare, kind=kind, options=_coded(pairs, tell))


def _pairs(choices: str, tell: Tell) -> list[tuple[str, str]]:
    """Read `1, Yes | 2, No`: each answer once, each label unlike the others."""
    pairs: dict[str, str] = {}
    for choice in filter(str.strip, choices.split("|")):
        code, comma, label = (part.strip() for part in choice.partition(","))
        if code in pairs:
            tell(f"has the code {code} twice; the second, {label!r}, is left out")
            continue
        if not comma or not label:
            tell(foreign.NO_LABEL.format(code=code))
        said = _sentence(label, tell) or code
        if said in pairs.values():
            tell(f"has the label {said!r} twice; its code was put behind the second")
            said = f"{said} ({code})"
        pairs[code] = said
    return list(pairs.items())


def _coded(pairs: list[tuple[str, str]], tell: Tell) -> tuple[ForeignOption, ...]:
    codes = [code for code, _label in pairs]
    if all(_WHOLE.fullmatch(code) for code in codes):
        return tuple(ForeignOption(int(code), code, label) for code, label in pairs)
    told = ", ".join(f"{code} became {at}" for at, code in enumerate(codes, start=1))
    tell(f"its codes are no whole numbers; {told}")
    return tuple(ForeignOption(at, code, label) for at, (code, label) in enumerate(pairs, start=1))


def _yes_no(row: Row, bare: ForeignItem, tell: Tell) -> ForeignItem:
    if row[TYPE].strip().lower() == "truefalse":
        tell("says true and false there; here it says yes and no")
    return replace(bare, kind="yes-no")


def _information(_row: Row, bare: ForeignItem, _tell: Tell) -> ForeignItem:
    return replace(bare, kind="information")


_KINDS: dict[str, Callable[[Row, ForeignItem, Tell], ForeignItem | None]] = {
    "text": _text,
    "notes": lambda _row, bare, _tell: bare,
    "radio": lambda row, bare, tell: _choices(row, bare, tell, "choice"),
    "dropdown": lambda row, bare, tell: _choices(row, bare, tell, "choice"),
    "checkbox": lambda row, bare, tell: _choices(row, bare, tell, "multi-choice"),
    "yesno": _yes_no,
    "truefalse": _yes_no,
    "slider": _slider,
    "descriptive": _information,
}
