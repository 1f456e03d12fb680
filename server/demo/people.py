"""Who stands in the demo: staff, names, zones, and what synthetic people write in their own words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from server.actions.create_study import NewStudy
from server.domain.people import Role

# Known to everybody who reads the README. Demo accounts exist in demo databases only.
PASSWORD = "quiet-river-demo"  # noqa: S105 - it opens make-believe data only


@dataclass(frozen=True)
class Colleague:
    """One demo account."""

    name: str
    email: str
    roles: tuple[Role, ...]


STAFF = (
    Colleague("Mara Lindholm", "coordinator@example.org", ("coordinator",)),
    Colleague("Theo Adler", "admin@example.org", ("administrator", "coordinator")),
    Colleague("Jonas Weber", "jonas@example.org", ("facilitator",)),
    Colleague("Amina Diallo", "amina@example.org", ("facilitator",)),
    Colleague("Ruth Okafor", "ruth@example.org", ("facilitator",)),
    Colleague("Pablo Serrano", "pablo@example.org", ("facilitator",)),
    # A rater of the second study only: the everyday design asks for none.
    Colleague("Ines Moreau", "rater@example.org", ()),
    Colleague("Kim Larsen", "monitor@example.org", ("monitor",)),
)

# The hours of the day in which make-believe people answer.
WAKES, SLEEPS = 8, 22

UNREACHABLE = "synthetic20@example.org"

# Pairs of guides, as first and second name-as-shown.
PAIRS = (("Jonas", "Amina"), ("Ruth", "Pablo"), ("Amina", "Ruth"))

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Europe/Berlin",
    "America/Los_Angeles",
)

STUDY = NewStudy(code="DEMO", title="Alliance demo study", protocol="alliance-core")
# A small second study, on paper, with an independent rater; whoever administers the first runs it.
RATED = NewStudy(code="DEMO-2", title="Three sessions, rated", protocol="mdma-three-session")
RATED_STAFF: dict[str, tuple[Role, ...]] = {
    "admin@example.org": ("administrator", "coordinator"),
    "rater@example.org": ("rater",),
    "monitor@example.org": ("monitor",),
}
TEAM = {
    "team_name": "the study team",
    "team_phone": "+1 555 0142",
    "team_hours": "Monday to Friday, 9:00 to 17:00",
    # Made up, like the rest: in a demo mail goes to the mailbox that it shows itself.
    "duty_name": "Sofia Brandt",
    "duty_email": "duty@example.org",
    "duty_phone": "+1 555 0150",
    "call_hours": "the same working day, between 9:00 and 17:00",
    "out_of_hours_phone": "+1 555 0160",
    "results_when": "in spring, a year after the last participant has finished",
    "data_where": "on this computer only: this is a demo",
    "data_kept": "until whoever tries it out deletes it",
    "outside_role": "who watches over how the study is run",
    "ethics_contact": json.dumps({
        "name": "Demo ethics committee", "phone": "+1 555 0170", "email": "ethics@example.org",
    }),
}  # fmt: skip
# So that a phone can change its language in the middle of a form; what has no wording in one stays English.
LANGUAGES = ["en", "de", "es"]
# Guides nobody, and so may be told what the treatment team is not to know.
OUTSIDE = "monitor@example.org"

HELP = (
    {"label": "Demo crisis line", "phone": "+1 555 0100", "hours": "day and night",
     "note": "A made-up number: this is a demo."},
    {"label": "Demo crisis line, Germany", "phone": "+49 555 0100", "hours": "day and night",
     "note": "A made-up number: this is a demo.", "country": "DE"},
    {"label": "Demo emergency number", "phone": "+1 555 0199", "hours": "day and night",
     "note": "If you are in danger right now."},
)  # fmt: skip

# Which event somebody named, in a few words: made up, and said to nobody.
EVENTS = (
    ("the fire", "2019"), ("the accident", "March 2021"), ("that winter", ""),
    ("the night at the lake", "2016"),
    ("what happened at work", "two years ago"), ("the fall", "2020"),
)  # fmt: skip

# Answers to the open questions: ours, about nobody.
WORDS = (
    "I notice I breathe out more. It is a small thing, but I notice it.",
    "My sister said I laughed like I used to. I had not heard it myself.",
    "Sleep is still uneven. The mornings are softer than they were.",
    "I went back to the allotment. I had not been there for two years.",
    "Nothing dramatic. I answer the phone again.",
    "Some days it all comes back. It passes quicker than before.",
    "I told my brother what happened. He just listened. That was enough.",
    "I am less hard on myself, most days.",
    "I would like to talk about the second half of that day once more.",
    "I started walking to work. I see people's faces now.",
    "Still angry sometimes, but it does not stay the whole evening.",
    "Quiet. That is the word I would use.",
)
