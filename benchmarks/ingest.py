"""Time and memory from a FITS table to a catalogue, beside the least work that any program must do.

    python benchmarks/ingest.py [ROWS] [--pairs N] [--fits FILE] [--json FILE]

The floor reads the table with NumPy, computes the pixel of each row with cdshealpix, and lets DuckDB sort the
rows and write one Parquet file. Both run as processes of their own, one after the other, N times; the ratio
is the median of the pairs. Processor times also compare where other programs use the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = [
    ("obsid", ">i8", "K", None),
    ("ra", ">f8", "D", "deg"),
    ("dec", ">f8", "D", "deg"),
    ("teff", ">f4", "E", "K"),
    ("logg", ">f4", "E", "dex"),
    ("feh", ">f4", "E", "dex"),
    ("rv", ">f4", "E", "km/s"),
    ("snrg", ">f4", "E", None),
    ("class", "S6", "6A", None),
    ("mjd", ">i4", "J", "d"),
]
PIECE = 1 << 20


def write_fits(file: Path, rows: int) -> None:
    """Write a table of stars, galaxies and quasars: ten columns, in no order on the sky."""
    from astropy.io import fits

    dtype = np.dtype([(name, kind) for name, kind, _, _ in COLUMNS])
    columns = [fits.Column(name, form, unit=unit) for name, _, form, unit in COLUMNS]
    header = fits.BinTableHDU.from_columns(columns, nrows=0).header
    header["NAXIS2"] = rows
    random = np.random.default_rng(1)
    with file.open("wb") as out:
        out.write(fits.PrimaryHDU().header.tostring().encode())
        out.write(header.tostring().encode())
        for first in range(0, rows, PIECE):
            count = min(PIECE, rows - first)
            table = np.empty(count, dtype)
            table["obsid"] = 100_000_000 + random.permutation(count) + first
            table["ra"] = random.uniform(0, 360, count)
            table["dec"] = np.degrees(np.arcsin(random.uniform(-0.17, 0.98, count)))
            table["teff"] = np.round(random.gamma(9, 300, count) + 3500, 2)
            table["logg"] = np.round(random.normal(4, 0.7, count), 3)
            table["feh"] = np.round(random.normal(-0.3, 0.4, count), 3)
            table["rv"] = np.where(random.random(count) < 0.02, -9999, random.normal(-5, 60, count))
            table["snrg"] = np.round(random.gamma(1.5, 25, count), 2)
            table["class"] = random.choice(np.array([b"STAR", b"GALAXY", b"QSO"]), count, p=[0.9, 0.08, 0.02])
            table["mjd"] = random.integers(55_800, 60_000, count)
            out.write(table.tobytes())
        out.write(b"\0" * (-rows * dtype.itemsize % 2880))


def floor(file: Path, out: Path) -> dict[str, float]:
    """Write the rows of a FITS file in the order of their pixels as one Parquet file."""
    import duckdb
    import pyarrow as pa
    from astropy.io import fits

    from drportal.ingest.positions import sky_pixels

    with fits.open(file) as hdus:
        table, offset = hdus[1].header, hdus[1].fileinfo()["datLoc"]
    dtype = np.dtype([(name, kind) for name, kind, _, _ in COLUMNS])
    rows = table["NAXIS2"]
    arrow = {
        "S6": pa.string(),
        ">i8": pa.int64(),
        ">i4": pa.int32(),
        ">f8": pa.float64(),
        ">f4": pa.float32(),
    }
    schema = pa.schema([("_healpix_29", pa.int64()), *((name, arrow[kind]) for name, kind, _, _ in COLUMNS)])

    def batches() -> Any:
        for first in range(0, rows, 1 << 17):
            shape = (min(1 << 17, rows - first),)
            part = np.memmap(file, dtype, "r", offset + first * dtype.itemsize, shape)
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
        base.execute(f"COPY ({rows_in_order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return {}


def ours(file: Path, out: Path) -> dict[str, Any]:
    """Write the catalogue; return the processor seconds of each stage."""
    from drportal.ingest import ingest_catalogue
    from drportal.model import CatalogueSource, Release

    values = {"name": "stars", "source": str(file), "missing": {"rv": [-9999]}}
    spec = CatalogueSource.model_validate(values)
    release = Release(name="Benchmark", published="2020", catalogues=[spec])
    spent: dict[str, list[float]] = {}
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
    return {
        "stages": {name: {"wall": w, "processor": p} for name, (w, p) in spent.items()},
        "parquet_bytes": about["bytes"],
        "script_bytes": scripts,
        "partitions": len(about["partitions"]),
        "tiles": sum(len(p["tiles"]) for p in about["partitions"]),
    }


def measured(what: str, file: Path, scratch: Path) -> dict[str, Any]:
    """Run `floor` or `ours` as a process of its own; return its answer with times and memory."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, __file__, "--only", what, "--fits", str(file), "--out", out]
        answer: dict[str, Any] = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        )
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "processor": processor, **answer}


def pair(file: Path, scratch: Path) -> dict[str, Any]:
    runs = {what: measured(what, file, scratch) for what in ("floor", "ours")}
    ratios = {key: runs["ours"][key] / runs["floor"][key] for key in ("wall", "processor")}
    return {**runs, "ratio": ratios}


def report(result: dict[str, Any]) -> None:
    rows, pairs = result["rows"], result["pairs"]
    wall, processor = (statistics.median(p["ratio"][key] for p in pairs) for key in ("wall", "processor"))
    print(f"{rows:,} rows: {wall:.2f} times the floor, {processor:.2f} times its processor time")
    for what in ("floor", "ours"):
        runs = [p[what] for p in pairs]
        middle = {k: statistics.median(r[k] for r in runs) for k in ("wall", "processor", "peak")}
        print(
            f"  {what}: {middle['wall']:.1f} s, processor {middle['processor']:.1f} s, "
            f"{middle['peak'] / 2**30:.2f} GiB at most"
        )
    last = pairs[-1]["ours"]
    for name, spent in last["stages"].items():
        print(f"    {name:<20}{spent['wall']:7.1f} s, processor {spent['processor']:7.1f} s")
    print(
        f"  {last['parquet_bytes'] / 1e6:.1f} MB of Parquet, {last['script_bytes'] / 1e6:.1f} MB of scripts"
    )
    print(f"  {last['partitions']:,} partitions, {last['tiles']:,} tiles")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--pairs", type=int, default=1, help="paired runs")
    parser.add_argument("--fits", type=Path, help="kept and used again if it exists")
    parser.add_argument("--json", type=Path, help="file for the result")
    parser.add_argument("--only", choices=["floor", "ours"], help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        answer = {"floor": floor, "ours": ours}[given.only](given.fits, given.out)
        answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(answer))
        return
    with tempfile.TemporaryDirectory(prefix="drportal-") as name:
        scratch = Path(name)
        file = given.fits or scratch / "stars.fits"
        if not file.is_file():
            write_fits(file, given.rows)
        pairs = [pair(file, scratch) for _ in range(given.pairs)]
    machine = {
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    result = {"rows": given.rows, "machine": machine, "pairs": pairs}
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))
    report(result)


if __name__ == "__main__":
    main()
