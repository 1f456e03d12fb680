"""A REDCap data dictionary (CSV): bytes in, a form in our terms out, every loss named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.domain.foreign import ForeignForm, ForeignItem, ForeignScore, Loss
from server.errors import BadInputError
from server.inputs import redcap_fields as fields
from server.inputs import table
from server.inputs.conditions import UntranslatableError, said
from server.inputs.redcap_logic import Lookup, translate
from server.inputs.single_tests import Known
from server.inputs.table import Row
from server.inputs.words import as_id, plain, without_braces

_NEEDED = (fields.NAME, fields.FORM, fields.TYPE, fields.LABEL, fields.CHOICES)
# The names that REDCap's own columns have when they come through its API.
_API = {
    "field_name": fields.NAME,
    "form_name": fields.FORM,
    "section_header": fields.SECTION,
    "field_type": fields.TYPE,
    "field_label": fields.LABEL,
    "select_choices_or_calculations": fields.CHOICES,
    "field_note": fields.NOTE,
    "text_validation_type_or_show_slider_number": fields.VALIDATION,
    "text_validation_min": fields.LOW,
    "text_validation_max": fields.HIGH,
    "identifier": "Identifier?",
    "branching_logic": fields.LOGIC,
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": fields.ANNOTATION,
}
_COLUMNS = tuple(_API.values())
_TERM = r"\[([a-z0-9_]+)\]"
_SUM = re.compile(rf"\(?\s*{_TERM}(?:\s*\+\s*{_TERM})+\s*\)?")
_CALL = re.compile(rf"(sum|mean)\(\s*{_TERM}(?:\s*,\s*{_TERM})+\s*\)")


class NoDictionaryError(BadInputError):
    """A file is something else altogether, whatever it is."""


def read(data: bytes, form: str | None = None) -> ForeignForm:
    """Read a dictionary, or one form of it.

    Raises:
        NoDictionaryError: a table of something else.
        BadInputError: no table, no dictionary, or no such form.

    """
    rows = table.read(data, ())
    columns = {_API.get(name, name) for row in rows[:1] for name in row.cells}
    if not columns.issuperset(_NEEDED):
        raise NoDictionaryError(f"this is no REDCap dictionary: it needs {', '.join(_NEEDED)}")
    return _Reader([_known_columns(row) for row in rows], form).read()


def _known_columns(row: Row) -> Row:
    """Return a row under the dictionary's own column names, with an empty cell where one lacks."""
    cells = {_API.get(name, name): cell for name, cell in row.cells.items()}
    return Row(row.line, dict.fromkeys(_COLUMNS, "") | cells)


@dataclass
class _Reader:
    rows: list[Row]
    form: str | None
    losses: list[Loss] = field(default_factory=list)
    items: list[ForeignItem] = field(default_factory=list)
    scores: list[ForeignScore] = field(default_factory=list)
    # By REDCap's name: what conditions may look at, and why they may not.
    known: dict[str, Known] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    def read(self) -> ForeignForm:
        wanted = self._wanted()
        taken: set[str] = set()
        ids = {row[fields.NAME]: as_id(row[fields.NAME], taken) for row in wanted}
        if len(ids) < len(wanted):
            raise BadInputError(
                f"two fields of the dictionary have the same name: {_twice(wanted)}"
            )
        for row in wanted:
            self._row(row, ids[row[fields.NAME]], taken)
        if not any(item.asks for item in self.items):
            raise BadInputError("the dictionary asks nothing that a form here can ask")
        return ForeignForm(
            title=(self.form or wanted[0][fields.FORM]).replace("_", " ").capitalize(),
            items=tuple(self.items),
            scores=tuple(self.scores),
            losses=tuple(self.losses),
        )

    def _wanted(self) -> list[Row]:
        forms = list(dict.fromkeys(row[fields.FORM] for row in self.rows))
        if self.form is not None and self.form not in forms:
            raise BadInputError(f"there is no form {self.form!r}; there is {', '.join(forms)}")
        if self.form is None and len(forms) > 1:
            told = f"holds {len(forms)} forms, which became one: {', '.join(forms)}"
            self.losses.append(Loss("the file", f"{told}; --form takes one of them"))
        wanted = [row for row in self.rows if self.form in {None, row[fields.FORM]}]
        others = {row[fields.NAME] for row in self.rows} - {row[fields.NAME] for row in wanted}
        self.gone |= dict.fromkeys(others, "is in another form")
        first = self.rows[0]
        if wanted and wanted[0] is first and first[fields.TYPE].strip() == "text":
            told = "is the record's name there; here the study's code is; left out"
            self._lose(first, told)
            wanted = wanted[1:]
        return wanted

    def _lose(self, row: Row, what: str) -> None:
        self.losses.append(Loss(row[fields.NAME], what))
        self.gone.setdefault(row[fields.NAME], "is left out")

    def _row(self, row: Row, item_id: str, taken: set[str]) -> None:
        name = row[fields.NAME]

        def tell(what: str) -> None:
            self.losses.append(Loss(name, what))

        self._section(row, item_id, taken)
        if row[fields.TYPE].strip().lower() == "calc" and not fields.hidden(row):
            self._calculation(row, item_id)
        elif item := fields.item(row, item_id, tell):
            self.items.append(replace(item, show_if=self._condition(row, item)))
            self.known[name] = _known(item)
        fields.remaining(row, tell)
        for column in row.cells.keys() - set(_COLUMNS):
            if row[column].strip():
                tell(f"its {column!r} is not kept: {plain(row[column])}")
        if name not in self.known:
            self.gone[name] = "is left out"
            self._left_out(row, tell)

    def _left_out(self, row: Row, tell: fields.Tell) -> None:
        """Name what lay in a field that did not come along, so that a person can judge it."""
        for sentence in filter(None, (plain(row[fields.LABEL]), plain(row[fields.NOTE]))):
            tell(f"with it goes its sentence: {sentence}")
        told_already = row[fields.TYPE].strip().lower() == "calc" and not fields.hidden(row)
        if (content := plain(row[fields.CHOICES])) and not told_already:
            tell(f"with it goes what it offered or calculated: {content}")
        if logic := row[fields.LOGIC].strip():
            tell(f"with it goes its condition: {logic}")

    def _section(self, row: Row, item_id: str, taken: set[str]) -> None:
        header = without_braces(plain(row[fields.SECTION]))
        if not header:
            return
        name = as_id(f"{item_id}_section", taken)
        self.items.append(ForeignItem(name, f"{row[fields.NAME]} (section)", "section", header))
        if row[fields.LOGIC].strip():
            told = "its section's heading hides with it there; here the heading always shows"
            self.losses.append(Loss(row[fields.NAME], told))

    def _condition(self, row: Row, item: ForeignItem) -> str:
        logic = row[fields.LOGIC].strip()
        if not logic:
            return ""
        node, why = translate(logic, self._lookup(row[fields.NAME]))
        if why:
            shown = "shows more often than there" if node else "always shows"
            told = f"{shown}: of its condition {logic!r} this could not be said: {'; '.join(why)}"
            self.losses.append(Loss(item.known_as, told))
        return said(node) if node else ""

    def _lookup(self, own: str) -> Lookup:
        def look(name: str) -> Known:
            if name in self.known:
                return self.known[name]
            everywhere = {row[fields.NAME] for row in self.rows}
            if name == own:
                raise UntranslatableError(f"{name} is this very field")
            if name in self.gone:
                raise UntranslatableError(f"{name} {self.gone[name]}")
            below = name in everywhere
            raise UntranslatableError(f"{name} {'stands below' if below else 'is not in the file'}")

        return look

    def _calculation(self, row: Row, item_id: str) -> None:
        formula = row[fields.CHOICES].strip()
        names = re.findall(_TERM, formula)
        call = _CALL.fullmatch(formula)
        why = self._uncountable(names)
        if (call or _SUM.fullmatch(formula)) and not why:
            method = "mean" if call and call[1] == "mean" else "sum"
            label = without_braces(plain(row[fields.LABEL])) or row[fields.NAME]
            items = tuple(self.known[name].id for name in names)
            self.scores.append(ForeignScore(item_id, label, method, items, tolerant=bool(call)))  # type: ignore[arg-type]
            return
        self._lose(row, f"calculates {formula!r}, which became no score{why}; left out")

    def _uncountable(self, names: list[str]) -> str:
        """Say why these fields cannot be added up here; empty when they can."""
        items: Mapping[str, ForeignItem] = {item.known_as: item for item in self.items}
        for name in names:
            known = self.known.get(name)
            if known is None:
                return f" ({name} is no question above it)"
            spans = known.kind in {"choice", "yes-no"} or items[name].maximum is not None
            if known.only or not known.same_codes or not spans or names.count(name) > 1:
                return f" ({name} is no number with two ends, or counts twice)"
        return ""


def _twice(rows: list[Row]) -> str:
    """Name each field that stands more than once, with its lines."""
    lines: dict[str, list[str]] = {}
    for row in rows:
        lines.setdefault(row[fields.NAME], []).append(str(row.line))
    told = (f"{name} (lines {', '.join(at)})" for name, at in lines.items() if len(at) > 1)
    return ", ".join(told)


def _known(item: ForeignItem) -> Known:
    """Return what a condition may know of an item; yes and no are 1 and 0 in REDCap as well."""
    only = item.kind == "yes-no" and len(item.options) == 1
    codes = {option.known_as: option.code for option in item.options}
    if item.kind == "yes-no" and not only:
        codes = {"1": 1, "0": 0}
    same = all(known_as == str(code) for known_as, code in codes.items())
    return Known(item.id, item.kind, codes, same_codes=same, only=only)
