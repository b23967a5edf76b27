"""Questions that the statistics answer: no byte of the rows is read, and the answers are DuckDB's."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from ...browser import Browser
from ...conftest import Made
from .test_search_pages import FOUND, STATUS
from .test_sql import Console

pytestmark = pytest.mark.browser

# Chromium lists no files that a page from disk has loaded.
WATCH = """(() => {
  globalThis.scripts = [];
  new MutationObserver((all) => scripts.push(...all.flatMap(({ addedNodes }) => [...addedNodes])
    .flatMap(({ src }) => src ?? []))).observe(document, { childList: true, subtree: true });
})()"""
READ = """JSON.stringify([...performance.getEntriesByType("resource").map(({ name }) => name), ...scripts]
    .filter((name) => /\\/data\\//.test(name) && !/catalogue\\.js/.test(name)))"""
KNOWN = {
    "sim": [
        "SELECT count(*) FROM sim",
        "SELECT min(snrg), max(snrg), count(snrg) FROM sim",
        "SELECT count(z) AS n, max(z), min(subclass), count(subclass), max(mag_ps_g) FROM sim",
        'SELECT max("gp_id") AS "greatest id", min(gp_id), min(obsdate), count() FROM sim',
    ],
    "odd": ['FROM odd SELECT max("Id"), max("RAJ2000"), min(flag), count("select"), max(f32), min("class")'],
}
RUN = [
    'SELECT min("select") FROM odd',
    "SELECT count(*) FROM odd WHERE f32 > 0",
    "SELECT count(DISTINCT f32) FROM odd",
    "SELECT max(f32) + 1 FROM odd",
]


def native(folder: Path, catalogue: str) -> duckdb.DuckDBPyConnection:
    """A database in which a catalogue is as SQL has it in pages: its missing values are NULL."""
    database = duckdb.connect()
    about = json.loads((folder / "data" / catalogue / "catalogue.json").read_bytes())
    files = [str(folder / "data" / catalogue / p["path"]) for p in about["partitions"]]
    values = [
        f"CASE WHEN {name} NOT IN ({', '.join(map(repr, marked))}) THEN {name} END AS {name}"
        for name, marked in ((f'"{c["name"]}"', c["marked"]) for c in about["columns"])
        if marked
    ]
    replaced = f" REPLACE ({', '.join(values)})" if values else ""
    scan = f"read_parquet({files!r}, hive_partitioning = false)"
    database.execute(f"CREATE VIEW {catalogue} AS SELECT *{replaced} FROM {scan}")
    return database


def test_statistics_answer_without_rows(browser: Browser, base: str, made: Made) -> None:
    console = Console(browser, base, fresh=True)
    browser.evaluate(WATCH)
    for catalogue, statements in KNOWN.items():
        database = native(made.moved, catalogue)
        for sql in statements:
            [row] = console.rows(sql)
            assert "no rows were read" in browser.evaluate(STATUS), sql
            found = database.execute(f"SELECT COLUMNS(*)::VARCHAR FROM ({sql})")
            names = [name for name, *_ in found.description]
            expected = [str(value) for value in found.fetchone() or ()]
            shown = [text.removesuffix(".0") for text in expected]
            assert list(row) == names
            assert [text.replace(",", "").removesuffix(".0") for text in row.values()] == shown, sql
    assert json.loads(browser.evaluate(READ)) == []
    assert FOUND.match(console.status(RUN[0]))
    assert json.loads(browser.evaluate(READ))
    for sql in RUN:
        console.rows(sql)
        assert "no rows were read" not in browser.evaluate(STATUS), sql
