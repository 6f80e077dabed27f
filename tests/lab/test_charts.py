"""Charts: round numbers, everything in its place, and nothing that a page could stumble over."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.lab.charts import Chart, Point, Series, draw
from peergym.lab.charts.chart import WIDTH
from peergym.lab.charts.svg_file import svg_of
from peergym.lab.charts.ticks import number, ticks

FINITE = st.floats(0, 1e6, allow_subnormal=False)


def line(name: str, *values: float) -> Series:
    points = [Point(x, y, 0.9 * y, 1.1 * y) for x, y in enumerate(values)]
    return Series(name, points)


def chart(*series: Series) -> Chart:
    return Chart("Stalls", "a minute", "loss, %", series)


def parsed(*charts: Chart) -> ET.Element:
    return ET.fromstring(svg_of(charts, 2, "what it shows"))


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 0.07, [0, 0.02, 0.04, 0.06, 0.08]),
        (0, 0, [0, 0.2]),
        (-1, 12, [-5, 0, 5, 10, 15]),
        (50, 50, [50, 60]),
    ],
)
def test_an_axis_has_round_numbers(least: float, most: float, expected: list[float]) -> None:
    assert ticks(least, most) == pytest.approx(expected)


@given(FINITE, FINITE)
def test_an_axis_reaches_from_the_least_to_the_most(one: float, other: float) -> None:
    least, most = sorted((one, other))
    marks = ticks(least, most)
    room = 1e-6 * max(1.0, most)
    assert marks[0] <= least + room
    assert marks[-1] >= most - room
    assert 2 <= len(marks) <= 12


def test_numbers_are_written_for_people() -> None:
    assert [number(v) for v in (0, 12500.0, 0.25, 1234.567)] == ["0", "12,500", "0.25", "1,235"]


def test_every_point_is_inside_and_says_what_it_is() -> None:
    root = parsed(chart(line("ours", 0, 3, 5), line("theirs", 2, 9, 40)))
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == "what it shows"
    assert "theirs, 2: 40" in titles
    text = ET.tostring(root, encoding="unicode")
    for x in re.findall(r'c[xy]?="(-?[\d.]+)"', text):
        assert 0 <= float(x) <= WIDTH + 40


def test_more_makes_a_point_higher() -> None:
    inner, _ = draw(chart(line("", 1, 2, 3)))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', inner)]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


def test_names_take_the_place_of_numbers_on_the_axis() -> None:
    series = Series("", [Point("fibre", 1, 1, 1), Point("wifi", 2, 2, 2)])
    root = parsed(chart(series))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"fibre", "wifi", "Stalls", "a minute", "loss, %"} <= set(texts)
    inner, _ = draw(chart(series))
    assert 'class="c-p"' not in inner, "no line leads from name to name"
    assert 'class="c-p"' in draw(chart(line("", 1, 2)))[0]


@pytest.mark.parametrize(
    ("xs", "written"),
    [((0, 1, 2, 5, 10), ["0", "1", "2", "5", "10"]), ((0, 1, 1000), ["0", "200", "400"])],
)
def test_the_values_themselves_are_written_below_if_there_is_room(
    xs: tuple[int, ...], written: list[str]
) -> None:
    root = parsed(chart(Series("", [Point(x, 7.7, 7.7, 7.7) for x in xs])))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    start = texts.index(written[0], texts.index("8") + 1)
    assert texts[start : start + len(written)] == written


def test_long_names_below_take_turns_so_that_they_do_not_touch() -> None:
    names = ["fibre", "wifi", "lte", "transatlantic", "satellite", "geostationary"]
    long = chart(Series("", [Point(name, 1, 1, 1) for name in names]))
    short = chart(Series("", [Point(name[:3], 1, 1, 1) for name in names]))
    (inner, height), (_, usual_height) = draw(long), draw(short)
    assert height > usual_height
    places = {
        name: (float(x), float(y))
        for x, y, name in re.findall(r'x="([\d.]+)" y="([\d.]+)">(\w+)</text>', inner)
    }
    for one, other in pairwise(names):
        assert places[one][1] != places[other][1]
        assert places[one][0] < places[other][0]


def test_what_a_name_holds_cannot_break_the_picture() -> None:
    root = parsed(chart(line("<script>&\"'", 1, 2)))
    assert not list(root.iter("script"))


def test_many_lines_get_a_legend_of_several_rows() -> None:
    few, many = (
        draw(chart(*[line(f"a rather long name {n}", n, n) for n in range(count)]))[1]
        for count in (2, 9)
    )
    assert many > few


def test_charts_stand_side_by_side_in_as_many_rows_as_it_takes() -> None:
    one, three = parsed(chart(line("", 1, 2))), parsed(*[chart(line("", 1, 2))] * 3)
    assert float(three.attrib["width"]) > 1.8 * float(one.attrib["width"])
    assert float(three.attrib["height"]) > 1.8 * float(one.attrib["height"])


def test_colours_follow_the_theme_of_the_reader() -> None:
    assert "prefers-color-scheme:dark" in svg_of([chart(line("", 1, 2))], 1, "")
