"""Recipes of searches for every type and name, run as a reader would."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ...any_names import named_table, words
from ...browser import node
from ...every_type import every_type, single_types, write
from ...ingest_fixtures import described, ingest
from ...ways import few
from .test_elsewhere import run_python

SCRIPT = Path(__file__).parents[2] / "browser/recipes.mjs"


def recipes(out: Path, *queries: dict[str, str]) -> list[dict[str, str]]:
    asked = {"place": str(out.parents[1]), "meta": described(out), "queries": queries}
    done = subprocess.run(
        [node(), SCRIPT], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    written: list[dict[str, str]] = json.loads(done.stdout)
    return written


def found(out: Path, recipe: str, kind: str, folder: Path) -> dict[str, list[Any]]:
    """The columns that a recipe finds."""
    if kind != "sql":
        its = run_python(recipe, folder)["table" if kind == "python" else "result"]
        names = its.colnames if kind == "python" else list(its.columns)
        return {name: list(its[name]) for name in names}
    place = Path.cwd()
    try:
        os.chdir(out.parents[1])
        database = duckdb.connect()
        for line in re.findall(r"^--   (CREATE .*)$", recipe, re.M):
            database.execute(line)
        its = database.execute(recipe)
        names = [column[0] for column in its.description]
        return dict(zip(names, map(list, zip(*its.fetchall(), strict=True)), strict=True))
    finally:
        os.chdir(place)


def written(value: Any) -> str:
    """A value as a reader types it."""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("kind", few(["sql", "python", "lsdb"], "sql"))
def test_each_type_is_asked_for(tmp_path: Path, kind: str) -> None:
    """By the values of all columns of a row, and by ranges that begin or end there."""
    table = every_type()
    write(table, tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet", out="data/t", roles={"id": "gaia_id"})
    assert out.name == "t"
    stored = duckdb.sql(f"FROM read_parquet('{out}/dataset/**/*.parquet')")
    asked = []
    names = [f"c_{n}" for n, (kind_, _) in single_types().items() if not re.search("null|binary", n)]
    for row in range(1, 6):
        ident = table.column("gaia_id")[row].as_py()
        (texts,) = duckdb.sql(
            f"SELECT {', '.join(f'{n}::VARCHAR' for n in names)} FROM stored WHERE gaia_id = {ident}"
        ).fetchall()
        query = {}
        for name, text in zip(names, texts, strict=True):
            quoted = stored.select(f'"{name}"').types[0] == "VARCHAR"
            query[name] = written(text) if quoted else text
        asked.append((ident, query))
    base = {"catalogue": "t", "columns": "gaia_id"}
    queries = [base | query for _, query in asked]
    queries += [base | {n: f"{v}.." for n, v in q.items() if n != "c_bool"} for _, q in asked]
    for place, (recipe, (ident, _)) in enumerate(zip(recipes(out, *queries), [*asked, *asked], strict=True)):
        ids = found(out, recipe[kind], kind, tmp_path)["gaia_id"]
        assert (list(map(int, ids)) == [ident]) if place < 5 else (ident in map(int, ids)), (place, ident)


@pytest.mark.parametrize("kind", few(["sql", "python", "lsdb"], "sql"))
def test_each_name_is_asked_for_and_shown(tmp_path: Path, kind: str) -> None:
    table = named_table()
    write(table, tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet", out="data/t", roles={"id": "obsid"})
    row = table.slice(4, 1).to_pylist()[0]
    query = {f"column.{n}": written(v) for n, v in row.items()}
    base = {"catalogue": "t", "columns": "*"}
    listed = ",".join(written(n) for n in words())
    near = {"catalogue": "t", "columns": listed, "cone": "40,0,60"}
    for recipe in recipes(out, base | query, near):
        its = found(out, recipe[kind], kind, tmp_path)
        for name, value in row.items():
            if name in its:
                assert [str(v) for v in its[name]] == [str(value)], name
        assert set(words()) <= set(its)
    assert pa.types.is_integer(table.schema.field("obsid").type)


@pytest.mark.parametrize("kind", few(["sql", "python", "lsdb"], "sql", "python"))
@pytest.mark.parametrize("count", few([9, 60], 60))
def test_lists_of_names_find_the_rows_that_the_page_finds(tmp_path: Path, kind: str, count: int) -> None:
    """Names with and without a catalogue's name before them, in small letters, and one that is not there."""
    places = [f"J{h:02}{m:02}{m:02}.00+{h:02}{m:02}00.0" for h in range(20) for m in range(10, 40, 10)]
    before = ["", "LAMOST ", "SDSS ", "2MASS "]
    stored = [before[i % 4] + place for i, place in enumerate(places)]
    table = pa.table(
        {
            "obsid": pa.array(range(60), pa.int64()),
            "name": stored,
            "ra": [i * 5.0 for i in range(60)],
            "dec": [0.0] * 60,
        }
    )
    write(table, tmp_path / "t.parquet")
    out = ingest(tmp_path, "t.parquet", out="data/t", roles={"id": "obsid", "ra": "ra", "dec": "dec"})
    asked = [before[(i + 1) % 4] + place for i, place in enumerate(places[: count - 1])] + ["J999"]
    asked[2] = asked[2].lower().replace("2mass", "2MASS")
    targets = "name:" + ";".join(f'"{name}"' for name in asked)
    (recipe,) = recipes(out, {"catalogue": "t", "columns": "obsid,name", "targets": targets})
    (tmp_path / "targets.csv").write_text(recipe["list"])
    place = out.parents[1]
    (place / "targets.csv").write_text(recipe["list"])
    its = found(out, recipe[kind], kind, tmp_path)
    assert [int(value) for value in its["obsid"]] == list(range(count - 1))
    assert list(map(str, its["target_name"])) == asked[:-1]
