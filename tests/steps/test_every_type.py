"""Every Arrow type that ingest accepts passes through all steps of a build, in two releases."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
import shutil
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import astropy.io.votable
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import ascii as astropy_ascii
from astropy.table import Table

from ..browser import Browser
from ..client.results.test_downloads import saved
from ..client.results.test_elsewhere import run_python, taken
from ..client.search.test_search_pages import search
from ..commands import drportal
from ..conftest import once
from ..every_type import REFUSED, every_type, later, refused_column, write
from ..ingest_fixtures import described, ingest, refused, rows

NAME = "types"
PLAIN = every_type()
"""As it was before anything of ours saw it."""
INDEXED = [f.name for f in PLAIN.schema if pa.types.is_integer(f.type) or pa.types.is_string(f.type)] + [
    "c_large_string",
    "c_string_view",
    "c_decimal128_9_0",
    "c_dictionary_text",
    "c_dictionary_int",
]


@dataclass(frozen=True)
class Typed:
    portal: Path
    said: str
    """By check and build."""

    @property
    def site(self) -> Path:
        return self.portal / "build/site"

    def data(self, release: str = "dr1") -> Path:
        return self.site / release / "data" / NAME


def said_by(*arguments: Any) -> str:
    done = drportal(*arguments)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Traceback" not in said
    assert "Warning" not in said
    assert "WARNING" not in said
    return said


def make(folder: Path) -> Typed:
    """The schema is what `drportal new` writes, in both releases."""
    one = write(PLAIN, folder / "one.parquet")
    write(later(PLAIN), folder / "two.parquet")
    portal = folder / "portal"
    said_by("new", portal, "--source", one, "--name", NAME)
    first, second = portal / "releases/dr1", portal / "releases/dr2"
    shutil.copytree(first, second)
    text = (first / "release.toml").read_text(encoding="utf-8")
    text += f'roles = {{ id = "gaia_id" }}\nindex = {json.dumps(INDEXED)}\n'
    (first / "release.toml").write_text(text, encoding="utf-8")
    text = text.replace("one.parquet", "two.parquet").replace('"DR1"', '"DR2"')
    text = text.replace('published = "2026"', 'published = "2027"')
    (second / "release.toml").write_text(text, encoding="utf-8")
    return Typed(portal, said_by("check", "--portal", portal) + said_by("build", "--portal", portal))


@pytest.fixture(scope="session")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Typed:
    return once(tmp_path_factory, "every-type", make)


def values(column: pa.ChunkedArray) -> list[Any]:
    """Values that can be compared: moments in UTC as exact seconds, whatever their unit; NaN as NULL."""
    kind = column.type
    listed = pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)
    inner = kind.value_type if listed else kind
    ticks = None
    if pa.types.is_timestamp(inner):
        ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[inner.unit]
        for wanted in (pa.timestamp(inner.unit), pa.int64()):
            column = column.cast(pa.list_(wanted) if listed else wanted)

    def one(value: Any) -> Any:
        if isinstance(value, list):
            return [one(v) for v in value]
        if isinstance(value, float | np.floating):
            return None if math.isnan(value) else float(value)
        return Fraction(value, ticks) if ticks and value is not None else value

    return [one(v) for v in column.to_pylist()]


def in_order(out: Path, table: pa.Table) -> pa.Table:
    """The rows of the original in the order of the site's."""
    ids = rows(out).column("gaia_id").to_pylist()
    numbers = {v: i for i, v in enumerate(table.column("gaia_id").to_pylist())}
    assert sorted(ids) == sorted(numbers)
    return pa.concat_tables([table.slice(numbers[v], 1) for v in ids])


@pytest.mark.parametrize("release", ["dr1", "dr2"])
def test_every_value_is_kept(typed: Typed, release: str) -> None:
    out = typed.data(release)
    original = in_order(out, PLAIN if release == "dr1" else later(PLAIN))
    written = rows(out)
    for name in PLAIN.column_names:
        assert values(written.column(name)) == values(original.column(name)), name


def test_statistics_are_those_of_the_original(typed: Typed) -> None:
    said = {c["name"]: c for c in json.loads((typed.data() / "statistics.json").read_bytes())["columns"]}
    database = duckdb.connect()
    database.execute(f"CREATE VIEW t AS FROM read_parquet('{typed.portal.parent / 'one.parquet'}')")
    types = {name: kind for name, kind, *_ in database.execute("DESCRIBE t").fetchall()}
    for name, kind in types.items():
        # All moments are the same, and DuckDB has no nanoseconds in a zone.
        one, column = said[name], name.removesuffix("_utc").removesuffix("_asi")
        if not kind.endswith("]") and kind not in ("FLOAT", "DOUBLE"):
            found = database.execute(
                f"SELECT min({column})::VARCHAR, max({column})::VARCHAR, count(DISTINCT {column}) FROM t"
            ).fetchone()
            assert found is not None
            low, high, distinct = found
            assert one["distinct"] == distinct, name
            for mine, its in ((one["min"], low), (one["max"], high)):
                if its is None or kind == "BLOB":
                    continue
                if kind == "BOOLEAN":
                    assert mine is (its == "true")
                elif "DECIMAL" in kind and isinstance(mine, float):
                    assert mine == float(Decimal(its)), name
                else:
                    assert str(mine) == its, name
        nulls = database.execute(f"SELECT count(*) FILTER ({name} IS NULL) FROM t").fetchone()
        assert one["nulls"] == nulls[0] if nulls else None, name


def test_what_pages_know_without_rows_is_exact(typed: Typed) -> None:
    """Types, counts and extremes in catalogue.json are DuckDB's on the same files, to the last bit."""
    files = [str(p) for p in sorted((typed.data() / "dataset").rglob("*.parquet"))]
    database = duckdb.connect()
    database.execute(f"CREATE VIEW t AS FROM read_parquet({files!r}, hive_partitioning = false)")
    types = {name: kind for name, kind, *_ in database.execute("DESCRIBE t").fetchall()}
    answered = set()
    for column in described(typed.data())["columns"]:
        name, known = column["name"], column["known"]
        if known is None:
            assert types[name].endswith("]"), name
            continue
        kind, values, *ends = known
        assert database.execute(f"SELECT count({name}) FROM t").fetchone() == (values,), name
        for what, end in zip(("min", "max"), ends, strict=True):
            if end is None and (values or not kind):
                continue
            assert kind == types[name], name
            written = "NULL" if end is None else "'" + str(end).replace("'", "''") + "'"
            same = f"{what}({name})::VARCHAR IS NOT DISTINCT FROM CAST({written} AS {kind})::VARCHAR"
            assert database.execute(f"SELECT {same} FROM t").fetchone() == (True,), name
            answered.add(kind)
    assert answered >= {"BOOLEAN", "UTINYINT", "BIGINT", "UBIGINT", "VARCHAR", "DATE", "TIMESTAMP"}


def test_each_id_is_found_in_its_index(typed: Typed) -> None:
    meta = described(typed.data())
    assert [i["column"] for i in meta["ids"]] == [n for n in PLAIN.column_names if n in INDEXED]
    for index in meta["ids"]:
        files = [str(typed.data() / f["path"]) for f in index["files"]]
        listed = (
            duckdb.sql(f"SELECT DISTINCT id FROM read_parquet({files!r}) ORDER BY id").fetchall()
            if files
            else []
        )
        its = {v for v in PLAIN.column(index["column"]).to_pylist() if v is not None}
        assert [v for (v,) in listed] == sorted(its, key=lambda v: v.encode() if isinstance(v, str) else v)


def test_schema_is_written_once_and_read_again(typed: Typed) -> None:
    """The column without a value in each release is the only doubt; the notes are missing descriptions."""
    assert "no faults, 2 doubts, " in typed.said
    assert "built 2 releases" in typed.said


def test_readme_of_the_cds(typed: Typed) -> None:
    folder = typed.site / "dr1/meta/cds"
    table = astropy_ascii.read(folder / f"{NAME}.dat", format="cds", readme=folder / "ReadMe")
    original = in_order(typed.data(), PLAIN)
    for name in PLAIN.column_names:
        kind = PLAIN.schema.field(name).type
        if pa.types.is_nested(kind) or "binary" in name or "null" in name:
            assert name not in table.colnames
            continue
        found = [None if v is np.ma.masked else v for v in table[name]]
        for mine, its in zip(found, values(original.column(name)), strict=True):
            if its is None or its == "" or (isinstance(its, float) and math.isinf(its)):
                assert mine is None, name
            elif isinstance(its, bool):
                assert str(mine) == str(its)
            elif isinstance(its, int):
                assert int(mine) == its, name
            elif isinstance(its, Decimal):
                assert Decimal(repr(float(mine))) == its or Decimal(str(mine)) == its, name
            elif isinstance(its, float):
                assert float(mine) == its, name
            elif isinstance(its, dt.date):
                assert mine == str(its), name


def test_votable_and_croissant(typed: Typed) -> None:
    votable = astropy.io.votable.parse(typed.site / "dr1/meta/tableset.vot.xml", verify="exception")
    fields = {f.name: f for f in votable.get_first_table().fields}
    assert list(fields) == PLAIN.column_names
    assert fields["c_int64"].datatype == "long"
    assert fields["gaia_id"].datatype == "char"  # beyond every number that VOTable has
    croissant = json.loads((typed.site / "dr1/croissant.json").read_bytes())
    assert [f["@id"] for f in croissant["recordSet"][0]["field"]] == [
        f"{NAME}/{n}" for n in PLAIN.column_names
    ]


def test_croissant_reads_every_type(typed: Typed) -> None:
    import mlcroissant

    read = list(mlcroissant.Dataset(jsonld=typed.site / "dr1/croissant.json").records(record_set=NAME))
    found = sorted(read, key=lambda row: int(row[f"{NAME}/gaia_id"]))
    for name in ("gaia_id", "c_bool", "c_int64", "c_uint64", "c_float64", "c_date32", "c_binary", "c_string"):
        for mine, its in zip(found, truth()[name], strict=True):
            mine = mine[f"{NAME}/{name}"]
            mine = (
                mine.decode() if isinstance(its, str) else mine.date() if isinstance(its, dt.date) else mine
            )
            assert mine == its or (its is None and (mine is None or mine != mine)), name


REPRS = re.compile(
    r"""Decimal\(|\bb(?:'|&\#39;)[^s]|\bdatetime\.|\bdate\(\d|\bnp\.\w|\bnumpy\b|\barray\(|<NA>|\bNaT\b|\bdtype\b|
    Fraction\(|\bobject\ at\ 0x|Timestamp\(|\bTrue\b|\bFalse\b|\bNone\b(?!\ (?:yet|of))|\bnan\b|timedelta|
    \\x[0-9a-fA-F]{2}|\[-?inf\b|[0-9],\ -?inf\b|\bpyarrow\b|memoryview|bytearray""",
    re.X,
)


def test_no_file_says_a_value_as_a_program_has_it(typed: Typed) -> None:
    """Neither as Python writes it, nor as a database does where cells of tables say otherwise."""
    seen = 0
    found = []
    for file in sorted(typed.site.rglob("*")):
        inner = file.relative_to(typed.site).parts
        data = file.read_bytes() if file.is_file() and not {"assets", "chunks"} & set(inner) else b""
        if b"\0" in data or b"PAR1" in data[:4] or file.suffix in (".dat", ".fits", ".sql"):
            continue  # tables, whose values other tests compare, and functions
        if "tutorials" in inner:
            continue  # programs
        seen += 1
        text = data.decode().replace("pip install astropy pyarrow", "").replace("duckdb pyarrow", "")
        found += [(file.name, text[max(m.start() - 30, 0) : m.end() + 30]) for m in REPRS.finditer(text)]
    assert seen > 100
    assert found == []


def test_comparison_of_releases(typed: Typed) -> None:
    said = said_by("diff", "dr1", "dr2", "--portal", typed.portal, "--json")
    found, _ = json.JSONDecoder().raw_decode(said)
    (catalogue,) = found["catalogues"]
    counts = catalogue["rows"]
    assert [counts[k] for k in ("paired", "changed", "added", "removed")] == [5, 1, 1, 1]
    one, two = PLAIN.slice(5, 1).to_pydict(), later(PLAIN).slice(4, 1).to_pydict()
    differing = {n for n in PLAIN.column_names if one[n] != two[n]}
    assert {v["name"] for v in catalogue["values"] if v["changed"] == 1} == differing
    changes = rows(typed.site / "dr2/data" / f"{NAME}_changes")
    reported = dict(
        zip(changes.column("gaia_id").to_pylist(), changes.column("change").to_pylist(), strict=True)
    )
    assert reported == {8: "changed", 2**64 - 2: "added", 2**63 - 1: "removed"}


def test_extension_types_become_what_they_are_stored_as(tmp_path: Path) -> None:
    duckdb.execute(
        "COPY (SELECT i AS id, i * 0.1 AS ra, i * 0.1 AS dec, "
        "CASE WHEN i % 3 THEN uuid() ELSE NULL END AS u, md5(i::VARCHAR)::UUID AS full_u, "
        "NULL::UUID AS none, "
        f"json_object('a', i) AS j FROM range(100) r(i)) TO '{tmp_path}/t.parquet'"
    )
    database = duckdb.connect()
    its = database.execute(
        "SELECT id, u::VARCHAR, full_u::VARCHAR, none::VARCHAR, j::VARCHAR "
        f"FROM '{tmp_path}/t.parquet' ORDER BY id"
    ).fetchall()
    table = pq.read_table(tmp_path / "t.parquet")
    small = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0] * 50, pa.int8()))
    write(table.append_column("flag", small), tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet", roles={"id": "id"}, index=["id", "full_u"])
    found = rows(out).sort_by("id")
    columns = [found.column(n).to_pylist() for n in ("id", "u", "full_u", "none", "j")]
    assert list(zip(*columns, strict=True)) == its
    assert found.column("flag").to_pylist() == [1, 0] * 50
    kinds = {c["name"]: c["datatype"] for c in described(out)["columns"]}
    assert (kinds["u"], kinds["full_u"], kinds["j"]) == ("string", "string", "string")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_by_name(tmp_path: Path, name: str) -> None:
    write(pa.table({"ra": [1.0], "dec": [1.0], name: refused_column(name)}), tmp_path / "t.parquet")
    said = refused(tmp_path, "t.parquet")
    assert f"t.parquet: column {name}: is of type " in said
    assert len(said.splitlines()) == 1


def test_files_whose_numbers_differ_in_sign(tmp_path: Path) -> None:
    """Text tables say nothing of types: one file has ids beyond 2^63, another has not."""
    (tmp_path / "t1.csv").write_text(f"uid,ra,dec\n5,1,1\n{2**63 - 1},2,2\n")
    (tmp_path / "t2.csv").write_text(f"uid,ra,dec\n{2**64 - 1},3,3\n")
    out = ingest(tmp_path, "t*.csv")
    assert sorted(rows(out).column("uid").to_pylist()) == [5, 2**63 - 1, 2**64 - 1]
    (tmp_path / "t3.csv").write_text("uid,ra,dec\n-1,3,3\n")
    said = refused(tmp_path, "t*.csv")
    assert "t3.csv: Integer value -1 not in range" in said


def test_roles_and_missing_values_of_decimals(tmp_path: Path) -> None:
    kind = pa.decimal128(9, 5)
    table = pa.table(
        {
            "obsid": pa.array([1, 2, 3], pa.decimal128(18, 0)),
            "ra": pa.array([Decimal("10.5"), Decimal("20.25"), Decimal("30")], kind),
            "dec": pa.array([Decimal("-10.5"), Decimal("20.25"), Decimal("30")], kind),
            "snr": pa.array([Decimal("99.9"), Decimal("5.5"), None], pa.decimal128(6, 2)),
        }
    )
    write(table, tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet", missing={"snr": [99.9]}, roles={"snr": ["snr"]})
    assert rows(out).column("obsid").type == pa.int64()
    (one,) = [c for c in json.loads((out / "statistics.json").read_bytes())["columns"] if c["name"] == "snr"]
    assert (one["nulls"], one["min"], one["max"], one["marked"]) == (2, 5.5, 5.5, [[99.9, 1]])


# In the page: what is exported, found, shown of one object and taken along is the original.


@pytest.fixture
def release(typed: Typed) -> str:
    return (typed.site / "dr1").as_uri() + "/"


def by_id(table: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Columns in the order of the ids."""
    order = sorted(range(len(table["gaia_id"])), key=lambda i: int(table["gaia_id"][i]))
    return {name: [column[i] for i in order] for name, column in table.items()}


def truth() -> dict[str, list[Any]]:
    return by_id({name: values(PLAIN.column(name)) for name in PLAIN.column_names})


def same_value(name: str, text: str, its: Any) -> bool:
    """Whether a text of the page says this value of the original."""
    if its is None:
        return text == ""
    if isinstance(its, bool):
        return text == str(its).lower()
    if isinstance(its, bytes):
        return text == its.hex()
    if isinstance(its, float) and "64" not in name and name.startswith("c_"):
        return bool(np.float32(text.replace("Infinity", "inf")) == np.float32(its))
    if isinstance(its, int | float):
        return type(its)(text.replace("Infinity", "inf")) == its
    if isinstance(its, Decimal):
        return Decimal(text) == its
    if isinstance(its, Fraction):
        whole, _, part = text.partition(".")
        moment = dt.datetime.fromisoformat(whole) - dt.datetime(1970, 1, 1)
        return Fraction(int(moment.total_seconds())) + Fraction(f"0.{part or 0}") == its
    if isinstance(its, list):
        cells = json.loads(text, parse_float=str, parse_int=str)
        return len(cells) == len(its) and all(
            same_value(name, "" if a is None else str(a).lower() if isinstance(a, bool) else a, b)
            for a, b in zip(cells, its, strict=True)
        )
    return text == str(its)


def wrong(texts: dict[str, list[str]], original: dict[str, list[Any]]) -> dict[str, Any]:
    """Columns with texts that are not equal to the values: both of them."""
    return {
        name: (texts[name], original[name])
        for name in original
        if not all(same_value(name, a, b) for a, b in zip(texts[name], original[name], strict=True))
    }


def spelled(value: Any) -> str:
    """A value of JSON as it is written there."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@pytest.mark.browser
@pytest.mark.slow
def test_exports_contain_every_type(watched: Browser, release: str, tmp_path: Path) -> None:
    assert search(watched, release, catalogue=NAME, columns="*", gaia_id="0..") == len(PLAIN)
    original = truth()
    (tmp_path / "saved.parquet").write_bytes(saved(watched, "parquet"))
    table = pq.read_table(tmp_path / "saved.parquet")
    found = by_id({name: values(table.column(name)) for name in table.column_names})
    assert {name for name in original if found[name] != original[name]} == set()
    rows = list(csv.DictReader(io.StringIO(saved(watched, "csv").decode("utf-8-sig"), newline="")))
    assert wrong(by_id({n: [row[n] for row in rows] for n in original}), original) == {}
    rows = json.loads(saved(watched, "json"), parse_float=str, parse_int=str)["rows"]
    assert wrong(by_id({n: [spelled(row[n]) for row in rows] for n in original}), original) == {}
    for kind in ("votable", "votable-text", "fits"):
        (tmp_path / kind).write_bytes(saved(watched, kind))
        table = Table.read(tmp_path / kind, format=kind.partition("-")[0])
        names = dict(zip(PLAIN.column_names, table.colnames, strict=True))
        texts = {n: [shown(v, original[n]) for v in table[names[n]]] for n in original}
        # test_downloads.py tests text in FITS that is not ASCII; an undefined logical is False to astropy.
        other = ("string", "text", "c_bool") if kind == "fits" else ()
        own = [n for n in original if not any(word in n for word in other)]
        texts = by_id(texts)
        found = wrong({n: texts[n] for n in own}, {n: original[n] for n in own})
        assert found == {}, (kind, found)


def shown(value: Any, its: list[Any]) -> str:
    """A value as astropy reads it, as the text that the page has for it."""
    if value is np.ma.masked or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating) and any(isinstance(v, Decimal) for v in its):
        return repr(float(value))
    return str(value)


def page_rows(browser: Browser) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(saved(browser, "csv").decode("utf-8-sig"), newline="")))


@pytest.mark.browser
def test_each_value_is_found_by_what_its_cell_says(watched: Browser, typed: Typed, release: str) -> None:
    """A search by the values of all columns of a row at once finds that row alone."""
    meta = {c["name"]: c for c in described(typed.data())["columns"]}
    for ident in PLAIN.column("gaia_id").to_pylist()[1:]:
        search(watched, release, catalogue=NAME, columns="*", gaia_id=str(ident))
        (row,) = page_rows(watched)
        asked = {}
        for name, text in row.items():
            if meta[name]["arraysize"] or meta[name]["datatype"] == "binary" or "Infinity" in text:
                continue
            if meta[name]["datatype"] in ("string", "text"):
                text = '"' + text.replace('"', '""') + '"'
            asked[name] = text
        asked.pop("c_null")
        assert len(asked) > 40
        assert search(watched, release, catalogue=NAME, columns="gaia_id", **asked) == 1


@pytest.mark.browser
@pytest.mark.slow
def test_page_of_an_object(watched: Browser, release: str) -> None:
    original = truth()
    rows = "[...document.querySelectorAll('#observations .object-values tr')]"
    lines = f"{rows}.map((line) => [...line.cells].map((cell) => cell.textContent))"
    for place, ident in enumerate(original["gaia_id"]):
        watched.open(f"{release}object.html?gaia_id={ident}")
        watched.wait("!!document.querySelector('.observation-row .object-more')")
        watched.evaluate("document.querySelector('.object-more').click()")
        watched.wait(f"document.querySelectorAll('.object-values tr').length > {len(original)}")
        cells = json.loads(watched.evaluate(f"JSON.stringify({lines})"))
        texts = {line[0]: line[1] for line in cells if len(line) > 1}
        assert wrong({n: [texts[n]] for n in original}, {n: [v[place]] for n, v in original.items()}) == {}


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_taken_along_finds_the_same(watched: Browser, release: str, tmp_path: Path) -> None:
    search(watched, release, catalogue=NAME, columns="*", gaia_id=f"{2**63}..")
    table = run_python(taken(watched, "python"), tmp_path)["table"]
    assert sorted(map(int, table["gaia_id"])) == [2**63, 2**64 - 1]
    ids = f"gaia_id:{2**64 - 1};{2**63};7;-7"
    assert search(watched, release, catalogue=NAME, columns="gaia_id", targets=ids) == 3
    assert sorted(int(row["gaia_id"]) for row in page_rows(watched)) == [7, 2**63, 2**64 - 1]
