"""Time and memory of ingesting simulated catalogues: python benchmarks/ingest.py [ROWS [KIND]]"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from drportal.ingest import ingest_catalogue
from drportal.model import CatalogueSource, Release


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kind = sys.argv[2] if len(sys.argv) > 2 else "lrs"
    spec = CatalogueSource.model_validate({"name": kind, "simulate": {"kind": kind, "rows": rows}})
    release = Release(name="Benchmark", published="2020", catalogues=[spec])
    spent: dict[str, float] = {}
    stage, since = "open", time.perf_counter()

    def progress(name: str, done: int, total: int) -> None:
        nonlocal stage, since
        if name != stage:
            now = time.perf_counter()
            spent[stage] = spent.get(stage, 0) + now - since
            stage, since = name, now

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        start = time.perf_counter()
        ingest_catalogue(spec, release, out, progress=progress)
        total = time.perf_counter() - start
        progress("", 0, 0)
        about = json.loads((out / "catalogue.json").read_bytes())
        scripts = sum(f.stat().st_size for f in (out / "chunks").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    tiles = [t for p in about["partitions"] for t in p["tiles"]]
    footers = [p["size"] - p["footer"] for p in about["partitions"]]
    lengths = sorted(t[1] for t in tiles)
    size, count = about["bytes"], len(about["chunks"])
    middle, longest = (lengths[len(lengths) // 2], lengths[-1]) if lengths else (0, 0)
    most = max((t[2] for t in tiles), default=0)
    print(f"{kind}: {rows:,} rows in {total:.1f} s ({rows / total:,.0f} rows/s), {peak:.2f} GiB at most")
    print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()))
    print(f"  {size / 1e6:.1f} MB of Parquet, {scripts / 1e6:.1f} MB of scripts in {count} files")
    print(f"  {len(about['partitions'])} partitions, footers {min(footers):,} to {max(footers):,} bytes")
    print(f"  {len(tiles)} tiles of {middle:,} bytes (median), {longest:,} at most; up to {most:,} rows")


if __name__ == "__main__":
    main()
