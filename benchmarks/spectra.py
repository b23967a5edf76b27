"""Packing spectra, compared with only reading them with astropy: `python benchmarks/spectra.py FOLDER`.

FOLDER contains FITS files of a known layout. Processor time is printed too, for busy machines.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from astropy.io import fits

from drportal.model import Release, SpectraSet
from drportal.pieces import Store, Workshop
from drportal.spectra.piece import spectra_piece


def by_astropy(files: list[Path]) -> None:
    """Every column, or image, of every file."""
    for file in files:
        with fits.open(file) as hdus:
            for hdu in hdus:
                if isinstance(hdu, fits.BinTableHDU):
                    for name in hdu.data.names:
                        hdu.data[name].copy()
                elif hdu.data is not None:
                    hdu.data.copy()


def timed(what: str, count: int, run: object) -> None:
    wall, own = time.perf_counter(), time.process_time()
    run()  # type: ignore[operator]
    wall, own = time.perf_counter() - wall, time.process_time() - own
    print(f"{what:28} {wall:7.1f} s  {own:7.1f} s processor  {own / count * 1000:6.2f} ms a file")


def main(folder: Path) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    release = Release(name="T", published="2026")
    with tempfile.TemporaryDirectory() as scratch:
        release.file, release.id = Path(scratch) / "release.toml", "t"
        spec = SpectraSet(name="s", source=str(folder))
        cache = Path(scratch) / "cache"

        def pack() -> None:
            store = Store(cache)
            store.begin()
            with Workshop(store, 1) as workshop:
                workshop.ask("set", lambda: spectra_piece(spec, release, None, store), here=True)
                workshop.finish()

        timed("astropy, reading alone", len(files), lambda: by_astropy(files))
        timed("drportal, packing", len(files), pack)
        timed("drportal, nothing changed", len(files), pack)
        of_packs = {p.stat().st_ino: p.stat().st_size for p in cache.glob("**/packs/**/*.parquet")}
        packs = sum(of_packs.values())  # those of a set are hard links to those of its packs
        index = sum(p.stat().st_size for p in cache.glob("**/index/*.parquet"))
        print(f"{packs / len(files):.0f} bytes a file in packs, {index / len(files):.1f} in the index")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
