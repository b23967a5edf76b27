"""A spectrum of a packed set, read in plain Python as docs/spectra.md describes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..formats import Spectra
from .files import Files

Array = NDArray[Any]


@dataclass(frozen=True)
class Spectrum:
    """A spectrum: its header, and the rows of its pack, each with its stored wavelengths."""

    ident: str
    meta: Spectra
    facts: dict[str, Any]
    parts: list[tuple[dict[str, Any], Array]]

    def sent(self) -> dict[str, Any]:
        """The answer to a question for it; see `page/drportal/_transport.py`."""
        arrays: dict[str, Array] = {}

        def put(array: Array) -> str:
            key = f"a{len(arrays)}"
            arrays[key] = array
            return key

        arms = []
        for row, wavelength in self.parts:
            found = {name: value for name, value in row.items() if isinstance(value, np.ndarray)}
            masks = {name: value for name, value in found.items() if value.dtype.kind in "iu"}
            real = {name: found[name] for name in found if name not in masks and name != "wavelength"}
            facts = json.loads(row["facts"]) if row.get("facts") else {}
            arms.append(
                {
                    "name": row["arm"],
                    "kind": row["kind"],
                    "exposure": row["exposure"],
                    "flux_unit": self.meta.flux_unit,
                    "wavelength_unit": self.meta.wavelength_unit,
                    "scale": row["scale"],
                    "vacuum": bool(facts.get("vacuum", self.facts.get("vacuum", True))),
                    "arrays": {
                        name: put(value) for name, value in (real | {"wavelength": wavelength}).items()
                    },
                    "masks": {name: put(value) for name, value in masks.items()},
                    "facts": facts,
                }
            )
        text = json.dumps({"id": self.ident, "set": self.meta.name, "facts": self.facts, "arms": arms})
        return {"json": text, "arrays": arrays}


def read_spectrum(files: Files, meta: Spectra, ident: str) -> Spectrum | None:
    """Return a spectrum of a set by its id as text; None if the set does not have it."""
    value: int | str = ident
    if meta.id.datatype == "long":
        try:
            value = int(ident)
        except ValueError:
            return None
    folder = f"data/spectra/{meta.name}"
    pack = _pack(files, meta, folder, value)
    if pack is None:
        return None
    path = f"{folder}/packs/{pack // 1000:03d}/{pack:06d}.parquet"
    with files.open(path) as file:
        packed = pq.ParquetFile(file)
        groups = _groups(packed, value)
        table = packed.read_row_groups(groups) if groups else packed.schema_arrow.empty_table()
    rows = [
        {name: _cell(table.column(name)[at]) for name in table.column_names}
        for at in range(table.num_rows)
        if table.column(0)[at].as_py() == value
    ]
    if not rows:
        return None
    rows.sort(key=lambda row: int(row["part"]))
    header = next((row["header"] for row in rows if row.get("header")), None)
    facts = json.loads(header) if header else {}
    parts = [(row, _wavelengths(files, meta, folder, row)) for row in rows]
    return Spectrum(ident, meta, facts, parts)


def _pack(files: Files, meta: Spectra, folder: str, value: int | str) -> int | None:
    """The number of the pack that has a spectrum, by the index of its set."""
    for part in meta.index:
        first, last = (int(part.first), int(part.last)) if isinstance(value, int) else (part.first, part.last)
        if _before(first, value) and _before(value, last):
            with files.open(f"{folder}/{part.path}") as file:
                index = pq.ParquetFile(file)
                groups = _groups(index, value)
                for row in (
                    index.read_row_groups(groups, columns=["id", "pack"]).to_pylist() if groups else []
                ):
                    if row["id"] == value:
                        return int(row["pack"])
    return None


def _before(one: int | str, other: int | str) -> bool:
    """Whether an id is not after another: texts are in the order of their bytes in UTF-8."""
    if isinstance(one, int) and isinstance(other, int):
        return one <= other
    return str(one).encode() <= str(other).encode()


def _groups(file: pq.ParquetFile, value: int | str) -> list[int]:
    """Row groups that may have an id, by the extremes in the footer."""
    found = []
    for group in range(file.num_row_groups):
        extremes = file.metadata.row_group(group).column(0).statistics
        known = extremes is not None and extremes.has_min_max
        if not known or (_before(extremes.min, value) and _before(value, extremes.max)):
            found.append(group)
    return found


def _wavelengths(files: Files, meta: Spectra, folder: str, row: dict[str, Any]) -> Array:
    """The wavelengths of a row as they are stored: its own, or a part of a grid of the set."""
    own: Array | None = row.get("wavelength")
    if own is not None or meta.grids is None:
        return np.zeros(0) if own is None else own
    with files.open(f"{folder}/{meta.grids.path}") as file:
        grid = pq.ParquetFile(file).read_row_group(int(row["grid"]), columns=["wavelength"])
    whole: Array = _cell(grid.column("wavelength")[0])
    first = int(row["grid_first"])
    return whole[first : first + len(row["flux"])]


def _cell(scalar: Any) -> Any:
    """A cell of a pack: an array, a text, a number or None."""
    values = getattr(scalar, "values", None)
    if values is not None and not isinstance(scalar.as_py(), str):
        return values.to_numpy(zero_copy_only=False)
    return scalar.as_py()
