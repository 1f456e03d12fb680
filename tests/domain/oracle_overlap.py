"""What the oracle does where the same form about the same person is open twice."""

from __future__ import annotations

from itertools import pairwise

from tests.domain.oracle_form import Form, Raw


def cut(raw: Raw, forms: list[Form]) -> list[Form]:
    """Cut time into the pieces between all edges, and give each piece to whom it belongs."""
    edges = sorted({edge for form in forms for edge in (form.opens, form.closes)})
    pieces = list(pairwise(edges))
    for form in forms:
        form.pieces = {each for each in pieces if form.opens <= each[0] and each[1] <= form.closes}
    ids = [each["id"] for each in raw["assessments"]]
    forms = sorted(
        forms,
        key=lambda form: (
            form.opens, form.closes, form.day, int(form.raw.get("order", 0)),
            ids.index(form.raw["id"]), form.rank, form.id,
        ),
    )  # fmt: skip
    for index, later in enumerate(forms):
        rule = later.raw.get("overlap") or raw.get("overlap", "both")
        meeting = [each for each in forms[:index] if each.pieces & later.pieces]
        begin = min(later.pieces)[0]
        if rule == "later opens after" and meeting:
            taken = max(piece[1] for each in meeting for piece in each.pieces)
            later.pieces = {piece for piece in later.pieces if piece[0] >= taken}
        if rule == "earlier closes":
            for each in meeting:
                each.pieces = {piece for piece in each.pieces if piece[1] <= begin}
    for form in forms:
        if form.pieces:
            form.opens, form.closes = min(form.pieces)[0], max(form.pieces)[1]
            form.target = sorted([form.opens, form.target, form.closes])[1]
    return [form for form in forms if form.pieces]
