"""Results: view, arrange, open a row."""

from __future__ import annotations

import json
import urllib.parse

import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ..pages.test_every_page import serious
from ..search.test_search_pages import cells, follow, return_to, search
from .test_downloads import saved

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(made: Made) -> str:
    return made.moved.as_uri() + "/"


def pick(browser: Browser, menu: str, item: str) -> None:
    """Choose an item of a menu of the table's tools."""
    browser.click(f"#{menu}")
    browser.click(f"#{item}")


def visible(browser: Browser, selector: str) -> bool:
    return bool(browser.evaluate(f"document.querySelector({selector!r})?.offsetParent != null"))


def top(browser: Browser, selector: str) -> float:
    return float(browser.evaluate(f"document.querySelector({selector!r}).getBoundingClientRect().top"))


def test_narrow_pages_bring_results_into_view(watched: Browser, base: str) -> None:
    watched.open(f"{base}search.html?catalogue=sim", width=390)
    assert visible(watched, "#search-forms") and not visible(watched, "#change-search")
    watched.fill("#catalogue-sim [data-field=snrg] [data-part=low]", "50")
    watched.press("Enter")
    watched.wait("document.querySelectorAll('#results tbody tr').length > 5")
    assert not visible(watched, "#search-forms")
    assert 0 <= top(watched, "#status") < 300
    watched.wait("document.activeElement.id === 'results-title'")
    assert watched.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert serious(watched) == []
    watched.click("#change-search button")
    assert visible(watched, "#search-forms")
    assert watched.evaluate("document.querySelector('#change-search button').ariaExpanded") == "true"
    watched.evaluate("history.back()")
    watched.wait("document.getElementById('results-body').hidden")
    assert visible(watched, "#search-forms") and not visible(watched, "#change-search")


def test_a_search_folds_to_chips(watched: Browser, base: str) -> None:
    follow(watched, base, "search.html", {})
    both = search(watched, base, catalogue="sim", snrg="50..", **{"class": "STAR"})
    assert visible(watched, "#change-search") and not visible(watched, "#search-forms")
    chips = "[...document.querySelectorAll('#search-chips li')].map((one) => one.innerText.trim()).join('|')"
    assert watched.evaluate(chips) == "sim|snrg ≥ 50|class STAR"
    # the tools of the table are in one row
    rows = "new Set([...document.querySelectorAll('.results-tools button, #go-row')].filter((one) => "
    rows += "one.offsetParent).map((one) => Math.round(one.getBoundingClientRect().top / 12))).size"
    assert watched.evaluate(rows) == 1
    watched.click("#search-chips li:nth-child(3) .chip-off")
    watched.wait("!/class/.test(location.search) && !document.body.hasAttribute('aria-busy')")
    watched.wait("document.activeElement.id === 'results-title'")
    assert (
        int(watched.evaluate("parseInt(document.getElementById('status').textContent.replace(',', ''))"))
        > both
    )
    watched.click("#search-chips li:nth-child(2) button")
    assert visible(watched, "#search-forms") and visible(watched, "#results")
    assert watched.evaluate("document.activeElement.dataset.part") == "low"


def column(browser: Browser, name: str) -> list[str]:
    return [row[name] for row in cells(browser)]


def address(browser: Browser) -> dict[str, str]:
    query = urllib.parse.urlsplit(browser.address).query
    return dict(urllib.parse.parse_qsl(query, keep_blank_values=True))


def focus(browser: Browser, selector: str) -> None:
    browser.evaluate(f"document.querySelector({selector!r}).focus()")


def test_sorting_by_several_columns(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="20..", columns="class,subclass,snrg,obsid", limit="60")
    watched.evaluate("document.querySelector('#results th[data-column=class] button').click()")
    watched.wait("/sort=class/.test(location.search)")
    watched.wait(
        "document.querySelector('#results th[data-column=class]').hasAttribute('aria-sort') && "
        "!document.body.hasAttribute('aria-busy')"
    )
    focus(watched, "#results th[data-column=obsid] button")
    watched.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', shiftKey: true, bubbles: true, cancelable: true}))"
    )
    watched.wait("/sort=class,obsid/.test(location.search)")
    watched.wait("document.querySelectorAll('#results th[aria-sort]').length == 2")
    assert watched.evaluate("document.activeElement.closest('th')?.dataset.column") == "obsid"
    rows = [(row["class"], int(row["obsid"])) for row in cells(watched)]
    assert rows == sorted(rows)
    return_to(watched, base)
    watched.wait("document.querySelectorAll('#results th[aria-sort]').length == 2")
    assert [(row["class"], int(row["obsid"])) for row in cells(watched)] == rows


def test_filters_below_the_heads(watched: Browser, base: str, made: Made) -> None:
    found = search(watched, base, catalogue="sim", snrg="20..", columns="obsid,class,snrg")
    table = Table.read(made.portal / "releases/test/v1/sim.fits")
    snrg, kind = np.asarray(table["snrg"]), np.char.strip(np.asarray(table["class"]).astype(str))
    at = "document.getElementById('page-at').textContent"
    before = len(watched.requests)
    watched.fill("#results input[data-filter=snrg]", "30..40")
    expected = int(((snrg >= 30) & (snrg <= 40)).sum())
    watched.wait(f"/of {expected:,}, filtered from {found:,}/.test({at})")
    assert watched.evaluate("document.activeElement.dataset.filter") == "snrg"
    watched.fill("#results input[data-filter=class]", "GALAXY,QSO")
    expected = int(((snrg >= 30) & (snrg <= 40) & np.isin(kind, ["GALAXY", "QSO"])).sum())
    watched.wait(f"/of {expected:,}, filtered/.test({at})")
    assert len(cells(watched)) == min(expected, 100)
    assert set(column(watched, "class")) <= {"GALAXY", "QSO"}
    assert len(watched.requests) == before
    assert watched.evaluate("document.getElementById('status').textContent").startswith(str(found))
    content = json.loads(saved(watched, "json"))
    assert len(content["rows"]) == expected
    assert content["filter"] == "class=GALAXY,QSO&snrg=30..40"
    watched.fill("#results input[data-filter=snrg]", "much")
    watched.wait(
        "document.querySelector('#results input[data-filter=snrg]').ariaInvalid == 'true' || "
        "document.querySelector('#results input[data-filter=snrg]').getAttribute('aria-invalid')"
    )
    for name in ("snrg", "class"):
        focus(watched, f"#results input[data-filter={name}]")
        watched.evaluate("document.activeElement.select()")
        watched.press("Backspace")
    watched.wait(f"/of {found:,}$/.test({at})")


def test_a_row_in_full(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="*")
    first = cells(watched)[0]
    focus(watched, "#results tbody td[data-column]")
    watched.press("ArrowRight")
    watched.press("Enter")
    watched.wait(
        "document.getElementById('row-dialog').open && "
        "document.querySelectorAll('#row-dialog tbody tr').length > 0"
    )
    shown = json.loads(
        watched.evaluate(
            "JSON.stringify([...document.querySelectorAll('#row-dialog tbody tr')]"
            ".map((line) => [...line.cells].map((cell) => [...cell.childNodes]"
            ".filter((node) => !node.classList?.contains('bit-name'))"
            ".map((node) => node.textContent).join(''))))"
        )
    )
    assert {line[0]: line[1] for line in shown} == first
    assert next(line for line in shown if line[0] == "ra")[2::2] == ["deg", "pos.eq.ra;meta.main"]
    assert serious(watched) == []
    watched.press("Escape")
    watched.wait("!document.getElementById('row-dialog').open")
    where = "document.activeElement.dataset.column + document.activeElement.closest('tr').dataset.row"
    assert watched.evaluate(where) == f"{list(first)[1]}1"
    watched.click("#results tbody tr:nth-child(3) .row-open")
    watched.wait("document.getElementById('row-dialog').open")
    assert watched.evaluate("document.querySelector('#row-dialog h2').textContent") == "Row 3"


@pytest.mark.slow
def test_moving_about_and_copying(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="odd", order="0..", columns="Id,Wörter,order", sort="order")
    rows = cells(watched)
    tabbable = "document.querySelectorAll('#results tbody [tabindex=\"0\"]').length"
    assert watched.evaluate(tabbable) == 1
    focus(watched, "#results tbody [tabindex='0']")
    watched.evaluate(
        "addEventListener('copy', (e) => globalThis.copied = e.clipboardData.getData('text/plain'))"
    )
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"):
        watched.press(key)
    assert watched.evaluate("document.activeElement.textContent") == rows[3]["Wörter"]
    watched.press("Control+c")
    assert watched.evaluate("globalThis.copied ?? ''") == rows[3]["Wörter"]
    watched.press("End")
    watched.press("ArrowUp")
    assert watched.evaluate("document.activeElement.textContent") == rows[2]["order"]
    watched.press("Home")
    assert watched.evaluate("document.activeElement.className") == "tick"
    assert watched.evaluate(tabbable) == 1


def test_the_first_cell_is_a_few_tabs_away(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="*", limit="40")
    focus(watched, "#results-title")
    row = "document.activeElement.closest('#results tr')"
    stops: list[str | None] = []
    while "cell" not in stops:
        watched.press("Tab")
        inside = f"{row} && (document.activeElement.closest('tbody') ? 'cell' : {row}.className || 'heads')"
        stops.append(watched.evaluate(inside))
        assert len(stops) < 20
    assert [stop for stop in stops if stop] == ["heads", "filters", "cell"]
    watched.press("Shift+Tab")
    watched.press("ArrowRight")
    watched.press("ArrowUp")
    column = "document.activeElement.closest('th')?.dataset.column"
    assert watched.evaluate(column) == list(cells(watched)[0])[1]
    watched.press("End")
    watched.press("ArrowLeft")
    assert watched.evaluate(column) == list(cells(watched)[0])[-2]
    # out of a menu: to the neighbour of its button, in either direction
    for key, place in (("Tab", "columns-as"), ("Shift+Tab", "plots-open")):
        focus(watched, "#marks")
        watched.press("Enter")
        watched.wait("document.activeElement.dataset.marks === 'all'")
        watched.press(key)
        assert watched.evaluate("document.activeElement.id") == place
        assert not visible(watched, "#marks-list")


def test_choosing_columns(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="50..", columns="obsid,class,snrg", sort="obsid")
    ids = column(watched, "obsid")
    pick(watched, "columns-as", "choose-columns")
    watched.wait("document.getElementById('column-chooser').open")
    assert serious(watched) == []
    up = "#column-chooser li:has(input[value=snrg]) [data-move=up]"
    watched.click(up)
    watched.click(up)
    watched.click("#column-chooser input[value=class]")
    watched.click("#column-chooser button[value=apply]")
    watched.wait("document.querySelectorAll('#results th').length == 2")
    assert address(watched)["columns"] == "snrg,obsid"
    assert list(cells(watched)[0]) == ["snrg", "obsid"]
    assert column(watched, "obsid") == ids
    # one that was not read yet
    pick(watched, "columns-as", "choose-columns")
    watched.click("#column-chooser input[value=ra]")
    watched.click("#column-chooser button[value=apply]")
    watched.wait("document.querySelectorAll('#results th').length == 3")
    assert address(watched)["columns"] == "snrg,obsid,ra"
    assert column(watched, "obsid") == ids
    assert all(float(ra) >= 0 for ra in column(watched, "ra"))
    return_to(watched, base)
    watched.wait("document.querySelectorAll('#results th').length == 3")
    assert list(cells(watched)[0]) == ["snrg", "obsid", "ra"]


def test_columns_of_a_statement(watched: Browser, base: str) -> None:
    search(watched, base, "sql.html", sql="select 1 as a, 'x' as b union all select 2, 'y' order by a")
    pick(watched, "columns-as", "choose-columns")
    watched.click("#column-chooser input[value=a]")
    watched.click("#column-chooser button[value=apply]")
    watched.wait("document.querySelectorAll('#results th').length == 1")
    watched.fill("#results input[data-filter=b]", "y")
    watched.wait("document.querySelectorAll('#results tbody tr').length == 1")
    assert cells(watched) == [{"b": "y"}]
