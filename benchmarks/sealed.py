"""Time and memory of encrypting and decrypting a built release: python benchmarks/sealed.py RELEASE"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from drportal.publish.seal import seal
from drportal.publish.unseal import unseal
from drportal.report import Report

PASSPHRASE = "five words taken at random"


def main(release: Path) -> None:
    size = sum(f.stat().st_size for f in release.rglob("*") if f.is_file())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        header = seal(release, folder / "sealed", PASSPHRASE, Report())
        sealed = time.perf_counter() - start
        start = time.perf_counter()
        unseal(folder / "sealed", folder / "plain", PASSPHRASE, Report())
        given = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{size / 1e6:,.0f} MB, {header.pieces:,} pieces, peak {peak:.0f} MB")
    print(f"sealed in {sealed:.1f} s ({size / sealed / 1e6:.0f} MB/s)")
    print(f"decrypted in {given:.1f} s ({size / given / 1e6:.0f} MB/s)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
