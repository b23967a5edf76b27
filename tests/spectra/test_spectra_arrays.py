"""Arrays that do not fit their flux are dropped; without flux or wavelength, the spectrum is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from drportal.model import SpectraSet
from drportal.problems import InputError

from ..conftest import SHARED
from ..spectra_fixtures import about, make_set, packed, release, rows, same, table, write_desi

LAMOST = {"TELESCOP": "LAMOST", "OBSID": 7, "CLASS": "STAR"}
N = 60


def build(folder: Path, keep_going: bool = False, **spec: Any) -> tuple[Path, list[str]]:
    given = SpectraSet(**{"name": "set", "source": "src", **spec})
    kept = make_set(given, release(folder), folder / "cache", keep_going=keep_going)
    return kept.data, list(kept.notes)


def arrays(*names: str, log: bool = False) -> dict[str, np.ndarray]:
    wave = 3.6 + 1e-4 * np.arange(N)
    made = {"LOGLAM" if log else "WAVELENGTH": wave if log else 10**wave}
    for n, name in enumerate(names):
        made[name] = (np.arange(N) % 7 + n).astype("i4" if "MASK" in name else "f4")
    return {name: values.astype("f4") if values.dtype == "f8" else values for name, values in made.items()}


def write(file: Path, *hdus: Any, **header: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    primary = fits.PrimaryHDU()
    primary.header.update(header)
    fits.HDUList([primary, *hdus]).writeto(file)


def lrs(file: Path, column: str, bad: np.ndarray) -> None:
    made = arrays("FLUX", "IVAR", "ANDMASK", "ORMASK", "PIXMASK", "NORMALIZATION")
    write(file, table({**made, column: bad}, "COADD", True), **LAMOST)


def mrs(file: Path, column: str, bad: np.ndarray) -> None:
    made = arrays("FLUX", "IVAR", "ANDMASK", "ORMASK", "NORMALIZATION", log=True)
    single = arrays("FLUX", "IVAR", "PIXMASK", log=True)
    write(file, table({**made, column: bad}, "COADD_B", True), table(single, "B-85071123"), **LAMOST)


def desi(file: Path, column: str, bad: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_desi(file, 0, 1)
    with fits.open(file, memmap=False) as opened:
        place = next(n for n, hdu in enumerate(opened) if hdu.name == f"B_{column}")
        opened[place] = fits.ImageHDU(bad[None] if bad.ndim == 1 else bad, name=f"B_{column}")
        opened.writeto(file, overwrite=True)


COLUMNS = {
    "wavelength": "W", "flux": "F", "ivar": "I", "error": "E", "mask": "M", "sky": "S", "model": "O",
    "normalized": "N",
}  # fmt: skip
OWN = {"layout": "columns", "columns": COLUMNS, "id": {"header": "SPECID"}}


def rows_of_arrays(file: Path, column: str, bad: np.ndarray) -> None:
    made = {c: np.arange(1, N + 1).astype("i4" if c == "M" else "f8") for c in COLUMNS.values()}
    write(file, table({**made, column: bad}, "SPEC", True), SPECID=7)


def images(file: Path, column: str, bad: np.ndarray) -> None:
    made = {c: np.arange(1, N + 1).astype("i4" if c == "M" else "f8") for c in COLUMNS.values()}
    write(file, *[fits.ImageHDU(v, name=c) for c, v in {**made, column: bad}.items()], SPECID=7)


SHORT, EMPTY, HALVES = np.ones(30, "f4"), np.zeros(0, "f4"), np.full(N, 0.5, "f4")
CASES = [
    *[(lrs, c, n, {}) for c, n in (("IVAR", "ivar"), ("ANDMASK", "and_mask"), ("ORMASK", "or_mask"))],
    *[(lrs, c, n, {}) for c, n in (("PIXMASK", "pix_mask"), ("NORMALIZATION", "normalized"))],
    *[
        (mrs, c, n, {})
        for c, n in (("IVAR", "ivar"), ("ANDMASK", "and_mask"), ("NORMALIZATION", "normalized"))
    ],
    *[(desi, c, c.lower(), {}) for c in ("IVAR", "MASK")],
    *[(w, c, n, OWN) for w in (rows_of_arrays, images) for n, c in list(COLUMNS.items())[2:]],
]


@pytest.mark.parametrize(("writer", "column", "name", "spec"), CASES)
def test_an_array_that_does_not_fit_costs_itself(
    tmp_path: Path, writer: Any, column: str, name: str, spec: dict[str, Any]
) -> None:
    writer(tmp_path / "src/good.fits", column, np.ones(275 if writer is desi else N, "i4"))
    good = rows(packed(tmp_path, **spec))[0]
    (tmp_path / "src/good.fits").unlink()
    for number, bad in enumerate([SHORT, EMPTY, HALVES] if "mask" in name else [SHORT, EMPTY]):
        if writer is images and not len(bad):
            continue  # an image of nothing is no image
        here = tmp_path / str(number)
        writer(here / "src/bad.fits", column, bad)
        # A file that has what the other lacks: what is named is somewhere.
        if spec:
            writer(here / "src/other.fits", column, np.ones(N, "i4"))
            fits.setval(here / "src/other.fits", "SPECID", value=9)
        data, lines = build(here, **spec)
        row = rows(data)[0]
        assert row.get(name) is None
        for key in good.keys() - {name, "header", "grid", "grid_first"}:
            if isinstance(good[key], np.ndarray):
                same(row[key], good[key])
            else:
                assert row[key] == good[key]
        (line,) = lines
        assert line.startswith(f"{here}/src/bad.fits: ") and line.endswith(f"; packed without {name}")
        assert name in line.split(": ")[1] and about(data)["left_out"]["count"] == 0


@pytest.mark.parametrize(
    ("writer", "column", "spec"),
    [
        (lrs, "WAVELENGTH", {}),
        (lrs, "FLUX", {}),
        (mrs, "LOGLAM", {}),
        (desi, "WAVELENGTH", {}),
        (rows_of_arrays, "W", OWN),
        (images, "W", OWN),
    ],
)
def test_a_wavelength_or_flux_that_does_not_fit_costs_the_spectrum(
    tmp_path: Path, writer: Any, column: str, spec: dict[str, Any]
) -> None:
    writer(tmp_path / "src/bad.fits", column, SHORT if writer is not desi else SHORT.reshape(1, 30))
    if writer is not desi:
        writer(tmp_path / "src/good.fits", "ANDMASK" if not spec else "M", np.ones(N, "i4"))
        key = "SPECID" if spec else "OBSID"
        fits.setval(tmp_path / "src/good.fits", key, value=8)
    with pytest.raises(InputError) as caught:
        build(tmp_path, **spec)
    (problem,) = caught.value.problems
    assert problem.file.endswith("bad.fits") and "--keep-going to leave it out" in str(problem)
    assert not str(problem).endswith("fetch it again or remove it")
    if writer is not desi:
        data, lines = build(tmp_path, keep_going=True, **spec)
        assert about(data)["left_out"]["count"] == 1 and about(data)["spectra"] == 1
        assert lines[0].endswith("; left out") and "\n" not in about(data)["left_out"]["files"][0][1]


def test_arrays_that_several_spectra_lack_are_one_line(tmp_path: Path) -> None:
    for number in range(4):
        file = tmp_path / f"src/{number}.fits"
        lrs(file, "NORMALIZATION", SHORT if number else np.ones(N, "f4"))
        fits.setval(file, "OBSID", value=number)
    for _ in range(2):  # the second time from the cache
        data, lines = build(tmp_path)
        end = "normalized has 30 pixels, the flux 60; packed without normalized, as 2 more of the set are"
        assert lines == [f"{tmp_path}/src/1.fits: {end}"]
    assert [row["normalized"] is None for row in rows(data)] == [False, True, True, True]


def test_a_column_that_no_file_has_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path / "src/a.fits", table({"W": np.ones(N), "F": np.ones(N)}, "S"), SPECID=1)
    spec = {**OWN, "columns": {"wavelength": "W", "flux": "F", "ivar": "IV"}}
    with pytest.raises(
        InputError, match=r"columns\.ivar: can be read from none of its files \(a\.fits: .*IV"
    ):
        build(tmp_path, **spec)
    both = {"W": np.ones(N), "F": np.ones(N), "IV": np.ones(N)}
    write(tmp_path / "src/b.fits", table(both, "S"), SPECID=2)
    data, lines = build(tmp_path, **spec)
    assert [row["ivar"] is None for row in rows(data)] == [True, False] and "a.fits" in lines[0]


EXTEN = {
    "DR1": (
        "Flux Inverse Subcontinuum Andmask Ormask",
        ["flux", "ivar", "subtracted", "and_mask", "or_mask"],
    ),
    "in other letters": (
        "FLUX, INVERSE VARIANCE, SUBCONTINUUM, AND MASK, OR MASK",
        ["flux", "ivar", "subtracted", "and_mask", "or_mask"],
    ),
    "in another order": ("Flux Andmask Ormask Sky Inverse", ["flux", "and_mask", "or_mask", "sky", "ivar"]),
    "pilot survey, without names": (None, ["flux", "ivar", "subtracted", "and_mask", "or_mask"]),
    "not of this image": ("Flux Inverse", ["flux", "ivar", "subtracted", "and_mask", "or_mask"]),
    "names of nothing": ("a b c d e", ["flux", "ivar", "subtracted", "and_mask", "or_mask"]),
    "wrong about wavelengths": (
        "Flux Inverse WaveLength Andmask Ormask",
        ["flux", "ivar", "subtracted", "and_mask", "or_mask"],
    ),
}


@pytest.mark.parametrize("name", EXTEN)
def test_rows_of_old_images_are_what_their_header_calls_them(tmp_path: Path, name: str) -> None:
    said, planes = EXTEN[name]
    image = np.random.default_rng(1).normal(0, 1, (5, N)).astype("f4")
    for number, plane in enumerate(planes):
        if "mask" in plane:
            image[number] = np.arange(N) % 9
    hdu = fits.PrimaryHDU(image)
    hdu.header.update({**LAMOST, "COEFF0": 3.5682, "COEFF1": 1e-4, "SN_U": 1.5, "SN_G": 20.25})
    if said:
        hdu.header["EXTEN0"] = said
    (tmp_path / "src").mkdir()
    hdu.writeto(tmp_path / "src/a.fits")
    data, lines = build(tmp_path)
    (row,) = rows(data)
    found = {key for key, value in row.items() if isinstance(value, np.ndarray)}
    assert lines == [] and found == {"wavelength", *planes}
    for plane, values in zip(planes, image, strict=True):
        same(row[plane], values)
    assert json.loads(row["header"])["snr"] == {"u": 1.5, "g": 20.25}


@pytest.mark.parametrize("keys", [{"SNRU": 1.0, "SNRZ": 2.0}, {"SN_U": 1.0, "SN_Z": 2.0, "SNRU": 1.0}])
def test_signal_to_noise_of_either_name(tmp_path: Path, keys: dict[str, float]) -> None:
    lrs(tmp_path / "src/a.fits", "IVAR", np.ones(N, "f4"))
    with fits.open(tmp_path / "src/a.fits", mode="update") as opened:
        opened[0].header.update(keys)
    (row,) = rows(packed(tmp_path))
    assert json.loads(row["header"])["snr"] == {"u": 1.0, "z": 2.0}


def test_a_file_without_an_id_names_what_helps(tmp_path: Path) -> None:
    lrs(tmp_path / "src/spec-1-sp02-077.fits", "IVAR", np.ones(N, "f4"))
    fits.delval(tmp_path / "src/spec-1-sp02-077.fits", "OBSID")
    with pytest.raises(InputError) as caught:
        packed(tmp_path)
    (line,) = str(caught.value).splitlines()
    assert 'has no OBSID in its header; define the id: id = { lookup = "filename" }' in line
    assert "id = { file = '-(\\d+)\\.fits' }" in line and "fetch it again" not in line
    (row,) = rows(packed(tmp_path, id={"file": r"-(\d+)\.fits"}))
    assert row["id"] == "077"


def test_what_is_cut_off_within_an_array_is_no_spectrum(tmp_path: Path) -> None:
    lrs(tmp_path / "src/a.fits", "IVAR", np.ones(N, "f4"))
    file = tmp_path / "src/a.fits"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - 2880 + 400])
    with pytest.raises(InputError, match=r"is cut short.*fetch it again"):
        packed(tmp_path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real data are not here")
def test_no_real_spectrum_lacks_an_array(tmp_path: Path) -> None:
    (tmp_path / "src").symlink_to(SHARED / "data/lamost-mrs")
    assert build(tmp_path)[1] == []
