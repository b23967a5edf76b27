"""What the query engine must withstand: too little memory, slow and broken hosts, tables of every shape."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.ingest import ingest_catalogue
from drportal.model import CatalogueSource, Release

from ...browser import node
from ...conftest import once

SCRIPT = Path(__file__).parents[2] / "browser" / "engine-withstands.mjs"
ROWS = 300_000
SMALL = [f"c{i}" for i in range(9)]

LARGE = [
    "SELECT kind, count(*), sum(id)::VARCHAR, max(x), min(dec) FROM sums GROUP BY ALL ORDER BY ALL",
    "SELECT count(*), sum(id)::VARCHAR, max(y), min(z), max(ra) FROM sums WHERE x > 1.9",
    "SELECT count(*) FROM sums a JOIN sums b USING (id) WHERE a.x < 1.5 AND b.y > 1.2",
    "SELECT id, x, y, z FROM sums WHERE x > 1.1 ORDER BY y DESC, id LIMIT 60",
    "SELECT count(*), min(columns(*))::VARCHAR, max(columns(*))::VARCHAR FROM sums",
]
SHAPES = [
    "SELECT count(*), sum(p7 + p499), max(p0), min(p250) FROM wide",
    "SELECT * FROM wide WHERE id = 17",
    "SELECT id, p3 FROM wide ORDER BY p3 DESC, id LIMIT 4",
    "SELECT count(*), sum(alone)::VARCHAR, max(alone) FROM one_column",
    "SELECT alone FROM one_column WHERE alone > 95 ORDER BY alone",
    "SELECT * FROM one_row",
    "SELECT count(*) FROM one_row WHERE n > 5",
    "SELECT count(*), max(n), sum(n) FROM no_rows",
    "SELECT * FROM no_rows WHERE n > 1 ORDER BY n LIMIT 3",
    "SELECT s.id, " + ", ".join(f"{name}.v" for name in SMALL) + " FROM sums s "
    + " ".join(f"JOIN {name} ON {name}.id = s.id" for name in SMALL)
    + " WHERE c3.v > 0 ORDER BY s.id LIMIT 10",
]  # fmt: skip


def tables() -> dict[str, pa.Table]:
    random = np.random.default_rng(7)
    ids = random.permutation(ROWS)
    sums = {
        "id": ids,
        "ra": random.uniform(0, 360, ROWS),
        "dec": np.degrees(np.arcsin(random.uniform(-1, 1, ROWS))),
        "kind": random.choice(["STAR", "GALAXY", "QSO"], ROWS),
        **{name: random.uniform(1, 2, ROWS) for name in "xyz"},
    }
    wide = {"id": np.arange(200), **{f"p{i}": np.arange(200) * i % 97 for i in range(500)}}
    return {
        "sums": pa.table(sums),
        "wide": pa.table(wide),
        "one_column": pa.table({"alone": np.arange(100)}),
        "one_row": pa.table({"n": [1], "word": ["all"]}),
        "no_rows": pa.table({"n": pa.array([], pa.int64()), "word": pa.array([], pa.string())}),
        **{name: pa.table({"id": np.arange(i, 4000, i + 1), "v": np.arange(i, 4000, i + 1) % (i + 5)})
           for i, name in enumerate(SMALL)},
    }  # fmt: skip


def make_release(folder: Path) -> None:
    """Write a catalogue of each table, and what DuckDB answers."""
    with duckdb.connect() as native:
        for name, table in tables().items():
            source = folder / f"{name}.parquet"
            pq.write_table(table, source)
            placed = {} if name == "sums" else {"positions": "none"}
            spec = CatalogueSource.model_validate({"name": name, "source": str(source), **placed})
            release = Release(name="Test", published="2020", catalogues=[spec])
            out = folder / "data" / name
            out.mkdir(parents=True)
            ingest_catalogue(spec, release, out, progress=lambda *_: None)
            native.execute(f"CREATE VIEW {name} AS SELECT * FROM '{source}'")
        answers = {
            title: [
                [sql, [["" if v is None else str(v) for v in row] for row in native.execute(sql).fetchall()]]
                for sql in statements
            ]
            for title, statements in {"large": LARGE, "shapes": SHAPES}.items()
        }
    about = {"names": list(tables()), "answers": answers}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> Path:
        make_release(folder)
        return folder

    return once(tmp_path_factory, "withstands", make)


WHAT = [
    pytest.param("chrome", "waits", marks=pytest.mark.slow),
    pytest.param("firefox", "more than the memory"),
    pytest.param("chrome", "tables of every shape"),
    pytest.param("chrome", "a tab with little memory"),
    pytest.param("chrome", "", marks=pytest.mark.slow),
    pytest.param("firefox", "", marks=pytest.mark.slow),
]


@pytest.mark.browser
@pytest.mark.parametrize(("which", "checks"), WHAT)
def test_the_engine_withstands(release: Path, which: str, checks: str) -> None:
    command = [node(), str(SCRIPT), str(release), str(release / "about.json"), which, checks]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
