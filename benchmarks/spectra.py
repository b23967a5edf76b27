"""Packing spectra, beside only reading them with astropy: python -m benchmarks.spectra [--runs N]

`python -m benchmarks.spectra pack FOLDER OUT` packs the FITS files of a folder, `read FOLDER OUT` reads them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .data import SPECTRA, spectra
from .lines import LINES
from .measure import arguments, print_line, print_pair, run

PACK, NOTHING = (line.name for line in LINES["spectra"])


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read(folder: Path, _: Path) -> None:
    """Read every column, or image, of every file."""
    from astropy.io import fits

    for file in files_of(folder):
        with fits.open(file) as hdus:
            for hdu in hdus:
                if isinstance(hdu, fits.BinTableHDU):
                    for name in hdu.data.names:
                        hdu.data[name].copy()
                elif hdu.data is not None:
                    hdu.data.copy()


def pack(folder: Path, cache: Path) -> None:
    from drportal.model import Release, SpectraSet
    from drportal.pieces import Store, Workshop
    from drportal.spectra.piece import spectra_piece

    release = Release(name="T", published="2026")
    release.file, release.id = cache / "release.toml", "t"
    spec, store = SpectraSet(name="s", source=str(folder)), Store(cache)
    store.begin()
    with Workshop(store, 1) as workshop:
        workshop.ask("set", lambda: spectra_piece(spec, release, None, store), here=True)
        workshop.finish()


def main() -> None:
    import pyarrow.parquet as pq

    given = arguments(__doc__)
    folder = spectra(given.data)
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory(dir=given.data) as name:
            cache = Path(name)
            reading, packing, again = (
                run([sys.executable, "-m", __spec__.name, work, folder, cache])
                for work in ("read", "pack", "pack")
            )
            # Those of a set are hard links to those of its packs.
            packs = {file.stat().st_ino: file for file in cache.glob("**/packs/**/*.parquet")}.values()
            rows = sum(pq.ParquetFile(file).metadata.num_rows for file in packs)
            assert rows >= SPECTRA, f"{rows} rows of {SPECTRA} spectra"
            size = sum(file.stat().st_size for file in packs)
            print_line(PACK, packing.processor, reading.processor, memory=packing.memory, bytes=size)
            print_pair(NOTHING, again, reading)


if __name__ == "__main__":
    if sys.argv[1:2] in (["read"], ["pack"]):
        {"read": read, "pack": pack}[sys.argv[1]](*map(Path, sys.argv[2:]))
    else:
        main()
