"""Searches in real browsers, from every kind of address, compared with the source tables read by astropy."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ...ways import few

pytestmark = pytest.mark.browser

FOUND = re.compile(r"^(\d+) rows? in [\d.]+ s")
STATUS = "document.querySelector('main [role=status]')?.textContent.trim()"

# From one address to another without loading the page again. Open plots would be in the new address too.
STEP = """(async () => {
  if (document.querySelector("#plots:not([hidden])")) {
    document.getElementById("plots-open").click();
    await new Promise((done) => setTimeout(done));
  }
  document.querySelector("main [role=status]").textContent = "";
  history.pushState(null, "", %s);
  dispatchEvent(new PopStateEvent("popstate"));
})()"""

# A file the page hands out is a Blob behind an object URL; this keeps its text where the test can read it.
KEEP_DOWNLOADS = """(() => {
  const make = URL.createObjectURL.bind(URL);
  globalThis.handedOut = [];
  URL.createObjectURL = (blob) => {
    blob.text().then((text) => handedOut.push(text));
    return make(blob);
  };
})()"""


def follow(browser: Browser, base: str, page: str, query: dict[str, str]) -> None:
    """A page that is already open handles the link like "back", without starting the engine again.

    Pages stay open for tests of other files too.
    """
    if browser.show(f"{base}{page}"):
        browser.evaluate(STEP % json.dumps(f"?{urlencode(query)}"))
    else:
        browser.open(f"{base}{page}?{urlencode(query)}", keep=True)


def return_to(browser: Browser, base: str) -> None:
    """Leave the results, and follow the address at which they were."""
    address = browser.address
    follow(browser, base, "search.html", {"catalogue": "odd"})
    browser.wait("document.getElementById('results-body').hidden")
    browser.evaluate(STEP % json.dumps(f"?{address.partition('?')[2]}"))
    browser.wait(f"/ rows? in /.test({STATUS})")


def search(browser: Browser, base: str, page: str = "search.html", **query: str) -> int:
    """Follow a permalink, wait for the result and return the number of rows."""
    follow(browser, base, page, query)
    status = browser.wait(f"/ rows? in |^Nothing/.test({STATUS}) && {STATUS}")
    found = FOUND.match(status)
    assert found, status
    return int(found[1])


def cells(browser: Browser) -> list[dict[str, str]]:
    """The table on the page, a row a dictionary of cell texts."""
    return json.loads(
        browser.evaluate(
            """JSON.stringify([...document.querySelectorAll("#results tbody tr")].map((row) =>
            Object.fromEntries([...row.querySelectorAll("[data-column]")].map((cell) =>
              [cell.dataset.column, cell.textContent]))))"""
        )
    )


def downloaded(browser: Browser, button: str) -> str:
    """Text of the file that a button saves."""
    # Advice about a search without rows comes later, and moves the button.
    browser.wait("!document.body.hasAttribute('aria-busy')")
    browser.evaluate(KEEP_DOWNLOADS)
    browser.click(button)
    return str(browser.wait("handedOut[0]"))


def csv_rows(browser: Browser) -> list[dict[str, str]]:
    text = downloaded(browser, "#download-csv")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def same(text: str, value: Any) -> bool:
    """Whether a cell shows exactly this value of the source table."""
    if np.ma.is_masked(value) or (isinstance(value, float | np.floating) and np.isnan(value)):
        return text == ""
    if isinstance(value, bool | np.bool_):
        return text == str(bool(value)).lower()
    if isinstance(value, np.float32):
        return np.float32(text) == value
    if isinstance(value, float | np.floating):
        return float(text) == float(value)
    if isinstance(value, int | np.integer):
        return int(text) == int(value)
    return text == str(value)


def source_of(made: Made, name: str) -> tuple[str, Table]:
    """Name and source table of a catalogue made from FITS."""
    file = made.portal / "releases" / "test" / "v1" / {"sim": "sim.fits", "lrs": "lrs_catalogue.fits"}[name]
    if not file.exists():
        pytest.skip("the real data are not here")
    return name, Table.read(file)


@pytest.fixture(scope="module", params=few(["sim", "lrs"], "sim"))
def source(request: pytest.FixtureRequest, made: Made) -> tuple[str, Table]:
    name, table = source_of(made, request.param)
    for column in table.itercols():
        if column.dtype.kind == "S":
            table[column.name] = np.char.rstrip(column.astype(str))
    return name, table


def expect_rows(browser: Browser, table: Table, found: int) -> None:
    """The page found exactly the rows of a table (by obsid), and the CSV has exactly their values."""
    assert found == len(table)
    rows = csv_rows(browser)
    assert sorted(int(row["obsid"]) for row in rows) == sorted(int(i) for i in table["obsid"])
    by_id = {int(row["obsid"]): row for row in table}
    for row in rows:
        original = by_id[int(row["obsid"])]
        for name, text in row.items():
            if name in table.colnames:
                assert same(text, original[name]), (
                    f"{name} of {row['obsid']}: {text!r} for {original[name]!r}"
                )
    for row in cells(browser):
        original = by_id[int(row["obsid"])]
        for name, text in row.items():
            if name in table.colnames:
                assert same(text, original[name])


def positions(table: Table) -> SkyCoord:
    return SkyCoord(np.asarray(table["ra"]) * u.deg, np.asarray(table["dec"]) * u.deg)


def densest(table: Table) -> SkyCoord:
    """A position with many neighbours."""
    here = positions(table)
    first = here[:: max(1, len(table) // 200)]
    counts = [int((here.separation(p) < 1 * u.deg).sum()) for p in first]
    return first[int(np.argmax(counts))]


def test_cone(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    centre = densest(table)
    for radius in (5.0, 1800.0, 7200.0):
        inside = positions(table).separation(centre) <= radius * u.arcsec
        cone = f"{float(centre.ra.deg)!r},{float(centre.dec.deg)!r},{radius}"
        found = search(watched, base, catalogue=name, cone=cone, columns=",".join(table.colnames))
        expect_rows(watched, table[inside], found)


def test_box_across_ra_zero(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    ra, dec = np.asarray(table["ra"]), np.asarray(table["dec"])
    inside = ((ra >= 340) | (ra <= 25)) & (dec >= 0) & (dec <= 35.5)
    assert inside.sum() > 3
    found = search(watched, base, catalogue=name, box="340,25,0,35.5")
    expect_rows(watched, table[inside], found)


def test_ranges_leave_out_missing_values(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    magnitude = np.asarray(table["mag_ps_g"])
    snr = np.asarray(table["snrg"])
    inside = (magnitude <= 17.5) & (magnitude > -900) & (snr >= 20)
    assert inside.sum() > 3
    found = search(watched, base, catalogue=name, mag_ps_g="..17.5", snrg="20..", sort="-snrg", limit="50")
    assert found == inside.sum()
    shown = cells(watched)
    assert len(shown) == min(50, inside.sum())
    best = np.sort(snr[inside])[::-1]
    assert [float(row["snrg"]) for row in shown] == list(best[: len(shown)])


def test_class_list_and_wildcard(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    inside = np.isin(table["class"], ["QSO", "GALAXY"]) | (np.asarray(table["class"]) == "Unknown")
    found = search(watched, base, catalogue=name, **{"class": "QSO,GALAXY,Unknown"})
    expect_rows(watched, table[inside], found)
    starts = np.char.startswith(np.asarray(table["subclass"], dtype=str), "G")
    assert search(watched, base, catalogue=name, subclass="G*", limit="5") == starts.sum()


def test_exact_ids(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    wanted = [int(table["obsid"][i]) for i in (0, len(table) // 2, -1)]
    found = search(watched, base, catalogue=name, obsid=",".join(map(str, [*wanted, 1])))
    expect_rows(watched, table[np.isin(table["obsid"], wanted)], found)


def test_sql(watched: Browser, base: str, source: tuple[str, Table]) -> None:
    name, table = source
    sql = f"select class, count(*) as n, max(snrg) as best from {name} group by class order by n desc, class"
    search(watched, base, "sql.html", sql=sql)
    values, counts = np.unique(np.asarray(table["class"], dtype=str), return_counts=True)
    expected = sorted(((-n, c) for c, n in zip(values, counts, strict=True)))
    rows = cells(watched)
    assert [(row["class"], int(row["n"])) for row in rows] == [(c, -n) for n, c in expected]
    for row in rows:
        assert float(row["best"]) == np.max(
            np.asarray(table["snrg"])[np.asarray(table["class"], dtype=str) == row["class"]]
        )


def odd_source(made: Made) -> Table:
    return Table.read(made.portal / "releases/test/v1/odd.vot", use_names_over_ids=True)


def test_odd_values_stay_what_they_are(watched: Browser, base: str, made: Made) -> None:
    table = odd_source(made)
    found = search(watched, base, catalogue="odd", order="0..", columns=",".join(table.colnames))
    assert found == len(table)
    by_id = {int(row["Id"]): row for row in table}
    for rows in (cells(watched), csv_rows(watched)):
        assert len(rows) == len(table)
        for row in rows:
            original = by_id[int(row["Id"])]
            for name in table.colnames:
                if name == "select" and np.isinf(original[name]):
                    assert row[name].lower().replace("infinity", "inf") in ("inf", "-inf")
                else:
                    assert same(row[name], original[name]), f"{name}: {row[name]!r} for {original[name]!r}"
    assert (
        watched.evaluate("document.querySelectorAll('#results script, #results img, #results b').length") == 0
    )


ENDS: list[tuple[dict[str, str], Callable[..., Any]]] = [
    ({"cone": "123,90,3600"}, lambda ra, dec: dec >= 89),
    ({"cone": "0,-90,60"}, lambda ra, dec: dec == -90),
    ({"cone": "0,0,1"}, lambda ra, dec: (np.abs(dec) < 2e-4) & ((ra < 1) | (ra > 359))),
    ({"cone": "0,0,648000"}, lambda ra, dec: ra >= 0),
    ({"box": "359,1,5,5"}, lambda ra, dec: dec == 5),
    ({"box": "0,360,-90,90"}, lambda ra, dec: ra >= 0),
    ({"Id": "9223372036854775807"}, lambda ra, dec: (ra == 0) & (dec == 0)),
    ({"Id": "9007199254740993"}, lambda ra, dec: ra == 359.9999),
    ({"Id": "9007199254740993..9007199254740993"}, lambda ra, dec: ra == 359.9999),
]


def test_the_ends_of_sky_and_numbers(watched: Browser, base: str, made: Made) -> None:
    table = odd_source(made)
    for query, inside in ENDS:
        expected = inside(np.asarray(table["RAJ2000"]), np.asarray(table["DEJ2000"]))
        assert search(watched, base, catalogue="odd", **query) == expected.sum(), query
        assert {int(row["Id"]) for row in cells(watched)} == {int(i) for i in table["Id"][expected]}


def test_nothing_found(watched: Browser, base: str) -> None:
    assert search(watched, base, catalogue="odd", cone="77,-7,1") == 0
    assert cells(watched) == []


def test_a_catalogue_without_positions(watched: Browser, base: str) -> None:
    assert search(watched, base, catalogue="plain", n="100..400") == 11
    assert {row["plate"] for row in cells(watched)} == {f"P{i:03}" for i in range(10, 21)}


MISTAKES = [
    ("search.html", {"catalogue": "odd", "nonsense": "1.."}, "nonsense"),
    ("search.html", {"catalogue": "odd", "order": "1; drop table"}, "“1; drop table”"),
    ("search.html", {"catalogue": "nowhere", "ra": "1.."}, "nowhere"),
    ("search.html", {"catalogue": "odd", "cone": "1"}, "cone"),
    ("search.html", {"catalogue": "odd", "cone": "1,99,5"}, "99"),
    ("sql.html", {"sql": "select * from nowhere"}, "nowhere"),
    ("sql.html", {"sql": "copy odd to 'x.csv'"}, "SELECT"),
    ("sql.html", {"sql": "select 1 from odd where"}, "syntax"),
]


def test_mistakes_are_reported_in_the_page(browser: Browser, base: str) -> None:
    alerts = "[...document.querySelectorAll('#status, [role=alert], .error-text')]"
    alerts += ".map((e) => e.textContent).join(' ').toLowerCase()"
    for page, query, word in MISTAKES:
        follow(browser, base, page, query)
        browser.wait(f"({alerts}).includes({json.dumps(word.lower())})", 30)
        assert not [c for c in browser.complaints if "Error" in c]


def test_a_refused_value_stays_in_its_field(watched: Browser, base: str) -> None:
    follow(watched, base, "search.html", {"catalogue": "odd", "order": "1; drop table", "cone": "1,99,5"})
    watched.wait(f"/^Nothing/.test({STATUS})")
    form = "document.getElementById('catalogue-odd')"
    field = f"{form}.querySelector('[data-field=order] [data-part=text]')"
    assert watched.evaluate(f"{field}.value") == "1; drop table"
    assert watched.evaluate(f"{form}.querySelector('[data-part=ra]').value") == "1,99,5"
    said = watched.evaluate(f"{form}.querySelector('[data-field=order] .error-text').textContent")
    assert said and watched.evaluate("document.querySelector('main').innerText").count(said) == 1
    assert watched.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


def test_votable_download(watched: Browser, base: str, source: tuple[str, Table], tmp_path: Path) -> None:
    name, table = source
    found = search(watched, base, catalogue=name, snrg="30..", columns="obsid,ra,dec,class,snrg,mag_ps_g")
    file = tmp_path / "rows.vot"
    file.write_text(downloaded(watched, "#download-votable"), encoding="utf-8")
    read = Table.read(file, format="votable")
    assert len(read) == found
    assert read["ra"].unit == u.deg
    by_id = {int(row["obsid"]): row for row in table}
    for row in read:
        original = by_id[int(row["obsid"])]
        assert all(row[c] == original[c] or np.ma.is_masked(row[c]) for c in ("ra", "dec", "class", "snrg"))


def test_nothing_outside_the_folder_is_asked_for(browser: Browser, base: str) -> None:
    search(browser, base, catalogue="sim", snrg="30..")
    for page in ("index.html", "data.html", "help.html", "catalogues/sim.html", "zh/index.html"):
        browser.goto(base + page)
    outside = [r for r in browser.requests if not r.startswith((base, "blob:", "data:", "about:"))]
    icon = base.split("/", 3)[0] + "//" + base.split("/", 3)[2] + "/favicon.ico"
    assert [r for r in outside if r != icon] == []
