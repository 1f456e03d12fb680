"""Who is on duty in a study: whom an answer that needs a person calls, at any hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.actions.asked import instruments
from server.actions.context import Context
from server.domain import entry
from server.domain.safety import has_safety_items
from server.errors import BadInputError
from server.store.database import Row

NOBODY = (
    "This protocol asks about safety ({forms}), so somebody must be on duty before the study is live: "
    "give a name, an e-mail address and a phone number."
)


@dataclass(frozen=True)
class Duty:
    """The person on duty. One for each study; a rota comes later."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def row(self) -> Row:
        """The columns of a study that hold it."""
        return {"duty_name": self.name, "duty_email": self.email, "duty_phone": self.phone}


def checked_duty(context: Context, study: Mapping[str, object], duty: Duty) -> Duty:
    """Return tidy contact data. `study` holds `protocol, protocol_version, synthetic`.

    Nobody at all may be on duty where no answer could call them, and in make-believe studies.

    Raises:
        BadInputError: one of the three is missing or cannot be used; `places` says which.

    """
    checks = entry.Checks()
    if not any((duty.name.strip(), duty.email.strip(), duty.phone.strip())):
        _allow_nobody(context, study)
        return Duty()
    tidy = Duty(
        name=checks.field("duty_name", lambda: entry.name(duty.name), ""),
        email=checks.field("duty_email", lambda: entry.email(duty.email), ""),
        phone=checks.field("duty_phone", lambda: entry.phone(duty.phone), ""),
    )
    for place, value in tidy.row.items():
        checks.require(place, place in checks.places or bool(value), "Needed to call them.")
    if checks.places:
        raise BadInputError("Who is on duty cannot be reached like this.", checks.places)
    return tidy


def watching(context: Context, study: Mapping[str, object]) -> list[str]:
    """Return the titles of the instruments that anybody is asked whose answers may call somebody."""
    asked = instruments(context, dict(study)).values()
    return sorted(each.short_title for each in asked if has_safety_items(each))


def _allow_nobody(context: Context, study: Mapping[str, object]) -> None:
    forms = watching(context, study)
    if forms and not study["synthetic"]:
        message = NOBODY.format(forms=", ".join(forms))
        raise BadInputError(message, {"duty_email": message})
