"""Arrow tables as FITS binary tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .arrow_columns import Column
from .arrow_values import as_text

BLOCK = 2880
CODES = {
    "unsignedByte": "B",
    "short": "I",
    "int": "J",
    "long": "K",
    "float": "E",
    "double": "D",
    "boolean": "L",
}
TYPES = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "L": "S1"}
ARROW = {
    "B": pa.uint8(), "I": pa.int16(), "J": pa.int32(), "K": pa.int64(), "E": pa.float32(), "D": pa.float64(),
}  # fmt: skip
BITS = {"B": 8, "I": 16, "J": 32, "K": 64}
"""Of integers; those of 8 have no sign."""


def write_fits(file: BinaryIO, kept: IO[bytes], columns: Sequence[Column], name: str | None) -> None:
    """Write the rows of an Arrow stream; they are read twice."""
    from astropy.io import fits

    rows, widths, nulls = _measured(kept, columns)
    made = []
    for number, column in enumerate(columns):
        code = _code(column)
        made.append(
            fits.Column(
                name=_ascii(column.name)[:68],
                format=f"{widths[number]}{code}",
                unit=_ascii(column.unit) or None,
                null=nulls[number],
            )
        )
    hdu = fits.BinTableHDU.from_columns(fits.ColDefs(made), nrows=0, name=_ascii(name)[:60] or "RESULT")
    header = hdu.header
    header["NAXIS2"] = rows
    for number, column in enumerate(columns, 1):
        if column.ucd:
            header[f"TUCD{number}"] = _ascii(column.ucd)[:68]
        if column.description:
            header[f"TCOMM{number}"] = _ascii(" ".join(column.description.split()))[:68]
    file.write(fits.PrimaryHDU().header.tostring().encode("ascii"))
    file.write(header.tostring().encode("ascii"))
    kept.seek(0)
    written = 0
    for batch in pa.ipc.open_stream(kept):
        data = _bytes(batch, columns, widths, nulls)
        file.write(data)
        written += len(data)
    file.write(b"\0" * (-written % BLOCK))


def _measured(kept: IO[bytes], columns: Sequence[Column]) -> tuple[int, list[int], list[int | None]]:
    """Rows, the number of elements of each column, and the integer that is NULL in it, if one is needed."""
    kept.seek(0)
    rows, widths, nulls = 0, [1] * len(columns), [0] * len(columns)
    limits: list[list[int]] = [[] for _ in columns]
    for batch in pa.ipc.open_stream(kept):
        rows += batch.num_rows
        for number, array in enumerate(batch.columns):
            if pa.types.is_list(array.type):
                longest = pc.max(pc.list_value_length(array)).as_py()
                array = array.flatten()
            elif pa.types.is_string(array.type) or pa.types.is_binary(array.type):
                longest, array = pc.max(pc.binary_length(array)).as_py(), None
            else:
                longest = 1
            widths[number] = max(widths[number], longest or 0)
            if array is not None and pa.types.is_integer(array.type):
                nulls[number] += array.null_count
                limits[number] += [v for v in pc.min_max(array).as_py().values() if v is not None]
    found = zip(columns, nulls, limits, strict=True)
    return (
        rows,
        widths,
        [_null(_code(column), set(values)) if count else None for column, count, values in found],
    )


def _null(code: str, limits: set[int]) -> int:
    """An integer for NULL: the lowest of its type, else the highest, if no value of the column is that."""
    low = 0 if code == "B" else -(2 ** (BITS[code] - 1))
    high = 255 if code == "B" else 2 ** (BITS[code] - 1) - 1
    return next((one for one in (low, high) if one not in limits), low + 1)


def _code(column: Column) -> str:
    if column.datatype in ("char", "unicodeChar"):
        return "A"
    # All values of a byte may occur, so that none is left for NULL.
    single = column.datatype == "unsignedByte" and not column.arraysize
    return "I" if single else CODES[column.datatype]


def _ascii(text: str | None) -> str:
    """Text as a header can have it."""
    return "".join(c if " " <= c <= "~" else "?" for c in text or "")


def _bytes(
    batch: pa.RecordBatch, columns: Sequence[Column], widths: Sequence[int], nulls: Sequence[int | None]
) -> bytes:
    if not batch.num_rows:
        return b""
    parts = []
    for array, column, width, null in zip(batch.columns, columns, widths, nulls, strict=True):
        code = _code(column)
        if code == "A":
            text = pc.fill_null(as_text(array), "").cast(pa.binary())
            parts.append(
                np.array(text.to_pylist(), dtype=f"S{width}").view(np.uint8).reshape(len(array), width)
            )
        elif pa.types.is_list(array.type) or pa.types.is_binary(array.type):
            parts.append(_lists(array, code, width, null))
        else:
            parts.append(_numbers(array, code, null).view(np.uint8).reshape(len(array), -1))
    return np.concatenate(parts, axis=1).tobytes()


def _numbers(array: pa.Array, code: str, null: int | None) -> NDArray[np.generic]:
    if code == "L":
        values = np.where(pc.fill_null(array, False).to_numpy(zero_copy_only=False), b"T", b"F")
        return np.where(array.is_null().to_numpy(zero_copy_only=False), b"\0", values).astype("S1")
    empty = float("nan") if code in "ED" else null or 0
    # Unsigned integers are stored as wider signed ones, of which NULL is one.
    values = pc.fill_null(array.cast(ARROW[code]), empty).to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(values.astype(TYPES[code]))


def _lists(array: pa.Array, code: str, width: int, null: int | None) -> NDArray[np.uint8]:
    """Arrays filled up to one length: with NaN, or 0."""
    out = np.full(
        (len(array), width), np.nan if code in "ED" else 0, dtype=TYPES[code] if code != "L" else "S1"
    )
    for row, value in enumerate(array.to_pylist()):
        if value is not None:
            empty = np.nan if code in "ED" else b"\0" if code == "L" else null
            out[row, : len(value)] = [empty if v is None else v for v in value]
    return np.ascontiguousarray(out).view(np.uint8).reshape(len(array), -1)
