"""Values that a survey writes for "missing": NULL in free SQL, available as stored, in recipes too."""

from __future__ import annotations

import io
import json
import math
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table

from drportal.ingest.values.fields import Field
from drportal.ingest.values.missing import in_type, missing_by_column
from drportal.ingest.values.sql_text import present
from drportal.pages.queries import stored_view

from ...browser import Browser
from ...commands import drportal
from ...conftest import Made, once, serving
from ...ways import few
from ..search.test_search_pages import cells, search
from ..search.test_sql import Console, read_size
from .test_downloads import saved
from .test_elsewhere import page_rows, rows_of, run_python, same_rows, taken

DECLARED: dict[str, list[int | float | str]] = {
    "*": [-9999, 99.9, "Non", "1900-01-01"],
    "kept": [],
}
ROWS: dict[str, tuple[pa.DataType, list[Any], list[Any]]] = {
    # type, what is stored, what it means
    "f32": (pa.float32(), [-9999, 99.9, 0.5, None], [None, None, 0.5, None]),
    "f64": (pa.float64(), [-9999, 99.9, 99.90000152587890625, 1], [None, None, 99.90000152587890625, 1]),
    "i16": (pa.int16(), [-9999, 5, 6, None], [None, 5, 6, None]),
    "i64": (pa.int64(), [-9999, 2**53 + 1, -(2**63), 7], [None, 2**53 + 1, -(2**63), 7]),
    "u64": (pa.uint64(), [2**53 + 1, 0, 1, None], [2**53 + 1, 0, 1, None]),
    "price": (
        pa.decimal128(9, 2),
        [Decimal("-9999.00"), Decimal("99.90"), Decimal("0.10"), None],
        [None, None, Decimal("0.10"), None],
    ),
    "words": (pa.string(), ["Non", "non", "-9999", None], [None, "non", "-9999", None]),
    "day": (
        pa.date32(),
        [date(1900, 1, 1), date(1900, 1, 2), date(2020, 2, 2), None],
        [None, date(1900, 1, 2), date(2020, 2, 2), None],
    ),
    "moment": (
        pa.timestamp("us"),
        [datetime(1900, 1, 1), datetime(1900, 1, 1, 1), datetime(2020, 2, 2), None],
        [None, datetime(1900, 1, 1, 1), datetime(2020, 2, 2), None],
    ),
    "pair": (
        pa.list_(pa.float64()),
        [[-9999, 1], [99.9], [], None],
        [[None, 1], [None], [], None],
    ),
    "names": (pa.list_(pa.string()), [["Non", "a"], ["b"], [], None], [[None, "a"], ["b"], [], None]),
    "flag": (pa.bool_(), [True, False, None, True], [True, False, None, True]),
    "kept": (pa.float64(), [-9999, 1, 2, 3], [-9999, 1, 2, 3]),
    'we"ird': (pa.int32(), [-9999, 1, 2, 3], [None, 1, 2, 3]),
}


def table() -> pa.Table:
    return pa.table({name: pa.array(stored, kind) for name, (kind, stored, _) in ROWS.items()})


def test_every_type_is_null_where_it_is_missing() -> None:
    fields = [Field(name, kind) for name, (kind, _, _) in ROWS.items()]
    declared = missing_by_column(fields, DECLARED, Path("release.toml"), "here")
    rows = table()
    with duckdb.connect() as database:
        database.register("rows", rows)
        for field in fields:
            value = present(field, declared.get(field.name, []))
            found = [v for (v,) in database.execute(f"SELECT {value} FROM rows").fetchall()]
            assert found == ROWS[field.name][2], field.name


def test_what_is_no_date_is_none() -> None:
    assert in_type("1900-01-01", pa.date32()) == "1900-01-01"
    assert in_type("1900-01-01T00:00:00Z", pa.timestamp("us")) == "1900-01-01 00:00:00"
    for value in ("Non", -9999, 20200101, ""):
        assert in_type(value, pa.date32()) is None, value


SENTINELS: list[int | float | str] = [
    *(-9999, -99, -1, 0, 99, 255, 2**63, 10**40, -(10**400)),
    *(99.9, -0.5, 0.125, 1e-30, 1e-50, -1e30, 1e39, math.inf, math.nan),
    *("Non", "1900-01-01", "1900-01-01 12:00:00", "0001-01-01", "9999-12-31 23:59:59.999999"),
]
WIDTHS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
DECIMALS = [(1, 0), (4, 4), (5, 2), (9, 2), (18, 18), (19, 0), (38, 0), (38, 19), (38, 37), (38, 38)]
MOMENTS = [pa.date32(), *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns"))]
TYPES = [*WIDTHS, *(pa.decimal128(*of) for of in DECIMALS), *MOMENTS]
TYPES += [pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.bool_(), pa.binary()]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_what_a_type_cannot_have_is_not_missing_there(tmp_path: Path, kind: pa.DataType) -> None:
    """DuckDB rejects a comparison of a column with a value outside its type."""
    fields = [Field("one", kind), Field("list", pa.list_(kind))]
    missing = missing_by_column(fields, {"*": SENTINELS}, Path("r"), "c")
    assert missing.get("one") == missing.get("list")
    values = [stored(kind, value) for value in missing.get("one", [])]
    table = pa.table(
        {
            "one": pa.array([*values, None], kind),
            "list": pa.array([[*values, None]] * (len(values) + 1), pa.list_(kind)),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", store_schema=False)
    asked = ", ".join(present(field, missing.get(field.name, [])) for field in fields)
    found = duckdb.sql(f"SELECT {asked} FROM '{tmp_path / 't.parquet'}'").fetchall()
    assert found == [(None, [None] * (len(values) + 1))] * (len(values) + 1)


def stored(kind: pa.DataType, value: Any) -> Any:
    """A sentinel as stored in a file."""
    if pa.types.is_decimal(kind):
        return Decimal(repr(value))
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    if pa.types.is_floating(kind):
        return float(value)
    return datetime.fromisoformat(value) if pa.types.is_timestamp(kind) else value


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (pa.int8(), [-99, -1, 0, 99]),
        (pa.uint8(), [0, 99, 255]),
        (pa.uint64(), [0, 99, 255, 2**63]),
        (pa.decimal128(38, 38), [0, -0.5, 0.125, 1e-30]),
        (pa.decimal128(5, 2), [-99, -1, 0, 99, 255, 99.9, -0.5]),
        (pa.decimal128(38, 0), [-9999, -99, -1, 0, 99, 255, 2**63, -1e30]),
        (pa.float16(), [-10000, -99, -1, 0, 99, 255, 99.875, -0.5, 0.125]),
        (pa.date32(), ["1900-01-01", "0001-01-01"]),
        (pa.timestamp("ns"), ["1900-01-01 00:00:00", "1900-01-01 12:00:00"]),
        (pa.timestamp("s"), ["1900-01-01 00:00:00", "1900-01-01 12:00:00", "0001-01-01 00:00:00"]),
        (pa.bool_(), []),
    ],
    ids=str,
)
def test_sentinels_that_a_type_can_have(kind: pa.DataType, own: list[Any]) -> None:
    found = [v for one in SENTINELS if (v := in_type(one, kind)) is not None]
    assert found == own


def test_decimals_are_compared_with_all_their_digits(tmp_path: Path) -> None:
    kind = pa.decimal128(38, 20)
    near = [Decimal("99.9"), Decimal("99.90000000000000000001"), Decimal("99.89999999999999999999")]
    pq.write_table(pa.table({"v": pa.array(near, kind)}), tmp_path / "t.parquet")
    sql = present(Field("v", kind), [99.9])
    found = duckdb.sql(f"SELECT {sql} FROM '{tmp_path / 't.parquet'}'").fetchall()
    assert [value for (value,) in found] == [None, *near[1:]]


def test_tables_with_decimals_and_halves_are_built_and_checked(tmp_path: Path) -> None:
    release = tmp_path / "releases" / "r"
    release.mkdir(parents=True)
    n = 40
    columns = {
        "id": pa.array(range(n), pa.int64()),
        "ra": pa.array([Decimal(f"{i}.25") for i in range(n - 1)] + [Decimal("99.9")], pa.decimal128(9, 2)),
        "dec": pa.array([float(i) for i in range(n)]),
        "small": pa.array([Decimal(f"0.{i:02d}") for i in range(n)], pa.decimal128(38, 38)),
        "half": pa.array(np.full(n, -9999, np.float16)),
        "list": pa.array([[Decimal("0.5"), None]] * n, pa.list_(pa.decimal128(38, 38))),
    }
    pq.write_table(pa.table(columns), release / "t.parquet")
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    (release / "release.toml").write_text(
        'name = "R"\npublished = "2026"\n[[catalogues]]\nname = "t"\nsource = "t.parquet"\n'
        'positions = "drop_missing"\n[catalogues.missing]\n"*" = [-9999, 99.9, 1e-50]\n'
    )
    for command in ("check", "build"):
        done = drportal(command, "--portal", tmp_path)
        assert done.returncode == 0, done.stderr
    about = json.loads((tmp_path / "build/site/r/data/t/catalogue.json").read_text())
    assert about["rows"] == n - 1, "one has no position"
    missing = {column["name"]: column.get("missing", []) for column in about["columns"]}
    assert missing["small"] == missing["list"] == [] and missing["ra"] == [-9999, 99.9]
    assert missing["half"][0] == -9999, "which no half is: that is read as -10000"
    marked = {column["name"]: column.get("marked", []) for column in about["columns"]}
    assert marked["half"] == marked["ra"] == []


def test_a_view_of_stored_values_has_a_name_of_its_own() -> None:
    assert stored_view("lrs", ["lrs", "mrs"]) == "lrs_raw"
    assert stored_view("lrs", ["lrs", "LRS_RAW", "lrs_raw_"]) == "lrs_raw__"


RELEASE = """
name = "TEST"
version = "v1"
phase = "v2"
published = "2026-01"
[[catalogues]]
name = "t"
source = "t.parquet"
positions = "none"
missing = { "*" = [-9999, 99.9, "Non", "1900-01-01"], "kept" = [] }
[[catalogues]]
name = "t_raw"
source = "other.csv"
positions = "none"
missing = { "*" = [-9999] }
[[catalogues]]
name = "ordered"
source = "ordered.parquet"
positions = "none"
roles = { id = "n" }
missing = { x = [-9999], k = [-9999] }
"""


def make_typed(portal: Path) -> Path:
    """A release with a catalogue of every type, and one with the name that its view would have."""
    release = portal / "releases" / "test" / "v1"
    release.mkdir(parents=True)
    (portal / "portal.toml").write_text('name = "TEST"\ntitle = "TEST"\n')
    pq.write_table(table(), release / "t.parquet")
    (release / "other.csv").write_text("n,m\n1,2\n2,-9999\n")
    n = np.arange(300_000)
    noise = np.random.default_rng(1).normal(size=(2, len(n)))
    x, k = np.where(n % 5000 == 7, -9999, n / 8), np.where(n % 5000 == 9, -9999, n // 2)
    pq.write_table(
        pa.table({"n": n, "x": x, "k": k, "y": noise[0], "z": noise[1]}), release / "ordered.parquet"
    )
    (release / "release.toml").write_text(RELEASE)
    drportal("build", "--portal", portal, check=True)
    return portal / "build" / "site" / "test" / "v1"


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "typed", make_typed)


@pytest.mark.browser
def test_every_type_in_the_page(browser: Browser, typed: Path) -> None:
    """DuckDB's own results for the same values, in both views."""
    console = Console(browser, typed.as_uri() + "/")
    rows = table()
    with duckdb.connect() as database:
        for view, at in (("t", 2), ("t_raw_", 1)):
            texts = [f'coalesce("{n.replace(chr(34), chr(34) * 2)}"::VARCHAR, chr(48))' for n in ROWS]
            sql = f"SELECT string_agg(concat_ws(chr(10), {', '.join(texts)}), chr(9)) AS a FROM {{}}"
            database.register(
                "own", pa.table({n: pa.array(ROWS[n][at], rows.schema.field(n).type) for n in ROWS})
            )
            [(wanted,)] = database.execute(sql.format("own")).fetchall()
            found = console.value(sql.format(view))
            assert found == wanted, view
    assert console.rows("SELECT sum(m) AS s, count(m) AS n FROM t_raw") == [{"s": "2", "n": "1"}]
    assert console.rows("SELECT sum(m) AS s FROM t_raw_raw") == [{"s": "-9997"}]
    # Asked for by its value, the page says where it is.
    console.rows("SELECT count(*) AS n FROM t WHERE f64 = -9999")
    assert "t_raw_ has it as it is stored" in browser.evaluate(
        "document.getElementById('sql-results').textContent"
    )


@pytest.mark.browser
def test_conditions_are_compared_with_the_extremes_of_row_groups(browser: Browser, typed: Path) -> None:
    """A condition on a column with missing values reads little more than one on the stored values."""
    with serving(typed) as address:
        console = Console(browser, address)
        sizes = []
        for where in ("x BETWEEN 30000 AND 30100", "k = 120000", "x < 5 AND k >= 2"):
            read = []
            for view in ("ordered_raw", "ordered"):
                sql = f"SELECT count(*) AS n, sum(y) AS s FROM {view} WHERE {where}"
                read.append((read_size(console.status(sql)), cells(browser)))
            (size, stored), (more, found) = read
            assert more <= size * 0.3 + 1e5, (where, size, more)
            sizes.append(size + more)
            if "<" in where:
                assert int(found[0]["n"]) < int(stored[0]["n"]), where
            else:
                assert found == stored, where
        sizes.append(read_size(console.status("SELECT sum(x), sum(y), sum(k) FROM ordered")))
        assert max(sizes[:2]) < sum(sizes) / 3, sizes


def summaries(names: list[str]) -> str:
    measures = [
        f"coalesce({f}(\"{name}\")::VARCHAR, 'NULL')"
        for name in names
        for f in ("avg", "count", "min", "max")
    ]
    return f"SELECT concat_ws(chr(9), {', '.join(measures)}) AS a FROM {{}}"


@pytest.mark.browser
@pytest.mark.parametrize("name", few(["sim", "lrs"], "sim"))
def test_averages_are_those_of_the_unmasked_values(browser: Browser, made: Made, name: str) -> None:
    """Mean, count, minimum and maximum of every numeric column equal those of numpy."""
    folder = made.moved / "data" / name
    if not folder.exists():
        pytest.skip("the real data are not here")
    about = json.loads((folder / "catalogue.json").read_text())
    numeric = [
        c
        for c in about["columns"]
        if c["datatype"] in ("byte", "short", "int", "long", "float", "double") and c["arraysize"] is None
    ]
    assert len(numeric) > 20
    source = (
        made.portal / "releases" / "test" / "v1" / ("sim.fits" if name == "sim" else "lrs_catalogue.fits")
    )
    values = Table.read(source)
    console = Console(browser, made.moved.as_uri() + "/")
    found = console.value(summaries([c["name"] for c in numeric]).format(name)).split("\t")
    marked = 0
    for i, column in enumerate(numeric):
        array = np.ma.masked_array(values[column["name"]])
        data = array.compressed()
        declared = np.array(column["missing"], dtype=data.dtype)
        marked += int(np.isin(data, declared).sum())
        data = data[~np.isin(data, declared)]
        data = data[~np.isnan(data.astype(float))]
        mean, count, low, high = found[4 * i : 4 * i + 4]
        assert int(count) == len(data), column["name"]
        if not len(data):
            assert (mean, low, high) == ("NULL",) * 3
            continue
        assert data.dtype.type(low) == data.min() and data.dtype.type(high) == data.max(), column["name"]
        if np.isfinite(data.astype(float)).all():
            exact = math.fsum(data.astype(float)) / len(data)
            assert float(mean) == pytest.approx(exact, rel=1e-11, abs=1e-300), column["name"]
    assert marked > 0


@pytest.mark.browser
@pytest.mark.slow
def test_recipes_give_the_answer_of_the_page(browser: Browser, made: Made, tmp_path: Path) -> None:
    for sql in (
        "SELECT class, avg(snrg) AS a, count(subclass) AS n FROM sim GROUP BY class",
        "SELECT a.class, count(a.z) AS n, min(b.z) AS low FROM sim a JOIN sim_raw b USING (obsid) GROUP BY 1",
    ):
        console = Console(browser, made.moved.as_uri() + "/")
        assert console.status(sql).startswith("4 rows")
        shown = page_rows(browser)
        text = taken(browser, "sql")
        with duckdb.connect() as database:
            for line in re.findall(r"^--   (CREATE .*)$", text, re.MULTILINE):
                database.execute(line.replace("'data/", f"'{made.moved}/data/"))
            found = database.execute(text)
            columns = [column[0] for column in found.description]
            same_rows([dict(zip(columns, row, strict=True)) for row in found.fetchall()], shown)
        python = taken(browser, "python")
        same_rows(rows_of(run_python(python, tmp_path, str(made.moved))["table"]), shown)


WORDS = {"-inf": 1, "Infinity": 1, "null": 1, "nan": 1, "0..inf": 6, "-inf..0": 6, "..": 11, "-inf,null": 2}


@pytest.mark.browser
def test_infinities_and_nothing_are_counted_and_found(browser: Browser, made: Made) -> None:
    """A column has NaN, both infinities and nine numbers: statistics, page and search show this."""
    folder = made.moved / "data" / "odd"
    columns = {c["name"]: c for c in json.loads((folder / "statistics.json").read_text())["columns"]}
    about = columns["select"]
    assert (about["rows"], about["nulls"]) == (12, 1)
    assert about["infinite"] == [["-Infinity", 1], ["Infinity", 1]]
    assert (about["min"], about["max"]) == (-1, 1)
    assert "infinite" not in columns["f32"]
    base = made.moved.as_uri() + "/"
    browser.open(f"{base}catalogues/odd.html")
    said = browser.evaluate("document.querySelector('#col-select').textContent")
    assert "-Infinity" in said and "Infinity" in said
    links = json.loads(
        browser.evaluate(
            "JSON.stringify([...document.querySelectorAll('#col-select .column-counts td a')]"
            ".map((a) => [a.textContent, a.href]))"
        )
    )
    assert sorted(n for n, _ in links) == ["1", "1", "1", "11"]
    for count, link in links:
        address, _, query = link.rpartition("?")
        assert address.endswith("search.html")
        assert search(browser, base, **dict(parse_qsl(query))) == int(count), link
    for word, count in WORDS.items():
        assert search(browser, base, catalogue="odd", select=word, columns="Id,select") == count, word


@pytest.mark.browser
def test_infinities_and_nothing_in_every_format(browser: Browser, made: Made) -> None:
    """NaN, NULL and both infinities of a statement: shown, filtered, and read by other programs."""
    console = Console(browser, made.moved.as_uri() + "/")
    rows = console.rows(
        "SELECT * FROM (VALUES (1, 'nan'::DOUBLE, 'nan'::FLOAT), (2, NULL, NULL), (3, 'inf', 'inf'), "
        "(4, '-inf', '-inf'), (5, 0.5, 0.1)) AS _(n, d, f)"
    )
    wanted = ["NaN", "", "Infinity", "-Infinity", "0.5"]
    assert [row["d"] for row in rows] == wanted and [row["f"] for row in rows] == [*wanted[:4], "0.1"]
    numbers = [math.nan, None, math.inf, -math.inf, 0.5]
    assert [row["d"] for row in page_rows(browser)] == wanted
    for kind, reader in {
        "votable": lambda data: Table.read(io.BytesIO(data), format="votable"),
        "votable-text": lambda data: Table.read(io.BytesIO(data), format="votable"),
        "fits": lambda data: Table.read(io.BytesIO(data), format="fits"),
        "parquet": lambda data: pq.read_table(io.BytesIO(data)),
    }.items():
        found = reader(saved(browser, kind))["d"]
        values = (
            found.to_pylist() if kind == "parquet" else np.ma.filled(found.astype(float), np.nan).tolist()
        )
        for value, number in zip(values, numbers, strict=True):
            neither = number is None or math.isnan(number)
            same = value is None or math.isnan(value) if neither else value == number
            assert same, (kind, values)
        if kind == "parquet":
            assert values[1] is None and values[0] is not None
    reported = json.loads(saved(browser, "json"))["rows"]
    assert [row["d"] for row in reported] == ["NaN", None, "Infinity", "-Infinity", 0.5]
    for word, left in {
        "nan": "1",
        "null": "2",
        "inf": "3",
        "-inf": "4",
        "0..": "3 5",
        "-inf..1": "4 5",
    }.items():
        browser.evaluate(
            f"""(() => {{ const field = document.querySelector('#results input[data-filter="d"]');
            field.value = {json.dumps(word)}; field.dispatchEvent(new Event("input", {{bubbles: true}}));
            field.dispatchEvent(new Event("change", {{bubbles: true}})); }})()"""
        )
        browser.wait(
            "[...document.querySelectorAll('#results td[data-column=n]')]"
            ".map((c) => c.textContent).join(' ') === " + json.dumps(left),
            20,
        )
