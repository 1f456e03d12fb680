"""What staff read of the answers: each what is theirs, and in an export a code, never a name."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.correct_about import correct_about
from server.store import drafts, responses
from tests.cast import EVERYTHING, Cast


def test_a4_answers_and_scores_are_for_those_of_the_study_who_may(cast: Cast, context: Context):
    plain = cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline"))).id
    about = cast.send(
        cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated))
    ).id
    for viewer, seen in (
        (cast.coordinator, {plain, about}), (cast.monitor, {plain, about}),
        (cast.rated, {plain}), (cast.second, {plain}), (cast.rater, set()), (cast.outsider, set()),
        (cast.ada.device, {plain, about}), (cast.ben.device, set()), (EVERYTHING, {plain, about}),
    ):  # fmt: skip
        assert {row["id"] for row in responses.of(context.db, viewer, cast.ada.id)} == seen
        told = {row["response_id"] for row in responses.scores(context.db, viewer, cast.ada.id)}
        assert told == seen
        assert {row["response"] for row in responses.export(context.db, viewer)} == seen
        for name in (plain, about):
            assert bool(responses.answers(context.db, viewer, name)) == (name in seen)
            assert (responses.one(context.db, viewer, name) is not None) == (name in seen)


def test_an_export_tells_each_answer_and_score_of_what_stands(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked, cast.answers("wai-sr", 5)))
    new = correct_about(context, cast.ada.device, asked, cast.second.id)
    rows = responses.export(context.db, cast.coordinator)
    assert {row["response"] for row in rows} == {new}
    items = [row["name"] for row in rows if row["what"] == "answer"]
    assert items == [item.id for item in context.catalog.instrument("wai-sr").questions]
    assert {row["value"] for row in rows if row["what"] == "answer"} == {5}
    scores = {row["name"]: row["value"] for row in rows if row["what"] == "score"}
    assert scores["total"] == 60.0
    assert {row["participant"] for row in rows} == {"SYN-001"}
    assert "Synthetic SYN-001" not in str(rows)


def test_a_draft_saved_again_replaces_itself_and_tells_the_trail_nothing_of_its_words(
    cast: Cast, context: Context
):
    asked = cast.assessment(cast.ada, "wellbeing-baseline")
    actor = cast.actor(cast.coordinator)
    for words in ("first words", "second words"):
        with context.write(actor, "saved a draft") as tx:
            drafts.save(tx, cast.ada.device, asked, "r1", {"x": {"state": words}})
    kept = drafts.one(context.db, cast.ada.device, asked)
    assert kept is not None
    assert kept["answers"] == {"x": {"state": "second words"}}
    values = context.db.all("SELECT new_value FROM audit_values")
    assert not any("words" in row["new_value"] for row in values)
