"""What one plain page is made of: the form, how far somebody has come in it, and what was kept earlier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.actions.context import Context
from server.clock import to_text
from server.domain.answers import misfit
from server.domain.instrument import Instrument
from server.domain.parts import Part, Progress
from server.domain.people import Device
from server.ids import new_id
from server.store import drafts
from server.store.database import Row
from server.web.participant.answer_form import AnswerForm, form_of
from server.web.private_list import PRACTICE, Person

# How the page after the last part is called: everything once more, then off it goes.
REVIEW = "review"
_Said = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Sitting:
    """One form in front of somebody.

    `left` holds what was kept under an earlier version of the form and fits no question of this one:
    it goes along with the answers, because it was said. `shown` names structure and sentences.
    """

    instrument: Instrument
    progress: Progress
    left: _Said
    draft: Row | None
    shown: str

    @property
    def divided(self) -> bool:
        """Whether it is asked in parts, with a last look before it is sent."""
        return len(self.progress.parts) > 1

    def place(self, asked: str | None) -> int | None:
        """Return the part that an address or a page names, None for the last look.

        Whoever names none, or one that shows nothing, comes to the first question not passed yet.
        """
        if not self.divided:
            return 0
        if asked == REVIEW and self.progress.unseen() is None:
            return None
        if asked and asked.isdecimal() and int(asked) - 1 in self.progress.standing:
            return int(asked) - 1
        return self.progress.unseen()

    def showing(self, part: int | None) -> Part:
        """Return what a part shows; the last look asks nothing."""
        if part is None:
            return ()
        return self.progress.showing(part) if self.divided else self.instrument.items

    def merged(self, form: AnswerForm) -> dict[str, Any]:
        """Return what was kept together with what has just been sent, which goes before it."""
        return {**self.progress.said, **form.raw()}

    @property
    def left_values(self) -> dict[str, Any]:
        """What was said to questions that are no more, by item."""
        said = {name: each.get("value") for name, each in self.left.items()}
        return {name: value for name, value in said.items() if value is not None}

    def with_answers(self, said: _Said) -> Sitting:
        """Return the same sitting with other answers, and so perhaps other questions shown."""
        progress = Progress(self.instrument, said)
        return Sitting(self.instrument, progress, self.left, self.draft, self.shown)


def sit(context: Context, device: Device, who: Person, row: Row | None) -> Sitting:
    """Return the form of an assessment (of practice, without one) with what was kept of it."""
    instrument_id = row["instrument"] if row else PRACTICE
    instrument = context.catalog.instrument(instrument_id)
    draft = drafts.one(context.db, device, row["id"]) if row else None
    said, left = _sorted(instrument, draft["answers"] if draft else {})
    wording = context.catalog.wording(instrument_id, who.language)
    shown = f"{instrument.version} {wording.id}"
    return Sitting(instrument, Progress(instrument, said), left, draft, shown)


def page_form(context: Context, sitting: Sitting, part: int | None) -> AnswerForm:
    """Return the fields of one part; a new page carries the id and the beginning of what was kept."""
    form = form_of(sitting.instrument, sitting.progress.said, sitting.showing(part))
    if not form.is_submitted():
        draft = sitting.draft
        form.response.data = draft["response_id"] if draft else new_id()
        form.began.data = draft["began_at"] if draft else to_text(context.clock.now())
        form.asked.data = ""
        form.shown.data = sitting.shown
        form.part.data = named(part)
    return form


def named(part: int | None) -> str:
    """Return what an address calls a part, counted from 1."""
    return REVIEW if part is None else str(part + 1)


def _sorted(instrument: Instrument, kept: _Said) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell what fits this version of the form from what was kept under another."""
    items = {item.id: item for item in instrument.questions}
    fits = {
        name: each
        for name, each in kept.items()
        if name in items and not misfit(instrument, items[name], each)
    }
    return fits, {name: each for name, each in kept.items() if name not in fits}
