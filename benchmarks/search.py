"""A million rows in the table, a list of 100,000 targets beside STILTS and astropy, facts beside a spectrum.

python -m benchmarks.search [--rows N] [--runs N], in Chromium under `drportal serve`.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from astropy.io import fits
from astropy.table import Table

from tests.browser import Browser
from tests.client.search.test_search_pages import STATUS, STEP, cells, csv_rows
from tests.client.search.test_target_lists import around, give, part
from tests.client.search.test_target_lists import run as submit
from tests.servers import server

from .data import release, table
from .lines import LINES
from .measure import Spent, arguments, print_line, print_pair, run

READY, SCROLL, STILTS, ASTROPY, FACTS = (line.name for line in LINES["search"])
ROWS, TARGETS, RADIUS = 1_000_000, 100_000, 3
PLACE = "obsid", "ra", "dec"
FRAME = 1000 / 60
SCROLLED = """(async () => {
  const pane = document.getElementById("results-scroll");
  const next = () => new Promise(requestAnimationFrame);
  const spent = [];
  const end = performance.now() + 20_000;
  for (let last = await next(); spent.length < 180 && last < end; ) {
    pane.scrollTop += 1200;
    const now = await next();
    spent.push(now - last);
    last = now;
  }
  return spent;
})()"""
READ = """performance.getEntriesByType("resource").filter(({ name }) => name.includes("/data/stars/"))
  .map(({ encodedBodySize }) => encodedBodySize)"""
ROW = """[...document.querySelectorAll("#facts details")]
  .filter((one) => one.querySelector(".row-title").textContent === "stars")"""
LIST = "#catalogue-stars [data-part=region][value=list]"
SHOWN = "/ in \\d+\\.\\d\\d s$/.test(document.getElementById('status').textContent)"


def follow(browser: Browser, query: dict[str, str], seconds: float = 600) -> str:
    """Follow a link in the open page; return the status of its answer."""
    browser.evaluate(STEP % json.dumps(f"?{urlencode(query)}"))
    return str(browser.wait(f"/ rows? in |^Nothing|failed/.test({STATUS}) && {STATUS}", seconds))


def rows_ready(browser: Browser, built: Path, source: np.ndarray) -> None:
    """A million rows of all columns in a table, in an engine that runs; then scroll through it."""
    folder = built / "data" / "stars"
    about = json.loads((folder / "catalogue.json").read_bytes())
    files = [str(folder / one["path"]) for one in about["partitions"]]
    sql = f"CREATE OR REPLACE TABLE kept AS SELECT * FROM (SELECT * FROM stars) LIMIT {ROWS}"
    native = run([sys.executable, Path(__file__).with_name("native.py")],
                 stdin=json.dumps({"name": "stars", "files": files, "sql": sql}))  # fmt: skip
    columns = ",".join(column["name"] for column in about["columns"])
    began = time.perf_counter()
    status = follow(browser, {"catalogue": "stars", "sky": "all", "columns": columns, "limit": str(ROWS)})
    ready = time.perf_counter() - began
    expected = min(ROWS, about["rows"])
    assert status.startswith(f"{expected} row"), status
    teff = dict(zip(source["obsid"].tolist(), source["teff"].tolist(), strict=True))
    assert all(np.float32(row["teff"]) == np.float32(teff[int(row["obsid"])]) for row in cells(browser))
    print_line(READY, ready, json.loads(native.output)["first"])
    print_line(SCROLL, float(np.percentile(browser.evaluate(SCROLLED), 95)), FRAME)


def matched(browser: Browser, address: str, file: Path) -> tuple[Spent, set[tuple[str, int]]]:
    """Give a list to the page and match it; return the time and the pairs."""
    browser.open(f"{address}search.html?catalogue=stars")
    browser.wait(f"document.querySelector({LIST!r}) !== null")
    browser.evaluate(f"document.querySelector({LIST!r}).click()")
    browser.evaluate(f"document.querySelector('{part('stars', 'match')}').value = 'nearest'")
    browser.fill(part("stars", "radius-value"), str(RADIUS))
    began = time.perf_counter()
    give(browser, "stars", file)
    submit(browser, "stars")
    spent = Spent(time.perf_counter() - began)
    return spent, {(row["Name"], int(row["obsid"])) for row in csv_rows(browser)}


def by_stilts(targets: Path, source: Path, out: Path) -> tuple[Spent, set[tuple[str, int]]]:
    spent = run(
        ["stilts", "tskymatch2", f"in1={targets}", f"in2={source}", "ra1=RA_deg", "dec1=Dec_deg", "ra2=ra",
         "dec2=dec", f"error={RADIUS}", "find=best1", "join=1and2", "ofmt=csv", f"out={out}"]
    )  # fmt: skip
    with out.open() as file:
        return spent, {(row["Name"], int(row["obsid"])) for row in csv.DictReader(file)}


def by_astropy(targets: Path, source: Path, out: Path) -> None:
    """Write the pairs of target and id that astropy finds."""
    from astropy import units as u
    from astropy.coordinates import SkyCoord, match_coordinates_sky

    one, two = Table.read(targets), fits.getdata(source)
    listed = SkyCoord(one["RA_deg"], one["Dec_deg"], unit="deg")
    nearest, apart, _ = match_coordinates_sky(listed, SkyCoord(two["ra"], two["dec"], unit="deg"))
    near = apart <= RADIUS * u.arcsec
    names, ids = one["Name"][near], two["obsid"][nearest[near]]
    out.write_text(json.dumps([(str(name), int(i)) for name, i in zip(names, ids, strict=True)]))


def targets_beside_others(browser: Browser, address: str, source: Path, folder: Path) -> None:
    """Match the same list by the page, by STILTS and by astropy; their pairs must be the same."""
    targets, out = folder / "targets.fits", folder / "pairs.csv"
    rows = fits.getdata(source)
    around(Table({"ra": rows["ra"], "dec": rows["dec"]}), "ra", "dec", TARGETS // 2, 5).write(
        targets, overwrite=True
    )
    places = {int(i): (float(ra), float(dec)) for i, ra, dec in zip(*(rows[c] for c in PLACE), strict=True)}

    def placed(pairs: set[tuple[str, int]]) -> set[tuple[str, tuple[float, float]]]:
        """Of several spectra of one star, at the same place, any is the nearest."""
        return {(name, places[i]) for name, i in pairs}

    spent, found = matched(browser, address, targets)
    pairs = placed(found)
    if shutil.which("stilts"):
        stilts, found = by_stilts(targets, source, out)
        theirs = placed(found)
        assert pairs == theirs, f"STILTS: {len(pairs ^ theirs)} pairs differ"
        print_pair(STILTS, spent, stilts)
    else:
        print_pair(STILTS, spent, missing="stilts is not in PATH: make browsers")
    astropy = run([sys.executable, "-m", "benchmarks.search", "astropy", targets, source, out])
    theirs = placed({(name, i) for name, i in json.loads(out.read_text())})
    assert pairs == theirs, f"astropy: {len(pairs ^ theirs)} pairs differ"
    print_pair(ASTROPY, spent, astropy)


def facts(browser: Browser, address: str, built: Path, source: np.ndarray) -> None:
    """Open a spectrum; its row of the catalogue is found, and shown beside it when a reader opens that."""
    about = json.loads((built / "data" / "stars" / "catalogue.json").read_bytes())
    (index,) = (one for one in about["ids"] if one["column"] == "obsid")
    tiles = sum(len(one["tiles"]) for one in about["partitions"])
    page = sum(one["footer"] for one in index["files"]) / -(-index["rows"] // 8192)
    ident, teff = int(source["obsid"][0]), str(source["teff"][0])
    browser.open(f"{address}spectrum.html?{urlencode({'obsid': ident, 'set': 'low'})}")
    browser.wait(SHOWN)
    browser.wait(f"{ROW}.length > 0")
    read = [size for size in browser.evaluate(READ) if size]
    browser.evaluate(f"{ROW}.forEach((one) => {{ one.open = true; }})")
    browser.wait(f"[...document.querySelectorAll('dd')].some((one) => one.textContent.startsWith('{teff}'))")
    print_line(
        FACTS, sum(read) / 1000, (about["bytes"] / tiles + page) / 1000, bytes=sum(read), requests=len(read)
    )


def main() -> None:
    given = arguments(__doc__)
    source, built = table(given.data, given.rows), release(given.data, given.rows)
    rows = fits.getdata(source)
    browser = Browser("chrome")
    folder = given.data / "search"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with server("serve", built.parent, built, folder / "server") as address:
            for _ in range(given.runs):
                browser.open(f"{address}search.html")
                # The page asks before it reads much, until the reader agrees.
                browser.evaluate("sessionStorage.setItem('drportal-read-all', 'yes')")
                browser.goto(f"{address}search.html?catalogue=stars&sky=all&columns=obsid&limit=10")
                browser.wait(f"/ rows? in /.test({STATUS})")
                rows_ready(browser, built, rows)
                targets_beside_others(browser, address, source, folder)
                facts(browser, address, built, rows)
    finally:
        browser.quit()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["astropy"]:
        by_astropy(*map(Path, sys.argv[2:]))
    else:
        main()
