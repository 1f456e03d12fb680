"""Importing: all rows or none, only what changed, every mistake at once, and no mail before a person says go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.import_line import told
from server.actions.import_participants import (
    NotImportedError,
    import_participants,
    try_import,
)
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock, to_text
from server.domain.facts import VisitStatus
from server.domain.protocol import Allocation, When
from server.errors import BadInputError, NotFoundError
from server.inputs.arrivals import columns
from server.store import (
    assessments,
    contacts,
    facilitators,
    groups,
    messages,
    participants,
    visits,
)
from tests.actions.importing import STUDY, problems, row, table, write
from tests.cast import EVERYTHING, TESTER, Cast
from tests.counting import counted

pytestmark = pytest.mark.usefixtures("cast")


def person(context: Context, cast: Cast, code: str = "P-001") -> str:
    return participants.by_code(context.db, cast.study_id)[code.casefold()]


def dates(context: Context, participant: str) -> dict[str, tuple[str, str, str | None]]:
    return {
        each["label"]: (each["on_day"], each["status"], each["at_time"])
        for each in visits.of(context.db, EVERYTHING, participant)
    }


def everything(context: Context) -> list[tuple[object, ...]]:
    """Return all rows that an import could write."""
    tables = ("participants", "participant_facts", "visits", "visit_facts", "facilitator_facts",
              "assessments", "messages", "contacts")  # fmt: skip
    return [
        tuple(found)
        for name in tables
        for found in context.db.connection.execute(f"SELECT * FROM {name} ORDER BY 1")
    ]


def test_a_row_brings_in_everything_it_says(context: Context, cast: Cast):
    report = write(
        context,
        row(name="Nell Canary", facilitator_1_name="Robin", facilitator_1_from="2027-02-05"),
    )
    new = person(context, cast)
    found = participants.one(context.db, cast.coordinator, new)
    assert (found["status"], found["channel"], found["arm"], found["enrolled_on"]) == (
        "prepared", "email", "immediate", "2027-02-01",
    )  # fmt: skip
    assert contacts.read(context.db, context.keys, new).name == "Nell Canary"
    # It is the first of March: what lies behind was held, what comes is planned.
    assert dates(context, new) == {
        "enrolment": ("2027-02-01", "held", None),
        "preparation-1": ("2027-02-10", "held", None),
        "dosing-1": ("2027-02-17", "held", "09:00"),
        "dosing-2": ("2027-03-17", "planned", "09:00"),
    }
    (term,) = facilitators.terms(context.db, new)
    assert (term.staff_id, term.name, term.from_on.isoformat()) == (
        cast.rated.id,
        "Robin",
        "2027-02-05",
    )
    (line,) = report.lines
    planned = assessments.of(context.db, EVERYTHING, new)
    assert line.forms == len(planned) > 0
    assert line.over == sum(each["closes_at"] <= "2027-03-01T09" for each in planned)


def test_showing_writes_nothing(context: Context, cast: Cast):
    before = everything(context)
    report = try_import(context, STUDY, table(row()), arms=False)
    assert report.new == 1
    assert everything(context) == before
    assert cast.study_id == report.study["id"]


def test_what_is_shown_is_what_is_planned(context: Context, cast: Cast):
    shown = try_import(context, STUDY, table(row()), arms=False).lines[0]
    write(context, row())
    planned = assessments.of(context.db, EVERYTHING, person(context, cast))
    assert shown.forms == len(planned)
    assert {row.label for row in shown.coming} == {
        row["label"] for row in planned if row["closes_at"] > to_text(context.clock.now())
    }


def test_the_same_table_again_changes_nothing(context: Context, clock: FixedClock):
    write(context, row(), row(code="P-002"))
    before = everything(context)
    clock.move(timedelta(days=20))  # a planned day is past by now; nobody has said that it was held
    again = write(context, row(), row(code="P-002"))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert everything(context) == before


def test_a_move_is_a_new_fact_and_nothing_else(context: Context, cast: Cast):
    write(context, row(), row(code="P-002"))
    report = write(context, row(), row(code="P-002", dosing_2="2027-03-24 10:00"))
    (line,) = [each for each in report.lines if each.changes]
    assert list(told(line)) == ["dosing-2 2027-03-17 planned → 2027-03-24 10:00 planned"]
    moved = visits.of(context.db, EVERYTHING, person(context, cast, "P-002"))[-1]
    assert [fact["on_day"] for fact in moved["history"]] == ["2027-03-17", "2027-03-24"]
    assert len(visits.of(context.db, EVERYTHING, person(context, cast))) == 4


def test_what_is_left_empty_changes_nothing(context: Context, cast: Cast):
    write(context, row())
    before = everything(context)
    bare = {"code": "p-001", "zone": "", "language": "", "dosing-1": ""}
    assert write(context, bare).same == 1
    assert everything(context) == before
    assert person(context, cast)


def test_a_time_left_out_keeps_the_one_that_stands(context: Context, cast: Cast):
    write(context, row())
    assert write(context, row(dosing_1="2027-02-17")).same == 1
    assert dates(context, person(context, cast))["dosing-1"][2] == "09:00"


def test_facts_that_changed_are_recorded_one_by_one(context: Context, cast: Cast):
    write(context, row())
    report = write(
        context, row(zone="America/New_York", language="de", channel="none", phone="+1 555 0100")
    )
    assert set(told(report.lines[0])) == {
        "zone Europe/Berlin → America/New_York", "language en → de", "channel email → none", "phone changed",
    }  # fmt: skip
    found = participants.one(context.db, cast.coordinator, person(context, cast))
    assert (found["zone"], found["language"], found["channel"]) == (
        "America/New_York",
        "de",
        "none",
    )
    assert (
        contacts.read(context.db, context.keys, person(context, cast)).email == "p001@example.org"
    )


def test_cancelled_visits_have_no_number_and_come_in_once(context: Context, cast: Cast):
    said = row(dosing_1="cancelled 2027-02-17", dosing_2="2027-02-24 09:00")
    write(context, said)
    stands = dates(context, person(context, cast))
    assert stands["dosing"] == ("2027-02-17", "cancelled", None)
    assert stands["dosing-1"] == ("2027-02-24", "held", "09:00")
    assert write(context, said).same == 1


def test_a_visit_that_is_called_off_later_is_the_one_of_that_day(context: Context, cast: Cast):
    write(context, row())
    report = write(context, row(dosing_2="cancelled 2027-03-17"))
    assert [step.status for step in report.lines[0].changes.visits] == ["cancelled"]
    assert len(visits.of(context.db, EVERYTHING, person(context, cast))) == 4
    back = write(context, row())
    assert [step.status for step in back.lines[0].changes.visits] == ["planned"]
    assert len(visits.of(context.db, EVERYTHING, person(context, cast))) == 4


def test_what_staff_confirmed_meanwhile_stays_as_they_said(
    context: Context, cast: Cast, clock: FixedClock
):
    write(context, row())
    clock.move(timedelta(days=20))
    who = person(context, cast)
    dosing = visits.of(context.db, EVERYTHING, who)[-1]
    entry = VisitEntry(
        "dosing", visits.as_fact(dosing).on, visits.as_fact(dosing).at, "held", dosing["id"]
    )
    record_visit(context, TESTER, cast.coordinator, who, entry)
    assert write(context, row()).same == 1


def test_facilitators_take_over_and_come_in_once(context: Context, cast: Cast):
    first = row(facilitator_1="Robin Rated", facilitator_1_to="2027-02-20",
                facilitator_2="Sam Second", facilitator_2_from="2027-02-21")  # fmt: skip
    write(context, first)
    terms = facilitators.terms(context.db, person(context, cast))
    assert [(t.name, str(t.from_on), t.to_on and str(t.to_on)) for t in terms] == [
        ("Robin", "2027-02-01", "2027-02-20"), ("Sam", "2027-02-21", None),
    ]  # fmt: skip
    assert write(context, first).same == 1
    last = {**first, "facilitator-2-to": "2027-02-28"}
    assert list(told(write(context, last).lines[0])) == ["Sam until 2027-02-28"]


def test_one_bad_row_keeps_all_others_out(context: Context):
    before = everything(context)
    with pytest.raises(NotImportedError, match=r"1 thing to mend\. Nothing was written") as caught:
        write(context, row(), row(code="P-002", zone="Mars/Olympus"))
    assert [(each.line, each.column) for each in caught.value.problems] == [(3, "zone")]
    assert everything(context) == before


MISTAKES: list[tuple[dict[str, str], str]] = [
    ({"code": "Nell Canary"}, "line 2, code: Use 2 to 24 letters"),
    ({"zone": ""}, "line 2, zone: Give a zone"),
    ({"language": "German"}, "line 2, language: Write a language as en"),
    ({"arm": ""}, "line 2, arm: Choose one of: immediate, delayed"),
    ({"arm": "purple"}, "line 2, arm: Choose one of: immediate, delayed"),
    ({"channel": "pigeon"}, "line 2, channel: Choose one of: email, none"),
    ({"channel": "email", "email": ""}, "line 2, email: Reminders by mail need an address"),
    ({"email": "nobody"}, "line 2, email: Write one mail address"),
    ({"enrolled_on": ""}, "line 2, enrolled_on: Give the day"),
    ({"enrolled_on": "2027-04-01"}, "line 2, enrolled_on: This day is still to come"),
    ({"dosing_1": "2/17/2027"}, "line 2, dosing-1: '2/17/2027' is no date"),
    ({"dosing_2": "held 2027-04-01 09:00"}, "line 2, dosing-2: This day is still to come"),
    ({"dosing_1": "done 2027-02-17"}, "line 2, dosing-1: 'done' is no date"),
    ({"dosing_1": ""}, "line 2, dosing-2: Give dosing-1 too"),
    ({"dosing_1": "2027-03-20"}, "line 2, dosing-2: Out of order"),
    ({"dosing_1": "2027-03-17 09:00"}, "line 2, dosing-2: Out of order"),
    ({"dosing_3": "2027-04-20"}, "line 1, dosing-3: Unknown column. There is no dosing-3"),
    ({"dosin_1": "2027-04-20"}, "line 1, dosin-1: Unknown column"),
    ({"emial": "a@example.org"}, "line 1, emial: Unknown column; did you mean email?"),
    ({"enrolment": "2027-02-01"}, "line 1, enrolment: Write the day of enrolment in the column enrolled_on"),
    ({"site": "berlin"}, "line 2, site: Choose one of: nothing: this protocol has none"),
    ({"facilitator_1": "Nobody Here"}, "line 2, facilitator-1: Nobody Here is no facilitator of this study"),
    ({"facilitator_2_name": "Sam"}, "line 2, facilitator-2-name: Say who in the column facilitator-2"),
    ({"facilitator_1_to": "2027-01-01"}, "line 2, facilitator-1-to: Give a day from 2027-02-01 on"),
]  # fmt: skip


def test_each_mistake_is_told_where_it_is_and_alone(context: Context):
    for changes, wanted in MISTAKES:
        (found,) = problems(context, row(**changes))
        assert found.startswith(wanted), changes


def test_all_mistakes_of_all_rows_are_told_at_once(context: Context):
    bad = row(zone="x", arm="y", dosing_1="z", enrolled_on="2028-01-01")
    twin = row(code="p-001", language="??")
    assert [each.split(":")[0] for each in problems(context, bad, twin)] == [
        "line 2, arm", "line 2, dosing-1", "line 2, enrolled_on", "line 2, zone",
        "line 3, code", "line 3, language",
    ]  # fmt: skip


@pytest.mark.parametrize(("delimiter", "mark"), [(";", "\ufeff"), ("\t", ""), (",", "\ufeff")])
def test_each_spreadsheets_own_table_is_read(
    context: Context, cast: Cast, delimiter: str, mark: str
):
    data = table(row(dosing_1="17.02.2027 09:00"), delimiter=delimiter, mark=mark)
    import_participants(context, STUDY, data, arms=False)
    assert dates(context, person(context, cast))["dosing-1"][0] == "2027-02-17"


def test_facilitators_are_known_by_address_or_name_but_never_by_half_of_two(
    context: Context, cast: Cast
):
    address = context.db.value("SELECT email FROM staff WHERE id = ?", [cast.second.id])
    write(context, row(facilitator_1=str(address).upper()))
    (term,) = facilitators.terms(context.db, person(context, cast))
    assert term.staff_id == cast.second.id
    with context.write(TESTER, "a namesake") as tx:
        tx.change("staff", cast.second.id, {"name": "Robin Rated"})
    assert "Several are called" in problems(context, row(code="P-009"))[0]


def test_whom_participants_turn_to_outside_the_team_comes_in_as_nobodys_guide(
    context: Context, cast: Cast
):
    with context.write(TESTER, "somebody outside") as tx:
        tx.change("studies", cast.study_id, {"outside_staff_id": cast.rated.id})
    (only,) = problems(context, row())
    assert only.startswith("line 2, facilitator-1: ")
    assert "outside the treatment team" in only


def test_who_may_not_know_the_arm_cannot_bring_it_in(context: Context, cast: Cast):
    design = context.catalog.protocol("alliance-core", "1.0.0")
    concealed = design.model_copy(
        update={"allocation": Allocation(known_to=("administrator",), after_enrolment=True)}
    )
    others = tuple(each for each in context.catalog.protocols if each is not design)
    blind = replace(context, catalog=replace(context.catalog, protocols=(*others, concealed)))
    (problem,) = problems(blind, row())
    assert problem.startswith("line 1, arm: Who is in which arm is known to administrator only")
    assert problems(blind, row(), arms=True) == []
    without = {name: value for name, value in row().items() if name != "arm"}
    write(blind, without)
    assert participants.present(blind.db, person(blind, cast))["arm"] == ""
    write(blind, row(), arms=True)
    assert participants.present(blind.db, person(blind, cast))["arm"] == "immediate"
    (again,) = problems(blind, row(arm="delayed"), arms=True)
    assert again.startswith("line 2, arm: Another arm stands")


def test_what_tells_the_arm_is_shown_to_whoever_may_know_it(context: Context, cast: Cast):
    design = context.catalog.protocol("alliance-core", "1.0.0")
    first, *others = design.assessments
    concealed = design.model_copy(
        update={
            "allocation": Allocation(known_to=("administrator",), after_enrolment=True),
            "assessments": (first.model_copy(update={"when": When(arm=("immediate",))}), *others),
        }
    )
    vars(concealed).pop("arm_tellers", None)  # what was found out about the design it was made from
    kept = tuple(each for each in context.catalog.protocols if each is not design)
    here = replace(context, catalog=replace(context.catalog, protocols=(*kept, concealed)))
    write(here, row(), arms=True)
    moved = {name: value for name, value in row(dosing_2="2027-03-24").items() if name != "arm"}
    blind, knowing = (
        try_import(here, STUDY, table(moved), arms=arms).lines[0] for arms in (False, True)
    )
    assert (blind.changes, blind.next_message) == (knowing.changes, None)
    assert (knowing.next_message is not None, blind.forms) == (True, knowing.forms - 1)
    assert first.id not in {each.definition for each in blind.coming}


def test_a_date_that_is_fixed_stays(context: Context):
    design = context.catalog.protocol("alliance-core", "1.0.0")
    fixed = {
        **design.visits,
        "dosing": design.visits["dosing"].model_copy(update={"dates": "fixed"}),
    }
    others = tuple(each for each in context.catalog.protocols if each is not design)
    held = design.model_copy(update={"visits": fixed})
    strict = replace(context, catalog=replace(context.catalog, protocols=(*others, held)))
    write(strict, row())
    (problem,) = problems(strict, row(dosing_2="2027-03-18 09:00"))
    assert problem.startswith("line 2, dosing-2: This date is fixed once set; 2027-03-17 stands")
    assert write(strict, row(dosing_2="cancelled 2027-03-17")).changed == 1


def test_nobody_imported_is_written_to(context: Context, cast: Cast):
    write(context, row())
    assert messages.of(context.db, EVERYTHING, person(context, cast)) == []


def test_a_change_to_somebody_active_takes_effect_at_once(context: Context, cast: Cast):
    before = {each["closes_at"] for each in assessments.of(context.db, EVERYTHING, cast.ada.id)}
    write(context, {"code": "syn-001", "dosing-1": "2027-03-05 09:00"})
    after = {each["closes_at"] for each in assessments.of(context.db, EVERYTHING, cast.ada.id)}
    assert before != after
    assert participants.present(context.db, cast.ada.id)["status"] == "active"


def test_who_withdrew_stays_withdrawn(context: Context, cast: Cast):
    write(context, row())
    who = person(context, cast)
    change_participant(context, TESTER, cast.coordinator, who, Change(status="withdrawn"))
    assert write(context, row()).same == 1
    assert participants.present(context.db, who)["status"] == "withdrawn"


def test_a_study_that_is_not_there_is_named_with_those_that_are(context: Context):
    with pytest.raises(NotFoundError, match="there is SYN-1, SYN-2"):
        try_import(context, "XYZ", table(row()), arms=False)
    with pytest.raises(BadInputError, match="a head and no rows"):
        try_import(context, STUDY, b"code,zone\n", arms=False)


def test_a_row_costs_the_same_whatever_came_before_it(context: Context):
    def asked(count: int) -> list[int]:
        rows = [row(code=f"Q{count}-{n}", email=f"q{count}-{n}@example.org") for n in range(count)]
        with counted(context.db) as shown:
            try_import(context, STUDY, table(*rows), arms=False)
        with counted(context.db) as new:
            assert write(context, *rows).new == count
        with counted(context.db) as again:
            assert write(context, *rows).same == count
        return [len(shown), len(new), len(again)]

    few, many = asked(10), asked(40)
    assert all(more <= 4 * less for less, more in zip(few, many, strict=True))


def test_a_language_that_no_form_speaks_is_refused(context: Context):
    (only,) = problems(context, row(language="xx"), row(code="P-002", language="de-AT"))
    assert only == "line 2, language: No form has words in 'xx'. Choose one of: de, en, es."


def test_the_hour_somebody_wishes_comes_in_and_a_night_hour_does_not(context: Context, cast: Cast):
    told_wrong = problems(context, row(hours="23:00"), row(code="P-002", hours="18:10"))
    assert [each.split(": ")[0] for each in told_wrong] == ["line 2, hours", "line 3, hours"]
    shown = try_import(context, STUDY, table(row(hours="18:00")), arms=False).lines[0]
    write(context, row(hours="18:00"))
    facts = participants.facts(context.db, person(context, cast))
    assert facts.hour == shown.facts.hour == time(18)
    assert write(context, row(hours="18:00")).same == 1
    again = write(context, row(hours="9:30"))
    assert list(told(again.lines[0])) == ["hours 18:00 → 09:30"]


@pytest.fixture
def spring(context: Context, cast: Cast) -> str:
    """A group with an integration date that is over, one to come, and one that was called off."""
    days: dict[date, VisitStatus] = {
        date(2027, 2, 20): "planned", date(2027, 3, 20): "planned", date(2027, 3, 27): "cancelled",
    }  # fmt: skip
    with context.write(TESTER, "a group") as tx:
        group = groups.add(tx, cast.study_id, "Spring")
        for day, status in days.items():
            shared = groups.add_date(tx, group, "integration")
            groups.record(tx, shared, status, day, time(17))
    return group


def test_who_comes_into_a_group_has_its_dates_to_come_once(
    context: Context, cast: Cast, spring: str
):
    joins = row(group="spring", integration_1="2027-02-18 11:00")
    shown = try_import(context, STUDY, table(joins), arms=False).lines[0]
    write(context, joins)
    new = person(context, cast)
    assert [each["code"] for each in groups.members(context.db, EVERYTHING, spring)] == ["P-001"]
    found = dates(context, new)
    assert found["integration-1"] == ("2027-02-18", "held", "11:00")
    assert found["integration-2"] == ("2027-03-20", "planned", "17:00")
    assert "integration-3" not in found
    real = participants.facts(context.db, new).visits
    assert sorted((v.kind, v.on, v.status) for v in shown.facts.visits) == sorted(
        (v.kind, v.on, v.status) for v in real
    )
    assert write(context, joins).same == 1
    shared = next(
        each for each in groups.dates(context.db, spring) if each["on_day"] > "2027-03-01"
    )
    assert groups.copy_of(context.db, shared["id"], new), "it moves along with the group's"


def test_what_does_not_fit_a_groups_dates_is_told_where_it_stands(
    context: Context, cast: Cast, spring: str
):
    write(context, row(code="P-009", integration_1="2027-03-20 17:00"))
    wrong = problems(
        context,
        row(group="Autumn"),
        row(code="P-002", group="Spring", integration_1="2027-03-25 11:00"),
        row(code="P-009", group="Spring", integration_1=""),
    )
    assert [each.split(": ")[0] for each in wrong] == [
        "line 2, group", "line 3, integration-1", "line 4, group",
    ]  # fmt: skip
    assert "there is Spring." in wrong[0]
    write(context, row(group="Spring"))
    with context.write(TESTER, "another group") as tx:
        groups.add(tx, cast.study_id, "Summer")
    (only,) = problems(context, row(group="Summer"))
    assert "Let them leave it first." in only


def test_a_table_has_a_column_for_a_group_only_where_dates_can_be_shared(context: Context):
    clinic, core = (
        columns(context.catalog.protocol(each)) for each in ("ketamine-clinic", "alliance-core")
    )
    assert ("group" in clinic, "group" in core) == (True, False)
    assert "hours" in core
    assert "event" not in clinic, "it is sealed, and would lie open in a table"
