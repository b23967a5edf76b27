"""Read one spectrum from a file with the settings of a set in release.toml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..model import SpectraSet
from .fits_file import Fits, decoded
from .layouts import find_layout, generic
from .spectrum import NAME_ID, ODD, Spectrum, Unreadable


@lru_cache(maxsize=4)
def _opened(path: str, _size: int, _mtime: int) -> Fits:
    """Open a file, cached because the spectra of one file are read one after the other."""
    return Fits(Path(path))


def _options(spec: SpectraSet) -> dict[str, Any]:
    columns = spec.columns.model_dump(exclude_none=True) if spec.columns else {}
    return {"hdu": spec.hdu, "columns": columns, "log": spec.log, "unit": spec.wavelength_unit}


def read_spectrum(spec: SpectraSet, file: Path, row: int, size: int, mtime: int) -> tuple[Spectrum, Any]:
    """Return a spectrum and its layout. Raises Unreadable."""
    try:
        fits = _opened(str(file), size, mtime)
        layout = find_layout(fits, spec.layout)
        spectrum = generic.read(fits, row, _options(spec)) if layout is generic else layout.read(fits, row)
        if not spectrum.parts:
            raise Unreadable("contains no spectrum")
        fits.check()
        vacuum = spectrum.facts.get("vacuum")
        spectrum.facts["vacuum"] = (
            spec.vacuum if spec.vacuum is not None else layout.VACUUM if vacuum is None else vacuum
        )
    except ODD as error:
        raise Unreadable(f"cannot be read: {type(error).__name__}: {error}") from None
    return spectrum, layout


def identify(spec: SpectraSet, file: Path) -> list[tuple[int, str, str]]:
    """Return row, name and value (as text) of the id of each spectrum in a file. Raises Unreadable."""
    try:
        return _identify(spec, file)
    except ODD as error:
        raise Unreadable(f"cannot be read: {type(error).__name__}: {error}") from None


def _identify(spec: SpectraSet, file: Path) -> list[tuple[int, str, str]]:
    way = spec.id
    if way.lookup is not None:
        return [(0, way.name or "", name_of(file))]
    if way.file is not None:
        found = re.search(way.file, file.name)
        if not found or not found[1]:
            raise Unreadable(f"its name does not fit id.file = {way.file!r}", NAME_ID)
        return [(0, way.name or "id", found[1])]
    fits = Fits(file)
    if way.header is not None:
        value = fits.primary.header.get(way.header.upper())
        if value is None:
            hdu = fits.hdu(1)
            value = hdu.header.get(way.header.upper()) if hdu else None
        if value is None:
            raise Unreadable(f"has no {way.header} in its header", NAME_ID)
        return [(0, way.name or _plain(way.header), _text(value, way.header))]
    layout = find_layout(fits, spec.layout)
    count = generic.rows(fits, _options(spec)) if layout is generic else layout.rows(fits)
    if not count:
        raise Unreadable("contains no spectrum")
    if way.column is not None:
        hdu = next((h for h in fits if h.has(way.column or "")), None)
        if hdu is None or (count > 1 and hdu.rows != count):
            raise Unreadable(f"has no column {way.column} with a row for each spectrum", NAME_ID)
        values = np.ravel(hdu.column(way.column))[:count]
        name = way.name or _plain(way.column)
        return [(row, name, _text(value, way.column)) for row, value in enumerate(values.tolist())]
    ids = [layout.identify(fits, row) for row in range(count)]
    return [(row, way.name or name, _text(value, name)) for row, (name, value) in enumerate(ids)]


def name_of(file: Path) -> str:
    """Return a file name as used in catalogues: without .gz."""
    return file.name.removesuffix(".gz").removesuffix(".fz")


def _plain(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_]", "_", name.lower())
    return plain if plain[:1].isalpha() else f"id_{plain}"


def _text(value: Any, name: str) -> str:
    if isinstance(value, bytes):
        value = decoded(value).strip("\0 ")
    if isinstance(value, bool) or value is None:
        raise Unreadable(f"its {name} is not an id", NAME_ID)
    if isinstance(value, float):
        if value != int(value) or abs(value) >= 2**53:
            raise Unreadable(f"its {name} is a number that is not whole, or too large to be exact", NAME_ID)
        value = int(value)
    text = str(value).strip()
    if not text:
        raise Unreadable(f"its {name} is empty", NAME_ID)
    return text
