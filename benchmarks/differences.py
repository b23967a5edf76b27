"""Comparing two catalogues, beside a join by DuckDB: python -m benchmarks.differences [--rows N] [--runs N]

Both are written by DuckDB from a formula and ingested, with columns as in a general catalogue: 64-bit ids,
texts, numbers. In the later one the rows are in another order, a thousandth is new, a thousandth is gone,
every tenth row has another redshift, and one column was renamed. The floor joins both by id in one statement
and counts the rows that differ; it keeps none of them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

from drportal.differences.hints import Hints
from drportal.model import CatalogueSource, Release
from tests.pieces_fixtures import catalogue_data, compared

from .lines import LINES
from .measure import arguments, print_pair, run

NUMBERS = 28
"""Columns of doubles; with ids, texts and whole numbers 40 in all."""
SIDES = "former", "later"


def write(file: Path, rows: int, later: bool) -> None:
    """Write the table of a release as Parquet."""
    step = rows // 1000
    first = step if later else 0
    z = "CASE WHEN i % 10 = 0 THEN 1e-3 ELSE 0 END" if later else "0"
    doubles = ", ".join(f"((hash(i * 31 + {c}) % 1000003) / 1000.0)::DOUBLE AS x{c}" for c in range(NUMBERS))
    texts = ", ".join(f"'T' || (hash(i + {c}) % {10**c}) AS t{c}" for c in range(1, 6))
    ints = ", ".join(f"(hash(i - {c}) % 250)::INTEGER AS n{c}" for c in range(3))
    select = (
        f"SELECT i * 1000003 AS obsid, (hash(i) % 360000000) / 1e6 AS ra, "
        f"(hash(i + 7) % 90000000) / 1e6 AS dec, ((hash(i * 7) % 100000) / 1e5)::DOUBLE + {z} AS z, "
        f"{doubles}, {texts}, {ints} FROM range({first}, {first + rows}) t(i)"
    )
    if later:
        select = select.replace(" AS n0", " AS n0s")
    config = {"memory_limit": "4GB", "temp_directory": str(file.parent / "spill")}
    with duckdb.connect(config=config) as base:
        order = "dec" if later else "ra"
        base.execute(f"COPY ({select} ORDER BY {order}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


def floor(base: Path) -> int:
    """Return the number of rows of both that differ in a column that both have."""
    shared = [
        "ra",
        "dec",
        "z",
        *(f"x{c}" for c in range(NUMBERS)),
        *(f"t{c}" for c in range(1, 6)),
        "n1",
        "n2",
    ]
    differ = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in shared)
    one, other = (f"'{base / f'{side}.parquet'}'" for side in SIDES)
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(base / "spill")}) as joined:
        found = joined.execute(f"SELECT count(*) FROM {one} a JOIN {other} b USING (obsid) WHERE {differ}")
        return int(found.fetchall()[0][0])


def ours(base: Path) -> int:
    folders = [Path((base / f"{side}.folder").read_text()) for side in SIDES]
    found, _ = compared(*folders, Hints("lrs", "lrs", renamed={"n0": "n0s"}), base / "compared")
    assert found.rows is not None
    return int(found.rows.changed)


def ingest(base: Path) -> None:
    """Make a catalogue of each table, as a build does."""
    for side in SIDES:
        spec = CatalogueSource.model_validate({"name": "lrs", "source": str(base / f"{side}.parquet")})
        release = Release(name=side, published="2020", catalogues=[spec])
        (base / f"{side}.folder").write_text(str(catalogue_data(spec, release, base / "cache")))


WORKS = {"ingest": ingest, "floor": floor, "ours": ours}


def main() -> None:
    given = arguments(__doc__)
    rows = max(given.rows // 5, 1000)
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory(dir=given.data) as name:
            base = Path(name)
            for side in SIDES:
                write(base / f"{side}.parquet", rows, side == "later")
            # Processes of their own, so that memory used for writing does not count.
            _, peer, spent = (run([sys.executable, "-m", __spec__.name, work, base]) for work in WORKS)
            changed = int(spent.output)
            assert changed == int(peer.output), f"{changed} rows differ, {peer.output} by DuckDB"
            print_pair(LINES["differences"][0].name, spent, peer, rows=rows, changed=changed)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WORKS:
        if (answer := WORKS[sys.argv[1]](Path(sys.argv[2]))) is not None:
            print(answer)
    else:
        main()
