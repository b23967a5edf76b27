"""Spectra as rows of Arrow tables, one row per part, and the settings to write them as Parquet."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ..ingest.values.fields import numpy_type
from .grids import Grid, locate_in_grids
from .spectrum import Part, Spectrum

LEVEL = 3
"""zstd level: above it numbers with sorted bytes hardly shrink."""
SMALL = ("part", "arm", "kind", "exposure", "scale", "grid", "grid_first")
_ORDER = ("wavelength", "flux", "ivar", "error", "sky", "model", "normalized", "subtracted")
RESERVED = {*SMALL, *_ORDER, "wdisp", "header", "facts"}
_WIDER = {("float", "double"): "double", ("int32", "int64"): "int64"}
_ARROW = {"float": pa.float32(), "double": pa.float64(), "int32": pa.int32(), "int64": pa.int64()}
_NAMES = {"f4": "float", "f8": "double", "i4": "int32", "i8": "int64"}

Arrays = dict[str, str]
"""Array columns and the type of their elements: float, double, int32, int64."""


def arrays_of(spectrum: Spectrum) -> Arrays:
    """Return the array columns that a spectrum needs."""
    found: Arrays = {}
    for part in spectrum.parts:
        for name, values in _arrays(part).items():
            found = merged(found, {name: _NAMES[values.dtype.str[1:]]})
    return found


def merged(one: Arrays, other: Arrays) -> Arrays:
    """Return the columns needed by both, in their fixed order."""
    both = dict(one)
    for name, kind in other.items():
        known = both.setdefault(name, kind)
        if known != kind:
            both[name] = _WIDER.get((known, kind)) or _WIDER[kind, known]
    known_first = {name: rank for rank, name in enumerate(_ORDER)}
    ordered = sorted(both, key=lambda n: (both[n].startswith("int"), known_first.get(n, len(_ORDER)), n))
    return {name: both[name] for name in ordered}


def _arrays(part: Part) -> dict[str, Any]:
    return {"wavelength": part.wavelength, "flux": part.flux, **part.values, **part.masks}


@dataclass(frozen=True)
class Shape:
    """The columns of a set's packs."""

    id_name: str
    id_type: str
    """int64 or string."""
    arrays: Arrays

    @property
    def schema(self) -> pa.Schema:
        text, whole = pa.string(), pa.int32()
        fixed = [
            pa.field(self.id_name, pa.int64() if self.id_type == "int64" else text, nullable=False),
            pa.field("part", whole, nullable=False),
            pa.field("arm", text, nullable=False),
            pa.field("kind", text, nullable=False),
            pa.field("exposure", text, nullable=False),
            pa.field("scale", text, nullable=False),
            pa.field("grid", whole),
            pa.field("grid_first", whole),
            pa.field("header", text),
            pa.field("facts", text),
        ]
        return pa.schema(fixed + [pa.field(n, list_of(_ARROW[k])) for n, k in self.arrays.items()])

    def writing(self) -> dict[str, Any]:
        """Options of the Parquet writer: each column of a row group is one page, which is easy to decode."""
        leaf = {n: f"{n}.list.element" for n in self.arrays}
        packed = {"part": "DELTA_BINARY_PACKED"}
        for name, kind in self.arrays.items():
            packed[leaf[name]] = "DELTA_BINARY_PACKED" if kind.startswith("int") else "BYTE_STREAM_SPLIT"
        codecs = dict.fromkeys((self.id_name, *SMALL), "none")
        codecs |= dict.fromkeys(("header", "facts", *leaf.values()), "zstd")
        return {
            "compression": codecs,
            "compression_level": {n: LEVEL for n, codec in codecs.items() if codec == "zstd"},
            "use_dictionary": False,
            "column_encoding": packed,
            "write_statistics": [self.id_name],
            "store_schema": False,
            "version": "2.6",
            "data_page_size": 1 << 30,
            "write_batch_size": 1 << 20,
        }

    def table(
        self, ident: Any, parts: list[tuple[int, Part]], header: str | None, grids: list[Grid]
    ) -> pa.Table:
        """Return the rows of these parts, numbered in the spectrum; `header` is in the first row."""
        schema = self.schema
        places = [locate_in_grids(part, grids) for _, part in parts]
        small: dict[str, list[Any]] = {
            self.id_name: [ident] * len(parts),
            "part": [number for number, _ in parts],
            "arm": [p.arm for _, p in parts],
            "kind": [p.kind for _, p in parts],
            "exposure": [p.exposure for _, p in parts],
            "scale": ["log10" if p.log else "linear" for _, p in parts],
            "grid": [at and at[0] for at in places],
            "grid_first": [at and at[1] for at in places],
            "header": [header] + [None] * (len(parts) - 1),
            "facts": [as_json(p.facts) if p.facts else None for _, p in parts],
        }
        columns = [pa.array(values, schema.field(name).type) for name, values in small.items()]
        for name in self.arrays:
            arrays = [
                None if name == "wavelength" and at else _arrays(part).get(name)
                for (_, part), at in zip(parts, places, strict=True)
            ]
            columns.append(_lists(arrays, schema.field(name).type))
        return pa.Table.from_arrays(columns, schema=schema)


def list_of(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind, nullable=False))


def _lists(arrays: Iterable[Any], kind: pa.DataType) -> pa.Array:
    listed = list(arrays)
    offsets = np.cumsum([0, *(0 if a is None else len(a) for a in listed)], dtype=np.int32)
    dtype = numpy_type(kind.value_type)
    values = [np.ascontiguousarray(a, dtype) for a in listed if a is not None]
    joined = values[0] if len(values) == 1 else np.concatenate([*values, np.empty(0, dtype)])
    mask = pa.array([a is None for a in listed])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(joined), type=kind, mask=mask)


def as_json(facts: dict[str, Any]) -> str:
    """Return facts as JSON; NaN is left out, integers too large for a double are text."""

    def sound(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: s for k, v in value.items() if (s := sound(v)) is not None}
        if isinstance(value, int) and abs(value) >= 2**53:
            return str(value)
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(sound(facts), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
