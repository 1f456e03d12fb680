"""Turn a questionnaire of another system into a draft under forms/, dropping nothing in silence."""

from __future__ import annotations

import re
import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.catalog.load import check
from server.catalog.wording_checks import is_language
from server.domain.draft import Draft, drafted, grouped, placeholder
from server.domain.foreign import ForeignForm
from server.errors import BadInputError, ConflictError
from server.inputs import fhir, redcap
from server.outputs.definition import written

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_ID = 60
# How many names a kind of loss lists on a screen; the draft's notes name every one.
_MOST_NAMED = 4
_READ = (
    "save it as a REDCap data dictionary (CSV, UTF-8) or as a FHIR R4 Questionnaire (JSON, not XML)"
)
_COMMENT = """A draft made from an imported file. Read the notes below, mend what they name, and take
them out. Nobody has compared its scores with another scorer yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made of a file: its id here, one form of a dictionary, whose sentences these are."""

    id: str
    form: str | None = None
    own: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """The draft's folder, and what to tell about it; `brief` is `losses` with fewer names, to read."""

    folder: Path
    questions: int
    scores: int
    losses: tuple[str, ...]
    brief: tuple[str, ...]


def read_foreign(data: bytes, form: str | None = None) -> ForeignForm:
    """Read a FHIR Questionnaire or a REDCap dictionary, whichever these bytes are.

    Raises:
        BadInputError: they are neither.

    """
    bare = data.removeprefix(BOM_UTF8).lstrip()
    if bare.startswith(b"{"):
        return fhir.read(bare)
    if bare.startswith((b"<", b"[", b"PK", b"%PDF")):
        raise redcap.NoDictionaryError(f"this is no file that can be read here; {_READ}")
    return redcap.read(data, form)


def import_instrument(data: bytes, wanted: Wanted, forms: Path) -> Imported:
    """Write the draft `forms/<id>/`, once the catalogue has nothing against it.

    Raises:
        BadInputError: the file or the id cannot be used, or no sound draft can be made of it.
        ConflictError: there is such an instrument already.

    """
    if not _ID.fullmatch(wanted.id):
        raise BadInputError(f"{wanted.id!r} is no id; write small letters, digits and hyphens")
    if len(wanted.id) > _LONGEST_ID:
        raise BadInputError(
            f"an id of {len(wanted.id)} characters is too long; {_LONGEST_ID} is the most"
        )
    target = forms / wanted.id
    if target.exists():
        raise ConflictError(f"{target} is there already; choose another id, or remove it first")
    form = read_foreign(data, wanted.form)
    language = wanted.language or form.language or "en"
    if not is_language(language):
        raise BadInputError(f"{language!r} is no language tag; say --lang, for example en or pt-BR")
    draft = drafted(form, wanted.id, own=wanted.own, language=language)
    with tempfile.TemporaryDirectory(dir=forms, prefix=".import-") as beside:
        made = _written(draft, Path(beside) / "forms" / wanted.id, language)
        _refuse_unsound(Path(beside))
        shutil.move(made, target)
    asked = sum(item.asks for item in form.items)
    scores = draft.structure.get("scores", [])
    brief = tuple(grouped(draft.losses, _MOST_NAMED))
    return Imported(target, asked, len(scores), tuple(grouped(draft.losses)), brief)


def _written(draft: Draft, folder: Path, language: str) -> Path:
    (folder / "wording").mkdir(parents=True)
    structure = written(draft.structure, _COMMENT, inline=("items", "options"))
    (folder / "1.0.0.yaml").write_bytes(structure)
    wordings: dict[str, Mapping[str, object]] = {language: draft.wording}
    if language != "en":
        wordings["en"] = placeholder(draft.wording, "en")
    for name, wording in wordings.items():
        (folder / "wording" / f"{name}.yaml").write_bytes(written(wording))
    return folder


def _refuse_unsound(beside: Path) -> None:
    (beside / "schedules").mkdir()
    problems = check(beside / "forms", beside / "schedules").problems
    if problems:
        told = "\n".join(problems)
        raise BadInputError(f"no sound draft can be made of this file; nothing was written\n{told}")
