"""Time and memory of comparing two catalogues: python benchmarks/differences.py [ROWS]

Both are written by DuckDB from a formula, with columns as in a general catalogue: 64-bit ids, texts, numbers.
In the later one the rows are in another order, a thousandth is new, a thousandth is gone, every tenth row has
another redshift, and one column was renamed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from drportal.checksums import SUMS
from drportal.differences.hints import ROWS, Hints
from tests.pieces_fixtures import compared

NUMBERS = 28
"""Columns of doubles; with ids, texts and whole numbers 40 in all."""


def write(folder: Path, rows: int, later: bool) -> None:
    """Write a catalogue's folder as ingest does, as far as a comparison reads it."""
    folder.mkdir()
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
    columns: list[tuple[str, str]] = [("obsid", "long"), ("ra", "double"), ("dec", "double"), ("z", "double")]
    columns += [(f"x{c}", "double") for c in range(NUMBERS)]
    columns += [(f"t{c}", "string") for c in range(1, 6)] + [(f"n{c}", "int") for c in range(3)]
    if later:
        select = select.replace(" AS n0", " AS n0s")
        columns = [("n0s" if name == "n0" else name, kind) for name, kind in columns]
    with duckdb.connect(
        config={"memory_limit": "4GB", "temp_directory": str(folder.parent / "spill")}
    ) as base:
        order = "dec" if later else "ra"
        base.execute(
            f"COPY ({select} ORDER BY {order}) TO '{folder / 'part.parquet'}' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
        )
    described = [{"name": name, "datatype": kind, "missing": []} for name, kind in columns]
    about = {
        "rows": rows,
        "position": {"ra": "ra", "dec": "dec"},
        "id": "obsid",
        "columns": described,
        "partitions": [{"path": "part.parquet"}],
        "ids": [],
    }
    measured = [{"name": "obsid", "distinct": rows, "rows": rows, "nulls": 0}]
    (folder / "catalogue.json").write_text(json.dumps(about))
    (folder / "statistics.json").write_text(json.dumps({"columns": measured, "rows": rows}))
    (folder / SUMS).write_text(str(later))


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        base = Path(name)
        for later in (False, True):
            write(base / str(later), rows, later)
        print(f"two catalogues of {rows:,} rows and {NUMBERS + 12} columns written", flush=True)
        # In a process of its own, so that memory used for writing does not count.
        import multiprocessing

        process = multiprocessing.get_context("spawn").Process(target=measure, args=(base, rows))
        process.start()
        process.join()


def measure(base: Path, rows: int) -> None:
    start = time.perf_counter()
    folders = base / "False", base / "True"
    found, kept = compared(*folders, Hints("lrs", "lrs"), base / "cache")
    total = time.perf_counter() - start
    # ru_maxrss would include the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 2**20
    assert found.rows is not None
    size = (kept / ROWS).stat().st_size / 1e6
    print(f"{rows:,} x {rows:,} rows in {total:.1f} s, {peak:.2f} GiB at most")
    print(f"  {found.rows.model_dump()}")
    print(f"  renamed: {[(p.before.name, p.name) for p in found.pairs if 'renamed' in p.changes]}")
    print(f"  {[(v.name, v.differing) for v in found.values]}; {size:.1f} MB of changed rows")


if __name__ == "__main__":
    main()
