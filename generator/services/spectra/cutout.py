"""The pixels of a spectrum as a table, whole or in a range of wavelengths."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...notebook.spectra import Spectrum
from ...standards.arrow_columns import Column
from .found import Named

METRES = {"Angstrom": 1e-10, "nm": 1e-9, "um": 1e-6, "m": 1.0}
Interval = tuple[float, float]
"""Wavelengths in metres in vacuum, either end may be infinite."""
UCDS = {
    "ivar": "stat.weight;phot.flux.density", "error": "stat.error;phot.flux.density",
    "sky": "phot.flux.density;instr.background", "model": "phot.flux.density;meta.modelled",
    "normalized": "phot.flux.density;arith.ratio", "subtracted": "phot.flux.density;arith.diff",
    "wdisp": "instr.dispersion",
}  # fmt: skip
FLUX = "spec:Spectrum.Data.FluxAxis.Value"
WAVE = "spec:Spectrum.Data.SpectralAxis.Value"


def table_of(
    named: Named, found: Spectrum, band: Interval | None
) -> tuple[list[Column], list[pa.Array], int]:
    """Columns and values of the pixels of all parts in a band, and their number."""
    meta = found.meta
    arrays = [c.name for c in meta.columns if c.array and c.name != "wavelength"]
    kept: dict[str, list[pa.Array]] = {
        name: [] for name in ("part", "arm", "exposure", "wavelength", *arrays)
    }
    count = 0
    for row, stored in found.parts:
        wavelength = np.power(10.0, stored.astype(np.float64)) if row["scale"] == "log10" else stored
        chosen = _chosen(wavelength, band, meta.wavelength_unit, _in_vacuum(found, row))
        pixels = int(np.count_nonzero(chosen))
        count += pixels
        kept["part"].append(pa.array(np.full(pixels, row["part"], np.int32)))
        for name in ("arm", "exposure"):
            kept[name].append(pa.array([row[name] or ""] * pixels, pa.string()))
        kept["wavelength"].append(pa.array(wavelength[chosen].astype(np.float64)))
        for name in arrays:
            values = row.get(name)
            kept[name].append(pa.nulls(pixels) if values is None else pa.array(values[chosen]))
    made = {name: _joined(parts) for name, parts in kept.items()}
    columns = [_column(name, named, found).typed(array.type) for name, array in made.items()]
    return columns, list(made.values()), count


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    kinds = [p.type for p in parts if not pa.types.is_null(p.type)]
    kind = kinds[0] if kinds else pa.float32()
    for other in kinds[1:]:
        kind = kind if kind == other else pa.float64() if pa.types.is_floating(kind) else pa.int64()
    return pa.concat_arrays([p.cast(kind) for p in parts]) if parts else pa.array([], kind)


def _in_vacuum(found: Spectrum, row: dict[str, Any]) -> bool:
    facts = json.loads(row["facts"]) if row.get("facts") else {}
    return bool(facts.get("vacuum", found.facts.get("vacuum", True)))


def _chosen(wavelength: NDArray[Any], band: Interval | None, unit: str, vacuum: bool) -> NDArray[np.bool_]:
    if band is None:
        return np.ones(len(wavelength), bool)
    factor = METRES.get(unit, 1e-10)
    low, high = (end if vacuum else in_air(end) for end in band)
    # The ends are compared in the unit of the file, so that a wavelength given as it is in the file is
    # inside.
    with np.errstate(invalid="ignore"):
        chosen: NDArray[np.bool_] = (wavelength >= low / factor * (1 - 1e-12)) & (
            wavelength <= high / factor * (1 + 1e-12)
        )
    return chosen


def in_air(metres: float) -> float:
    """The wavelength in air of one in vacuum (Ciddor 1996), above 0.2 micrometres."""
    if not 2e-7 < metres < 1e-3:
        return metres
    wave = (1e-6 / metres) ** 2
    return metres / (1 + 0.05792105 / (238.0185 - wave) + 0.00167917 / (57.362 - wave))


def _column(name: str, named: Named, found: Spectrum) -> Column:
    meta = found.meta
    if name == "wavelength":
        said = "Wavelength in vacuum" if found.facts.get("vacuum", True) else "Wavelength in air"
        return Column(name, unit=meta.wavelength_unit, ucd="em.wl", description=said, utype=WAVE)
    if name == "flux":
        return Column(name, unit=meta.flux_unit or None, ucd="phot.flux.density", utype=FLUX)
    if name == "part":
        return Column(name, ucd="meta.number", description="Number of the arm or exposure, from 0")
    if name in ("arm", "exposure"):
        return Column(name, ucd="meta.id")
    return Column(name, ucd=UCDS.get(name, "meta.code.qual" if name.endswith("mask") else None))
