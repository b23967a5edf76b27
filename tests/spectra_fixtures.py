"""Spectrum files of every layout, written for tests, and packed spectra read as a page would read them."""

from __future__ import annotations

import json
import struct
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits

from drportal.carried import from_script
from drportal.model import Release, SpectraSet
from drportal.pieces import Kept, Store, Workshop, read_record
from drportal.problems import InputError
from drportal.spectra.job import piece_name
from drportal.spectra.piece import spectra_piece


def table(columns: dict[str, np.ndarray], name: str = "", one_row: bool = False) -> fits.BinTableHDU:
    """A table extension; with `one_row` every array is one cell."""
    made = []
    for key, values in columns.items():
        code = {"f4": "E", "f8": "D", "i2": "I", "i4": "J", "i8": "K"}.get(values.dtype.str[1:], "A")
        if code == "A":
            made.append(fits.Column(key, f"{values.dtype.itemsize}A", array=values))
        elif one_row:
            made.append(fits.Column(key, f"{len(values)}{code}", array=values[None]))
        else:
            made.append(fits.Column(key, code, array=values))
    return fits.BinTableHDU.from_columns(made, name=name)


def write_sdss(file: Path, number: int, exposures: bool = True) -> None:
    """A `spec` file: COADD, SPECOBJ, and two exposures of the red and blue cameras."""
    random = np.random.default_rng(number)
    pixels = 900 + number % 7

    def columns(shift: int, extra: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        grid = (3.55 + 1e-4 * (np.arange(pixels) + shift)).astype("f4")
        flux, sky = random.normal(3, 1, (2, pixels)).astype("f4")
        ivar = random.random(pixels).astype("f4")
        return {"flux": flux, "loglam": grid, "ivar": ivar, "sky": sky, **extra}

    bits = (1 << random.integers(0, 29, pixels)).astype("i4") * (random.random(pixels) < 0.1)
    extra = {
        "and_mask": bits,
        "or_mask": bits | 1,
        "wdisp": np.ones(pixels, "f4"),
        "model": np.ones(pixels, "f4"),
    }
    about = {
        "SPECOBJID": np.array([str(299489677444933632 + number)], "S22"),
        "PLUG_RA": np.array([146.7]),
        "CLASS": np.array(["GALAXY"], "S6"),
        "Z": np.array([0.0212], "f4"),
    }
    hdus = [
        fits.PrimaryHDU(),
        table(columns(number % 5, extra), "COADD"),
        table(about, "SPECOBJ"),
        table({"L": np.ones(1)}, "SPZLINE"),
    ]
    if exposures:
        mask = {"mask": bits}
        hdus += [
            table(columns(9, mask), "B1-00142550-00142571-00142560"),
            table(columns(12, mask), "R1-00142550-00142571"),
        ]
    fits.HDUList(hdus).writeto(file)


def write_desi(file: Path, first: int, spectra: int) -> None:
    """A coadd of so many targets, its masks compressed as DESI's are."""
    random = np.random.default_rng(first % 1000)
    ids = np.array([39627652591521181 + first + n for n in range(spectra)], "i8")
    fibermap = {"TARGETID": ids, "TARGET_RA": random.random(spectra), "COADD_EXPTIME": np.ones(spectra, "f4")}
    hdus: list[Any] = [fits.PrimaryHDU(), table(fibermap, "FIBERMAP")]
    for arm, start, pixels in (("B", 3600.0, 275), ("R", 5760.0, 232), ("Z", 7520.0, 288)):
        mask = random.integers(0, 300, (spectra, pixels)) * (random.random((spectra, pixels)) < 0.05)
        hdus += [
            fits.ImageHDU(np.round(start + 0.8 * np.arange(pixels), 1), name=f"{arm}_WAVELENGTH"),
            fits.ImageHDU(random.normal(1, 1, (spectra, pixels)).astype("f4"), name=f"{arm}_FLUX"),
            fits.ImageHDU(random.random((spectra, pixels)).astype("f4"), name=f"{arm}_IVAR"),
            fits.CompImageHDU(mask.astype("u4"), name=f"{arm}_MASK"),
        ]
    fits.HDUList(hdus).writeto(file)


def write_pilot(file: Path, obsid: int) -> None:
    """LAMOST's pilot survey: the third row is the spectrum without its continuum."""
    image = np.random.default_rng(obsid).normal(0, 1, (5, 300)).astype("f4")
    image[3:] = 0
    hdu = fits.PrimaryHDU(image)
    hdu.header.update(
        {"TELESCOP": "LAMOST", "OBSID": obsid, "COEFF0": 3.5682, "COEFF1": 1e-4, "CLASS": "STAR"}
    )
    hdu.writeto(file)


def write_plain(file: Path, ident: int, flux: np.ndarray) -> None:
    """A table of no known layout: a row a pixel, of double precision."""
    hdu = table(
        {"WAVE": 4000 + np.arange(len(flux), dtype="f8"), "F": flux, "ERR": np.abs(flux) / 9}, "SPECTRUM"
    )
    hdu.header["SPECID"] = ident
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(file)


def release(folder: Path) -> Release:
    made = Release(name="T", published="2026")
    folder.mkdir(parents=True, exist_ok=True)
    made.file, made.id = folder / "release.toml", "t"
    return made


def packed(
    folder: Path, *, jobs: int = 1, keep_going: bool = False, cache: str = "cache", **spec: Any
) -> Path:
    """Pack a set whose source lies below `folder`; its data folder."""
    given = SpectraSet(**{"name": "set", "source": "src", **spec})
    kept = make_set(given, release(folder), folder / cache, jobs=jobs, keep_going=keep_going)
    return kept.data


def make_set(spec: SpectraSet, of: Release, cache: Path, *, jobs: int = 1, keep_going: bool = False) -> Kept:
    """A set as a build makes it. Raises InputError."""
    store = Store(cache)
    with Workshop(store, jobs) as workshop:
        store.begin()
        name = piece_name(of, spec)
        describe = partial(spectra_piece, spec, of, None, store, jobs, keep_going)
        asked = workshop.ask(name, describe, here=True)
        workshop.finish()
    if asked.problems:
        raise InputError(asked.problems)
    assert asked.kept
    return asked.kept


def kept_packs(cache: Path) -> dict[int, Path]:
    """The folders of the packs that a cache keeps, by their number."""
    found = {}
    for file in (cache / "pieces").glob("*/*"):
        record = json.loads(read_record(file) or "")
        if "pack " in record["name"]:
            found[int(record["name"].rpartition(" ")[2])] = cache / "folders" / record["content"][:32]
    return found


def rows(data: Path) -> list[dict[str, Any]]:
    """All parts as they are packed, in their order, wavelengths brought in from the grids."""
    grids = pq.read_table(data / "grids.parquet").to_pylist() if (data / "grids.parquet").exists() else []
    found = []
    for file in sorted(data.glob("packs/*/*.parquet")):
        whole = pq.read_table(file)
        for number in range(whole.num_rows):
            row = {}
            for name in whole.column_names:
                value = whole.column(name)[number]
                array = pa.types.is_list(value.type) and value.is_valid
                row[name] = value.values.to_numpy(zero_copy_only=False) if array else value.as_py()
            if row["grid"] is not None:
                kind = (
                    pq.read_schema(data / "grids.parquet")
                    .field("wavelength")
                    .type.value_type.to_pandas_dtype()
                )
                grid = np.array(grids[row["grid"]]["wavelength"], kind)
                row["wavelength"] = grid[row["grid_first"] :][: len(row["flux"])]
                assert grids[row["grid"]]["scale"] == row["scale"]
            found.append(row)
    return found


def about(data: Path) -> dict[str, Any]:
    return json.loads((data / "spectra.json").read_text())


def look_up(data: Path, ident: int | str) -> dict[str, Any]:
    """The position of a spectrum from the index."""
    for file in about(data)["index"]:
        for row in pq.read_table(data / file["path"]).to_pylist():
            if row["id"] == ident:
                return row
    raise KeyError(ident)


def pack_bytes(data: Path, at: dict[str, Any]) -> bytes:
    """The bytes of a spectrum out of its pack, as over HTTP."""
    with (data / f"packs/{at['pack'] // 1000:03d}/{at['pack']:06d}.parquet").open("rb") as stream:
        stream.seek(at["offset"])
        return stream.read(at["bytes"] + at["more"])


def script_bytes(data: Path, at: dict[str, Any]) -> bytes:
    """The same bytes out of the script twins, as from disc."""

    def chunk(number: int) -> bytes:
        folder = f"chunks/{at['pack'] // 1000:03d}/{at['pack']:06d}"
        call, content = from_script((data / folder / f"{number:04d}.js").read_bytes()) or ("", b"")
        assert call == f'drportal.chunk("spectra/set","{at["pack"]:06d}/{number:04d}",'
        return content

    sums = chunk(at["chunk"])[at["at"] :][: at["bytes"] + at["more"]]
    if len(sums) < at["bytes"] + at["more"]:
        assert len(sums) == at["bytes"]
        sums += chunk(at["chunk"] + 1)[: at["more"]]
    return sums


def pages(columns: list[dict[str, Any]], data: bytes) -> list[dict[str, bytes]]:
    """Take a spectrum's bytes apart into row groups, each a page for every column: its values, unpacked."""
    groups, at = [], 0
    while at < len(data):
        group = {}
        for column in columns:
            header, at = _thrift(data, at)
            body, at = data[at : at + header[3]], at + header[3]
            if column["codec"] == "ZSTD":
                body = pa.decompress(body, header[2], codec="zstd").to_pybytes()
            assert len(body) == header[2] and header[1] == 0
            group[column["name"]] = body
        groups.append(group)
    assert at == len(data)
    return groups


def floats(body: bytes, kind: str) -> np.ndarray:
    """Values of a page of arrays: levels are skipped, bytes put back together."""
    for _ in range(2):
        body = body[4 + struct.unpack("<I", body[:4])[0] :]
    return np.frombuffer(np.frombuffer(body, "u1").reshape(np.dtype(kind).itemsize, -1).T.tobytes(), kind)


def _thrift(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A struct of Thrift's compact protocol, as far as page headers need it."""

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    found: dict[int, Any] = {}
    field = 0
    while data[at]:
        byte = data[at]
        at += 1
        kind = byte & 15
        if byte >> 4:
            field += byte >> 4
        else:
            field = (varint() >> 1) ^ 0
        if kind in (5, 6):
            value = varint()
            found[field] = (value >> 1) ^ -(value & 1)
        elif kind in (1, 2):
            found[field] = kind == 1
        elif kind == 8:
            size = varint()
            found[field], at = data[at : at + size], at + size
        elif kind == 12:
            found[field], at = _thrift(data, at)
        else:
            raise AssertionError(kind)
    return found, at + 1


def same(packed_values: Any, original: Any) -> None:
    """Equal to the last bit, whatever the byte order of the file."""
    original = np.asarray(original)
    if original.dtype.kind == "f" and packed_values.dtype.kind == "f":
        native = original.astype(original.dtype.newbyteorder("="))
        assert packed_values.tobytes() == native.astype(packed_values.dtype).tobytes()
        assert np.array_equal(native.astype(packed_values.dtype).astype(native.dtype), native, equal_nan=True)
    else:
        assert np.array_equal(packed_values, original)


def expected(hdus: fits.HDUList) -> dict[tuple[str, str], dict[str, Any]]:
    """What astropy reads from a LAMOST file, by arm and exposure."""
    if hdus[0].data is not None:
        flux, ivar, wave, and_mask, or_mask = hdus[0].data
        arrays = {"flux": flux, "ivar": ivar, "wavelength": wave, "and_mask": and_mask, "or_mask": or_mask}
        return {("", ""): arrays}
    found = {}
    names = {"FLUX": "flux", "IVAR": "ivar", "LOGLAM": "wavelength", "WAVELENGTH": "wavelength"}
    names |= {
        "ANDMASK": "and_mask",
        "ORMASK": "or_mask",
        "PIXMASK": "pix_mask",
        "NORMALIZATION": "normalized",
    }
    for hdu in hdus[1:]:
        arm, _, exposure = hdu.name.removeprefix("COADD").strip("_").partition("-")
        found[arm, exposure] = {names[n]: np.ravel(hdu.data[n]) for n in hdu.data.names}
    return found
