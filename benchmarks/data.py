"""The data of the benchmarks: a FITS table of stars, simulated spectra of some of them, and their release.

They are made in a folder when they are wanted, and used again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from .measure import run

DRPORTAL = Path(sys.executable).with_name("drportal")
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
DTYPE = np.dtype([(name, kind) for name, kind, _, _ in COLUMNS])
FIRST_ID = 10_000_000_000
"""Above the ids of simulated spectra."""
PIECE = 1 << 20
SPECTRA = 200
PORTAL = """name = "Benchmark"
title = "Benchmark"
"""
RELEASE = """name = "DR1"
published = "2020"

[[catalogues]]
name = "stars"
source = "{table}"
missing = {{ rv = [-9999] }}

[[spectra]]
name = "low"
catalogue = "stars"
source = "{spectra}"
"""


def spectra(folder: Path) -> Path:
    """Return a folder with SPECTRA simulated spectra, a FITS file each."""
    made = folder / "spectra"
    if not made.is_dir():
        run([DRPORTAL, "simulate", "lrs_spectra", made, "--rows", SPECTRA])
    return made


def table(folder: Path, rows: int) -> Path:
    """Return a FITS table of stars, galaxies and quasars: ten columns, in no order on the sky.

    Its first rows have the ids and positions of the spectra.
    """
    file = folder / f"stars-{rows}.fits"
    if not file.is_file():
        unfinished = file.with_suffix(".part")
        _write(unfinished, rows, _observed(spectra(folder)))
        unfinished.rename(file)
    return file


def release(folder: Path, rows: int) -> Path:
    """Return the folder of a built release with the catalogue `stars` and the spectra `low`."""
    portal = folder / f"portal-{rows}"
    built = portal / "build" / "site" / "dr1"
    if not built.is_dir():
        source = portal / "releases" / "dr1"
        source.mkdir(parents=True, exist_ok=True)
        (portal / "portal.toml").write_text(PORTAL)
        text = RELEASE.format(table=table(folder, rows), spectra=spectra(folder))
        (source / "release.toml").write_text(text)
        run([DRPORTAL, "build", "--portal", portal])
    return built


def _observed(folder: Path) -> list[tuple[int, float, float]]:
    """Return id and position of each spectrum."""
    from astropy.io import fits

    heads = (fits.getheader(file) for file in sorted(folder.rglob("*.fits")))
    return [(head["OBSID"], head["RA"], head["DEC"]) for head in heads]


def _write(file: Path, rows: int, observed: list[tuple[int, float, float]]) -> None:
    from astropy.io import fits

    columns = [fits.Column(name, form, unit=unit) for name, _, form, unit in COLUMNS]
    header = fits.BinTableHDU.from_columns(columns, nrows=0).header
    header["NAXIS2"] = rows
    random = np.random.default_rng(1)
    with file.open("wb") as out:
        out.write(fits.PrimaryHDU().header.tostring().encode())
        out.write(header.tostring().encode())
        for first in range(0, rows, PIECE):
            count = min(PIECE, rows - first)
            part = np.empty(count, DTYPE)
            part["obsid"] = FIRST_ID + random.permutation(count) + first
            part["ra"] = random.uniform(0, 360, count)
            part["dec"] = np.degrees(np.arcsin(random.uniform(-0.17, 0.98, count)))
            part["teff"] = np.round(random.gamma(9, 300, count) + 3500, 2)
            part["logg"] = np.round(random.normal(4, 0.7, count), 3)
            part["feh"] = np.round(random.normal(-0.3, 0.4, count), 3)
            part["rv"] = np.where(random.random(count) < 0.02, -9999, random.normal(-5, 60, count))
            part["snrg"] = np.round(random.gamma(1.5, 25, count), 2)
            part["class"] = random.choice(np.array([b"STAR", b"GALAXY", b"QSO"]), count, p=[0.9, 0.08, 0.02])
            part["mjd"] = random.integers(55_800, 60_000, count)
            if first == 0:
                for place, one in enumerate(observed[:count]):
                    part["obsid"][place], part["ra"][place], part["dec"][place] = one
            out.write(part.tobytes())
        out.write(b"\0" * (-rows * DTYPE.itemsize % 2880))
