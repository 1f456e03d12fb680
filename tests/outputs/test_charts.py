"""Charts: to scale, the whole range, gaps where nothing is known, and only marks a screen may hold."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from server.outputs import charts
from server.outputs.charts import Point, Span, Tick, Tinted, Trend

START = date(2027, 1, 1)
SPAN = Span(START, START + timedelta(days=100))


def day(after: int) -> date:
    return START + timedelta(days=after)


def shapes(svg: str, kind: str) -> list[ET.Element]:
    root = ET.fromstring(svg)
    return [each for each in root.iter() if each.get("class") == f"chart-{kind}"]


def place(shape: ET.Element, name: str) -> float:
    return float(shape.get(name, "nan"))


def words(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("text")]


def trend(*points: Point, bands: tuple[Tinted, ...] = (), low: float = 0, high: float = 88) -> str:
    return charts.trend("IES-R, total", SPAN, Trend(low, high, points, bands))


def test_days_lie_to_scale_from_the_first_to_the_last():
    left, middle, right = (SPAN.x(day(each)) for each in (0, 50, 100))
    assert middle - left == pytest.approx(right - middle)
    assert SPAN.x(day(-30)) == left
    assert SPAN.x(day(400)) == right


def test_a_short_course_is_not_stretched_over_the_whole_width():
    assert charts.span_of([START, day(3)]).last == day(56)
    assert charts.span_of([day(300), START]).last == day(300)


def test_the_scale_runs_over_the_whole_possible_range_whatever_was_scored():
    svg = trend(Point(day(0), 40), Point(day(10), 41))
    assert words(svg)[:2] == ["0", "88"]
    dots = [place(each, "cy") for each in shapes(svg, "value") + shapes(svg, "last")]
    assert abs(dots[0] - dots[1]) < 1


def test_a_missing_value_is_a_gap_with_an_open_mark():
    svg = trend(Point(day(0), 40), Point(day(30), None), Point(day(60), 20), Point(day(90), 10))
    (line,) = shapes(svg, "path")
    assert line.get("d", "").count("M") == 1
    assert line.get("d", "").count("L") == 1
    (open_mark,) = shapes(svg, "missing")
    assert open_mark.get("fill") == "#FFFFFF"
    assert place(open_mark, "cx") == pytest.approx(SPAN.x(day(30)), abs=0.1)


def test_a_missing_score_is_not_a_score_of_nought():
    nought, missing = trend(Point(day(30), 0)), trend(Point(day(30), None))
    assert shapes(nought, "last")
    assert not shapes(nought, "missing")
    assert shapes(missing, "missing")
    assert not shapes(missing, "last")


def test_the_last_value_stands_beside_its_dot_even_after_a_gap():
    svg = trend(Point(day(0), 40), Point(day(30), 20.5), Point(day(60), None))
    assert [each.text for each in shapes(svg, "last-value")] == ["20.5"]


def test_a_last_value_at_the_very_end_stays_inside_the_picture():
    for value in (0, 44, 88):
        (label,) = shapes(trend(Point(day(100), value)), "last-value")
        assert 0 < place(label, "x") < charts.WIDTH - charts.RIGHT + 6
        assert 0 < place(label, "y") < 71


def test_bands_are_tinted_and_named_at_the_right_edge():
    svg = trend(bands=(Tinted(33, 88, "at or above a screening cut-off"),))
    (tint,) = shapes(svg, "band")
    top, height = place(tint, "y"), place(tint, "height")
    assert top < top + height
    assert (
        " ".join(each.text or "" for each in shapes(svg, "band-name"))
        == "at or above a screening cut-off"
    )
    assert all(place(each, "x") > charts.WIDTH - charts.RIGHT for each in shapes(svg, "band-name"))


def test_visits_are_ticks_dosing_thick_and_planned_ones_broken():
    ticks = [
        Tick(day(0), "Enrolment"),
        Tick(day(20), "Dosing 1", heavy=True),
        Tick(day(90), "Dosing 2", held=False, heavy=True),
    ]
    svg = charts.timeline("Visits", SPAN, ticks, (day(50), "today"))
    held, dosing, planned = shapes(svg, "tick")
    assert place(dosing, "stroke-width") > place(held, "stroke-width")
    assert planned.get("stroke-dasharray")
    assert not dosing.get("stroke-dasharray")
    assert {"today", "Dosing 1", "Dosing 2"} <= set(words(svg))


def test_labels_that_would_lie_on_each_other_are_left_out_dosing_last():
    ticks = [Tick(day(each), f"Preparation {each}") for each in range(12)]
    ticks.append(Tick(day(12), "Dosing 1", heavy=True))
    named = [
        each.text
        for each in shapes(charts.timeline("Visits", SPAN, ticks, (day(60), "today")), "name")
    ]
    assert "Dosing 1" in named
    assert len(named) < 6


@pytest.mark.parametrize("days", [0, 1, 60, 400, 4000, 40_000])
def test_months_are_marked_however_long_the_course(days: int):
    span = Span(START, day(days))
    svg = charts.timeline("Visits", span, [], (START, "today"))
    assert len(shapes(svg, "month")) <= 14


def test_january_carries_its_year():
    svg = charts.timeline("Visits", Span(date(2026, 11, 1), date(2027, 3, 1)), [], (START, "today"))
    assert words(svg)[:5] == ["Nov", "Dec", "2027", "Feb", "Mar"]


def test_words_from_outside_are_escaped_and_nothing_runs_or_styles():
    """A9: names of bands and visits come from definitions, but a chart trusts nobody."""
    evil = '"><script>alert(1)</script>'
    svg = charts.trend(evil, SPAN, Trend(0, 10, [Point(day(1), 1)], [Tinted(0, 10, evil)]))
    svg += charts.timeline(evil, SPAN, [Tick(day(1), evil)], (day(2), evil))
    assert "<script" not in svg
    assert not re.search(r"\son\w+=|style=|href=|url\(", svg)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3.0, "3"),
        (2.5, "2.5"),
        (1.005, "1"),
        (-4, "−4"),
        (-0.001, "0"),
        (33.333, "33.33"),
        (100, "100"),
    ],
)
def test_numbers_are_short_and_true(value: float, written: str):
    assert charts.number(value) == written


def test_a_score_of_one_possible_value_does_not_divide_by_nought():
    assert "<svg" in trend(Point(day(1), 5), low=5, high=5)
