"""Searches by lists of targets in real browsers, against astropy's own matching of the same tables."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord, match_coordinates_sky, search_around_sky
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ...ways import few
from .test_search_pages import FOUND, KEEP_DOWNLOADS, STATUS, cells, csv_rows, follow, search, source_of

pytestmark = pytest.mark.browser


def part(catalogue: str, name: str) -> str:
    return f"#catalogue-{catalogue} [data-target={name}]"


def choose_list(browser: Browser, base: str, catalogue: str) -> None:
    follow(browser, base, "search.html", {"catalogue": catalogue})
    browser.wait("document.querySelector('[role=tabpanel]') !== null")
    browser.evaluate(
        f"document.querySelector('#catalogue-{catalogue} [data-part=region][value=list]').click()"
    )


def give(browser: Browser, catalogue: str, file: Path) -> str:
    """Choose a file; the page's message about it."""
    browser.upload(part(catalogue, "file"), file)
    summary = f"document.querySelector('{part(catalogue, 'summary')}')"
    return str(
        browser.wait(f"/targets? ·|neither|no /.test({summary}.textContent) && {summary}.textContent", 120)
    )


def run(browser: Browser, catalogue: str) -> int:
    browser.evaluate("document.querySelector('main [role=status]').textContent = ''")
    browser.evaluate(f"document.querySelector('#catalogue-{catalogue} form button[type=submit]').click()")
    return answer(browser)


def answer(browser: Browser, seconds: float = 120) -> int:
    status = browser.wait(f"/ rows? in |^Nothing|failed/.test({STATUS}) && {STATUS}", seconds)
    found = FOUND.match(status)
    assert found, status
    return int(found[1])


def report(browser: Browser) -> str:
    return str(browser.evaluate("document.querySelector('#target-report p').textContent"))


def unmatched(browser: Browser) -> list[dict[str, str]]:
    browser.evaluate("document.querySelector('#target-report details').open = true")
    browser.evaluate(KEEP_DOWNLOADS)
    browser.click("#target-report button")
    text = str(browser.wait("handedOut[0]"))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def around(table: Table, ra: str, dec: str, count: int, seed: int) -> Table:
    """Targets near rows of a table, a few arcsec off, and as many without matches."""
    random = np.random.default_rng(seed)
    chosen = random.choice(len(table), count)
    centre = SkyCoord(np.array(table[ra])[chosen] * u.deg, np.array(table[dec])[chosen] * u.deg)
    moved = centre.directional_offset_by(
        random.uniform(0, 360, count) * u.deg, random.uniform(0, 4, count) * u.arcsec
    )
    ras = np.concatenate([moved.ra.deg, random.uniform(0, 360, count), [0.0, 0.0, 359.99999, 0.0001]])
    decs = np.concatenate(
        [moved.dec.deg, np.degrees(np.arcsin(random.uniform(-1, 1, count))), [90.0, -90.0, 0.0, 0.0]]
    )
    return Table({"Name": [f"T{i:05}" for i in range(len(ras))], "RA_deg": ras, "Dec_deg": decs})


def expected(targets: Table, table: Table, ra: str, dec: str, radius: float) -> dict[tuple[str, int], float]:
    """Separation in arcsec by target and row of the table."""
    one = SkyCoord(np.array(targets["RA_deg"]) * u.deg, np.array(targets["Dec_deg"]) * u.deg)
    two = SkyCoord(np.array(table[ra]) * u.deg, np.array(table[dec]) * u.deg)
    # astropy finds candidates by a tree of chords; the border is decided by the separation itself
    i, j, _, _ = search_around_sky(one, two, radius * 1.001 * u.arcsec)
    apart = one[i].separation(two[j]).arcsec
    names = np.array(targets["Name"])[i]
    return {(str(n), int(k)): float(d) for n, k, d in zip(names, j, apart, strict=True) if d <= radius}


@pytest.fixture(scope="module", params=few(["lrs", "sim"], "sim"))
def source(request: pytest.FixtureRequest, made: Made) -> tuple[str, Table]:
    return source_of(made, request.param)


def test_all_matches_are_astropys(
    watched: Browser, base: str, source: tuple[str, Table], tmp_path: Path
) -> None:
    name, table = source
    targets = around(table, "ra", "dec", 1500, 5)
    file = tmp_path / "targets.csv"
    targets.write(file, format="ascii.csv")
    choose_list(watched, base, name)
    assert give(watched, name, file) == f"{len(targets):,} targets · targets.csv · CSV"
    watched.fill(part(name, "radius-value"), "3")
    found = run(watched, name)
    wanted = expected(targets, table, "ra", "dec", 3)
    row_of: dict[int, list[int]] = {}
    for k, obsid in enumerate(table["obsid"]):
        row_of.setdefault(int(obsid), []).append(k)
    rows = csv_rows(watched)
    assert found == len(rows) == len(wanted) > 1000
    got = {(row["Name"], row_of[int(row["obsid"])][0]): float(row["separation"]) for row in rows}
    assert got.keys() == wanted.keys()
    assert max(abs(got[key] - wanted[key]) for key in got) < 1e-6
    by_name = {row["Name"]: row for row in targets}
    assert all(float(row["RA_deg"]) == by_name[row["Name"]]["RA_deg"] for row in rows)
    with_match = {key[0] for key in wanted}
    assert report(watched).startswith(f"Targets with a match: {len(with_match):,} of {len(targets):,}.")
    assert {row["Name"] for row in unmatched(watched)} == set(by_name) - with_match
    # the list is not in the link, and the link says so
    assert f"targets=list%20of%20{len(targets)}" in watched.address
    watched.open(watched.address)
    reported = watched.wait(f"/Nothing was searched/.test({STATUS}) && {STATUS}")
    assert "does not contain the list" in reported


def test_nearest_matches_are_astropys(
    watched: Browser, base: str, source: tuple[str, Table], tmp_path: Path
) -> None:
    name, table = source
    targets = around(table, "ra", "dec", 800, 6)
    file = tmp_path / "targets.fits"
    targets.write(file)
    choose_list(watched, base, name)
    assert "FITS" in give(watched, name, file)
    watched.fill(part(name, "radius-value"), "10")
    watched.evaluate(f"document.querySelector('{part(name, 'match')}').value = 'nearest'")
    watched.evaluate(f"document.querySelector('{part(name, 'radius-unit')}').value = 'arcmin'")
    found = run(watched, name)
    one = SkyCoord(targets["RA_deg"] * u.deg, targets["Dec_deg"] * u.deg)
    two = SkyCoord(np.array(table["ra"]) * u.deg, np.array(table["dec"]) * u.deg)
    index, _, _ = match_coordinates_sky(one, two)
    apart = one.separation(two[index]).arcsec
    near = apart <= 600
    assert found == near.sum()
    rows = {row["Name"]: row for row in csv_rows(watched)}
    assert set(rows) == set(targets["Name"][near].astype(str))
    for target, distance in zip(targets[near], apart[near], strict=True):
        assert abs(float(rows[str(target["Name"])]["separation"]) - distance) < 1e-6


def formats(folder: Path, table: Table) -> list[Path]:
    """The same list in every format of astropy, and as written by Windows and spreadsheets."""
    made = []
    for kind in ("binary", "binary2", "tabledata"):
        made.append(folder / f"{kind}.vot")
        table.write(made[-1], format="votable", tabledata_format=kind)
    made += [folder / "list.tbl", folder / "list.fits", folder / "list.ecsv", folder / "list.txt"]
    table.write(made[3], format="ascii.ipac")
    table.write(made[4])
    table.write(made[5], format="ascii.ecsv")
    text = io.StringIO()
    table.write(text, format="ascii.tab")
    made[6].write_bytes(b"\xff\xfe" + text.getvalue().replace("\n", "\r\n").encode("utf-16-le"))
    for file in [*made]:
        made.append(Path(f"{file}.gz"))
        made[-1].write_bytes(gzip.compress(file.read_bytes()))
    return made


@pytest.mark.parametrize("some", few(["all", "FITS"], "FITS"))
def test_every_format_says_the_same(watched: Browser, made: Made, tmp_path: Path, some: str) -> None:
    """In Node too, but FITS and binary VOTables as astropy writes them."""
    base = made.moved.as_uri() + "/"
    table = Table(
        {
            "Name": ["plain", "M 31", "a,b"],
            "big": np.array([2**63 - 1, 2**53 + 1, -5], dtype=np.int64),
            "RA": [0.0, 180.0, 45.0],
            "Dec": [0.0, 89.99999, 20.0],
            "radius": np.ma.array([1.0, 3600.0, 0.0], mask=[False, False, True]),
            "ok": [True, False, True],
            "small": np.array([1.5, np.nan, -2], dtype=np.float32),
        },
        units={"RA": "deg", "Dec": "deg"},
    )
    choose_list(watched, base, "odd")
    seen: dict[str, list[dict[str, str]]] = {}
    files = formats(tmp_path, table)
    for file in files if some == "all" else [files[1], files[4]]:
        assert give(watched, "odd", file).startswith(f"3 targets · {file.name} · "), file.name
        found = run(watched, "odd")
        seen[file.name] = cells(watched)
        assert found == len(seen[file.name]) == 8, file.name
    first = seen["binary2.vot"]
    assert [row["big"] for row in first][:1] == [str(2**63 - 1)]
    shown = ["Name", "big", "RA", "Dec", "separation", "order"]
    for name, rows in seen.items():
        assert [[row[c] for c in shown] for row in rows] == [[row[c] for c in shown] for row in first], name


def test_poles_and_both_sides_of_zero(watched: Browser, base: str) -> None:
    """Short lists are in the link; every target may have its own radius."""
    targets = "0,90,1;123,89.9999,0.5;10,-90,1;0.00005,0,2;359.9999,0,5;45,20,0.001;45,20"
    found = search(watched, base, catalogue="odd", targets=targets, columns="Id,order")
    shown = [(row["ra"], row["order"]) for row in cells(watched)]
    assert found == len(shown)
    # the pole itself, and a row 0.36 arcsec from the second target
    assert ("0", "3") in shown and ("123", "4") not in shown
    assert ("10", "5") in shown
    assert {order for ra, order in shown if ra == "0.00005"} == {"0", "1", "2"}
    assert [order for ra, order in shown if ra == "45"] == ["8", "9", "8", "9", "10"]
    assert "%3B" in watched.address


def test_identifiers_to_the_last_bit(watched: Browser, base: str, tmp_path: Path) -> None:
    file = tmp_path / "ids.txt.gz"
    text = "\ufeffId\r\n9223372036854775807\r\n9007199254740993\r\n9007199254740992\r\n1.5\r\n"
    file.write_bytes(gzip.compress(text.encode()))
    choose_list(watched, base, "odd")
    assert give(watched, "odd", file).startswith("3 targets")
    assert watched.evaluate(f"document.querySelector('{part('odd', 'column')}').value") == "Id"
    problem = watched.evaluate(f"document.querySelector('{part('odd', 'problems')} li').textContent")
    assert problem.startswith("Line 5: ")
    assert run(watched, "odd") == 2
    assert [row["Id"] for row in cells(watched)] == ["9223372036854775807", "9007199254740993"]
    assert [row["Id"] for row in unmatched(watched)] == ["9007199254740992"]
    address = watched.address
    follow(watched, base, "search.html", {"catalogue": "odd"})
    assert cells(watched) == []
    follow(watched, base, "search.html", dict(parse_qsl(address.partition("?")[2])))
    assert answer(watched) == 2


def test_typed_and_dropped_lists(watched: Browser, base: str) -> None:
    choose_list(watched, base, "odd")
    watched.fill(part("odd", "text"), "00:00:00 +00:00:00\nnonsense\n180 -45")
    assert run(watched, "odd") == 3
    summary = f"document.querySelector('{part('odd', 'summary')}').textContent"
    assert watched.evaluate(summary) == "2 targets · ASCII"
    assert report(watched) == "Targets with a match: 1 of 2. Without: 1."
    watched.evaluate("""(() => {
        const data = new DataTransfer();
        data.items.add(new File(["ra;dec\\n180;90\\n"], "a.csv"));
        document.querySelector("#catalogue-odd [data-targets]")
            .dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    })()""")
    watched.wait(f"/^1 target · a.csv/.test({summary})")
    # a row at the pole, and one 0.36 arcsec from it
    assert run(watched, "odd") == 2
    assert [row["order"] for row in cells(watched)] == ["3", "4"]


def test_other_conditions_apply_and_columns_sort(watched: Browser, base: str) -> None:
    found = search(watched, base, catalogue="odd", targets="45,20,5;0,0,5", flag="true", columns="order")
    assert found == 4
    assert {row["order"] for row in cells(watched)} == {"8", "10", "0", "2"}
    watched.click('#results th[data-column="separation"] button')
    watched.wait("document.querySelector('#results [aria-sort]')?.dataset.column === 'separation'")
    apart = [float(row["separation"]) for row in cells(watched)]
    assert apart == sorted(apart)
