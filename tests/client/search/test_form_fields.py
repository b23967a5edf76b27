"""Fields of the search form in real browsers: histograms with a range to drag, polygons, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from .test_search_pages import STATUS, cells, follow, odd_source, search

pytestmark = pytest.mark.browser

FIELD = "document.querySelector('#catalogue-sim [data-field={}]')"
HANDLES = "[...document.querySelectorAll('#catalogue-sim [data-field={}] [role=slider]')]"


@pytest.fixture(scope="module")
def disk(made: Made) -> str:
    return made.moved.as_uri() + "/"


def source(made: Made) -> Table:
    return Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")


def values(browser: Browser, column: str) -> list[str]:
    inputs = f"[...{FIELD.format(column)}.querySelectorAll('input')].map((input) => input.value)"
    return list(browser.evaluate(inputs))


def dragged(column: str, start: float, end: float) -> str:
    """Drag from one place of a histogram to another, both as shares of its width."""
    return f"""(() => {{
        const plot = {FIELD.format(column)}.querySelector(".brush-plot");
        plot.setPointerCapture = () => {{}};
        const {{ left, top, width }} = plot.getBoundingClientRect();
        for (const [type, at] of [["pointerdown", {start}], ["pointermove", {end}], ["pointerup", {end}]]) {{
          const place = {{ clientX: left + at * width, clientY: top + 5 }};
          plot.dispatchEvent(new PointerEvent(type, {{ bubbles: true, ...place }}));
        }}
    }})()"""


def test_a_range_is_dragged_typed_and_moved_by_keys(watched: Browser, disk: str, made: Made) -> None:
    magnitudes = np.asarray(source(made)["mag_ps_g"])
    watched.open(f"{disk}search.html?catalogue=sim", keep=True)
    group = f"{FIELD.format('mag_ps_g')}.closest('details')"
    watched.wait("document.querySelector('[role=tabpanel]') !== null")
    # nothing is drawn before its group is opened
    assert watched.evaluate(f"{FIELD.format('mag_ps_g')}.querySelector('svg')") is None
    watched.evaluate(f"({group}.open = true, {group}.scrollIntoView())")
    watched.wait(f"{HANDLES.format('mag_ps_g')}.length === 2")
    watched.evaluate(dragged("mag_ps_g", 0.2, 0.6))
    low, high = (float(value) for value in values(watched, "mag_ps_g"))
    kept = magnitudes[(magnitudes > 0) & (magnitudes < 90)]
    assert kept.min() < low < high < kept.max()
    reported = watched.evaluate(f"{FIELD.format('mag_ps_g')}.querySelector('.brush-count').textContent")
    inside = int(((kept >= low) & (kept <= high)).sum())
    assert abs(int(reported.split()[1].replace(",", "")) - inside) < 0.1 * inside
    assert watched.evaluate(f"{group}.querySelector('[data-count]').textContent") == "1"
    # by keys: a step up, and to the very end, which asks for nothing
    watched.evaluate(f"{HANDLES.format('mag_ps_g')}[0].focus()")
    watched.press("ArrowRight")
    assert float(values(watched, "mag_ps_g")[0]) > low
    slider = f"{HANDLES.format('mag_ps_g')}[0]"
    assert (
        watched.evaluate(f"{slider}.getAttribute('aria-valuetext')")
        == values(watched, "mag_ps_g")[0] + " mag"
    )
    watched.evaluate(f"{HANDLES.format('mag_ps_g')}[1].focus()")
    watched.press("End")
    assert values(watched, "mag_ps_g")[1] == ""
    watched.evaluate(f"{HANDLES.format('mag_ps_g')}[0].focus()")
    watched.press("Home")
    assert values(watched, "mag_ps_g") == ["", ""]
    # typing moves the handles; a list is no range
    box = "#catalogue-sim [data-field=mag_ps_g] [data-part=low]"
    watched.fill(box, "15")
    assert watched.evaluate(f"{slider}.getAttribute('aria-valuenow')") == "15"
    watched.fill(box, "15,16")
    assert watched.evaluate(f"{FIELD.format('mag_ps_g')}.querySelector('.brush.other') !== null")
    # what is found is what the field says
    watched.fill(box, "15")
    watched.evaluate(dragged("mag_ps_g", 1, 0.7))
    low, high = (float(value) for value in values(watched, "mag_ps_g"))
    watched.click("#catalogue-sim form button[type=submit]")
    status = watched.wait(f"/ rows? in /.test({STATUS}) && {STATUS}")
    assert int(status.split()[0]) == ((magnitudes >= low) & (magnitudes <= high)).sum() > 0
    assert f"mag_ps_g={low:g}..{high:g}" in watched.address
    # a range of another link is shown on the histogram too
    watched.evaluate("history.back()")
    watched.wait(f"{FIELD.format('mag_ps_g')}.querySelector('.brush.used') === null")


def inside_polygon(points: list[float], table: Table, ra: str, dec: str) -> Any:
    """Which rows are inside, from the winding angle of the corners around each, computed by astropy."""
    rows = SkyCoord(np.asarray(table[ra]) * u.deg, np.asarray(table[dec]) * u.deg)
    corners = SkyCoord(points[::2] * u.deg, points[1::2] * u.deg)
    seen = np.array([rows.position_angle(corner).rad for corner in corners])
    turns = np.mod(np.diff(seen, axis=0, append=seen[:1]) + np.pi, 2 * np.pi) - np.pi
    centre = SkyCoord(corners.cartesian.mean())
    return (np.abs(turns.sum(axis=0)) > np.pi) & (rows.separation(centre) < 89 * u.deg)


POLYGONS = {
    "across ra 0": [340, -5, 25, -8, 30, 30, 350, 40],
    "concave": [10, 0, 60, 0, 60, 40, 35, 5, 10, 40],
    "around the north pole": [0, 40, 90, 35, 180, 45, 270, 30],
    "a star of 60 corners": [
        x
        for i in range(60)
        for x in (
            (100 + (30 if i % 2 else 12) * np.cos(i * np.pi / 30)) % 360,
            25 + (30 if i % 2 else 12) * np.sin(i * np.pi / 30),
        )
    ],
}


@pytest.mark.slow
def test_polygons_contain_what_astropy_says(watched: Browser, disk: str, made: Made) -> None:
    table = source(made)
    for name, points in POLYGONS.items():
        inside = inside_polygon(points, table, "ra", "dec")
        assert 20 < inside.sum() < len(table) / 2, name
        text = ",".join(f"{x!r}" for x in map(float, points))
        found = search(watched, disk, catalogue="sim", polygon=text, columns="obsid", limit="20000")
        assert found == inside.sum(), name
    odd = odd_source(made)
    for points, expected in [("0,89,120,89,240,89", [3, 4]), ("359,-1,1,-1,1,1,359,1", [0, 1, 2])]:
        assert search(watched, disk, catalogue="odd", polygon=points, columns="order") == len(expected)
        assert sorted(int(row["order"]) for row in cells(watched)) == expected
    assert len(odd) == search(watched, disk, catalogue="odd", sky="all")
    # as a form: corners one a line, in the ways positions are written
    follow(watched, disk, "search.html", {"catalogue": "odd", "polygon": "1,1,2,2,1,2,2,1"})
    reported = watched.wait(
        "document.querySelector('#catalogue-odd [data-field-part=polygon] .error-text').textContent"
    )
    assert "crosses itself" in reported
    watched.fill("#catalogue-odd [data-part=polygon]", "23:56:00 -01:00:00\n0h04m -1d\n0.9 1\n359 1\n")
    watched.click("#catalogue-odd form button[type=submit]")
    assert watched.wait(f"/^3 rows/.test({STATUS}) && {STATUS}")
    assert "polygon=359,-1,1,-1,0.9,1,359,1" in watched.address


def test_mistakes_are_said_at_their_fields(watched: Browser, disk: str) -> None:
    follow(watched, disk, "search.html", {"catalogue": "sim", "cone": "10,99,5"})
    place = "document.querySelector('#catalogue-sim [data-field-part=ra] .error-text')"
    assert "90" in watched.wait(f"!{place}.hidden && {place}.textContent")
    nonsense = ["1e999", "--5", "١٢", "0x10", "5..1", '"', "🔭", "'; DROP TABLE sim; --", "1,,x"]
    box = "#catalogue-sim [data-field=snrg] [data-part=low]"
    complaint = f"{FIELD.format('snrg')}.querySelector('.error-text').textContent"
    for text in nonsense:
        watched.evaluate("document.querySelector('#catalogue-sim form').reset()")
        watched.wait(f"{FIELD.format('snrg')}.querySelector('.error-text').hidden")
        watched.fill(box, text)
        watched.click("#catalogue-sim form button[type=submit]")
        reported = watched.wait(complaint)
        assert reported and "\n" not in reported, text
        assert watched.evaluate(f"document.activeElement === document.querySelector('{box}')"), text
        assert watched.evaluate(f"{STATUS}.startsWith('Nothing was searched')")
    # a right ascension that may be meant in hours
    watched.fill("#catalogue-sim [data-part=ra]", "10.68")
    ra = "document.querySelector('#catalogue-sim [data-part=ra]')"
    watched.evaluate(f"{ra}.dispatchEvent(new Event('change', {{bubbles: true}}))")
    assert not watched.evaluate(
        "document.querySelector('#catalogue-sim [data-field-part=ra] [data-hours]').hidden"
    )


BEHIND = """(() => {
  const at = document.activeElement.getBoundingClientRect();
  const bar = document.querySelector("#catalogue-sim .form-actions").getBoundingClientRect();
  return !document.activeElement.closest(".form-actions") && at.top < bar.bottom && at.bottom > bar.bottom
    || at.top >= bar.top && at.bottom <= bar.bottom && !document.activeElement.closest(".form-actions");
})()"""


def test_the_focus_is_not_behind_the_bar_of_the_form(watched: Browser, disk: str) -> None:
    follow(watched, disk, "search.html", {"catalogue": "sim"})
    watched.evaluate("document.getElementById('search-forms').focus()")
    stops = set()
    for _ in range(30):
        watched.press("Tab")
        assert not watched.evaluate(BEHIND), watched.evaluate("document.activeElement.outerHTML")
        stops.add(watched.evaluate("document.activeElement.id + document.activeElement.ariaLabel"))
    assert len(stops) > 20


def test_a_search_that_finds_nothing_says_what_to_do(watched: Browser, disk: str) -> None:
    assert search(watched, disk, catalogue="sim", snrg="1..2", mag_ps_g="..9") == 0
    assert "Widen" in watched.evaluate("document.querySelector('.results-head').textContent")
    # dates as text: what begins so
    rows = search(watched, disk, catalogue="sim", obsdate="2015", columns="obsdate")
    assert rows > 0 and {row["obsdate"][:4] for row in cells(watched)} == {"2015"}
    assert search(watched, disk, catalogue="sim", obsdate="2015-01..2015", columns="obsdate") == rows
