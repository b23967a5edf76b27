"""A column as ingest describes it, and the schema names of Arrow types."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...formats.base import Datatype

PIXEL = "_healpix_29"
"""Name of the column of sky pixels that ingest adds."""
ROW = "_row"
"""Name of the temporary column with the number of a row in its sources."""
INTEGERS = {"byte": 8, "short": 16, "int": 32, "long": 64}
"""Bits of the integer types of schemas."""
PIXEL_TEXT = "HEALPix pixel of the position: nested, order 29, ICRS"
LONGEST_DECIMAL = 38
"""Digits."""


@dataclass(frozen=True)
class Field:
    """A column of a source table.

    `type` is the Arrow type in which values are stored; `length` is the longest text in bytes, if known;
    `null` describes how the source marks a missing value in this column, None if it cannot.
    """

    name: str
    type: pa.DataType
    unit: str | None = None
    ucd: str | None = None
    description: str | None = None
    length: int | None = None
    null: str | None = None
    match: str | None = None
    """The cross-match that adds the column; None for a column of the catalogue's own sources."""

    @property
    def datatype(self) -> Datatype:
        """Felis name of the type; for arrays, of their elements."""
        return felis_datatype(element_type(self.type))

    @property
    def arraysize(self) -> str | None:
        """VOTable array size of numeric and text arrays: "3", "*"; None for a single value."""
        if pa.types.is_fixed_size_list(self.type):
            return str(self.type.list_size)
        return "*" if is_array(self.type) else None


def described_schema(fields: list[Field]) -> pa.Schema:
    """Return columns with their descriptions as a schema; `fields_of` reads it."""
    return pa.schema(pa.field(f.name, f.type, metadata=dict(_metadata(f))) for f in fields)


def _metadata(field: Field) -> Iterator[tuple[str, str]]:
    for name in ("unit", "ucd", "description", "null", "match"):
        if (value := getattr(field, name)) is not None:
            yield name, value
    if field.length is not None:
        yield "length", str(field.length)


def fields_of(schema: pa.Schema) -> list[Field]:
    """Return the columns that `described_schema` has described."""
    found = []
    for field in schema:
        metadata = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        length = metadata.pop("length", None)
        found.append(Field(field.name, field.type, length=int(length) if length else None, **metadata))
    return found


def with_pixel(fields: list[Field], placed: bool) -> list[Field]:
    """Return the columns as written: preceded by the pixel column where rows are `placed` on the sky."""
    pixel = Field(PIXEL, pa.int64(), ucd="pos.healpix", description=PIXEL_TEXT)
    return [pixel, *fields] if placed else fields


def is_array(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def element_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if is_array(kind) else kind


@cache
def numpy_type(kind: pa.DataType) -> np.dtype[Any]:
    """Return NumPy's type of plain numbers. pyarrow's `to_pandas_dtype` imports pandas in some versions."""
    empty: NDArray[Any] = pa.array([], kind).to_numpy(zero_copy_only=False)
    return empty.dtype


def floats(column: pa.Array) -> NDArray[np.float64]:
    """Return numbers as float64, NaN where there is none."""
    values: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind))


def is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind))


def is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_moment(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


_FELIS: dict[str, Datatype] = {
    "bool": "boolean",
    "uint8": "byte",
    "int8": "short",
    "int16": "short",
    "uint16": "int",
    "int32": "int",
    "uint32": "long",
    "int64": "long",
    "uint64": "long",
    "float": "float",
    "double": "double",
    "binary": "binary",
}


def felis_datatype(kind: pa.DataType) -> Datatype:
    """Return the narrowest Felis datatype for all values of an Arrow type; long for uint64, the widest."""
    if is_text(kind):
        return "string"
    if pa.types.is_decimal(kind):
        return "double"
    if pa.types.is_temporal(kind):
        return "timestamp"
    return _FELIS[str(kind)]


def stored_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the type in which values of an Arrow type are stored without loss; None if there is none.

    Views, dictionaries and large variants become their plain forms, half floats become float, times with
    a zone become UTC without one (the engine in the page knows no zones). Decimals without a fraction become
    whole numbers if they fit, so that ids can be looked up. Columns without values have type null until
    `settled`. UUIDs become text; other extension types become their storage type.
    """
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        if types.is_nested(kind.storage_type):
            return None
        return pa.string() if isinstance(kind, pa.UuidType) else stored_type(kind.storage_type)
    if types.is_dictionary(kind):
        return stored_type(kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return pa.string()
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return pa.binary()
    if types.is_fixed_size_binary(kind):
        return pa.binary()
    if types.is_null(kind):
        return kind
    if types.is_decimal(kind):
        return _stored_decimal(kind)
    if types.is_float16(kind):
        return pa.float32()
    if types.is_timestamp(kind):
        return pa.timestamp("us" if kind.unit == "s" else kind.unit)
    if types.is_date(kind):
        return pa.date32()
    if types.is_fixed_size_list(kind):
        inner = _stored_element(kind)
        # pyarrow cannot read back the lists of size 0 that it writes.
        return None if inner is None or not kind.list_size else pa.list_(inner, kind.list_size)
    if is_array(kind):
        inner = _stored_element(kind)
        return None if inner is None else pa.list_(inner)
    if types.is_boolean(kind) or is_number(kind):
        return kind
    return None


def _stored_decimal(kind: pa.DataType) -> pa.DataType | None:
    """Return the decimal type with 128 bits, the widest DuckDB supports."""
    precision, scale = kind.precision - min(kind.scale, 0), max(kind.scale, 0)
    if precision > LONGEST_DECIMAL:
        return None
    return pa.int64() if not scale and precision <= 18 else pa.decimal128(precision, scale)


def _stored_element(kind: pa.DataType) -> pa.DataType | None:
    """Return the stored type of array elements; text if no array has any."""
    if isinstance(kind.value_type, pa.BaseExtensionType):
        return None
    inner = stored_type(kind.value_type)
    if inner is None or is_array(inner):
        return None
    return pa.string() if pa.types.is_null(inner) else inner


def instead_of(kind: pa.DataType) -> str:
    """Return advice for a column whose type cannot be stored."""
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return "write it as text, numbers or bytes"
    if types.is_time(kind):
        return "write it as text, or as a number of seconds"
    if types.is_duration(kind):
        return "write it as a number, with the unit in its description"
    if types.is_decimal(kind):
        return f"write it with at most {LONGEST_DECIMAL} digits, or as text"
    if types.is_fixed_size_list(kind) and not kind.list_size:
        return "leave it out, it is empty"
    if is_array(kind) and not is_array(kind.value_type) and not types.is_nested(kind.value_type):
        return instead_of(kind.value_type)
    return "flatten it into columns of numbers, texts or arrays of them"


_ARROW = {
    "boolean": pa.bool_(),
    "byte": pa.uint8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us"),
    "binary": pa.binary(),
}


def settled(fields: list[Field], datatypes: dict[str, str], numbers: Collection[str] = ()) -> list[Field]:
    """Give columns without values the type of the schema (`datatypes`), else double or text."""
    return [
        replace(f, type=_ARROW.get(datatypes.get(f.name, "double" if f.name in numbers else ""), pa.string()))
        if pa.types.is_null(f.type)
        else f
        for f in fields
    ]
