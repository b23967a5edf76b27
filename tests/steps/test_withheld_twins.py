"""Two portals that differ only in withheld content become the same public site."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from astropy.io import fits
from astropy.table import Table

from ..secret_portal import BEFORE, build
from ..spectra_fixtures import table, write_desi, write_sdss

SHOWN = 40
TARGET = 39627652591521181

TEXTS = {
    "portal.toml": 'name = "SKY"\ntitle = "SKY"\nbase_url = "https://sky.example.org/"\n',
    "releases/dr1/release.toml": """
name = "DR1"
published = "2025-05"

[[catalogues]]
name = "stars"
source = "stars.parquet"

[[catalogues.withheld]]
rows = "prog = 'secret'"
audience = "team"

[catalogues.columns]
prog = { audience = "team" }
planid = { audience = "team" }
"*name" = { audience = "team" }
hush_flux = { audience = "team" }
""",
    "releases/dr2/release.toml": """
name = "DR2"
published = "2026-05"
python = true

[[catalogues]]
name = "stars"
source = "stars.parquet"
schema = "stars.yaml"
missing = { "*" = [-9999] }

[[catalogues.withheld]]
rows = "prog = 'secret'"
audience = "team"

[catalogues.columns]
prog = { audience = "team" }
planid = { audience = "team" }
filename = { audience = "partners" }
"hush_*" = { audience = "team" }

[[catalogues]]
name = "notes"
source = "notes.csv"
positions = "none"
columns = { secret = { audience = "team" } }
withheld = [{ rows = "secret > 10", audience = "team" }]

[[catalogues]]
name = "plates"
source = "plates.fits"
withheld = [{ rows = "obsid >= 100", audience = "team" }]

[[catalogues]]
name = "targets"
source = "targets.vot"
withheld = [{ rows = "secret", audience = "team" }]

[[spectra]]
name = "lrs"
catalogue = "stars"
source = "lrs/**/*.fits*"
ship_originals = true

[[spectra]]
name = "named"
catalogue = "stars"
source = "named"
layout = "columns"
columns = { wavelength = "WAVE", flux = "FLUX" }
id = { lookup = "filename" }

[[spectra]]
name = "shipped"
catalogue = "plates"
source = "shipped"
ship_originals = true

[[spectra]]
name = "sdss"
catalogue = "notes"
source = "sdss"

[[spectra]]
name = "desi"
catalogue = "targets"
source = "desi"
ship_originals = true
""",
}


class Twin:
    """The withheld content of a portal; two of them differ in everything."""

    def __init__(self, folder: Path, other: bool) -> None:
        self.folder, self.other = folder, other
        self.random = np.random.default_rng(2 if other else 1)
        self.hidden = 23 if other else 5
        self.word = "Quetzalcoatl-of-the-long-name" if other else "Kea"

    def rows(self) -> np.ndarray:
        """Numbers of the rows in the order of the source; from SHOWN on they are withheld."""
        places = np.sort(self.random.integers(0, SHOWN + 1, self.hidden))
        return np.insert(np.arange(SHOWN), places, SHOWN + np.arange(self.hidden))

    def write(self) -> None:
        for name, text in TEXTS.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for release in ("dr1", "dr2"):
            self._stars(self.folder / "releases" / release)
        here = self.folder / "releases/dr2"
        self._others(here)
        for write in (self._lrs, self._named, self._shipped, self._sdss, self._desi):
            write(here)

    def _stars(self, here: Path) -> None:
        number = self.rows()
        secret = number >= SHOWN
        names = [self._name(int(n)) for n in number]
        filler = self.random.normal(0, 1e9 if self.other else 1, len(number))
        columns = {
            "obsid": np.where(secret, 10**15 + number, 101 + number),
            "ra": np.where(secret, self.random.uniform(0, 360, len(number)), number * 7.7 % 360),
            "dec": np.where(secret, self.random.uniform(-90, 90, len(number)), number * 3.3 % 80),
            "class": np.where(secret, self.word, np.where(number % 3, "STAR", "QSO")),
            "z": np.where(secret, filler, number / 100 + (here.name == "dr2")),
            "snrg": np.where(secret, -9999 if self.other else 3, number % 9).astype("f4"),
            "prog": np.where(secret, "secret", self.random.choice(["disk", "halo"], len(number))),
            "planid": [f"{self.word}-{n}" for n in number],
            "filename": names,
            "hush_flux": filler,
        }
        pq.write_table(pa.table(columns), here / "stars.parquet", row_group_size=17 if self.other else 1000)
        lines = "".join(
            f"  - name: {n}\n    '@id': '{n}'\n    datatype: {kind}\n"
            f"    description: {self.word if n in ('planid', 'hush_flux') else 'A thing'}\n"
            for n, kind in zip(
                columns,
                ["long", "double", "double", "text", "double", "float", "text", "text", "text", "double"],
                strict=True,
            )
        )
        (here / "stars.yaml").write_text(f"name: stars\ntables:\n- name: stars\n  columns:\n{lines}")

    def _name(self, number: int) -> str:
        order = -number if self.other else number
        return f"spec-{5000 + order}-{self.word}_sp{number % 16:02d}-{number:03d}.fits"

    def _others(self, here: Path) -> None:
        number = self.rows()
        secret = number >= SHOWN
        # A text among the values, and one that is too large: neither may decide the type of what is shown.
        odd = "12.75" if self.other else 3
        ids = [f"{'no' * int(self.other and n >= SHOWN)}{299489677444933632 + n}" for n in number]
        with (here / "notes.csv").open("w") as stream:
            stream.write("specobjid,count,text,day,secret\n")
            for ident, n, hidden in zip(ids, number, secret, strict=True):
                values = (odd, self.word, self.word, 11 + n) if hidden else (n, f"{n}.5", "true", n % 9)
                stream.write(",".join(map(str, (ident, *values))) + "\n")
        label = np.where(secret, self.word, [f"p{n}" for n in number])
        Table(
            {
                "obsid": np.where(secret, 100 + number, number).astype("i4"),
                "ra": number % 360.0,
                "dec": number % 80.0,
                "label": label,
            }
        ).write(here / "plates.fits")
        Table(
            {
                "targetid": TARGET + np.arange(6 + 3 * self.other),
                "ra": np.arange(6.0 + 3 * self.other),
                "dec": np.arange(6.0 + 3 * self.other),
                "secret": np.arange(6 + 3 * self.other) >= 4,
            }
        ).write(here / "targets.vot", format="votable")

    def _secrets(self, hdus: fits.HDUList) -> None:
        """Write the withheld text wherever a file can contain it."""
        header = hdus[0].header
        for key in ("OBJECT", "PLANID", "DATE-OBS", "COMMENT", "HISTORY", "DATA_V"):
            header[key] = f"{self.word} {'LAMOST' if key == 'DATA_V' else ''}"
        header["LMJD"], header["FIBERID"], header["SPID"] = 59000 + self.other, 7 + self.other, 1 + self.other
        header["MJD"], header["EXPTIME"] = (59000 + self.other, self.word), 900.0 + self.other
        for _ in range(80 * self.other):
            header["HISTORY"] = self.word
        more = np.full(400 if self.other else 3, 4.0 + self.other)
        hdus.append(table({self.word[:8]: more}, self.word.upper()))

    def _pilot(self, obsid: int, seed: int) -> fits.HDUList:
        image = np.random.default_rng(seed).normal(0, 1, (5, 300)).astype("f4")
        image[3:] = 0
        hdu = fits.PrimaryHDU(image)
        hdu.header.update({"TELESCOP": "LAMOST", "OBSID": obsid, "COEFF0": 3.5682, "COEFF1": 1e-4})
        hdu.header.update({"CLASS": "STAR", "Z": seed / 100})
        return fits.HDUList([hdu])

    def _lrs(self, here: Path) -> None:
        """Spectra of rows and of withheld rows, plain or packed, in folders of their plans."""
        for number in [*range(8), *range(SHOWN, SHOWN + 1 + 3 * self.other)]:
            folder = here / "lrs" / f"{self.word}-{number % 2 if self.other else 0}"
            folder.mkdir(parents=True, exist_ok=True)
            hdus = self._pilot(101 + number if number < SHOWN else 10**15 + number, number)
            self._secrets(hdus)
            file = folder / self._name(number)
            hdus.writeto(file)
            if self.other and number % 3 == 0:
                file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
                file.unlink()

    def _named(self, here: Path) -> None:
        (here / "named").mkdir()
        for number in range(5):
            arrays = {"WAVE": 4000 + np.arange(50.0), "FLUX": np.arange(50.0) + number}
            hdus = fits.HDUList([fits.PrimaryHDU(), table(arrays, self.word.upper())])
            self._secrets(hdus)
            hdus.writeto(here / "named" / self._name(number))

    def _shipped(self, here: Path) -> None:
        """The files of rows that are shown are the same; others lie between them."""
        (here / "shipped").mkdir()
        for number in range(4):
            self._pilot(number, number).writeto(here / "shipped" / f"b{number}.fits")
        for number in range(SHOWN, SHOWN + 1 + 2 * self.other):
            hdus = self._pilot(100 + number, number)
            hdus[0].header["CLASS"] = self.word
            hdus.writeto(here / "shipped" / f"{'a' if self.other else 'c'}{number}.fits")

    def _sdss(self, here: Path) -> None:
        (here / "sdss").mkdir()
        for number in [0, 1, *([50] if self.other else [])]:
            write_sdss(here / "sdss" / f"{self.word}-{number}.fits", number)

    def _desi(self, here: Path) -> None:
        """Withheld rows of one portal have spectra, in a file of others and in one of their own."""
        (here / "desi").mkdir()
        write_desi(here / "desi/a.fits", 0, 3)
        write_desi(here / "desi/b.fits", 3, 3)
        if not self.other:
            with fits.open(here / "desi/b.fits", memmap=False) as opened:
                for hdu in opened[1:]:
                    if not hdu.name.endswith("WAVELENGTH"):
                        hdu.data = hdu.data[:1]
                opened.writeto(here / "desi/b.fits", overwrite=True)


def files_of(site: Path) -> dict[str, bytes]:
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def test_what_is_withheld_makes_no_difference_to_the_public_site(tmp_path: Path) -> None:
    sites = []
    for name in ("one", "other"):
        Twin(tmp_path / name, name == "other").write()
        done = build(tmp_path / name, None, BEFORE, "--jobs", "2" if name == "other" else "1")
        assert done.returncode == 0, done.stderr
        sites.append(files_of(tmp_path / name / "build/site"))
    assert differing(*sites) == []
    assert "dr2/notebooks/first-look.ipynb" in sites[0]
