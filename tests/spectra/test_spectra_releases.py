"""Layouts of other releases and of the generic reader, compared with astropy."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from drportal.problems import InputError

from ..spectra_fixtures import about, packed, rows, same, table

N = 240
NAMES = {
    "FLUX": "flux",
    "IVAR": "ivar",
    "WAVELENGTH": "wavelength",
    "LOGLAM": "wavelength",
    "ANDMASK": "and_mask",
    "AND_MASK": "and_mask",
    "ORMASK": "or_mask",
    "OR_MASK": "or_mask",
    "PIXMASK": "pix_mask",
    "MASK": "mask",
    "NORMALIZATION": "normalized",
    "WDISP": "wdisp",
    "SKY": "sky",
    "MODEL": "model",
}
LAMOST = {"TELESCOP": "LAMOST", "OBSID": 938602118, "RA": 50.6, "DEC": 46.1}


def pixels(names: str, start: float = 3.6, count: int = N, **types: str) -> dict[str, np.ndarray]:
    """Columns of these names; bits and wavelengths are what they are, all else is noise."""
    random = np.random.default_rng(len(names) + count)
    found: dict[str, np.ndarray] = {}
    for name in names.split():
        kind, log = name.upper(), start + 1e-4 * np.arange(count)
        if "MASK" in kind:
            found[name] = random.integers(0, 64, count).astype(types.get(name, "i4"))
        elif kind == "LOGLAM":
            found[name] = log.astype(types.get(name, "f4"))
        elif kind == "WAVELENGTH":
            found[name] = (10**log).astype(types.get(name, "f4"))
        else:
            found[name] = random.normal(3, 1, count).astype(types.get(name, "f4"))
    return found


LRS, MRS, ONE = "FLUX IVAR WAVELENGTH ANDMASK ORMASK NORMALIZATION", "FLUX IVAR LOGLAM ANDMASK ORMASK", True
EXPOSURE = "FLUX IVAR LOGLAM PIXMASK"
COADD, SINGLE = "flux loglam ivar and_mask or_mask wdisp sky model", "flux loglam ivar mask wdisp sky"
FIELD = {"FIELD": np.array([15252]), "MJD": np.array([59278]), "CATALOGID": np.array([27021597775058535])}
PLATE = {"PLATE": np.array([15000], "i4"), "MJD": np.array([58000], "i4"), "FIBERID": np.array([44], "i4")}


def spec(known: dict[str, np.ndarray], *exposures: str, name: str = "SPALL") -> list[Any]:
    singles = [
        table(pixels(SINGLE if e[0] == "B" else COADD, 3.6 + n / 100), e) for n, e in enumerate(exposures)
    ]
    return [table(pixels(COADD), "COADD"), table(known, name), table({"L": np.ones(3)}, "ZLINE"), *singles]


TABLES: dict[str, tuple[Callable[[], list[Any]], dict[str, Any], int | str]] = {
    "LRS, wavelengths of double precision": (
        lambda: [table(pixels(LRS, WAVELENGTH="f8"), "COADD", ONE)],
        LAMOST,
        938602118,
    ),
    "LRS, a row a pixel": (lambda: [table(pixels(LRS), "coadd")], LAMOST, 938602118),
    "LRS, no name and no masks": (
        lambda: [table(pixels("FLUX IVAR WAVELENGTH"), "", ONE)],
        LAMOST,
        938602118,
    ),
    "LRS, one mask": (
        lambda: [table(pixels("FLUX IVAR WAVELENGTH PIXMASK"), "COADD", ONE)],
        LAMOST,
        938602118,
    ),
    "LRS, id as text": (lambda: [table(pixels(LRS), "COADD", ONE)], {**LAMOST, "OBSID": "77"}, 77),
    "MRS, rows of arrays": (
        lambda: [
            table(pixels("FLUX IVAR WAVELENGTH ORMASK"), "COADD_R", ONE),
            table(pixels(EXPOSURE), "R-85071123", ONE),
        ],
        LAMOST,
        938602118,
    ),
    "MRS, no sums": (lambda: [table(pixels(EXPOSURE), f"{a}-85071123") for a in "BR"], LAMOST, 938602118),
    "MRS, an arm that failed": (
        lambda: [table(pixels(MRS, count=0), "COADD_B"), table(pixels(MRS), "COADD_R")],
        LAMOST,
        938602118,
    ),
    "MRS, something else first": (
        lambda: [table({"X": np.ones(2)}, "INFO"), table(pixels(MRS), "COADD_B")],
        LAMOST,
        938602118,
    ),
    "MRS, distinct exposures": (
        lambda: [
            table(pixels(MRS), "COADD_B"),
            *[table(pixels(EXPOSURE, 3.6 + n), f"B-85071123-{n}") for n in (1, 2)],
        ],
        LAMOST,
        938602118,
    ),
    "eBOSS, no SPECOBJID": (
        lambda: spec({**PLATE, "SPECOBJID": np.array([""], "S22")}),
        {},
        "15000-58000-0044",
    ),
    "eBOSS, exposures": (
        lambda: spec(
            {"SPECOBJID": np.array(["  4567890123456789012"], "S22")},
            "B1-00142550-00142571",
            "B1-00142551-00142571",
        ),
        {},
        4567890123456789012,
    ),
    "SDSS-V, exposures of both cameras": (
        lambda: spec(
            {**FIELD, "SPECOBJID": np.array(["57651832112360600006"], "S29")},
            "MJD_EXP_59278-00",
            "MJD_EXP_59278-01",
        ),
        {},
        "57651832112360600006",
    ),
    "SDSS-V, no SPECOBJID": (lambda: spec(FIELD, "MJD_EXP_59278-00"), {}, "015252-59278-27021597775058535"),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_every_release(tmp_path: Path, name: str) -> None:
    tables, header, ident = TABLES[name]
    hdus = tables()
    (tmp_path / "src").mkdir()
    primary = fits.PrimaryHDU()
    primary.header.update(header)
    fits.HDUList([primary, *hdus]).writeto(tmp_path / "src" / "a.fits.gz")
    data = packed(tmp_path)
    found = rows(data)
    with fits.open(tmp_path / "src" / "a.fits.gz") as read:
        wanted = [h for h in read[1:] if "FLUX" in {n.upper() for n in h.data.names} and len(h.data)]
        assert len(found) == len(wanted) == len({(r["arm"], r["exposure"]) for r in found})
        for row, hdu in zip(found, wanted, strict=True):
            assert row[about(data)["id"]["name"]] == ident
            arm = re.fullmatch(r"(?:COADD_)?([BR])(?:\d?-.*)?", hdu.name)
            assert row["arm"] == (arm[1] if arm else "") and row["exposure"] in hdu.name
            assert row["kind"] == ("single" if row["exposure"] else "coadd")
            known = {NAMES[n.upper()]: np.ravel(hdu.data[n]) for n in hdu.data.names}
            assert {n for n, v in row.items() if isinstance(v, np.ndarray)} == known.keys()
            for key, values in known.items():
                same(row[key], values)
    if "CATALOGID" in str(hdus[1].columns if len(hdus) > 1 else ""):
        assert json.loads(found[0]["header"])["catalogid"] == "27021597775058535"  # beyond a page's numbers


def image(**header: Any) -> fits.PrimaryHDU:
    values = np.random.default_rng(2).normal(0, 1, (5, N)).astype("f4")
    values[2] = 10 ** (3.6 + 1e-4 * np.arange(N))
    values[3:] = np.random.default_rng(3).integers(0, 64, (2, N))
    hdu = fits.PrimaryHDU(values)
    hdu.header.update({**LAMOST, **header})
    return hdu


def test_old_images_plain_packed_and_of_the_pilot_survey(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    image(OBSID=1, BSCALE=1.0, BZERO=0.0).writeto(tmp_path / "src" / "a.fits.gz")
    whole = fits.CompImageHDU(
        image().data, image(OBSID=2).header, compression_type="GZIP_1", quantize_level=0
    )
    fits.HDUList([fits.PrimaryHDU(), whole]).writeto(tmp_path / "src" / "b.fits.fz")
    pilot = image(OBSID=3, CRVAL1=3.6, CD1_1=1e-4, CRPIX1=1, **{"DC-FLAG": 1})
    pilot.data[2] = pilot.data[0] - 1
    pilot.writeto(tmp_path / "src" / "c.FIT")
    found = rows(packed(tmp_path))
    assert [r["obsid"] for r in found] == [1, 2, 3]
    for row, name, number in zip(found, ("a.fits.gz", "b.fits.fz", "c.FIT"), (0, 1, 0), strict=True):
        values = fits.getdata(tmp_path / "src" / name, number)
        for key, n in (("flux", 0), ("ivar", 1), ("wavelength", 2), ("and_mask", 3), ("or_mask", 4)):
            if (key, name) != ("wavelength", "c.FIT"):
                same(row[key], values[n])
    assert found[2]["scale"] == "log10"
    assert np.array_equal(found[2]["wavelength"], 3.6 + 1e-4 * np.arange(N))


def test_desi_spectra_of_several_exposures_are_one_spectrum(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    random = np.random.default_rng(1)
    ids, exposures = np.array([-7, 5, -7, 5, -7]), np.array([11, 11, 12, 13, 13], "i4")
    hdus = [fits.PrimaryHDU(), table({"TARGETID": ids, "EXPID": exposures}, "FIBERMAP")]
    for arm in ("B", "BRZ"):
        hdus += [
            fits.CompImageHDU(3600 + 0.8 * np.arange(60), name=f"{arm}_WAVELENGTH", quantize_level=0),
            fits.CompImageHDU(
                random.normal(0, 1, (5, 60)).astype("f4"), name=f"{arm}_FLUX", quantize_level=0
            ),
            fits.ImageHDU(random.random((5, 60)), name=f"{arm}_IVAR"),
            fits.ImageHDU(random.integers(0, 2**31, (5, 60)).astype("u4"), name=f"{arm}_MASK"),
            fits.ImageHDU(np.ones((5, 3, 60)), name=f"{arm}_RESOLUTION"),
        ]
    fits.HDUList(hdus).writeto(tmp_path / "src" / "spectra.fits.fz")
    found = {(r["targetid"], r["exposure"], r["arm"]): r for r in rows(packed(tmp_path))}
    assert len(found) == 10 and next(iter(found)) == (-7, "11", "B")
    with fits.open(tmp_path / "src" / "spectra.fits.fz") as read:
        for n, (target, exposure) in enumerate(zip(ids, exposures, strict=True)):
            for arm in ("B", "BRZ"):
                row = found[target, str(exposure), arm]
                assert row["kind"] == "single"
                same(row["wavelength"], read[f"{arm}_WAVELENGTH"].data)
                for key in ("flux", "ivar", "mask"):
                    same(row[key], read[f"{arm}_{key.upper()}"].data[n])


AXES: dict[str, tuple[dict[str, Any], float]] = {
    "linear": ({"CTYPE1": "LINEAR", "CRPIX1": 1.0}, 1),
    "CRPIX1 of 0": ({"CRPIX1": 0.0}, 1),
    "no CRPIX1": ({}, 1),
    "CD1_1 before CDELT1": ({"CD1_1": 2.5, "CRPIX1": 3.0}, 1),
    "PC1_1": ({"PC1_1": 2.0, "CRPIX1": 3.0}, 1),
    "air": ({"CTYPE1": "AWAV", "CUNIT1": "Angstrom", "CRPIX1": 1.0}, 1e10),
    "vacuum, logarithmic": ({"CTYPE1": "WAVE-LOG", "CUNIT1": "Angstrom", "CRPIX1": 1.0}, 1e10),
}


@pytest.mark.parametrize("name", AXES)
def test_wavelengths_of_images_are_those_of_their_world_coordinates(tmp_path: Path, name: str) -> None:
    (tmp_path / "src").mkdir()
    header, factor = AXES[name]
    hdu = fits.PrimaryHDU(np.random.default_rng(1).normal(0, 1, (1, N)))
    hdu.header.update({"SPECID": -4, "CRVAL1": 4000.0, "CDELT1": 1.5, **header})
    hdu.writeto(tmp_path / "src" / "a.fits")
    (row,) = rows(packed(tmp_path, layout="columns", columns={"flux": "F"}, id={"header": "SPECID"}))
    own = WCS(fits.getheader(tmp_path / "src" / "a.fits"), naxis=[1]).all_pix2world(np.arange(N), 0)[0]
    np.testing.assert_allclose(row["wavelength"], own * factor, rtol=1e-13)
    same(row["flux"], hdu.data[0])
    reported = json.loads(row["header"])["vacuum"]
    assert reported is (name != "air") and row["specid"] == -4


W, F = 4000.0 + np.arange(N), np.random.default_rng(9).normal(0, 1, N)
COLUMNS = {"wavelength": "W", "flux": "F"}
GENERIC = {"layout": "columns", "columns": COLUMNS, "id": {"header": "SPECID"}}


def ragged(kind: str, count: int) -> np.ndarray:
    made = np.empty(count, object)
    made[:] = [np.arange(20.0 + n).astype(kind) + n for n in range(count)]
    return made


def write(file: Path, columns: list[fits.Column], kind: Any = fits.BinTableHDU, **header: Any) -> None:
    """A table with an id in its primary header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    hdus = [fits.PrimaryHDU(), kind.from_columns(columns)]
    hdus[0].header["SPECID"] = header.pop("SPECID", 5)
    hdus[1].header.update(header)
    fits.HDUList(hdus).writeto(file)


def double(unit: str = "") -> list[fits.Column]:
    return [fits.Column("W", "D", unit, array=W), fits.Column("F", "D", array=F)]


TABLE_KINDS: dict[str, tuple[list[fits.Column], dict[str, Any]]] = {
    "odd spelling of the unit": (double("ANGSTROMS"), {}),
    "unit with a power": (double("10**-10 m"), {}),
    "scaled numbers": (
        [fits.Column(c, "I", array=np.arange(N)) for c in "WF"],
        {"TSCAL2": 0.25, "TZERO2": 3.0},
    ),
    "texts": (
        [fits.Column("W", "F10.3", array=W), fits.Column("F", "E15.7", array=F)],
        {"kind": fits.TableHDU},
    ),
    "one row of varying length": ([fits.Column(c, "PD()", array=ragged("f8", 1)) for c in "WF"], {}),
    "one row of columns": (
        [fits.Column("W", f"{N}D", array=W[None]), fits.Column("F", f"{N}D", dim=f"(1,{N})", array=F[None])],
        {},
    ),
}


@pytest.mark.parametrize("name", TABLE_KINDS)
def test_tables_of_named_columns_of_every_kind(tmp_path: Path, name: str) -> None:
    columns, header = TABLE_KINDS[name]
    write(tmp_path / "src" / "a.fits", columns, **header)
    (row,) = rows(packed(tmp_path, **GENERIC))
    with fits.open(tmp_path / "src" / "a.fits") as read:
        for key, column in COLUMNS.items():
            values = read[1].data[column]
            same(row[key], np.ravel(values[0] if len(values) == 1 else values))


def test_many_spectra_of_varying_length_in_a_table(tmp_path: Path) -> None:
    names = np.array(["7", "星", "-3"]).astype("U2")
    ids = fits.Column("ID", "6A", array=np.char.encode(names, "utf8"))
    write(
        tmp_path / "src" / "a.fits.gz",
        [ids, *[fits.Column(c, f"{k}D()", array=ragged("f8", 3)) for c, k in ("WP", "FQ")]],
    )
    found = rows(packed(tmp_path, layout="columns", columns=COLUMNS, id={"column": "ID"}))
    assert [r["id"] for r in found] == ["-3", "7", "星"]
    for row, n in zip(found, (2, 0, 1), strict=True):
        same(row["flux"], ragged("f8", 3)[n])
    nothing = fits.Column("ID", "6A", array=np.zeros(0, "S6"))
    write(
        tmp_path / "src" / "b.fits", [nothing, *[fits.Column(c, "9D", array=np.zeros((0, 9))) for c in "WF"]]
    )
    with pytest.raises(InputError, match=r"b\.fits: contains no spectrum"):
        packed(tmp_path, layout="columns", columns=COLUMNS, id={"column": "ID"})


def test_logarithms_missing_values_and_unsigned_masks(tmp_path: Path) -> None:
    columns = [
        fits.Column("W", "E", "log(Angstrom)", array=np.log10(W)),
        fits.Column("F", "J", null=-9, array=np.arange(N) - 20),
        fits.Column("M", "J", bzero=2**31, array=np.arange(N, dtype="u4") + 2**31),
    ]
    write(tmp_path / "src" / "a.fits", columns)
    (row,) = rows(packed(tmp_path, **{**GENERIC, "columns": {**COLUMNS, "mask": "M"}}))
    assert row["scale"] == "log10"
    with fits.open(tmp_path / "src" / "a.fits") as read:
        same(row["mask"], read[1].data["M"])
        same(row["flux"], np.where(read[1].data["F"] == -9, np.nan, read[1].data["F"]))


def test_images_beside_each_other_and_numbers_without_a_value(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    primary = fits.PrimaryHDU()
    primary.header["SPECID"] = "a"
    flux = fits.ImageHDU(np.arange(N, dtype="i4"), name="SCI")
    flux.header["BLANK"] = 7
    others = [fits.ImageHDU(W, name="WAVE"), fits.CompImageHDU(F[None], name="ERR", quantize_level=0)]
    mask = fits.ImageHDU(np.arange(N, dtype="u2"), name="DQ")
    fits.HDUList([primary, *others, flux, mask]).writeto(tmp_path / "src" / "a.fits")
    columns = {"flux": "sci", "wavelength": "WAVE", "error": "ERR", "mask": "DQ"}
    (row,) = rows(packed(tmp_path, **{**GENERIC, "columns": columns}))
    with fits.open(tmp_path / "src" / "a.fits") as read:
        assert np.isnan(read["SCI"].data[7])
        for key, name in columns.items():
            same(row[key], np.ravel(read[name].data))


REFUSALS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "unit": (double("nm"), {}, 'add wavelength_unit = "nm"'),
    "strange unit": (double("Hz"), {}, "pages know Angstrom, nm, um, m"),
    "frequency": (double()[1:], {"CTYPE1": "FREQ", "CRVAL1": 1e14, "CDELT1": 1e9}, "an axis of FREQ"),
    "no rows": ([fits.Column(c, "9D", array=np.zeros((0, 9))) for c in "WF"], {}, "has no pixels"),
    "image": (None, {}, "an image of 5 x 240"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_would_be_read_wrong_is_refused(tmp_path: Path, name: str) -> None:
    columns, header, reported = REFUSALS[name]
    write(tmp_path / "src" / "a.fits", double())
    if columns:
        write(tmp_path / "src" / "b.fits", columns, SPECID=6, **header)
    else:
        image(SPECID=6).writeto(tmp_path / "src" / "b.fits")
    own = COLUMNS if columns is None or len(columns) == 2 else {"flux": "F"}
    if len(own) == 1:
        (tmp_path / "src" / "a.fits").unlink()
    with pytest.raises(InputError) as caught:
        packed(tmp_path, **{**GENERIC, "columns": own})
    (problem,) = caught.value.problems
    assert problem.file.endswith("src/b.fits") and reported in problem.what
    if name == "unit":  # said so, it is taken as it is
        (tmp_path / "src" / "a.fits").unlink()
        assert about(packed(tmp_path, wavelength_unit="nm", **GENERIC))["wavelength_unit"] == "nm"


def test_ids_in_headers_of_other_kinds(tmp_path: Path) -> None:
    file = tmp_path / "src" / "a.fits"
    write(file, double())
    with fits.open(file, mode="update") as hdus:
        hdus[0].header.update({"HIERARCH ESO OBS ID": 200123456, "LONG": "y" * 150, "NAME": "XXXX"})
    file.write_bytes(file.read_bytes().replace(b"'XXXX    '", "'星é   '".encode()))
    for keyword, ident in (("ESO OBS ID", 200123456), ("LONG", "y" * 150), ("NAME", "星é")):
        (row,) = rows(packed(tmp_path, **{**GENERIC, "id": {"header": keyword, "name": "own"}}))
        assert row["own"] == ident


def test_files_by_links_in_folders_of_any_name_and_what_is_no_file(tmp_path: Path) -> None:
    source, other = tmp_path / "src", tmp_path / "disc 2"
    for n, file in enumerate(
        (source / "深 b" / "光谱 1.FITS", other / "b.fit", tmp_path / "c.dat", source / "d.fits" / "e.fts")
    ):
        write(file, double(), SPECID=n)
    (source / "linked").symlink_to(other)
    (other / "back").symlink_to(source)
    (source / "c.fits").symlink_to(tmp_path / "c.dat")
    data = packed(tmp_path, ship_originals=True, **GENERIC)
    assert [r["specid"] for r in rows(data)] == [0, 1, 2, 3]
    assert sorted(p.name for p in data.glob("fits/**/*.*")) == ["___1.FITS", "b.fit", "c.fits", "e.fts"]
    (source / "gone.fits").symlink_to("nowhere")
    os.mkfifo(source / "pipe.fits")
    with pytest.raises(InputError) as caught:
        packed(tmp_path, **GENERIC)
    assert [p.what for p in caught.value.problems] == ["is a link to nowhere", "is not a plain file"]
    assert about(packed(tmp_path, keep_going=True, **GENERIC))["left_out"]["count"] == 2


def test_what_follows_the_spectrum_may_not_be_cut_off(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    file = tmp_path / "src" / "a.fits"
    whole = spec({"SPECOBJID": np.array(["1"], "S22")}, "MJD_EXP_59278-00")
    fits.HDUList([fits.PrimaryHDU(), *whole]).writeto(file)
    with fits.open(file) as read:
        end = read["ZLINE"].fileinfo()["datLoc"] + 10
    file.write_bytes(file.read_bytes()[:end])
    with pytest.raises(InputError, match="cut short in ZLINE"):
        packed(tmp_path)
