"""Staff members, their roles per study, and the hash of their password."""

from __future__ import annotations

from typing import cast

from server.domain.people import Role, Staff
from server.errors import NotFoundError
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction

_ROLES_HELD = (
    "SELECT role FROM staff_roles WHERE staff_id = ? AND study_id = ? AND revoked_at IS NULL"
)


def by_email(db: Database, email: str) -> Row | None:
    """Return the account of this address, whatever its state; None when there is none."""
    return db.one("SELECT * FROM staff WHERE email = ?", [normal_email(email)])


def one(db: Database, staff_id: str) -> Row | None:
    """Return the person of this id, without the password's hash."""
    return db.one(
        "SELECT id, name, email, created_at, disabled_at FROM staff WHERE id = ?", [staff_id]
    )


def password_hash(db: Database, staff_id: str) -> str | None:
    """Return what is kept of this person's password."""
    return cast("str | None", db.value("SELECT password_hash FROM staff WHERE id = ?", [staff_id]))


def roles(db: Database, staff_id: str, study_id: str) -> frozenset[Role]:
    """Return the roles that this person holds in this study today."""
    rows = db.all(_ROLES_HELD, [staff_id, study_id])
    return frozenset(cast("Role", row["role"]) for row in rows)


def studies_of(db: Database, staff_id: str) -> list[Row]:
    """Return the studies in which this person holds a role, by code."""
    return db.all(
        "SELECT DISTINCT s.id, s.code, s.title FROM studies s JOIN staff_roles r"
        " ON r.study_id = s.id WHERE r.staff_id = ? AND r.revoked_at IS NULL ORDER BY s.code",
        [staff_id],
    )


def of_study(db: Database, viewer: Staff) -> list[Row]:
    """Return who holds or held a role in the viewer's study; `roles` is comma-separated text."""
    return db.all(
        "SELECT p.id, p.name, p.email, p.disabled_at, p.password_hash IS NOT NULL AS signs_in,"
        " COALESCE((SELECT GROUP_CONCAT(role, ',') FROM (SELECT role FROM staff_roles r"
        "  WHERE r.staff_id = p.id AND r.study_id = :study AND r.revoked_at IS NULL"
        "  ORDER BY role)), '') AS roles"
        " FROM staff p WHERE EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = p.id"
        " AND r.study_id = :study) ORDER BY p.disabled_at IS NOT NULL, p.name, p.id",
        {"study": viewer.study_id},
    )


def in_study(db: Database, viewer: Staff, staff_id: str) -> Row:
    """Return one person of the viewer's study as `of_study` does.

    Raises:
        NotFoundError: nobody of this id has ever had a role here.

    """
    found = next((row for row in of_study(db, viewer) if row["id"] == staff_id), None)
    if found is None:
        raise NotFoundError("There is no such person in this study.")
    return found


def facilitators(db: Database, viewer: Staff) -> list[Row]:
    """Return whom participants of the viewer's study may be assigned to, by name."""
    return db.all(
        "SELECT p.id, p.name FROM staff p JOIN staff_roles r ON r.staff_id = p.id"
        " WHERE r.study_id = ? AND r.role = 'facilitator' AND r.revoked_at IS NULL"
        " AND p.disabled_at IS NULL ORDER BY p.name, p.id",
        [viewer.study_id],
    )


def names(db: Database, viewer: Staff) -> dict[str, str]:
    """Return id → name of everybody who has had a role in the viewer's study."""
    return {row["id"]: row["name"] for row in of_study(db, viewer)}


def administrators(db: Database, study_id: str) -> list[str]:
    """Return the ids of those who can administer this study today."""
    rows = db.all(
        "SELECT DISTINCT p.id FROM staff p JOIN staff_roles r ON r.staff_id = p.id"
        " WHERE r.study_id = ? AND r.role = 'administrator' AND r.revoked_at IS NULL"
        " AND p.disabled_at IS NULL AND p.password_hash IS NOT NULL",
        [study_id],
    )
    return [row["id"] for row in rows]


def add(tx: Transaction, name: str, email: str | None, kept_password: str | None) -> str:
    """Add a person (ids are never used again) and return the id."""
    staff_id = new_id()
    row = {"id": staff_id, "name": name, "email": normal_email(email) if email else None}
    tx.insert("staff", {**row, "password_hash": kept_password, "created_at": tx.at_text})
    for field in ("name", "email"):
        tx.note("staff", staff_id, field, row[field])
    if kept_password:
        tx.note("staff", staff_id, "password_hash", "set")
    return staff_id


def set_password(tx: Transaction, staff_id: str, kept_password: str) -> None:
    """Replace what is kept of the password; the trail learns that it changed, not the hash."""
    tx.execute("UPDATE staff SET password_hash = ? WHERE id = ?", [kept_password, staff_id])
    tx.note("staff", staff_id, "password_hash", "changed")


def disable(tx: Transaction, staff_id: str) -> None:
    """Close an account for good; the person stays named in old records."""
    tx.change("staff", staff_id, {"disabled_at": tx.at_text})


def grant(tx: Transaction, staff_id: str, study_id: str, role: Role) -> None:
    """Give a role from now on; giving one that is held changes nothing."""
    if role in roles(tx.db, staff_id, study_id):
        return
    tx.add(
        "staff_roles",
        {"id": new_id(), "staff_id": staff_id, "study_id": study_id, "role": role,
         "granted_at": tx.at_text},
    )  # fmt: skip


def revoke(tx: Transaction, staff_id: str, study_id: str, role: Role) -> None:
    """Take a role away from now on; the row keeps from when to when it was held."""
    held = tx.db.all(
        "SELECT id FROM staff_roles WHERE staff_id = ? AND study_id = ? AND role = ?"
        " AND revoked_at IS NULL",
        [staff_id, study_id, role],
    )
    for row in held:
        tx.change("staff_roles", row["id"], {"revoked_at": tx.at_text})


def starting_password(db: Database, staff_id: str) -> bool:
    """Whether another person set this one's password: it is to be changed at the first sign-in."""
    setter = db.value(
        "SELECT actor FROM audit WHERE table_name = 'staff' AND row_id = ?"
        " AND field = 'password_hash' ORDER BY seq DESC LIMIT 1",
        [staff_id],
    )
    return setter is not None and setter.startswith("staff:") and setter != f"staff:{staff_id}"


def normal_email(email: str) -> str:
    """Return an address as accounts are compared by it."""
    return email.strip().casefold()
