"""A participant's own settings, ready to be shown: what stands, and what may be chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import format_date, format_time, gettext

from server.actions.change_my_settings import choices
from server.actions.context import Context
from server.domain.people import Device
from server.store import participants


def settings_of(context: Context, device: Device) -> dict[str, Any]:
    """Return `language, channel, hour, status, paused_until` and what may be chosen, in words."""
    may = choices(context, device)
    person = participants.one(context.db, device, device.participant_id)
    until = person["paused_until"]
    usual = gettext("As the study does (%(hour)s)", hour=format_time(may.usual, "short"))
    return {
        "language": person["language"],
        "channel": person["channel"],
        "hour": person["hours"],
        "status": person["status"],
        "paused_until": until,
        "paused_words": format_date(date.fromisoformat(until), gettext("EEEE d MMMM"))
        if until
        else "",
        "languages": [{"value": each, "words": own_name(each)} for each in may.languages],
        "hours": [
            {"value": "", "words": usual},
            *(
                {"value": f"{each:%H:%M}", "words": format_time(each, "short")}
                for each in may.hours
            ),
        ],
        "address": may.address,
    }


def own_name(language: str) -> str:
    """Return a language's name as those call it who speak it."""
    try:
        return Locale.parse(language.replace("_", "-"), sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language
