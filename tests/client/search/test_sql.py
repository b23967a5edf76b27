"""The SQL console in real browsers: statements it runs, rejects or asks about, and recovery afterwards."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ...browser import ROOT, Browser
from ...conftest import Made, serving
from ..results.test_downloads import saved
from .test_search_pages import FOUND, STATUS, cells, follow

pytestmark = pytest.mark.browser

DONE = f"/ rows? in |^Nothing|^Cancelled|no longer/.test({STATUS}) && {STATUS}"
ERROR = "document.getElementById('sql-error').textContent"


class Console:
    """An open sql.html, asked many times: the same one for all tests that read one release."""

    def __init__(self, browser: Browser, address: str, *, fresh: bool = False) -> None:
        self.browser = browser
        if fresh:
            browser.open(f"{address}sql.html")
        else:
            follow(browser, address, "sql.html", {})

    def start(self, sql: str) -> None:
        self.browser.evaluate(
            f"""(() => {{ document.getElementById("status").textContent = "";
            document.getElementById("sql-source").value = {json.dumps(sql)};
            document.getElementById("sql-form").requestSubmit(); }})()"""
        )

    def status(self, sql: str) -> str:
        self.start(sql)
        return str(self.browser.wait(DONE))

    def focus(self) -> None:
        """Go to the editor, which loads it."""
        place = "document.querySelector('.cm-content') ?? document.getElementById('sql-source')"
        self.browser.evaluate(f"({place}).focus()")
        self.browser.wait("!!document.activeElement?.classList.contains('cm-content')")

    def rows(self, sql: str) -> list[dict[str, str]]:
        status = self.status(sql)
        assert FOUND.match(status), f"{sql}: {status} {self.error}"
        return cells(self.browser)

    @property
    def error(self) -> str:
        return str(self.browser.evaluate(ERROR))

    def value(self, sql: str) -> str:
        return next(iter(self.rows(sql)[0].values()))


@pytest.fixture
def console(browser: Browser, made: Made) -> Console:
    return Console(browser, made.moved.as_uri() + "/")


def test_every_example_runs(console: Console, made: Made) -> None:
    """Those of the page, of the portal's documents and of the project's."""
    examples = json.loads(
        console.browser.evaluate(
            "JSON.stringify([...document.querySelectorAll('[data-sql]')]"
            ".map((e) => [e.dataset.catalogue, e.dataset.sql]))"
        )
    )
    assert {catalogue for catalogue, _ in examples} >= {"sim", "odd", "plain"}
    statements = [sql for _, sql in examples]
    files = [*(ROOT / "content").glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    known = {"sim", *(p.name for p in (made.moved / "data").iterdir())}
    for file in files:
        for block in re.findall(r"```sql\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL):
            # The tests' portal has a simulated catalogue where the documents speak of the real one.
            names = set(re.findall(r"\b(?:FROM|JOIN) (?:near(?:est)?\()?(\w+)", block))
            text = re.sub(r"\blrs\b", "sim", block)
            outside = re.search(r"\b(?:FROM|JOIN) '", block)  # for DuckDB outside of the page
            if not outside and ("lrs" in names or names <= known):
                statements.append(text)
    assert len(statements) >= 13
    outcome = console.status(";\n".join(sql.strip().rstrip(";") for sql in statements))
    assert FOUND.match(outcome), console.error
    said = json.loads(
        console.browser.evaluate(
            "JSON.stringify([...document.querySelectorAll('#sql-outcomes .hint')].map((e) => e.textContent))"
        )
    )
    assert len(said) == len(statements)
    assert not [
        one for one in zip(statements, said, strict=True) if not re.match(r"[\d,]+ rows? in [\d.]+ s", one[1])
    ]


REFUSED = [
    "COPY sim TO 'x.csv'",
    "COPY (SELECT 1) TO 'http://drportal.invalid/data/x.csv'",
    "ATTACH 'x.db'",
    "INSTALL httpfs",
    "LOAD parquet",
    "PRAGMA enable_profiling",
    "SET memory_limit = '1GB'",
    "CREATE TABLE x AS SELECT 1",
    "DROP VIEW sim",
    'INSERT INTO "_drportal"."found" VALUES (1)',
    "EXPLAIN ANALYZE DROP VIEW sim",
    "/* SELECT */ DROP VIEW sim",
    "SELECT 1); DROP VIEW sim; SELECT (2",
    "SELECT $a$; DROP VIEW sim; --$b$ $a$); DROP VIEW sim; --",
    'WITH x AS (INSERT INTO "_drportal".found VALUES (1) RETURNING *) FROM x',
    "SELECT * FROM (DROP VIEW sim)",
    "FROM (COPY sim TO 'x')",
    "FROM 'http://example.org/x.parquet'",
    "FROM 'https://example.org/x.csv'",
    "FROM 'x.parquet'",
    "WITH x AS (FROM read_csv('http://example.org/x.csv')) SELECT (SELECT count(*) FROM x)",
    "FROM read_text('/etc/passwd')",
    "FROM read_blob('*')",
    "FROM glob('*')",
    "FROM sniff_csv('x.csv')",
    "FROM parquet_metadata('s3://bucket/x.parquet')",
    "FROM read_csv('http://drportal.invalid/engine')",
    "SELECT getenv('HOME')",
    "FROM enable_logging()",
    "FROM system.main.\"enable_logging\"(storage = 'file')",
    "FROM query('FROM enable_logging()')",
    "FROM query('DROP VIEW sim')",
    "SELECT (SELECT count(*) FROM query('FROM truncate_duckdb_logs()'))",
    "FROM arrow_scan(1::UBIGINT::POINTER, 2::UBIGINT::POINTER, 3::UBIGINT::POINTER)",
    "FROM copy_database('a', 'b')",
    "CALL force_checkpoint()",
]


def test_nothing_writes_or_reaches_out(console: Console, watched: Browser) -> None:
    for sql in REFUSED:
        status = console.status(sql)
        assert status.startswith("Nothing"), f"{sql}: {status}"
        assert console.error, sql
    # Semicolons in texts and comments end nothing.
    assert (
        console.value("SELECT E'\\'; DROP VIEW sim; --' /* ; DROP VIEW sim; */ AS a")
        == "'; DROP VIEW sim; --"
    )
    assert console.value("SELECT count(*) FROM sim") == "20000"
    # The engine is locked, knows no secrets, and may open the release's data alone.
    settings = "enable_external_access", "lock_configuration", "allow_unsigned_extensions"
    reported = console.rows(
        f"SELECT {', '.join(f'current_setting({s!r})::VARCHAR AS {s}' for s in settings)}"
    )
    assert list(reported[0].values()) == ["false", "true", "false"]
    assert console.rows("FROM duckdb_secrets()") == []
    assert (
        console.value("SELECT current_setting('allowed_directories')::VARCHAR").count(
            "drportal.invalid/data/"
        )
        == 1
    )


def test_macros_agree_with_astropy(console: Console) -> None:
    rng = np.random.default_rng(1)
    ra = np.r_[0, 359.9999999, 0, 180, 192.859, 12.3, rng.uniform(0, 360, 60)]
    dec = np.r_[0, 0, 90, -90, 27.128, 89.9999999, np.degrees(np.arcsin(rng.uniform(-1, 1, 60)))]
    places = SkyCoord(ra, dec, unit="deg")
    galactic = places.galactic
    near = places.directional_offset_by(
        rng.uniform(0, 360, 66) * u.deg, 10.0 ** rng.uniform(-4, 5, 66) * u.arcsec
    )
    apart = places.separation(near).arcsec
    rows = ", ".join(
        "(" + ", ".join(f"{float(v)!r}::DOUBLE" for v in row) + ")"
        for row in zip(ra, dec, galactic.l.deg, galactic.b.deg, near.ra.deg, near.dec.deg, apart, strict=True)
    )
    table = f'(VALUES {rows}) AS _(ra, "dec", l, b, ra2, dec2, apart)'
    [row] = console.rows(f"""SELECT
        max(separation(galactic(ra, "dec").l, galactic(ra, "dec").b, l, b)) AS galactic,
        max(abs(galactic_b(ra, "dec") - b)) * 3600 AS b,
        bool_and(galactic_l(ra, "dec") BETWEEN 0 AND 360) AS l,
        max(abs(separation(ra, "dec", ra2, dec2) - apart)) AS separation,
        bool_and(cone(ra2, dec2, ra, "dec", apart + 1e-6)) AS inside,
        bool_or(cone(ra2, dec2, ra, "dec", apart - 1e-6)) AS outside,
        bool_and(cone(ra2 - 360, dec2, ra + 720, "dec", apart + 1e-6)) AS turned,
        count(*) FILTER (WHERE cone(ra, "dec", 0, 90, 324000.001)) AS north,
        count(*) FILTER (WHERE cone(ra, "dec", 10, 20, 648000)) AS everywhere
        FROM {table}""")
    assert float(row["galactic"]) < 1e-6
    assert float(row["b"]) < 1e-6
    assert float(row["separation"]) < 1e-6
    assert (row["l"], row["inside"], row["outside"], row["turned"]) == ("true", "true", "false", "true")
    assert int(row["north"]) == np.sum(dec >= 0)
    assert int(row["everywhere"]) == len(ra)
    [row] = console.rows("""SELECT cone(NULL, 3, 2, 3, 4) IS NULL AS a, galactic(NULL, 1).l IS NULL AS b,
        separation(1, NULL, 2, 3) IS NULL AS c, sexagesimal(NULL, 1) IS NULL AS d,
        sexagesimal(359.99999999, -0.00001) AS e, sexagesimal(10.6847083, 41.26875) AS f,
        round(angstrom_air(5000), 4) AS g""")
    assert list(row.values())[:4] == ["true"] * 4
    assert row["e"] == "00:00:00.00 -00:00:00.0"
    assert row["f"] == "00:42:44.33 +41:16:07.5"
    assert row["g"] == "4998.6055"


@pytest.mark.slow
def test_a_cone_reads_few_tiles(browser: Browser, made: Made) -> None:
    """It finds the same as a scan, and leaves the view unchanged."""
    with serving(made.moved) as address:
        remote = Console(browser, address)
        few = remote.status("SELECT count(*) FROM sim WHERE cone(ra, dec, 40.386, 4.054, 600)")
        found = remote.value("SELECT count(*) FROM sim WHERE cone(ra, dec, 40.386, 4.054, 600)")
        everything = remote.status("SELECT * FROM sim")
        assert (
            remote.value("SELECT count(*) FROM sim WHERE separation(ra, dec, 40.386, 4.054) <= 600") == found
        )
        assert remote.value("SELECT count(*) FROM sim") == "20000"
        sizes = [read_size(text) for text in (few, everything)]
        assert 0 < sizes[0] < sizes[1] / 5
        joined = (
            "SELECT count(*) FROM sim a JOIN sim b USING (obsid) WHERE cone(a.ra, a.dec, 40.386, 4.054, 600)"
        )
        assert remote.value(joined) == found
        for ra, dec, radius in ((0.001, 0, 7200), (12, 89.9, 36000), (0, -90, 60)):
            [row] = remote.rows(
                f"""SELECT count(*) AS a, (SELECT count(*) FROM odd
                WHERE separation("RAJ2000", "DEJ2000", {ra}, {dec}) <= {radius}) AS b
                FROM odd WHERE cone("RAJ2000", "DEJ2000", {ra}, {dec}, {radius})"""
            )
            assert row["a"] == row["b"] != "0", (ra, dec)


def test_tables_are_matched_by_position(console: Console) -> None:
    """Those of catalogues and of the statement itself; columns with other names are added."""
    sim = [
        (float(r["ra"]), float(r["dec"]))
        for r in console.rows("SELECT ra, dec FROM sim WHERE dec > 9 LIMIT 400")
    ]
    text = ", ".join(f"({i}, {ra + 0.0005}, {dec - 0.0003})" for i, (ra, dec) in enumerate(sim))
    mine = f"WITH mine(n, ra, dec) AS (VALUES {text})"
    expected = console.value(
        f"{mine} SELECT count(*) FROM mine, sim WHERE separation(mine.ra, mine.dec, sim.ra, sim.dec) <= 4"
    )
    assert int(expected) >= len(sim)
    assert console.value(f"{mine} SELECT count(*) FROM near(mine, sim, 4)") == expected
    assert console.value(f"{mine} SELECT count(*) FROM nearest(mine, sim, 4)") == str(len(sim))
    other = """SELECT count(*), sum(separation) FROM near(odd, sim, 3600)"""
    by_pairs = """SELECT count(*), sum(separation("RAJ2000", "DEJ2000", ra, dec)) FROM odd, sim
        WHERE separation("RAJ2000", "DEJ2000", ra, dec) <= 3600"""
    [found], [judge] = console.rows(other), console.rows(by_pairs)
    assert [float(one) for one in found.values()] == pytest.approx(
        [float(one) for one in judge.values()], rel=1e-9
    )
    assert int(next(iter(found.values()))) > 50
    shown = "document.querySelector('#sql-translated:not([hidden]) pre')?.textContent"
    console.rows(other)
    assert 'near(odd, sim, 3600, "RAJ2000", "DEJ2000", ra, dec)' in console.browser.evaluate(shown)
    plan = "document.getElementById('sql-plan').textContent"
    assert FOUND.match(console.status("EXPLAIN SELECT count(*) FROM near(sim, sim, 2)"))
    assert "HASH_JOIN" in console.browser.evaluate(plan)
    assert console.status("FROM near(sim, sim, -2)").startswith("Nothing")
    assert "0 to 3600" in console.error


@pytest.mark.slow
def test_a_match_reads_the_tiles_near_the_other_catalogue(browser: Browser, made: Made) -> None:
    with serving(made.moved) as address:
        remote = Console(browser, address, fresh=True)
        cone = "cone(ra, dec, 40.386, 4.054, 600)"
        near = "SELECT count(obsid_1), count(snrg_1) FROM near(sim, sim_raw, 5)"
        few = remote.status(f"{near} WHERE {cone}")
        found = remote.value(f"{near} WHERE {cone}")
        assert remote.value("SELECT count(*) FROM sim") == "20000"
        inside = f"(FROM sim WHERE {cone}) a, sim_raw b WHERE separation(a.ra, a.dec, b.ra, b.dec) <= 5"
        assert remote.value(f"SELECT count(*) FROM {inside}") == found != "0"
        everything = remote.status("SELECT * FROM sim")
        assert 0 < read_size(few) < read_size(everything) / 4


def read_size(status: str) -> float:
    found = re.search(r"· ([\d.]+) (B|kB|MB) read", status)
    assert found, status
    return float(found[1]) * {"B": 1, "kB": 1e3, "MB": 1e6}[found[2]]


def test_several_statements_and_their_results(console: Console) -> None:
    browser = console.browser
    assert console.rows("SELECT 1 AS a; SELECT ';' AS b; SELECT i AS c FROM range(3) t(i);") == [
        {"c": "0"},
        {"c": "1"},
        {"c": "2"},
    ]
    browser.click("#sql-outcomes li:nth-child(2) button")
    browser.wait("!!document.querySelector('#results td[data-column=b]')")
    browser.click("#sql-outcomes li:nth-child(1) button")
    browser.wait("!!document.querySelector('#results td[data-column=a]')")
    assert browser.evaluate("document.querySelectorAll('#sql-outcomes [aria-current]').length") == 1
    # A mistake in the second leaves the first within reach, and names its line.
    assert console.status("SELECT 1 AS a;\nSELECT\n  nothing FROM sim;\nSELECT 3").startswith("Nothing")
    assert "3" in console.error
    browser.click("#sql-outcomes li:nth-child(1) button")
    browser.wait("!!document.querySelector('#results td[data-column=a]')")
    # At the cursor, and all.
    console.focus()
    console.browser.evaluate(
        """(() => { const s = document.getElementById("sql-source"); s.value = "SELECT 1 AS x; SELECT 2 AS y";
        s.dispatchEvent(new Event("input")); document.querySelector(".cm-content").focus(); })()"""
    )
    browser.press("Control+End")
    browser.press("Control+Enter")
    browser.wait("!!document.querySelector('#results td[data-column=y]')")
    assert "SELECT%202%20AS%20y" in browser.address and "SELECT%201" not in browser.address
    browser.press("Control+Home")
    browser.press("Control+Enter")
    browser.wait("!!document.querySelector('#results td[data-column=x]')")
    browser.press("Control+Shift+Enter")
    browser.wait(
        "document.querySelectorAll('#sql-outcomes li').length === 2"
        " && !!document.querySelector('#results td[data-column=y]')"
    )


def test_history_completion_and_help_with_mistakes(console: Console) -> None:
    browser = console.browser
    console.rows("SELECT 4711 AS remembered")
    browser.evaluate("document.getElementById('run').focus()")
    browser.press("Enter")
    browser.wait("document.activeElement.id === 'results-title'")
    browser.click("#sql-history")
    browser.wait("document.querySelector('#history-dialog[open] li code')?.textContent.includes('4711')")
    console.browser.evaluate("document.querySelector('#history-dialog li button').click()")
    assert "4711" in browser.evaluate("document.getElementById('sql-source').value")
    browser.click("#sql-history")
    browser.click("#history-dialog [data-clear]")
    assert browser.evaluate("document.querySelectorAll('#history-dialog li').length") == 0
    browser.press("Escape")
    assert console.status("SELECT\n  snrgg FROM sim").startswith("Nothing")
    browser.wait("document.querySelector('.cm-wrong-word')?.textContent === 'snrgg'")
    console.browser.evaluate("document.querySelector('#sql-error button').click()")
    assert browser.evaluate("document.getElementById('sql-source').value") == "SELECT\n  snrg FROM sim"
    console.focus()
    # Catalogue, column, column behind an alias, function.
    for written, last, label in (
        ("SELECT 1 FROM s", "i", "sim"),
        ("FROM sim SELECT sn", "r", "snrg"),
        ("FROM sim a JOIN odd b ON a.sn", "r", "snrg"),
        ("SELECT co", "n", "cone"),
    ):
        browser.evaluate(
            f"""(() => {{ const s = document.getElementById("sql-source"); s.value = {json.dumps(written)};
            s.dispatchEvent(new Event("input")); document.querySelector(".cm-content").focus(); }})()"""
        )
        browser.press("Control+End")
        browser.type(last)
        browser.wait(
            "[...document.querySelectorAll('.cm-tooltip-autocomplete .cm-completionLabel')]"
            f".some((e) => e.textContent === {json.dumps(label)})",
            10,
        )
        browser.press("Escape")


TYPED = "document.getElementById('sql-source').value"


@pytest.mark.slow
def test_typing_breaks_no_rule_of_the_page(console: Console) -> None:
    """Chromium joins overwritten lines with styled elements, which the page's policy forbids."""
    browser = console.browser
    console.status("SELECT 1 AS x")
    browser.evaluate(
        """broken = [];
        addEventListener("securitypolicyviolation", (e) => broken.push(e.violatedDirective)); 0"""
    )
    console.focus()
    browser.press("Control+a")
    browser.type("SELECT 'a' AS x,")
    for line in ("snr", "FROM sim -- (c", "WHERE 'a' = 12"):
        browser.press("Enter")
        browser.type(line)
        browser.press("Escape")
    three = browser.evaluate(TYPED)
    assert three.count("\n") == 3
    # Over one word, several lines, and everything.
    for keys in (["Home", *["Shift+ArrowRight"] * 3], ["Control+Home", "Shift+ArrowDown"], ["Control+a"]):
        for erase in ("X", "(", "Delete", "Control+Backspace", "Enter"):
            for key in keys:
                browser.press(key)
            before = browser.evaluate(TYPED)
            browser.type(erase) if len(erase) == 1 else browser.press(erase)
            browser.wait(f"{TYPED} !== {json.dumps(before)}")
            browser.press("Escape")
            browser.press("Control+z")
            browser.wait(f"{TYPED} === {json.dumps(before)}")
    browser.press("Control+a")
    browser.evaluate("document.execCommand('delete'); 0")  # as a menu does it
    browser.wait(f"{TYPED} === ''")
    browser.press("Control+z")
    browser.wait(f"{TYPED} === {json.dumps(three)}")
    browser.evaluate(
        """(() => { const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", '<b style="color: red">SELECT 5 AS pasted</b>');
        clipboardData.setData("text/plain", "SELECT 5\\nAS pasted");
        const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
        getSelection().selectAllChildren(document.querySelector(".cm-content"));
        document.querySelector(".cm-content").dispatchEvent(paste); })()"""
    )
    browser.press("Control+a")
    browser.press("Control+f")
    browser.press("Escape")
    # Brackets are closed and words completed over a selection as well.
    browser.press("Control+a")
    browser.type("(")
    assert browser.evaluate(TYPED).startswith("(")
    browser.press("Control+a")
    browser.type("co")
    browser.wait("!!document.querySelector('.cm-tooltip-autocomplete')", 10)
    for key in ("ArrowDown", "ArrowUp", "Enter"):
        browser.press(key)
    browser.press("Control+a")
    browser.type("SELECT\n7 AS x")
    browser.press("Escape")
    browser.press("Control+Enter")
    browser.wait("document.querySelector('#results td[data-column=x]')?.textContent === '7'")
    assert browser.evaluate("broken") == []


def test_describe_show_summarize_explain(console: Console) -> None:
    assert {row["column_name"] for row in console.rows("DESCRIBE plain")} == {"plate", "n"}
    assert {"sim", "odd", "plain"} <= {row["name"] for row in console.rows("SHOW TABLES")}
    assert [row["min"] for row in console.rows("SUMMARIZE plain")] == ["P000", "0"]
    console.rows("EXPLAIN SELECT n FROM plain WHERE n > 3")
    plan = console.browser.evaluate("document.getElementById('sql-plan').textContent")
    assert "READ_PARQUET" in plan and "\n" in plan
    console.rows("EXPLAIN ANALYZE FROM plain")
    console.rows("SELECT 1")
    assert console.browser.evaluate("document.getElementById('sql-plan').hidden")


def test_values_of_every_type(console: Console) -> None:
    words = "ENUM('it''s', 'a, b')"
    sql = f"SELECT 'it''s'::{words} AS e, ['a, b'::{words}] AS l, {{'x y': 'a, b'::{words}}} AS s, 1 AS n"
    assert console.rows(sql) == [{"e": "it's", "l": '["a, b"]', "s": '{"x y":"a, b"}', "n": "1"}]
    rows = console.rows("FROM test_all_types()")
    assert [row["bool"] for row in rows] == ["false", "true", ""]
    assert [row["medium_enum"] for row in rows] == ["enum_0", "enum_299", ""]


def test_asks_before_much_is_read(browser: Browser, made: Made) -> None:
    """A page set to ask from 100 kB on: the question waits, Enter reads, Escape does not."""
    page = made.moved / "ask.html"
    text = (made.moved / "sql.html").read_text(encoding="utf-8")
    page.write_text(re.sub(r'("catalogues":)', r'"ask":100000,\1', text, count=1), encoding="utf-8")
    try:
        sql = urlencode({"sql": "SELECT avg(snrg), avg(teff) FROM (SELECT *, snrr AS teff FROM sim)"})
        browser.open(f"{made.moved.as_uri()}/ask.html?{sql}")
        browser.wait("!!document.querySelector('#ask[open]')")
        assert re.search(r"[\d.]+ [kM]B", browser.evaluate("document.querySelector('#ask h2').textContent"))
        browser.press("Escape")
        browser.wait(f"{STATUS} === 'Cancelled.'")
        browser.click("#run")
        browser.wait("!!document.querySelector('#ask[open]')")
        browser.press("Enter")
        assert FOUND.match(browser.wait(DONE))
        # Nothing more to read: nothing to ask.
        browser.click("#run")
        browser.wait(f"/ 0 B read/.test({STATUS})")
    finally:
        page.unlink()


# The last worker, and the statements that it was given.
WATCH_WORKER = """(() => { const Plain = Worker; globalThis.given = [];
  Worker = class extends Plain {
    constructor(...a) { super(...a); globalThis.last = this; }
    postMessage(message, ...rest) {
      if (Array.isArray(message.data)) given.push(...message.data.filter((one) => typeof one === "string"));
      super.postMessage(message, ...rest);
    }
  }; })()"""
# Not its plan: between that and the statement a worker may end, and nobody needs it.
RUNS = "given.some((sql) => sql.includes(%s) && !sql.startsWith('EXPLAIN'))"
LONG_JOIN = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7"
LONG_READING = LONG_JOIN.replace("FROM", "FROM sim,").replace("= 7", "= obsid - 7")


def begun(console: Console, sql: str, runs: str = "") -> None:
    """Start a statement, and wait until the worker has it: this time, not an earlier one."""
    console.browser.evaluate("given.length = 0")
    console.start(sql)
    console.browser.wait(runs or RUNS % json.dumps(sql))


def cancelled(console: Console, sql: str, runs: str = "") -> None:
    """A statement is cancelled once it runs; the next one is answered."""
    begun(console, sql, runs)
    console.browser.evaluate("document.getElementById('cancel').click()")
    console.browser.wait(f"{STATUS} === 'Cancelled.'")
    assert console.value("SELECT 40 + 2") == "42"


@pytest.mark.slow
def test_one_long_step_is_cancelled_and_what_needs_too_much_memory_is_refused(
    browser: Browser, made: Made
) -> None:
    console = Console(browser, made.moved.as_uri() + "/", fresh=True)
    browser.evaluate(WATCH_WORKER)
    cancelled(
        console,
        "SELECT list_sum(list_transform(range(20000000), x -> sin(x) + cos(x) + tan(x) + exp(sin(x))))",
    )
    status = console.status("SELECT range(600000000)")
    assert status.startswith("Nothing") and "\n" not in status
    assert console.value("SELECT 40 + 2") == "42"


@pytest.mark.slow
def test_a_sort_of_many_rows_is_cancelled(browser: Browser, made: Made) -> None:
    console = Console(browser, made.moved.as_uri() + "/", fresh=True)
    browser.evaluate(WATCH_WORKER)
    cancelled(console, "SELECT i FROM range(30000000) t(i) ORDER BY hash(i)")


def test_cancelled_or_killed_it_goes_on(browser: Browser, made: Made) -> None:
    """While the engine starts, in a join, and when its worker ends."""
    console = Console(browser, made.moved.as_uri() + "/", fresh=True)
    browser.evaluate(WATCH_WORKER)
    cancelled(console, LONG_READING, "!document.getElementById('cancel').disabled")
    cancelled(console, LONG_JOIN)
    begun(console, LONG_JOIN)
    browser.evaluate("last.terminate()")
    assert "restarted" in browser.wait(DONE)
    assert console.value("SELECT count(*) FROM plain") == "300"


# What a value is, and what the page shows of it: DuckDB's own text, but for dates and times, blobs and lists,
# which stand as in every other table of the site.
TYPES = {
    "interval '2 years 3 months 4 days 5 hours'": "",
    "to_days(5)": "",
    "TIMESTAMP '2024-03-01' - TIMESTAMP '2023-12-31 23:59:59.5'": "",
    "'101'::BIT": "",
    "'12:34:56.5+05:30'::TIMETZ": "",
    "340282366920938463463374607431768211455::UHUGEINT": "",
    "'-170141183460469231731687303715884105728'::HUGEINT": "",
    "170141183460469231731687303715884105727::HUGEINT": "",
    "(-128)::TINYINT": "",
    "18446744073709551615::UBIGINT": "",
    "(-0.05)::DECIMAL(4,2)": "",
    "99999999999999999999999999999999999.999::DECIMAL(38,3)": "",
    "'00000000-0000-0000-0000-0000000000ff'::UUID": "",
    "'b'::ENUM('a', 'b')": "",
    "TIME '12:34:56.789'": "",
    "DATE '2024-02-29'": "",
    "true": "",
    "union_value(a := interval 1 day)": "",
    "TIMESTAMP_S '2024-02-29 01:02:03'": "2024-02-29T01:02:03",
    "TIMESTAMP_NS '2024-02-29 01:02:03.123456789'": "2024-02-29T01:02:03.123456789",
    "TIMESTAMPTZ '2024-02-29 01:02:03+01'": "2024-02-29T00:02:03Z",
    "'\\xAA\\x01'::BLOB": "aa01",
    "[interval 1 day, NULL]": '["1 day",null]',
    "['10'::BIT]::BIT[1]": '["10"]',
    "{'a': interval 1 month, 'b': [1, 2]}": '{"a":"1 month","b":[1,2]}',
    "interval '-1 month' - interval '0.000001 seconds'": "",
    "1234567890123456789012345678.0123456789::DECIMAL(38,10)": "",
    "'-123456789012345678901234567890123456789012345678901234567890'::BIGNUM": "",
    "TIME_NS '12:34:56.123456789'": "",
    "TIMESTAMP_MS '2024-02-29 01:02:03.004'": "2024-02-29T01:02:03.004",
    "0.1::FLOAT": "",
    "sum(123456789012345678)": "",
    "MAP {interval 1 day: ['1'::BIT]}": '[{"key":"1 day","value":["1"]}]',
    "{'w': union_value(b := '01'::BIT)}": '{"w":"01"}',
    "[170141183460469231731687303715884105727::HUGEINT]": '["170141183460469231731687303715884105727"]',
}


def test_a_value_of_every_type_is_shown(console: Console) -> None:
    sql = ", ".join(f"{value} AS v{i}, CAST({value} AS VARCHAR) AS t{i}" for i, value in enumerate(TYPES))
    (row,) = console.rows(f"SELECT {sql}")
    for i, (value, shown) in enumerate(TYPES.items()):
        assert row[f"v{i}"] == (shown or row[f"t{i}"]), value
    nulls = ", ".join(f"CASE WHEN false THEN {value} END AS v{i}" for i, value in enumerate(TYPES))
    (row,) = console.rows(f"SELECT {nulls}")
    assert set(row.values()) == {""}


def test_every_export_contains_a_value_of_every_type(console: Console, tmp_path: Path) -> None:
    """Each file has the value of the table, or one that DuckDB itself reads as the same."""
    names = [f"v{i}" for i in range(len(TYPES))]
    own = ", ".join(f"{value} AS v{i}" for i, value in enumerate(TYPES))
    texts = ", ".join(f"CAST(v{i} AS VARCHAR) AS t{i}" for i in range(len(TYPES)))
    nothing = ", ".join(["NULL"] * len(TYPES))
    two = f"WITH one AS (SELECT {own}), two AS (FROM one UNION ALL SELECT {nothing})"
    browser = console.browser
    assert FOUND.match(console.status(f"{two} SELECT *, {texts} FROM two"))
    rows = list(csv.DictReader(io.StringIO(saved(browser, "csv").decode("utf-8-sig"), newline="")))
    own_texts = {f"v{i}": rows[0][f"t{i}"] for i in range(len(TYPES))}
    shown = {f"v{i}": shown or rows[0][f"t{i}"] for i, shown in enumerate(TYPES.values())}
    assert {name: rows[0][name] for name in names} == shown
    assert {rows[1][name] for name in names} == {""}
    rows = json.loads(saved(browser, "json"), parse_float=str, parse_int=str)["rows"]
    for name in names:
        assert same(rows[0][name], shown[name]), name
        assert rows[1][name] is None, name
    for kind in ("votable", "votable-text", "fits"):
        (tmp_path / kind).write_bytes(saved(browser, kind))
        table = Table.read(tmp_path / kind, format=kind.partition("-")[0])
        for name in names:
            value = table[name][0]
            assert same(value.item() if isinstance(value, np.generic) else value, shown[name]), (kind, name)
    (tmp_path / "x.parquet").write_bytes(saved(browser, "parquet"))
    read = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    first, second = duckdb.sql(f"SET TimeZone = 'UTC'; SELECT {read} FROM '{tmp_path}/x.parquet'").fetchall()
    assert dict(zip(names, first, strict=True)) == own_texts
    assert set(second) == {None}


def same(value: object, text: str) -> bool:
    """Whether a file's value is what the table shows as this text."""
    if isinstance(value, float):
        return float(np.float32(value)) == float(np.float32(text))
    if isinstance(value, bool):
        return str(value).lower() == text
    if isinstance(value, list | dict):
        return value == json.loads(text, parse_float=str, parse_int=str)
    return str(value) == text


def test_intervals_are_sorted_by_value(console: Console) -> None:
    """The same for other types shown as text: sorted by the head, and in saved files."""
    browser = console.browser
    values = {
        "i": ["interval '9 days'", "interval '10 days'", "interval '1 month'", "NULL"],
        "b": ["'001'::BIT", "'010'::BIT", "'101'::BIT", "NULL"],
        "u": ["9::UHUGEINT", "10::UHUGEINT", "340282366920938463463374607431768211455::UHUGEINT", "NULL"],
        "e": [f"'{word}'::ENUM('z', 'a', 'm')" for word in "zam"] + ["NULL"],
        "l": ["[interval '9 days']", "[interval '10 days']", "[interval '1 month']", "NULL"],
    }
    rows = ", ".join(f"({', '.join(row)}, {n})" for n, row in enumerate(zip(*values.values(), strict=True)))
    console.rows(f"SELECT * FROM (VALUES {rows}) AS _({', '.join(values)}, n) ORDER BY hash(n)")
    column = "[...document.querySelectorAll('#results td[data-column=n]')].map((e) => e.textContent).join('')"
    for name in values:
        head = f"#results th[data-column={name}] .sort"
        for expected in ("0123", "2103"):
            browser.click(head)
            browser.wait(f"{column} === '{expected}'", 20)
    read = list(csv.DictReader(io.StringIO(saved(browser, "csv").decode("utf-8-sig"), newline="")))
    assert [row["n"] for row in read] == list("2103")
