"""A portal with spectra of every layout, and catalogues with their ids."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table

from drportal.simulate.spectra import write_spectra

from .commands import drportal
from .conftest import SHARED
from .spectra_fixtures import write_desi, write_pilot, write_plain, write_sdss

LRS, MRS = SHARED / "data" / "lamost-dr10" / "spectra", SHARED / "data" / "lamost-mrs"
CLIENT = Path(__file__).resolve().parents[1] / "generator" / "client"

TEXT_IDS = ["007", "a b", "J0+1%", "<b>&\"'"]
"""Ids of the set `plain`, by its files in order."""

RELEASE = """
name = "TEST"
version = "s1"
phase = "v2"
published = "2026-01"

[[catalogues]]
name = "lrs"
simulate = { kind = "lrs", rows = 6000, seed = 4 }
missing = { "*" = [-9999] }

[[catalogues]]
name = "mrs"
source = "mrs.fits"
missing = { z = [-9999] }
index = ["obsid", "designation"]

[[spectra]]
name = "lrs"
catalogue = "lrs"
aperture = 3.3
simulate = { spectra = 400 }

[[spectra]]
name = "templates"
templates_of = "lrs"
simulate = { templates = true }

[[spectra]]
name = "mrs"
catalogue = "mrs"
source = "files/mrs"
ship_originals = true

[[spectra]]
name = "dr10"
source = "files/dr10"

[[spectra]]
name = "sdss"
source = "files/sdss"

[[spectra]]
name = "desi"
source = "files/desi"

[[spectra]]
name = "plain"
source = "files/plain"
layout = "columns"
columns = { wavelength = "WAVE", flux = "F", error = "ERR" }
id = { header = "SPECNAME" }
"""


@dataclass(frozen=True)
class Spectral:
    """The built release, and the files behind its sets."""

    release: Path
    files: dict[str, list[Path]]


def write_files(folder: Path) -> None:
    """Spectrum files of every layout, real ones where they are there."""
    for name in ("mrs", "dr10", "sdss", "desi", "plain"):
        (folder / name).mkdir(parents=True)
    if LRS.is_dir():
        for file in [*sorted(LRS.iterdir())[::15], *MRS.iterdir()]:
            shutil.copy(file, folder / ("dr10" if file.parent == LRS else "mrs"))
    else:
        write_spectra("lrs", 800, 6, 10, folder / "dr10")
        write_spectra("mrs", 800, 5, 8, folder / "mrs")
    write_pilot(folder / "dr10" / "pilot.fits", 7)
    for number in range(4):
        write_sdss(folder / "sdss" / f"{number}.fits", number, exposures=number % 2 == 0)
        flux = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1 + number])
        write_plain(folder / "plain" / f"{number}.fits", number, flux)
        with fits.open(folder / "plain" / f"{number}.fits", mode="update") as hdus:
            hdus[0].header["SPECNAME"] = TEXT_IDS[number]
    write_desi(folder / "desi" / "a.fits", 0, 3)
    write_desi(folder / "desi" / "b.fits", 2**40, 2)


def write_catalogue(files: list[Path], out: Path) -> None:
    """A catalogue of medium resolution, a row for each file, from their headers."""
    rows: list[dict[str, Any]] = []
    for file in files:
        header = fits.getheader(file, 0)
        rows.append(
            {
                "obsid": np.int64(header["OBSID"]),
                "designation": header["DESIG"].removeprefix("LAMOST").strip(),
                "lmjd": np.int32(header.get("LMJD", header.get("MJD", 0))),
                "ra": float(header["RA"]),
                "dec": float(header["DEC"]),
                "class": header.get("CLASS", "Unknown"),
                "subclass": header.get("SUBCLASS", "Non"),
                "z": float(header.get("Z", -9999)),
            }
        )
    Table(rows=rows, units={"ra": "deg", "dec": "deg"}).write(out)


def build(folder: Path) -> Spectral:
    """Write the portal and build it."""
    home = folder / "portal" / "releases" / "s1"
    home.mkdir(parents=True)
    (folder / "portal" / "portal.toml").write_text('name = "T"\ntitle = "T"\nlanguages = ["en", "zh"]\n')
    write_files(home / "files")
    files = {f.name: sorted(p for p in f.rglob("*") if p.is_file()) for f in (home / "files").iterdir()}
    write_catalogue(files["mrs"], home / "mrs.fits")
    (home / "release.toml").write_text(RELEASE)
    drportal("build", "--portal", folder / "portal", check=True)
    release = folder / "portal" / "build" / "site" / "s1"
    write_bench(release)
    return Spectral(release, files)


def write_bench(release: Path) -> None:
    """A page of the release with only the code that reads spectra and rows."""
    esbuild = CLIENT / "node_modules" / ".bin" / "esbuild"
    source = Path(__file__).parent / "browser" / "spectra-bench.mjs"
    options = ["--bundle", "--format=iife", "--target=es2022", "--log-level=error"]
    subprocess.run([esbuild, source, *options, f"--outfile={release / 'bench.js'}"], check=True)
    html = (release / "search.html").read_text(encoding="utf-8")
    start = html.index('<script type="application/json" id="page">')
    block = html[start : html.index("</script>", start)] + "</script>"
    assert json.loads(block.partition(">")[2].removesuffix("</script>"))["spectra"]
    (release / "bench.html").write_text(
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title>'
        f'{block}<input type="file" id="files" multiple><script src="bench.js"></script>',
        encoding="utf-8",
    )
