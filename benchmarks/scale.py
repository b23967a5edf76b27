"""Processor time, memory and files of a catalogue that Dask workers make, stage by stage.

    python benchmarks/scale.py ROWS --work DIR [--fits FILE] [--dask ADDRESS] [--workers N] [--json FILE]

The table is that of `benchmarks/ingest.py`. Processor times are sums over all processes, so that those of a
busy computer compare with others. The catalogue stays in DIR/catalogue.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def spent() -> tuple[float, int]:
    """Processor seconds of this process so far, and the most memory it has had, in bytes."""
    return time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Stages:
    """Processor time of the client and of all workers by stage; an ingest calls it as its progress."""

    def __init__(self, client: Any, spool: Path) -> None:
        self._client, self._spool = client, spool
        self._stage, self._since = "start", self._now()
        self.stages: dict[str, dict[str, float]] = {}
        self.spool = 0
        """Most bytes in the spool folder at the end of a stage."""

    def _now(self) -> tuple[float, float, float]:
        workers = self._client.run(spent).values()
        return time.perf_counter(), time.process_time(), sum(seconds for seconds, _ in workers)

    def __call__(self, stage: str, done: int, total: int) -> None:
        stage = stage.partition(" of ")[0]
        if stage == self._stage:
            return
        now = self._now()
        sums = self.stages.setdefault(self._stage, {"wall": 0.0, "client": 0.0, "workers": 0.0})
        for name, before, after in zip(sums, self._since, now, strict=True):
            sums[name] += after - before
        size = sum(f.stat().st_size for f in self._spool.rglob("*") if f.is_file())
        self.spool = max(self.spool, size)
        print(
            f"{time.strftime('%H:%M:%S')} {self._stage}: {sums}, spool {size:,}", file=sys.stderr, flush=True
        )
        self._stage, self._since = stage, now

    def memory(self) -> dict[str, int]:
        return {"client": spent()[1], "worker": max(most for _, most in self._client.run(spent).values())}


def measured(file: Path, work: Path, address: str | None, workers: int) -> dict[str, Any]:
    """Make the catalogue; return its figures."""
    from distributed import Client

    from drportal.cluster.crew import dask_crew
    from drportal.cluster.shared import Shared
    from drportal.cluster.walk import ingest_on
    from drportal.model import CatalogueSource, Release

    values = {"name": "stars", "source": str(file), "missing": {"rv": [-9999]}}
    spec = CatalogueSource.model_validate(values)
    release = Release(name="Benchmark", published="2020", catalogues=[spec])
    spool, out = work / "spool", work / "catalogue"
    spool.mkdir(parents=True)
    with dask_crew(address, workers) as crew:
        crew.check(Shared(str(spool)), [str(file)])
        stages = Stages(Client.current(), spool)
        ingest_on(crew, Shared(str(spool)), spec, release, [str(file)], out, stages)
        stages("", 0, 0)
        memory = stages.memory()
    shutil.rmtree(spool)
    about = json.loads((out / "catalogue.json").read_bytes())
    files = [f for f in out.rglob("*") if f.is_file()]
    sizes = {
        kind: sum(f.stat().st_size for f in files if f.relative_to(out).parts[0] == kind)
        for kind in (
            "dataset",
            "ids",
            "chunks",
            "footers.bin",
            "catalogue.json",
            "catalogue.js",
            "statistics.json",
        )
    }
    return {
        "rows": about["rows"],
        "source": file.stat().st_size,
        "stages": stages.stages,
        "memory": memory,
        "spool": stages.spool,
        "partitions": len(about["partitions"]),
        "tiles": sum(len(p["tiles"]) for p in about["partitions"]),
        "files": len(files),
        "bytes": sizes,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--fits", type=Path)
    parser.add_argument("--dask")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    from benchmarks.ingest import write_fits

    given.work.mkdir(parents=True, exist_ok=True)
    file = given.fits or given.work / "stars.fits"
    if not file.exists():
        write_fits(file, given.rows)
    found = measured(file.absolute(), given.work.absolute(), given.dask, given.workers)
    text = json.dumps(found, indent=1)
    print(text)
    if given.json:
        given.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
