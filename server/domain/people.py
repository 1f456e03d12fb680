"""Who acts and who looks: an Actor stands behind each change, a Viewer behind each reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "administrator", "investigator", "coordinator", "facilitator", "rater", "monitor", "analyst"
]
ROLES: tuple[Role, ...] = (
    "administrator", "investigator", "coordinator", "facilitator", "rater", "monitor", "analyst",
)  # fmt: skip

# Who may read what participants said about their facilitators, as long as they are not rated
# themselves: hiding is keyed to the pair as well, and hiding beats seeing.
SEES_ALLIANCE: frozenset[Role] = frozenset(
    {"administrator", "investigator", "coordinator", "monitor", "analyst"}
)
# Who may change a participant's record: enrol, record visits, bind a phone.
CARES: frozenset[Role] = frozenset({"administrator", "investigator", "coordinator"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever did it, as the audit trail names them."""

    kind: Literal["staff", "device", "system"]
    id: str
    role: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Staff:
    """A staff member looking at one study, with the roles held there today."""

    id: str
    study_id: str
    roles: frozenset[Role]

    @property
    def blinded(self) -> bool:
        """Independent raters know nothing of what participants report, whatever else they are."""
        return "rater" in self.roles

    @property
    def sees_alliance(self) -> bool:
        return bool(self.roles & SEES_ALLIANCE) and not self.blinded

    @property
    def sees_everyone(self) -> bool:
        """Facilitators and raters see the participants they are assigned to; others the study."""
        return bool(self.roles - {"facilitator", "rater"})


@dataclass(frozen=True, slots=True)
class Device:
    """A participant's own phone: it sees what it may answer, and nothing else."""

    id: str
    participant_id: str


@dataclass(frozen=True, slots=True)
class System:
    """A named process of ours (worker, demo, backup): it sees everything and shows nobody."""

    name: str


Viewer = Staff | Device | System
