"""The result table over many rows: scrolling, marks, computed columns, rows in full, links elsewhere."""

from __future__ import annotations

import urllib.parse

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made, odd_table
from ..pages.test_every_page import serious
from ..search.test_search_pages import cells, return_to, search
from .test_results import address, focus, pick

pytestmark = pytest.mark.browser

AT = "document.getElementById('page-at').textContent"
ACTIVE = "document.activeElement.closest('tr')?.dataset.row"
READY = "!document.querySelector('#results tbody tr.pending')"
MARKED = "document.getElementById('marks').textContent"


@pytest.fixture(scope="module")
def base(made: Made) -> str:
    return made.moved.as_uri() + "/"


@pytest.mark.slow
def test_twenty_thousand_rows_in_one_table(watched: Browser, base: str, made: Made) -> None:
    snrg = np.sort(np.asarray(Table.read(made.portal / "releases/test/v1/sim.fits")["snrg"]))
    snrg = snrg[snrg >= 0]
    found = search(watched, base, catalogue="sim", snrg="0..", columns="obsid,snrg,class", sort="snrg")
    assert found == len(snrg)
    watched.fill("#go-row", "15000")
    watched.press("Enter")
    watched.wait(f"{ACTIVE} === '15000' && {READY}")
    lines = watched.evaluate("document.querySelectorAll('#results tbody tr').length")
    assert 20 < lines < 150
    line = "document.querySelector('#results tr[data-row=\"15000\"]')"
    value = watched.evaluate(f"{line}.querySelector('[data-column=snrg]').textContent")
    assert float(value) == snrg[14999]
    assert watched.evaluate(f"{line}.ariaRowIndex") == "15002"
    assert watched.evaluate("document.getElementById('results').ariaRowCount") == str(found + 2)
    watched.press("Control+End")
    watched.wait(f"{ACTIVE} === '{found}' && /–{found:,} of {found:,}$/.test({AT})")
    watched.press("PageUp")
    watched.wait(f"Number({ACTIVE}) < {found} - 5")
    watched.press("Control+Home")
    watched.wait(f"{ACTIVE} === '1' && /^1–/.test({AT})")
    assert serious(watched) == []
    # marks: one by key, a range by Shift, all, the others
    focus(watched, "#results tr[data-row='2'] td[data-column=snrg]")
    watched.press(" ")
    watched.press("ArrowDown")
    watched.press("ArrowDown")
    watched.press("Shift+ ")
    assert watched.evaluate(MARKED).endswith("3")
    assert watched.evaluate("document.querySelectorAll('#results tr[aria-selected=true]').length") == 3
    pick(watched, "marks", "marks-only")
    watched.wait("document.querySelectorAll('#results tbody tr').length === 3")
    pick(watched, "marks", "marks-only")
    watched.wait(f"/of {found:,}$/.test({AT})")
    watched.click("#marks")
    watched.click("[data-marks=invert]")
    assert watched.evaluate(MARKED).endswith(f"{found - 3:,}")


def test_rows_that_are_used_again_show_their_own_values(watched: Browser, base: str, made: Made) -> None:
    snrg = np.sort(np.asarray(Table.read(made.portal / "releases/test/v1/sim.fits")["snrg"]))
    snrg = snrg[snrg >= 0]
    search(watched, base, catalogue="sim", snrg="0..", columns="obsid,snrg", sort="snrg", limit="600")
    focus(watched, "#results tr[data-row='3'] td[data-column=snrg]")
    watched.press(" ")
    watched.evaluate("document.activeElement.blur()")
    seen = set()
    for by in (1200, 1200, 90, 5000, -60, -2500, -9000):
        watched.evaluate(f"document.getElementById('results-scroll').scrollTop += {by}")
        watched.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        watched.wait(READY)
        rows = watched.evaluate(
            "[...document.querySelectorAll('#results tbody tr')].map((one) => [Number(one.dataset.row),"
            " one.querySelector('[data-column=snrg]').textContent, Number(one.ariaRowIndex),"
            " one.querySelector('.row-open').ariaLabel, one.ariaSelected,"
            " one.querySelector('.tick').checked])"
        )
        first = rows[0][0]
        assert [row[0] for row in rows] == list(range(first, first + len(rows)))
        for n, value, index, label, selected, ticked in rows:
            assert float(value) == snrg[n - 1], n
            assert index == n + 2 and label == f"All values of row {n}"
            assert (selected == "true") == ticked == (n == 3)
        seen.add(first)
    assert len(seen) > 4 and 1 in seen


def test_a_computed_column(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="obsid,snrg", limit="80")
    pick(watched, "columns-as", "add-column")
    watched.fill("#adder-name", "ratio")
    watched.fill("#adder-expression", "max(snrg)")
    watched.press("Enter")
    watched.wait("!document.getElementById('adder-error').hidden")
    assert "row by row" in watched.evaluate("document.getElementById('adder-error').textContent")
    assert serious(watched) == []
    watched.fill("#adder-expression", "snrr / snrg")  # snrr has not been read yet
    watched.evaluate("document.getElementById('adder-unit').focus()")
    watched.press("Enter")
    watched.wait("!document.getElementById('column-adder').open")
    watched.wait(f"document.querySelectorAll('#results th').length === 3 && {READY}")
    assert address(watched)["compute"] == "ratio:snrr / snrg"
    watched.click("#results th[data-column=ratio] .sort")
    watched.wait("document.querySelector('#results th[data-column=ratio]').ariaSort === 'ascending'")
    watched.wait("/sort=ratio/.test(location.search)")
    ratios = [float(row["ratio"]) for row in cells(watched)]
    assert ratios == sorted(ratios) and ratios[0] < ratios[-1]
    return_to(watched, base)
    watched.wait(f"document.querySelectorAll('#results th').length === 3 && {READY}")
    assert [float(row["ratio"]) for row in cells(watched)] == ratios
    # wider by keyboard, and to the left
    head = "#results th[data-column=ratio]"
    width = f"document.querySelector('{head}').offsetWidth"
    before = watched.evaluate(width)
    focus(watched, f"{head} .sort")
    watched.press("Shift+ArrowRight")
    assert watched.evaluate(width) > before
    watched.press("Control+ArrowLeft")
    watched.wait("document.querySelectorAll('#results th')[1].dataset.column === 'ratio'")


def test_a_row_beyond_what_is_shown(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="class", limit="40")
    watched.click("#results tr[data-row='2'] .row-open")
    values = "document.querySelectorAll('#row-dialog td.value:not(.unread)').length"
    watched.wait(f"{values} === 39")
    watched.press("ArrowRight")
    title = "document.querySelector('#row-dialog h2').textContent"
    watched.wait(f"{title} === 'Row 3' && {values} === 39")
    lines = "[...document.querySelectorAll('#row-dialog tbody tr')]"
    read = "%s.find((line) => line.cells[0].textContent === '%s').cells[1].textContent"
    ra, dec = (watched.evaluate(read % (lines, name)) for name in ("ra", "dec"))
    link = watched.evaluate("document.querySelector('#row-dialog nav a').href")
    place = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["Coord"][0].split(" ")
    assert [float(part) for part in place] == [float(ra), float(dec)]
    rel = "[...document.querySelectorAll('#row-dialog nav a')].every((a) => a.rel == 'noopener noreferrer')"
    assert watched.evaluate(rel)
    watched.press("Escape")
    watched.wait(f"{ACTIVE} === '3'")


def test_several_cells_are_copied_at_once(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="class", limit="40")
    watched.evaluate(
        "addEventListener('copy', (e) => globalThis.copied = e.clipboardData.getData('text/plain'))"
    )
    focus(watched, "#results tr[data-row='1'] td[data-column=class]")
    watched.wait(f"{ACTIVE} === '1'")
    watched.press("Shift+ArrowDown")
    watched.wait(f"{ACTIVE} === '2'")
    watched.press("Control+c")
    watched.wait("globalThis.copied !== undefined")
    assert watched.evaluate("globalThis.copied").split("\n") == [row["class"] for row in cells(watched)[:2]]
    assert watched.evaluate("getSelection().isCollapsed")


def test_numbers_have_the_digits_of_their_columns(watched: Browser, base: str) -> None:
    """Single precision as numpy writes it; separations short in the table, whole in tooltip and clipboard."""
    written = {int(row["Id"]): str(row["f32"]) for row in odd_table()}
    search(watched, base, catalogue="odd", columns="Id,f32", sky="all")
    shown = {int(row["Id"]): row["f32"] for row in cells(watched)}
    assert len(shown) == 12 and shown[2**63 - 1] == "0.1"
    # a text with a digit too many would be another double
    assert {i: float(text) for i, text in shown.items()} == {i: float(text) for i, text in written.items()}
    near = "[...document.querySelectorAll('#results td[data-column=separation]')]"
    search(watched, base, catalogue="odd", targets="45,20", match_radius="60", columns="Id")
    short, full = watched.evaluate(f"{near}.map((cell) => [cell.textContent, cell.title]).at(-1)")
    apart = SkyCoord(45, 20, unit="deg").separation(SkyCoord(45.00001, 20.00001, unit="deg")).arcsec
    assert short == f"{apart:.3f}" and float(full) == pytest.approx(apart, abs=1e-7)
    watched.evaluate(
        "addEventListener('copy', (e) => globalThis.copied = e.clipboardData.getData('text/plain'))"
    )
    watched.evaluate(f"{near}.at(-1).focus()")
    watched.press("Control+c")
    assert watched.evaluate("globalThis.copied") == full
