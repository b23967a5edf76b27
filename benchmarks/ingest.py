"""From a FITS table to a catalogue, beside the least work that any program must do, and beside hats-import.

The floor reads the table with NumPy, computes the pixel of each row with cdshealpix, and lets DuckDB sort the
rows and write one Parquet file. All run as processes of their own, one after the other.

python -m benchmarks.ingest [--rows N] [--runs N]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .data import COLUMNS, DTYPE, table
from .lines import INGEST
from .measure import BENCH, INSTALLED, Spent, arguments, print_line, print_pair, run

PROCESSOR, ELAPSED, MEMORY, HATS, SCRIPTS = (line.name for line in INGEST)


def floor(file: Path, out: Path) -> dict[str, Any]:
    """Write the rows of a FITS file in the order of their pixels as one Parquet file."""
    import duckdb
    import pyarrow as pa
    from astropy.io import fits

    from drportal.ingest.positions import sky_pixels

    with fits.open(file) as hdus:
        head, offset = hdus[1].header, hdus[1].fileinfo()["datLoc"]
    rows = head["NAXIS2"]
    arrow = {
        "S6": pa.string(),
        ">i8": pa.int64(),
        ">i4": pa.int32(),
        ">f8": pa.float64(),
        ">f4": pa.float32(),
    }
    schema = pa.schema([("_healpix_29", pa.int64()), *((name, arrow[kind]) for name, kind, _, _ in COLUMNS)])

    def batches() -> Iterator[Any]:
        for first in range(0, rows, 1 << 17):
            shape = (min(1 << 17, rows - first),)
            part = np.memmap(file, DTYPE, "r", offset + first * DTYPE.itemsize, shape)
            ra, dec = (part[name].astype("f8") for name in ("ra", "dec"))
            values = [pa.array(sky_pixels(ra, dec))]
            for name, kind, _, _ in COLUMNS:
                if kind == "S6":
                    values.append(pa.array(part[name], pa.binary()).cast(pa.string()))
                else:
                    values.append(pa.array(part[name].astype(kind[1:])))
            yield pa.RecordBatch.from_arrays(values, schema=schema)

    with duckdb.connect(
        config={"temp_directory": str(out / "spill"), "threads": os.cpu_count() or 1}
    ) as base:
        base.register("source", pa.RecordBatchReader.from_batches(schema, batches()))
        target = str(out / "rows.parquet").replace("'", "''")
        rows_in_order = "SELECT * FROM source ORDER BY _healpix_29"
        copy = f"COPY ({rows_in_order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        ((written,),) = base.execute(copy).fetchall()
    return {"rows": written}


def ours(file: Path, out: Path) -> dict[str, Any]:
    """Write the catalogue; return the seconds of each stage: elapsed, and of the processor."""
    from drportal.run import prepare

    prepare()  # as every command does
    from drportal.ingest import ingest_catalogue
    from drportal.model import CatalogueSource, Release

    values = {"name": "stars", "source": str(file), "missing": {"rv": [-9999]}}
    spec = CatalogueSource.model_validate(values)
    release = Release(name="Benchmark", published="2020", catalogues=[spec])
    spent: dict[str, list[float]] = {"start": [0, time.process_time()]}
    stage, wall, processor = "open", time.perf_counter(), time.process_time()

    def progress(name: str, done: int, total: int) -> None:
        nonlocal stage, wall, processor
        if name != stage:
            now = time.perf_counter(), time.process_time()
            sums = spent.setdefault(stage, [0.0, 0.0])
            sums[0] += now[0] - wall
            sums[1] += now[1] - processor
            stage, (wall, processor) = name, now

    ingest_catalogue(spec, release, out, progress=progress)
    progress("", 0, 0)
    about = json.loads((out / "catalogue.json").read_bytes())
    scripts = sum(f.stat().st_size for f in (out / "chunks").iterdir())
    return {"rows": about["rows"], "stages": spent, "bytes": about["bytes"], "scripts": scripts}


def hats_import(file: Path, out: Path, rows: int) -> tuple[Spent, str]:
    """Write the same rows by hats-import; return what it took, or why it cannot run."""
    python = BENCH / "python"
    if not INSTALLED.exists():
        return Spent(), "hats-import is not installed: make .venv/bench/installed"
    spent = run([python, Path(__file__).with_name("hats_peer.py"), file, out])
    found = json.loads(spent.output.splitlines()[-1])["rows"]
    assert found == rows, f"hats-import has written {found:,} rows of {rows:,}"
    return spent, ""


def alone(what: str, file: Path, scratch: Path, rows: int) -> Spent:
    """Run `floor` or `ours` as a process of its own."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        spent = run([sys.executable, "-m", __spec__.name, what, file, out])
    spent.stages = json.loads(spent.output)
    assert spent.stages["rows"] == rows, spent.stages
    return spent


def main() -> None:
    given = arguments(__doc__)
    file = table(given.data, given.rows)
    for _ in range(given.runs):
        peer = alone("floor", file, given.data, given.rows)
        spent = alone("ours", file, given.data, given.rows)
        stages = spent.stages["stages"]
        print_line(
            PROCESSOR, spent.processor, peer.processor, stages={k: round(v[1], 2) for k, v in stages.items()}
        )
        print_pair(ELAPSED, spent, peer, bytes=spent.stages["bytes"])
        print_line(MEMORY, spent.memory)
        print_line(SCRIPTS, spent.stages["scripts"] / 1e6, spent.stages["bytes"] / 1e6)
        with tempfile.TemporaryDirectory(dir=given.data) as out:
            hats, missing = hats_import(file, Path(out), given.rows)
        print_pair(HATS, spent, None if missing else hats, missing=missing)


if __name__ == "__main__":
    if sys.argv[1] in ("floor", "ours"):
        what, source, target = sys.argv[1:]
        print(json.dumps({"floor": floor, "ours": ours}[what](Path(source), Path(target))))
    else:
        main()
