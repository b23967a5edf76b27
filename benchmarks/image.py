"""Writing and verifying an image of a disc: python -m benchmarks.image [--rows N] [--runs N]

The tree has 200 bytes a row, in files of 100 kB; genisoimage writes the same tree.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import tempfile
from pathlib import Path

from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.publish.media.image import write_image
from drportal.publish.verify import verify
from drportal.report import Report

from .lines import LINES
from .measure import arguments, print_pair, run

WRITE, VERIFY = (line.name for line in LINES["image"])
SIZE, MOST = 100_000, 2_000_000_000


def write_tree(tree: Path, size: int) -> None:
    block = random.Random(1).randbytes(SIZE)
    for number in range(max(size // SIZE, 1)):
        home = tree / "dr1" / "data" / "spectra" / "lrs" / "chunks" / f"{number // 100:06d}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{number % 100:04d}.js").write_bytes(number.to_bytes(8, "big") + block[8:])
    write_manifest(tree, Head("", "Benchmark", ("dr1",)))


def check(image: Path, state: Path) -> None:
    faults: list[str] = []
    verify(str(image), Report(), faults.append, state=state)
    assert not faults, faults


def floor(tree: Path, _: Path) -> None:
    for path in tree.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")


WORKS = {
    "write": lambda tree, image: write_image(tree, image, "BENCHMARK", 0, lambda _done, _total: None),
    "verify": check,
    "floor": floor,
}


def main() -> None:
    given = arguments(__doc__)
    with tempfile.TemporaryDirectory(dir=given.data) as name:
        tree, image, other = (Path(name) / part for part in ("tree", "disc.iso", "other.iso"))
        write_tree(tree, min(given.rows * 200, MOST))
        for number in range(given.runs):
            peer = None
            if shutil.which("genisoimage"):
                peer = run(["genisoimage", "-quiet", "-r", "-J", "-joliet-long", "-udf", "-o", other, tree])
            missing = "" if peer else "genisoimage is not in PATH: make browsers"
            written = run([sys.executable, "-m", __spec__.name, "write", tree, image])
            print_pair(WRITE, written, peer, missing=missing, bytes=image.stat().st_size)
            hashed = run([sys.executable, "-m", __spec__.name, "floor", tree, image])
            state = Path(name) / f"state-{number}"
            print_pair(VERIFY, run([sys.executable, "-m", __spec__.name, "verify", image, state]), hashed)
            image.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WORKS:
        WORKS[sys.argv[1]](*map(Path, sys.argv[2:]))
    else:
        main()
