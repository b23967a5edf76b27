"""Columns with the names of DuckDB's own words, through a build of two releases and through the pages."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.faults import explained
from drportal.problems import InputError

from ..any_names import fewer_words, named_table, words
from ..browser import Browser
from ..client.results.test_downloads import saved
from ..client.results.test_elsewhere import run_python, taken
from ..client.search.test_search_pages import search
from ..commands import drportal
from ..conftest import once
from ..ingest_fixtures import ingest, refused, rows
from ..pieces_fixtures import compared
from ..ways import few

NAME = "odd"
RELEASE = """
index = {index}
missing = {{ "filename" = [-1], "rowid" = ["none", -1], "column" = ["none", -1] }}

[catalogues.columns."columns"]
{rule}

[[known_issues]]
name = "one"
title = "One"
catalogue = "odd"
columns = ["filename", "order"]
where = '"order" IS NOT NULL AND "filename" IS NOT NULL AND "a.b" IS NOT NULL AND "obsid" = 2'
"""


@dataclass(frozen=True)
class Named:
    portal: Path
    names: list[str]

    @property
    def table(self) -> pa.Table:
        return named_table(names=self.names)

    @property
    def indexed(self) -> list[str]:
        return ["obsid", *self.names[: len(self.names) // 6]]

    @property
    def site(self) -> Path:
        return self.portal / "build/site"


def make(folder: Path, names: list[str]) -> Named:
    named = Named(folder / "portal", names)
    portal, table = named.portal, named.table
    pq.write_table(table, folder / "one.parquet")
    pq.write_table(named_table(1, names), folder / "two.parquet")
    drportal("new", portal, "--source", folder / "one.parquet", "--name", NAME, check=True)
    first, second = portal / "releases/dr1", portal / "releases/dr2"
    shutil.copytree(first, second)
    rule = "range = [0, 1000]" if pa.types.is_integer(table.schema.field("columns").type) else ""
    text = (first / "release.toml").read_text(encoding="utf-8")
    text = re.sub(r"^missing = .*\n", "", text, flags=re.M)
    text += RELEASE.format(index=json.dumps(named.indexed), rule=rule or 'unit = "deg"')
    (first / "release.toml").write_text(text, encoding="utf-8")
    text = text.replace("one.parquet", "two.parquet").replace('"DR1"', '"DR2"')
    text = text.replace('published = "2026"', 'published = "2027"')
    (second / "release.toml").write_text(text, encoding="utf-8")
    for command in ("check", "build"):
        done = drportal(command, "--portal", portal)
        assert done.returncode == 0, done.stderr
    return named


@pytest.fixture(scope="session", params=["some", pytest.param("all", marks=pytest.mark.slow)])
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Named:
    names = words() if request.param == "all" else fewer_words()
    return once(tmp_path_factory, f"any-names-{request.param}", lambda folder: make(folder, names))


def test_a_build_of_any_names(named: Named) -> None:
    out = named.site / "dr1/data" / NAME
    written = rows(out)
    assert written.column_names == ["_healpix_29", *named.table.column_names]
    order = written.column("ra").to_pylist()
    table = named.table
    places = [table.column("ra").to_pylist().index(ra) for ra in order]
    assert written.drop_columns(["_healpix_29"]).to_pydict() == table.take(places).to_pydict()
    statistics = {c["name"]: c for c in json.loads((out / "statistics.json").read_bytes())["columns"]}
    for name in named.names:
        its = table.column(name).to_pylist()
        assert (statistics[name]["min"], statistics[name]["max"]) == (min(its), max(its)), name
    meta = json.loads((out / "catalogue.json").read_bytes())
    assert [i["column"] for i in meta["ids"]] == [n for n in table.column_names if n in named.indexed]


def test_a_comparison_of_any_names(named: Named) -> None:
    done = drportal("diff", "dr1", "dr2", "--portal", named.portal, "--json", check=True)
    found, _ = json.JSONDecoder().raw_decode(done.stdout)
    (catalogue,) = found["catalogues"]
    assert (catalogue["rows"]["paired"], catalogue["rows"]["changed"]) == (8, 8)
    changed = {v["name"]: v["changed"] for v in catalogue["values"]}
    assert changed == dict.fromkeys(named.names[1:], 8)


IDS = ["rowid", "filename", "file_row_number", "k", "r", "n", "id", "a0"]


@pytest.mark.parametrize("which", few(IDS, "rowid", "r"))
def test_an_id_of_any_name(tmp_path: Path, which: str) -> None:
    """The id itself may be called so, and be repeated."""
    from drportal.differences.hints import Hints

    for release in (1, 2):
        text = f"{which},ra,dec,v\n" + "".join(f"{i // 2},{i},{i},{i * release}\n" for i in range(6))
        (tmp_path / f"{release}.csv").write_text(text)
    folders = [
        ingest(tmp_path, f"{release}.csv", out=f"out{release}", roles={"id": which}) for release in (1, 2)
    ]
    for folder in folders:
        (folder / "SHA256SUMS").write_text("")
    hints = Hints("t", "t")
    found, _ = compared(*folders, hints, tmp_path / "cache")
    assert found.rows is not None
    assert (found.rows.key_after, found.rows.paired, found.rows.changed) == (which, 6, 5)


@pytest.mark.parametrize(
    ("names", "what"),
    [
        ("obsid,ra,dec,Z,z", "differs from 'Z' only by case"),
        ("obsid,ra,dec,,x", "column 4: has no name"),
        ("obsid,ra,dec,_healpix_29,x", "column _healpix_29: cannot be used"),
        ("obsid,ra,dec,_row,x", "column _row: cannot be used"),
    ],
)
def test_names_that_are_refused(tmp_path: Path, names: str, what: str) -> None:
    (tmp_path / "t.csv").write_text(f"{names}\n1,1,1,1,1\n")
    said = refused(tmp_path, "t.csv")
    assert what in said
    assert len(said.splitlines()) == 1


def test_advice_follows_from_the_cause(tmp_path: Path) -> None:
    full = explained(duckdb.IOException("IO Error: Could not write file: No space left on device"), tmp_path)
    assert isinstance(full, OSError)
    assert full.strerror == "No space left on device"
    small = explained(duckdb.OutOfMemoryException("could not allocate block of size 256 KiB"), tmp_path)
    assert isinstance(small, OSError)
    assert "memory" in str(small.strerror)
    binder = explained(duckdb.BinderException('Binder Error: column "x" not found'), tmp_path)
    assert isinstance(binder, InputError)
    assert "disk" not in str(binder)
    assert "fault of drportal" in str(binder)
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no more PAR1")
    with pytest.raises(duckdb.Error) as error:
        duckdb.sql(f"FROM '{tmp_path}/t.parquet'").fetchall()
    assert "delete build/cache" in str(explained(error.value, tmp_path))


@pytest.fixture
def release(named: Named) -> str:
    return (named.site / "dr1").as_uri() + "/"


def page_rows(browser: Browser) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(saved(browser, "csv").decode("utf-8-sig"), newline="")))


def texts(table: pa.Table) -> list[dict[str, str]]:
    return [
        {k: str(int(v)) if isinstance(v, float) else str(v) for k, v in row.items()}
        for row in table.to_pylist()
    ]


@pytest.mark.browser
def test_pages_with_any_names(watched: Browser, named: Named, release: str, tmp_path: Path) -> None:
    original = texts(named.table)
    assert search(watched, release, catalogue=NAME, columns="*", obsid="0..", sort="-rowid,ra") == len(
        original
    )
    found = page_rows(watched)
    assert sorted(found, key=lambda r: float(r["ra"])) == original
    keys = [float(r["rowid"]) if r["rowid"].isdigit() else r["rowid"] for r in found]
    assert keys == sorted(keys, reverse=True)
    # a row by the values of all its columns
    row = original[3]
    asked = {
        f"column.{name}": value if value.isdigit() else '"' + value.replace('"', '""') + '"'
        for name, value in row.items()
    }
    assert search(watched, release, catalogue=NAME, columns="ra", **asked) == 1
    assert page_rows(watched) == [{"ra": row["ra"]}]
    # what is taken along
    some = ["obsid", "rowid", "filename", "#d", "__proto__", 'say "no"', "a.b", "a,b", "光谱", "columns"]
    listed = ",".join(f'"{name.replace(chr(34), 2 * chr(34))}"' for name in some)
    search(
        watched, release, catalogue=NAME, columns=listed, rowid="*" if not row["rowid"].isdigit() else "0.."
    )
    table = run_python(taken(watched, "python"), tmp_path)["table"]
    assert table.colnames[: len(some)] == some
    assert sorted(map(str, table["__proto__"])) == sorted(r["__proto__"] for r in original)
    # a list of targets
    for match in ("all", "nearest"):
        query = {"catalogue": NAME, "targets": "30,-5,60;40,0,60", "match": match, "columns": listed}
        assert search(watched, release, **query) == 2
        assert [r["#d"] for r in page_rows(watched)] == [original[3]["#d"], original[4]["#d"]]


@pytest.mark.browser
@pytest.mark.slow
def test_statements_with_any_names(watched: Browser, named: Named, release: str) -> None:
    some = ["rowid", "filename", "__proto__", "constructor", 'say "no"', "a.b", "#d", "_row"]
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in some[:-1])
    sql = f"SELECT {listed}, ra AS _row FROM odd ORDER BY ra"
    assert search(watched, release, "sql.html", sql=sql) == len(named.table)
    found = page_rows(watched)
    original = texts(named.table)
    assert [list(r.values())[:-1] for r in found] == [[r[n] for n in some[:-1]] for r in original]
    assert [list(r.values())[-1] for r in found] == [str(10 * i) for i in range(len(named.table))]


@pytest.mark.browser
@pytest.mark.slow
def test_object_page_with_any_names(watched: Browser, named: Named, release: str) -> None:
    watched.open(f"{release}object.html?obsid=3")
    watched.wait("!!document.querySelector('.observation-row .object-more')")
    watched.evaluate("document.querySelector('.object-more').click()")
    watched.wait(f"document.querySelectorAll('.object-values tr').length > {len(named.table.column_names)}")
    rows = "[...document.querySelectorAll('#observations .object-values tr')]"
    lines = f"{rows}.map((line) => [...line.cells].map((cell) => cell.textContent))"
    cells = json.loads(watched.evaluate(f"JSON.stringify({lines})"))
    assert [(line[0], line[1]) for line in cells[1:]] == list(texts(named.table)[3].items())
