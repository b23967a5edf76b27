"""Spectra of every layout are packed as astropy reads them, and found again as a page finds them."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from astropy.io import fits

from drportal.model import SpectraSet
from drportal.simulate import simulate
from drportal.simulate.spectra import write_spectra
from drportal.spectra.describe import mask_tables
from drportal.spectra.fits_file import Fits
from drportal.spectra.layouts import LAYOUTS, find_layout
from drportal.spectra.read import read_spectrum
from drportal.spectra.spectrum import Unreadable

from ..conftest import SHARED
from ..spectra_fixtures import (
    about,
    expected,
    floats,
    look_up,
    pack_bytes,
    packed,
    pages,
    rows,
    same,
    script_bytes,
    write_desi,
    write_pilot,
    write_plain,
    write_sdss,
)

LRS, MRS = SHARED / "data" / "lamost-dr10" / "spectra", SHARED / "data" / "lamost-mrs"
real = pytest.mark.skipif(not LRS.is_dir(), reason="the real data are not here")


def assert_as_astropy(files: list[Path], data: Path) -> None:
    """Every array of every part of these LAMOST files is packed as astropy reads it."""
    by_id: dict[int, dict[tuple[str, str], dict[str, Any]]] = {}
    for row in rows(data):
        by_id.setdefault(row["obsid"], {})[row["arm"], row["exposure"]] = row
    assert len(by_id) == len(files)
    for file in files:
        with fits.open(file) as hdus:
            own = expected(hdus)
            parts = by_id[hdus[0].header["OBSID"]]
            assert parts.keys() == own.keys()
            for key, arrays in own.items():
                have = {n for n, v in parts[key].items() if isinstance(v, np.ndarray)}
                assert have == arrays.keys()
                for name, values in arrays.items():
                    same(parts[key][name], values)
            header = json.loads(next(p["header"] for p in parts.values() if p["header"]))
            for name, keyword in (("ra", "RA"), ("z", "Z"), ("subclass", "SUBCLASS"), ("vacuum", "VACUUM")):
                if keyword in hdus[0].header:
                    assert header[name] == hdus[0].header[keyword]


@real
@pytest.mark.not_quick
def test_every_real_low_resolution_spectrum_is_packed_as_astropy_reads_it(tmp_path: Path) -> None:
    data = packed(tmp_path, source=str(LRS))
    assert_as_astropy(sorted(LRS.iterdir()), data)
    lengths = [look_up(data, row["obsid"]) for row in rows(data)[::40]]
    assert max(at["bytes"] for at in lengths) < 60_000
    assert about(data)["layouts"].keys() == {"lamost-lrs"}
    assert all(row["grid"] == 0 for row in rows(data))  # one grid serves them all


@real
@pytest.mark.not_quick
def test_every_real_medium_resolution_and_old_spectrum_is_packed_as_astropy_reads_it(tmp_path: Path) -> None:
    data = packed(tmp_path, source=str(MRS))
    assert_as_astropy(sorted(MRS.iterdir()), data)
    assert about(data)["layouts"].keys() == {"lamost-mrs", "lamost-lrs-image"}
    assert {r["kind"] for r in rows(data)} == {"coadd", "single"}


def test_simulated_spectra_are_read_as_astropy_reads_them(tmp_path: Path) -> None:
    for kind, number in (("lrs", 12), ("mrs", 3)):
        source = tmp_path / kind / "src"
        assert write_spectra(kind, 800, 5, number, source) == number
        data = packed(tmp_path / kind)
        assert_as_astropy(sorted(source.rglob("*.fits")), data)
        header = json.loads(rows(data)[0]["header"])
        assert header["simulated"] is True and header["vacuum"] is True


def test_the_brightest_targets_have_spectra_of_all_epochs(tmp_path: Path) -> None:
    made = write_spectra("lrs", 3000, 5, 10, tmp_path / "src", brightest=60, rounded=True)
    found = {fits.getval(file, "OBSID"): file for file in (tmp_path / "src").rglob("*.fits")}
    assert 60 <= made == len(found) <= 70
    table = pa.Table.from_batches(simulate("lrs", 3000, 5)).to_pandas()
    measured = table[(table["mag_ps_r"] > 5) & (table["mag_ps_r"] < 30)].sort_values("mag_ps_r")
    bright = measured[:50]
    assert set(bright["obsid"]) <= found.keys()
    assert bright["uid"].duplicated().any(), "some were observed again"
    with fits.open(found[bright["obsid"].iloc[0]]) as hdus:
        flux, ivar = (np.float64(hdus[1].data[name][0]) for name in ("FLUX", "IVAR"))
        step = np.diff(np.unique(flux)).min()
        assert np.all(flux % step == 0), "multiples of a power of two"
        assert step < 1 / np.sqrt(np.median(ivar[ivar > 0])), "finer than the noise"


def test_a_page_finds_a_spectrum_by_description_index_and_one_read(tmp_path: Path) -> None:
    write_spectra("mrs", 160, 5, 6, tmp_path / "src")
    write_spectra("lrs", 30, 6, 30, tmp_path / "src")
    data = packed(tmp_path)
    description = about(data)
    script = (data / "spectra.js").read_text()
    assert json.loads(script.removeprefix("drportal.spectra(").removesuffix(");\n")) == description
    types = {"FLOAT": "<f4", "DOUBLE": "<f8"}
    by_id: dict[int, list[dict[str, Any]]] = {}
    for row in rows(data):
        by_id.setdefault(row["obsid"], []).append(row)
    for ident, parts in by_id.items():
        at = look_up(data, ident)
        contents = pack_bytes(data, at)
        assert script_bytes(data, at) == contents
        sums = pages(description["columns"], contents[: at["bytes"]])
        groups = pages(description["columns"], contents)
        assert len(sums) == 1 and len(groups) == 1 + bool(at["more"])
        for column in description["columns"]:
            if column["array"] and column["type"] in types:
                whole = [p for g in groups for p in [floats(g[column["name"]], types[column["type"]])]]
                inline = column["name"] != "wavelength"
                values = [p[column["name"]] for p in parts if p[column["name"]] is not None]
                values = values if inline else [p["wavelength"] for p in parts if p["grid"] is None]
                assert np.concatenate(whole).tobytes() == b"".join(v.tobytes() for v in values)
    grid = description["grids"]["grids"][0]
    with (data / "grids.parquet").open("rb") as stream:
        stream.seek(grid["offset"])
        assert len(stream.read(grid["bytes"])) == grid["bytes"]


def test_sdss_spectra_with_their_exposures(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for number in range(6):
        write_sdss(tmp_path / "src" / f"{number}.fits", number, exposures=number % 2 == 0)
    data = packed(tmp_path)
    assert about(data)["id"] == {"name": "specobjid", "datatype": "long"}
    found = rows(data)
    for number in range(6):
        parts = [r for r in found if r["specobjid"] == 299489677444933632 + number]
        with fits.open(tmp_path / "src" / f"{number}.fits") as hdus:
            assert [p["kind"] for p in parts] == ["coadd"] + ["single"] * (2 if number % 2 == 0 else 0)
            for part, hdu in zip(parts, [hdus[1], *hdus[4:]], strict=True):
                for name in hdu.data.names:
                    same(part["wavelength" if name == "loglam" else name], hdu.data[name])
                assert part["scale"] == "log10"
            assert [p["arm"] for p in parts[1:]] == ["B", "R"][: len(parts) - 1]
        facts = json.loads(parts[0]["header"])
        assert facts["class"] == "GALAXY" and facts["vacuum"] is True and facts["ra"] == 146.7
    assert about(data)["flux_unit"] == "1e-17 erg / (s cm2 Angstrom)"
    assert any(r["grid"] is not None for r in found)


def test_desi_coadds_contain_many_spectra_and_ids_beyond_the_reach_of_doubles(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    write_desi(tmp_path / "src" / "a.fits", 0, 5)
    write_desi(tmp_path / "src" / "b.fits", 2**40, 4)
    data = packed(tmp_path, ship_originals=True)
    found = rows(data)
    for name, first, spectra in (("a", 0, 5), ("b", 2**40, 4)):
        with fits.open(tmp_path / "src" / f"{name}.fits") as hdus:
            for n in range(spectra):
                ident = 39627652591521181 + first + n
                assert look_up(data, ident)["id"] == ident
                parts = {r["arm"]: r for r in found if r["targetid"] == ident}
                for arm in "BRZ":
                    same(parts[arm]["wavelength"], hdus[f"{arm}_WAVELENGTH"].data)
                    same(parts[arm]["flux"], hdus[f"{arm}_FLUX"].data[n])
                    same(parts[arm]["ivar"], hdus[f"{arm}_IVAR"].data[n])
                    same(parts[arm]["mask"], hdus[f"{arm}_MASK"].data[n])
                header = json.loads(parts["B"]["header"])
                original = (data / header["original"]).read_bytes()
                assert original == (tmp_path / "src" / f"{name}.fits").read_bytes()
    assert {r["grid"] for r in found} == {0, 1, 2}
    assert len(list(data.glob("fits/**/*.fits"))) == 2


def test_the_pilot_surveys_wavelengths_follow_from_its_header(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    write_pilot(tmp_path / "src" / "p.fit", 7)
    (row,) = rows(packed(tmp_path))
    assert row["scale"] == "log10"
    assert np.array_equal(row["wavelength"], 3.5682 + 1e-4 * np.arange(300))


def test_a_table_of_named_columns_and_values_that_no_one_expects(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1])
    odd.view("u8")[0] = 0x7FF8DEADBEEF0001  # a NaN that carries something
    for number, ident in enumerate((2**53 + 1, 2**63 - 1, -5)):
        write_plain(tmp_path / "src" / f"{number}.fits", ident, odd)
    columns = {"wavelength": "wave", "flux": "F", "error": "err"}
    data = packed(tmp_path, layout="columns", columns=columns, id={"header": "SPECID"}, flux_unit="Jy")
    found = {row["specid"]: row for row in rows(data)}
    assert list(found) == [-5, 2**53 + 1, 2**63 - 1]
    for row in found.values():
        assert row["flux"].tobytes() == odd.tobytes()
        assert row["wavelength"].dtype == np.float64
    assert [i["first"] for i in about(data)["index"]] == ["-5"]
    assert about(data)["flux_unit"] == "Jy"


@pytest.mark.parametrize(
    "packed_by", [gzip.compress, lambda b: gzip.compress(b[:9000]) + gzip.compress(b[9000:])]
)
def test_gzip_of_one_or_several_members(tmp_path: Path, packed_by: Any) -> None:
    write_spectra("lrs", 3, 5, 3, tmp_path / "plain")
    (tmp_path / "src").mkdir()
    files = sorted((tmp_path / "plain").rglob("*.fits"))
    for file in files:
        (tmp_path / "src" / f"{file.name}.gz").write_bytes(packed_by(file.read_bytes()))
    assert_as_astropy(files, packed(tmp_path))


def test_layouts_are_recognized_by_contents(tmp_path: Path) -> None:
    write_spectra("lrs", 1, 5, 1, tmp_path / "l")
    write_spectra("mrs", 8, 5, 1, tmp_path / "m")
    write_sdss(tmp_path / "s.fits", 1)
    write_desi(tmp_path / "d.fits", 1, 2)
    write_pilot(tmp_path / "p.fits", 1)
    wanted = ["lamost-lrs", "lamost-mrs", "sdss-spec", "desi-coadd", "lamost-lrs-image"]
    files = [next((tmp_path / "l").rglob("*.fits")), next((tmp_path / "m").rglob("*.fits"))]
    files += [tmp_path / f"{n}.fits" for n in "sdp"]
    for file, name in zip(files, wanted, strict=True):
        disguised = tmp_path / "x.dat"
        shutil.copy(file, disguised)
        assert name == find_layout(Fits(disguised)).NAME
        matching = [n for n, layout in LAYOUTS.items() if layout.matches(Fits(disguised))]
        assert matching == [name]


def test_bits_of_masks_have_names_in_both_languages() -> None:
    tables = mask_tables()
    for layout in LAYOUTS.values():
        assert not layout.MASKS or tables[layout.MASKS]
    for bits in tables.values():
        assert all(0 <= int(bit) < 32 and {"name", "en", "zh"} == about.keys() for bit, about in bits.items())
        assert len({about["name"] for about in bits.values()}) == len(bits)


@pytest.mark.parametrize("value", ["-1", "-5760", "999999999999", "1.5", "T", "'x'"])
@pytest.mark.parametrize("key", ["NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "BITPIX", "TFIELDS"])
def test_sizes_that_cannot_be_are_refused_and_soon(tmp_path: Path, key: str, value: str) -> None:
    """A header that leads back to an earlier one would be read for ever."""
    write_plain(tmp_path / "a.fits", 1, np.arange(5.0))
    raw = (tmp_path / "a.fits").read_bytes()
    at = raw.index(b"XTENSION")
    at = raw.index(f"{key:8}= ".encode(), at)
    (tmp_path / "a.fits").write_bytes(raw[:at] + f"{key:8}= {value:>20}".encode().ljust(80) + raw[at + 80 :])
    said = {"flux": "F", "wavelength": "WAVE"}
    spec = SpectraSet(name="x", source="a.fits", layout="columns", columns=said, id={"header": "SPECID"})
    with pytest.raises(Unreadable):
        read_spectrum(spec, tmp_path / "a.fits", 0, len(raw), hash((key, value)))
