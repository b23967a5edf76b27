"""Every type of DuckDB on sql.html and in saved files: shown, sorted and exported by value."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ..results.test_downloads import escaped, saved
from .test_sql import Console

pytestmark = pytest.mark.browser

WHOLE = {name: bits for bits, name in ((8, "TINY"), (16, "SMALL"), (32, ""), (64, "BIG"), (128, "HUGE"))}
NUMBERS = {
    f"{name}INT" if name else "INTEGER": (-(2 ** (b - 1)), 2 ** (b - 1) - 1) for name, b in WHOLE.items()
}
NUMBERS |= {f"U{name}INT" if name else "UINTEGER": (0, 2**b - 1) for name, b in WHOLE.items()}

KINDS: dict[str, list[str]] = {
    **{kind: [f"'{low}'", "'9'", "'10'", f"'{high}'"] for kind, (low, high) in NUMBERS.items()},
    "BOOLEAN": ["'false'", "'true'"],
    "FLOAT": ["'-inf'", "'-20'", "'0.1'", "'9'", "'10'", "'inf'"],
    "DOUBLE": ["'-inf'", "'-20'", "'0.1'", "'9'", "'10'", "'inf'"],
    "DECIMAL": ["'-20.5'", "'-0.05'", "'9'", "'10'"],
    "BIGNUM": ["'-1" + "0" * 50 + "'", "'9'", "'10'", "'1" + "0" * 50 + "'"],
    "VARCHAR": ["''", "'10'", "'9'", "'a, b\n\"光谱\"'"],
    "BLOB": ["''::BLOB", "'\\x00\\xFF'::BLOB", "'9'::BLOB"],
    "BIT": ["'0001'", "'0101'", "'1000'"],
    "UUID": ["'00000000-0000-0000-0000-0000000000ff'", "'f0000000-0000-0000-0000-000000000000'"],
    "DATE": ["'-infinity'", "'0044-03-15 (BC)'", "'2024-02-29'", "'12024-02-29'", "'infinity'"],
    "TIME": ["'00:00:00'", "'09:34:56.5'", "'24:00:00'"],
    "TIME_NS": ["'00:00:00'", "'09:34:56.123456789'"],
    "TIME WITH TIME ZONE": ["'10:00:00+02'", "'09:00:00+00'", "'23:00:00.5-05:30'"],
    "TIMESTAMP": ["'-infinity'", "'1969-12-31 23:59:59.999999'", "'12024-01-01 00:00:00'", "'infinity'"],
    "TIMESTAMP_S": ["'-infinity'", "'1969-12-31 23:59:59'", "'2024-02-29 01:02:03'", "'infinity'"],
    "TIMESTAMP_MS": ["'-infinity'", "'1969-12-31 23:59:59.999'", "'2024-02-29 01:02:03'", "'infinity'"],
    "TIMESTAMP_NS": ["'-infinity'", "'1969-12-31 23:59:59.123456789'", "'2024-02-29 01:02:03'", "'infinity'"],
    "TIMESTAMP WITH TIME ZONE": ["'-infinity'", "'2024-02-29 01:02:03.5+01'", "'infinity'"],
    "INTERVAL": ["'-1 month'", "'9 days'", "'10 days'", "'2 years 3 months 4 days 5 hours'"],
    "ENUM": ["'z, y'", "'a'", "'it''s'"],
    "UNION": ["union_value(num := 9)", "union_value(num := 10)", "'word'"],
    "VARIANT": ["9", "10", "100"],
    "GEOMETRY": ["'POINT (1 2)'", "'LINESTRING (1 2, 3 4)'"],
    "LIST": ["[]", "[9, NULL]", "[10]"],
    "ARRAY": ["[9, NULL]", "[10, 1]"],
    "STRUCT": ["{'x y': 9, 'b': NULL}", "{'x y': 10, 'b': INTERVAL 1 DAY}"],
    "MAP": ["MAP {}", "MAP {'j': NULL}", "MAP {'k': 9, 'l': 10}"],
    "TYPE": ["get_type(1)", "get_type('a')"],
    "NULL": [],
}
"""By name in duckdb_types(): values from the lowest to the highest."""
WRITTEN = {
    "DECIMAL": "DECIMAL(38,3)",
    "ENUM": "ENUM('z, y', 'a', 'it''s')",
    "UNION": "UNION(num INTEGER, str VARCHAR)",
    "LIST": "INTEGER[]",
    "ARRAY": "INTEGER[2]",
    "STRUCT": 'STRUCT("x y" INTEGER, b INTERVAL)',
    "MAP": "MAP(VARCHAR, INTEGER)",
    "NULL": '"NULL"',
}
NESTED = {
    "LIST": ["[]", "[9,null]", "[10]"],
    "ARRAY": ["[9,null]", "[10,1]"],
    "STRUCT": ['{"x y":9,"b":null}', '{"x y":10,"b":"1 day"}'],
    "MAP": ["[]", '[{"key":"j","value":null}]', '[{"key":"k","value":9},{"key":"l","value":10}]'],
}
UNORDERED = {"TYPE", "GEOMETRY"}
"""DuckDB has an order of these, but no reader has."""
ROWS = 7
"""The last of which are NULL; of the values the higher stand before the lower."""
NAMES = {kind: f"c{i}" for i, kind in enumerate(KINDS)}


def columns() -> str:
    """SQL of a row for each place of value, `n`, with a column of each type, highest values first."""
    rows = []
    for n in range(ROWS):
        cells = [f"{n} AS n"]
        for kind, name in NAMES.items():
            values = KINDS[kind]
            value = values[len(values) - 1 - n] if n < len(values) else "NULL"
            cells.append(
                f"{value} AS {name}" if kind == "TYPE" else f"{value}::{WRITTEN.get(kind, kind)} AS {name}"
            )
        rows.append("SELECT " + ", ".join(cells))
    return "WITH every AS (" + " UNION ALL ".join(rows) + ") "


def shown(kind: str, place: int, text: str) -> str:
    """The text of a cell for a value that DuckDB writes so."""
    if kind in NESTED:
        return NESTED[kind][place]
    if kind == "BLOB":
        return ["", "00ff", "39"][place]
    if kind == "DATE" and text not in ("infinity", "-infinity"):
        return ["-000043-03-15", "2024-02-29", "+012024-02-29"][place - 1]
    if kind.startswith("TIMESTAMP"):
        text = re.sub(r"\+00$", "Z", text.replace(" ", "T"))
        return f"+0{text}" if text.startswith("12024") else text
    if kind in ("FLOAT", "DOUBLE"):
        return re.sub(r"\.0$", "", text).replace("inf", "Infinity")
    return text


@pytest.fixture
def console(browser: Browser, made: Made) -> Console:
    return Console(browser, made.moved.as_uri() + "/")


def test_the_engine_has_no_other_types(console: Console) -> None:
    """A new type of a new engine must be looked at: how it comes out of Arrow, and how it is shown."""
    rows = console.rows("SELECT DISTINCT logical_type AS t FROM duckdb_types()")
    assert {row["t"] for row in rows} == set(KINDS)


def test_every_type_is_shown_and_sorted_by_value(console: Console) -> None:
    asked = ", ".join(f"{c}, {c}::VARCHAR AS t{c}" for c in NAMES.values())
    found = console.rows(f"{columns()} SELECT n, {asked} FROM every ORDER BY n")
    for kind, name in NAMES.items():
        values = KINDS[kind]
        texts = [shown(kind, len(values) - 1 - n, found[n][f"t{name}"]) for n in range(len(values))]
        assert [row[name] for row in found] == texts + [""] * (ROWS - len(values)), kind
    browser = console.browser
    cells = (
        "[...document.querySelectorAll('#results tbody td[data-column=n]')].map((c) => c.textContent).join()"
    )
    for kind, name in NAMES.items():
        count = len(KINDS[kind])
        nulls = [str(n) for n in range(count, ROWS)]
        rising = [str(n) for n in reversed(range(count))]
        for order in (rising, rising[::-1]):
            browser.evaluate(f"document.querySelector('#results th[data-column={name}] .sort').click()")
            if kind not in UNORDERED and count:
                browser.wait(f"{cells} === {json.dumps(','.join(order + nulls))}", 10)


def test_nulls_and_values_within_others(console: Console) -> None:
    """A list, a structure and a map of each type show the same as the type alone."""
    kinds = [k for k in KINDS if k not in NESTED and KINDS[k]]
    asked = ", ".join(
        f"{c}, [{c}, NULL] AS l{c}, {{'a': {c}, 'b': NULL}} AS s{c}, MAP {{'k': [{c}]}} AS m{c}"
        for c in (NAMES[k] for k in kinds)
    )
    found = console.rows(f"{columns()} SELECT n, {asked} FROM every ORDER BY n")

    def plain(value: Any) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    for kind in kinds:
        name = NAMES[kind]
        for row in found:
            one, other = json.loads(row[f"l{name}"], parse_int=str, parse_float=str)
            made = json.loads(row[f"s{name}"], parse_int=str, parse_float=str)
            (entry,) = json.loads(row[f"m{name}"], parse_int=str, parse_float=str)
            assert (other, made["b"], entry["key"]) == (None, None, "k"), kind
            assert {plain(one), plain(made["a"]), plain(entry["value"][0])} == {row[name]}, kind


@pytest.mark.parametrize("format", ["csv", "json", "votable", "fits"])
def test_every_type_is_saved_as_it_is_shown(console: Console, format: str, tmp_path: Path) -> None:
    kinds = [k for k in KINDS if KINDS[k]]
    cells = console.rows(f"{columns()} SELECT {', '.join(NAMES[k] for k in kinds)} FROM every ORDER BY n")
    file = tmp_path / f"t.{format}"
    file.write_bytes(saved(console.browser, format))
    for kind in kinds:
        its = [row[NAMES[kind]] for row in cells]
        found = [written(v) for v in read(format, file, NAMES[kind])]
        assert found == ([escaped(text) for text in its] if format == "fits" else its), kind


def test_every_type_in_parquet(console: Console, tmp_path: Path) -> None:
    """DuckDB writes a saved value as it wrote it on the page."""
    kinds = [k for k in KINDS if KINDS[k]]
    asked = ", ".join(f"{c}, {c}::VARCHAR AS t{c}" for c in (NAMES[k] for k in kinds))
    console.rows(f"{columns()} SELECT {asked} FROM every ORDER BY n")
    file = tmp_path / "t.parquet"
    file.write_bytes(saved(console.browser, "parquet"))
    for kind in kinds:
        name = NAMES[kind]
        found = duckdb.sql(f"SELECT {name}::VARCHAR, t{name} FROM '{file}'").fetchall()
        assert [a for a, _ in found] == [b for _, b in found], kind


def read(format: str, file: Path, name: str) -> list[Any]:
    """A column of a saved file."""
    if format == "csv":
        with file.open(newline="", encoding="utf-8-sig") as stream:
            return [row[name] for row in csv.DictReader(stream)]
    if format == "json":
        return [row[name] for row in json.loads(file.read_bytes(), parse_float=str)["rows"]]
    if format == "fits":
        with fits.open(file, logical_as_bytes=True) as hdus:
            column = hdus[1].columns[name]
            if column.format == "L":
                return [{b"T": True, b"F": False}.get(v) for v in hdus[1].data[name]]
    return list(Table.read(file, format=format)[name])


def written(value: Any) -> str:
    """A value as in the page's cells."""
    if value is None or value is np.ma.masked or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, float | np.floating):
        return re.sub(r"\.0$", "", str(value)).replace("inf", "Infinity")
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value)
