"""FITS files of many surveys with the names of their own layouts, and what astropy reads in them."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from ...spectra_fixtures import table, write_desi, write_pilot, write_sdss

RANDOM = np.random.default_rng(19)


@dataclass
class Own:
    """A file, and the parts that are in it: wavelength in the file's unit, flux, errors."""

    file: Path
    parts: list[dict[str, Any]]
    unit: str = "Angstrom"
    row: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


def columns(pixels: int, low: float, high: float, **names: str) -> dict[str, np.ndarray]:
    """Arrays by the names of their columns: `wave`, `flux` and others."""
    made = {"wave": np.linspace(low, high, pixels), "flux": RANDOM.normal(3, 1, pixels).astype("f4")}
    made["error"] = RANDOM.uniform(0.1, 1, pixels).astype("f4")
    made["mask"] = (1 << RANDOM.integers(0, 12, pixels)).astype("i4")
    return {column: made[name] for name, column in names.items()}


def with_units(hdu: fits.BinTableHDU, **units: str) -> fits.BinTableHDU:
    for name, unit in units.items():
        hdu.columns[name].unit = unit
    return hdu


def jwst(file: Path) -> Own:
    """Two slits of NIRSpec: a table EXTRACT1D for each, a row for each pixel."""
    hdus, parts = [fits.PrimaryHDU()], []
    hdus[0].header.update(TELESCOP="JWST", INSTRUME="NIRSPEC", TARGPROP="HD 1", TARG_RA=10.5, TARG_DEC=-3.25)
    for number, (low, high) in enumerate([(0.6, 1.2), (1.2, 2.4)], 1):
        arrays = columns(400, low, high, wave="WAVELENGTH", flux="FLUX", error="FLUX_ERROR", mask="DQ")
        hdu = table({**arrays, "NPIXELS": np.ones(400)}, "EXTRACT1D")
        with_units(hdu, WAVELENGTH="um", FLUX="Jy", FLUX_ERROR="Jy")
        hdu.ver = number
        hdu.header["SLTNAME"] = f"S{number}"
        hdus.append(hdu)
        part = {"wavelength": "WAVELENGTH", "flux": "FLUX", "error": "FLUX_ERROR", "mask": "DQ"}
        parts.append({name: arrays[column] for name, column in part.items()})
    fits.HDUList(hdus).writeto(file)
    return Own(file, parts, "um", facts={"designation": "HD 1", "ra": 10.5, "dec": -3.25})


def cos(file: Path) -> Own:
    """HST/COS: a row of arrays for each segment."""
    segments = ["FUVA", "FUVB"]
    both = [
        columns(300, low, low + 150, wave="WAVELENGTH", flux="FLUX", error="ERROR")
        for low in (1300.0, 1130.0)
    ]
    made = [
        fits.Column("SEGMENT", "4A", array=np.array(segments)),
        fits.Column("NELEM", "J", array=[300, 290]),
    ]
    for name, code, unit in (("WAVELENGTH", "300D", "Angstroms"), ("FLUX", "300E", "erg/s/cm**2/angstrom"),
                             ("ERROR", "300E", "erg/s/cm**2/angstrom")):  # fmt: skip
        made.append(fits.Column(name, code, unit=unit, array=np.array([one[name] for one in both])))
    primary = fits.PrimaryHDU()
    primary.header.update(TELESCOP="HST", INSTRUME="COS", TARGNAME="NGC1")
    fits.HDUList([primary, fits.BinTableHDU.from_columns(made, name="SCI")]).writeto(file)
    used = zip(both, (300, 290), strict=True)
    return Own(
        file,
        [
            {"wavelength": a["WAVELENGTH"][:n], "flux": a["FLUX"][:n], "error": a["ERROR"][:n]}
            for a, n in used
        ],
    )


def eso(file: Path) -> Own:
    """4MOST, as ESO's science products: one row of arrays, with utypes of the spectrum data model."""
    arrays = columns(500, 370.0, 950.0, wave="WAVE", flux="FLUX", error="ERR_FLUX", mask="QUAL")
    hdu = with_units(table(arrays, "SPECTRUM", one_row=True), WAVE="nm", FLUX="erg cm-2 s-1 angstrom-1")
    hdu.header.update(TUTYP1="Spectrum.Data.SpectralAxis.Value", TUCD1="em.wl", VACUUM=True)
    primary = fits.PrimaryHDU()
    primary.header.update(TELESCOP="ESO-VISTA", INSTRUME="QMOST", OBJECT="4M 1", RA=1.0, DEC=2.0)
    fits.HDUList([primary, hdu]).writeto(file)
    parts = [
        {
            "wavelength": arrays["WAVE"],
            "flux": arrays["FLUX"],
            "error": arrays["ERR_FLUX"],
            "mask": arrays["QUAL"],
        }
    ]
    return Own(file, parts, "nm", facts={"designation": "4M 1", "vacuum": True})


def utypes(file: Path) -> Own:
    """A table whose columns only their utypes explain; its arrays have any length."""
    arrays = columns(60, 5000.0, 5100.0, wave="X", flux="Y")
    made = [
        fits.Column(n, f"P{c}()", array=np.array([a, a[:9]], object))
        for (n, a), c in zip(arrays.items(), "DE", strict=True)
    ]
    hdu = fits.BinTableHDU.from_columns(made)
    hdu.header.update(TUTYP1="spec:Data.SpectralAxis.Value", TUTYP2="spec:Data.FluxAxis.Value")
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(file)
    return Own(file, [{"wavelength": arrays["X"][:9], "flux": arrays["Y"][:9]}], row=1)


def weave(file: Path) -> Own:
    """WEAVE: an image of each kind with a row for each fibre, and wavelengths in the header."""
    flux, ivar = RANDOM.normal(5, 1, (3, 200)).astype("f4"), RANDOM.random((3, 200)).astype("f4")
    primary = fits.PrimaryHDU()
    primary.header.update(TELESCOP="WHT", INSTRUME="WEAVE")
    hdus = [primary, fits.ImageHDU(flux, name="RED_DATA"), fits.ImageHDU(ivar, name="RED_IVAR")]
    for hdu in hdus[1:]:
        hdu.header.update(CRVAL1=5780.0, CD1_1=0.25, CRPIX1=1.0, CTYPE1="AWAV", CUNIT1="Angstrom")
    names = np.array(["WVE_1", "WVE_2", "WVE_3"], "S8")
    hdus.append(table({"TARGID": names, "FIBREID": np.array([7, 8, 9], "i4")}, "FIBTABLE"))
    fits.HDUList(hdus).writeto(file)
    part = {"wavelength": 5780 + 0.25 * np.arange(200), "flux": flux[2], "ivar": ivar[2]}
    return Own(file, [part], row=2, facts={"targid": "WVE_3", "fibre": 9, "vacuum": False})


def iraf(file: Path) -> Own:
    """A line of scaled whole numbers, logarithms of wavelengths, its error beside it, packed by gzip."""
    counts = RANDOM.integers(0, 60_000, 120)
    primary = fits.PrimaryHDU(counts.astype("u2"))
    primary.header.update({"CRVAL1": 3.6, "CDELT1": 1e-4, "CRPIX1": 1.0, "DC-FLAG": 1, "OBJECT": "x"})
    error = fits.ImageHDU(np.sqrt(counts + 1.0), name="ERR")
    plain = file.with_suffix("")
    fits.HDUList([primary, error]).writeto(plain)
    with gzip.open(file, "wb") as packed, plain.open("rb") as whole:
        shutil.copyfileobj(whole, packed)
    wavelength = 10 ** (3.6 + 1e-4 * np.arange(120))
    return Own(file, [{"wavelength": wavelength, "flux": counts, "error": np.sqrt(counts + 1.0)}])


def sdss(file: Path) -> Own:
    """A full file with exposures, of which the sum is shown first."""
    write_sdss(file, 3)
    with fits.open(file) as hdus:
        coadd, about = hdus[1].data, hdus[2].data[0]
        part = {name: np.array(coadd[name]) for name in ("flux", "ivar", "model", "and_mask")}
        part["wavelength"] = 10 ** coadd["loglam"].astype(float)
        return Own(
            file, [part], facts={"specobjid": about["SPECOBJID"].strip(), "class": "GALAXY", "ra": 146.7}
        )


def desi(file: Path) -> Own:
    write_desi(file, 2**40, 3)
    with fits.open(file) as hdus:
        arms = [name[0] for name in (h.name for h in hdus) if name.endswith("_FLUX")]
        parts = [{"wavelength": hdus[f"{a}_WAVELENGTH"].data, "flux": hdus[f"{a}_FLUX"].data[1],
                  "ivar": hdus[f"{a}_IVAR"].data[1]} for a in arms]  # fmt: skip
        return Own(file, parts, row=1, facts={"targetid": str(hdus["FIBERMAP"].data["TARGETID"][1])})


def pilot(file: Path) -> Own:
    """LAMOST up to DR1: rows of an image, wavelengths from coefficients."""
    write_pilot(file, 7)
    with fits.open(file) as hdus:
        data, header = hdus[0].data, hdus[0].header
        wavelength = 10 ** (header["COEFF0"] + header["COEFF1"] * np.arange(data.shape[1]))
        return Own(file, [{"wavelength": wavelength, "flux": data[0], "ivar": data[1]}], facts={"obsid": "7"})


def lamost(source: Path, file: Path) -> Own:
    """A file of LAMOST as released: arrays in a cell, or a table for each arm and exposure."""
    shutil.copy(source, file)
    parts = []
    with fits.open(file) as hdus:
        for hdu in hdus[1:]:
            if hdu.name and hdu.name.startswith("COADD"):
                value = {n: np.ravel(hdu.data[n]) for n in hdu.columns.names}
                wave = value["WAVELENGTH"] if "WAVELENGTH" in value else 10 ** value["LOGLAM"].astype(float)
                parts.append({"wavelength": wave, "flux": value["FLUX"], "ivar": value["IVAR"]})
        return Own(file, parts, facts={"obsid": str(hdus[0].header["OBSID"])})


def every(folder: Path, lrs: Path, mrs: Path) -> list[Own]:
    """A file of each layout."""
    return [
        jwst(folder / "jw_x1d.fits"), cos(folder / "cos_x1d.fits"), eso(folder / "qmost.fits"),
        utypes(folder / "utypes.fits"), weave(folder / "single_L1.fit"), iraf(folder / "iraf.fits.gz"),
        sdss(folder / "spec.fits"), desi(folder / "coadd.fits"), pilot(folder / "pilot.fits"),
        lamost(lrs, folder / "lrs.fits"), lamost(mrs, folder / "mrs.fits"),
    ]  # fmt: skip
