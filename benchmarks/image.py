"""Time and memory of writing and verifying an image: python benchmarks/image.py [MEGABYTES [FILES]]"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.media.image import write_image
from drportal.publish.verify import verify
from drportal.report import Report


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        block = random.Random(1).randbytes(size * 1_000_000 // files)
        for number in range(files):
            home = folder / "tree" / "dr1" / "data" / "spectra" / "lrs" / "chunks" / f"{number // 100:06d}"
            home.mkdir(parents=True, exist_ok=True)
            (home / f"{number % 100:04d}.js").write_bytes(number.to_bytes(8, "big") + block[8:])
        write_manifest(folder / "tree", Head("", "Benchmark", ("dr1",)))
        start = time.perf_counter()
        write_image(folder / "tree", folder / "disc.iso", "BENCHMARK", 0, lambda _done, _total: None)
        written = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        taken = (folder / "disc.iso").stat().st_size
        start = time.perf_counter()
        verdict = verify(str(folder / "disc.iso"), Report(), print, state=folder / "state")
        checked = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{verdict.files:,} files, {verdict.bytes / 1e9:.2f} GB; image {taken / 1e9:.2f} GB")
    print(f"written in {written:.1f} s ({taken / written / 1e6:.0f} MB/s), peak {peak:.0f} MB")
    print(f"verified in {checked:.1f} s ({taken / checked / 1e6:.0f} MB/s), peak {most:.0f} MB")


if __name__ == "__main__":
    main()
