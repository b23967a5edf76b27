"""Encrypting and decrypting a built release: python -m benchmarks.sealed [--rows N] [--runs N]

The floor reads the same bytes in one thread, computes their SHA-256, encrypts and writes them.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from drportal.publish.seal import seal
from drportal.publish.unseal import unseal
from drportal.report import Report

from .data import release
from .lines import LINES
from .measure import arguments, print_pair, run

SEAL, UNSEAL = (line.name for line in LINES["sealed"])
PASSPHRASE = "five words taken at random"
PIECE = 1 << 20


def files_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def floor(source: Path, out: Path) -> None:
    cipher, number = AESGCM(bytes(32)), 0
    with out.open("wb") as sealed:
        for path in files_of(source):
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    sealed.write(cipher.encrypt(number.to_bytes(12, "big"), piece, None))
                    number += 1
            sealed.write(digest.digest())


def same(one: Path, other: Path) -> bool:
    pairs = [[file.relative_to(folder) for file in files_of(folder)] for folder in (one, other)]
    return pairs[0] == pairs[1] and all((one / p).read_bytes() == (other / p).read_bytes() for p in pairs[0])


WORKS = {
    "floor": floor,
    "seal": lambda source, out: seal(source, out, PASSPHRASE, Report()),
    "unseal": lambda source, out: unseal(source, out, PASSPHRASE, Report()),
}


def main() -> None:
    given = arguments(__doc__)
    source = release(given.data, given.rows)
    size = sum(file.stat().st_size for file in files_of(source))
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory(dir=given.data) as name:
            out = Path(name)

            def alone(work: str, *paths: Path) -> object:
                return run([sys.executable, "-m", __spec__.name, work, *paths])

            peer = alone("floor", source, out / "floor")
            print_pair(SEAL, alone("seal", source, out / "sealed"), peer, bytes=size)
            print_pair(UNSEAL, alone("unseal", out / "sealed", out / "plain"), peer, bytes=size)
            assert same(source, out / "plain"), "the decrypted release differs"


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WORKS:
        WORKS[sys.argv[1]](*map(Path, sys.argv[2:]))
    else:
        main()
