"""Exported SQL, Python and query files find the rows that the page shows."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import runpy
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ...ways import few
from ..search.test_search_pages import follow, search
from ..search.test_target_lists import answer
from .test_downloads import KEEP, saved

pytestmark = pytest.mark.browser

CLIPBOARD = """Object.defineProperty(navigator, 'clipboard', { configurable: true,
  value: { writeText: async (text) => { globalThis.copied = text; } } })"""
LIST = "10,20,7200;111.5,21,30;110,24,9000;200,45,20000;0,90,1"

SEARCHES = {
    "cone": {
        "catalogue": "sim",
        "cone": "110,25,36000",
        "snrg": "10..",
        "columns": "obsid,class,z,designation",
    },
    "box": {"catalogue": "odd", "box": "350,10,-1,6", "columns": "Id,order,Wörter,f32,select"},
    "values": {
        "catalogue": "sim",
        "class": "STAR,Q*",
        "snrg": "5..30",
        "subclass": "K*,M*",
        "columns": "obsid,class,subclass,snrg,mag_ps_g",
        "sort": "-snrg,obsid",
        "limit": "40",
    },
    "hostile": {"catalogue": "odd", "Wörter": '"it\'s ""quoted""","</script><img src=x onerror=alert(2)>"'},
    "places": {"catalogue": "sim", "targets": LIST, "snrg": "5..", "columns": "obsid,ra,dec"},
    "nearest": {"catalogue": "sim", "targets": LIST, "match": "nearest", "columns": "obsid"},
    "ids": {
        "catalogue": "odd",
        "targets": "Id:9223372036854775807;9007199254740993;5",
        "columns": "Id,order",
    },
}


@pytest.fixture(scope="module")
def base(made: Made) -> str:
    return made.moved.as_uri() + "/"


def taken(browser: Browser, what: str) -> str:
    """The text that the menu copies."""
    browser.evaluate(CLIPBOARD)
    browser.evaluate("globalThis.copied = ''")
    browser.evaluate(f"document.getElementById('query-{what}').click()")
    return str(browser.wait("globalThis.copied", 10))


def handed_out(browser: Browser, what: str) -> bytes:
    import base64

    browser.evaluate(KEEP)
    browser.evaluate(f"document.getElementById('query-{what}').click()")
    return base64.b64decode(browser.wait("handedOut[0]", 10).partition(",")[2])


def page_rows(browser: Browser) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(saved(browser, "csv").decode(), newline="")))


def run_python(code: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a copied script as a reader would, in a folder of its own."""
    file = folder / "query.py"
    file.write_text(code, encoding="utf-8")
    before, place = sys.argv, Path.cwd()
    try:
        sys.argv = [str(file), *arguments]
        os.chdir(folder)
        return runpy.run_path(str(file))
    finally:
        sys.argv = before
        os.chdir(place)


def reported(value: Any) -> str:
    """A value in a form that is equal for two readers of the same file."""
    if value is None or value is np.ma.masked or value == "":
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    try:
        number = float(value)
    except ValueError:
        return str(value)
    whole = re.fullmatch(r"-?\d+", str(value))
    return str(int(value)) if whole else "nan" if number != number else f"{np.float32(number + 0.0):.6g}"


def same_rows(rows: list[dict[str, Any]], shown: list[dict[str, str]]) -> None:
    assert len(rows) == len(shown) > 0
    if shown:
        assert list(rows[0]) == list(shown[0])
    plain = [sorted(tuple(reported(v) for v in row.values()) for row in some) for some in (rows, shown)]
    assert plain[0] == plain[1]


def rows_of(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.colnames, row, strict=True)) for row in table.iterrows()]


@pytest.mark.parametrize("name", few(SEARCHES, "cone", "hostile", "nearest"))
def test_copied_queries_find_the_same_rows(
    watched: Browser, base: str, made: Made, name: str, tmp_path: Path
) -> None:
    search(watched, base, **SEARCHES[name])
    shown = page_rows(watched)
    code = taken(watched, "python")
    table = run_python(code, tmp_path)["table"]
    same_rows(rows_of(table), shown)
    if "ra" in table.colnames and name == "places":
        assert str(table["dec"].unit) == "deg" and table["dec"].description
    assert "TEST TEST v1" in code and "test/v1" in code
    sql = taken(watched, "sql")
    place = Path.cwd()
    try:
        os.chdir(made.moved)
        db = duckdb.connect()
        for line in re.findall(r"^--   (CREATE .*)$", sql, re.M):
            db.execute(line)
        found = db.execute(sql)
        columns = [column[0] for column in found.description]
        same_rows([dict(zip(columns, row, strict=True)) for row in found.fetchall()], shown)
    finally:
        os.chdir(place)
    if name in ("cone", "nearest"):
        assert search(watched, base, "sql.html", sql=sql) == len(shown)


@pytest.mark.slow
def test_python_reads_the_release_from_the_web(watched: Browser, served: str, tmp_path: Path) -> None:
    search(watched, served, catalogue="sim", cone="110,25,36000", columns="obsid,class", snrg="10..")
    shown = page_rows(watched)
    same_rows(rows_of(run_python(taken(watched, "python"), tmp_path)["table"]), shown)
    assert not any(":21012" in request for request in watched.requests)


def test_statements_travel_with_their_functions(watched: Browser, base: str, tmp_path: Path) -> None:
    sql = """select obsid, separation(ra, dec, 110, 25) as apart, '\"\"\"\\' as text
    from sim where separation(ra, dec, 110, 25) < 36000 -- nothing"""
    search(watched, base, "sql.html", sql=sql)
    shown = page_rows(watched)
    same_rows(rows_of(run_python(taken(watched, "python"), tmp_path)["table"]), shown)
    assert watched.evaluate("document.getElementById('query-lsdb').parentElement.hidden")


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in SEARCHES if n != "box"])
def test_lsdb_finds_the_same_rows(watched: Browser, base: str, name: str, tmp_path: Path) -> None:
    search(watched, base, **SEARCHES[name])
    shown = page_rows(watched)
    result = run_python(taken(watched, "lsdb"), tmp_path)["result"]
    rows = [
        {k: None if v is None or v != v else v for k, v in row.items()} for row in result.to_dict("records")
    ]
    same_rows(rows, shown)


DROP = """((text, name) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
})"""


def drop(browser: Browser, text: str, name: str = "query.drportal.json") -> None:
    browser.evaluate(f"{DROP}({json.dumps(text)}, {json.dumps(name)})")


def test_a_long_list_in_files(watched: Browser, base: str, made: Made, tmp_path: Path) -> None:
    """A list too long for a link is restored from its query file, and Python reads it from its own."""
    source = Table.read(made.portal / "releases/test/v1/sim.fits")[:120]
    lines = [f"{row['ra']},{row['dec']},star '{i}'" for i, row in enumerate(source)]
    file = tmp_path / "list.csv"
    file.write_text("ra,dec,Name\n" + "\n".join(lines), encoding="utf-8")
    follow(watched, base, "search.html", {"catalogue": "sim"})
    watched.evaluate("document.querySelector('#catalogue-sim input[value=targets]')?.click()")
    part = "#catalogue-sim [data-target=file]"
    watched.upload(part, file)
    watched.wait(
        "/^120 targets/.test(document.querySelector('#catalogue-sim [data-target=summary]').textContent)"
    )
    watched.evaluate("document.querySelector('#catalogue-sim form').requestSubmit()")
    found = answer(watched)
    shown = page_rows(watched)
    assert found == len(shown) >= 120
    assert not watched.evaluate("document.getElementById('query-targets').parentElement.hidden")
    (tmp_path / "targets.csv").write_bytes(handed_out(watched, "targets"))
    same_rows(rows_of(run_python(taken(watched, "python"), tmp_path)["table"]), shown)
    kept = handed_out(watched, "file").decode()
    assert len(json.loads(kept)["targets"]["rows"]) == 120
    follow(watched, base, "search.html", {"catalogue": "odd"})
    drop(watched, kept)
    assert answer(watched) == found
    assert page_rows(watched) == shown


@pytest.mark.slow
def test_query_files(watched: Browser, base: str) -> None:
    found = search(watched, base, **SEARCHES["values"])
    shown = page_rows(watched)
    address = watched.address
    kept = handed_out(watched, "file").decode()
    said = json.loads(kept)
    assert said["drportal"] == 1 and said["release"] == "test/v1" and said["sql"].startswith("SELECT")
    follow(watched, base, "sql.html", {})
    drop(watched, kept)
    watched.wait("/search.html/.test(location.href) && !document.getElementById('results-body')?.hidden")
    assert answer(watched) == found and page_rows(watched) == shown
    assert urllib.parse.parse_qs(watched.address.split("?")[1]) == urllib.parse.parse_qs(
        address.split("?")[1]
    )
    # of another release: the reader is asked
    drop(watched, json.dumps(said | {"release": "old/v0", "query": {"catalogue": "odd", "order": "0..2"}}))
    watched.wait("document.getElementById('query-other').open")
    words = watched.evaluate("document.querySelector('#query-other p').textContent")
    assert "old/v0" in words and "test/v1" in words
    watched.press("Enter")
    watched.wait("/^3 rows/.test(document.getElementById('status').textContent)")
    for text in ("{}", "nonsense", '{"drportal": 1, "release": "test/v1", "query": {"nocolumn": "1"}}'):
        drop(watched, text, "x.txt")
        watched.wait("document.getElementById('status').classList.contains('bad')")
        assert "\n" not in watched.evaluate("document.getElementById('status').textContent")
        drop(watched, kept)
        watched.wait("!document.getElementById('status').classList.contains('bad')")
        assert answer(watched) == found
