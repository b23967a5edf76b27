"""From the arrays of an answer to columns of numpy, without a detour over JSON or single values."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._column import Column

Array = NDArray[Any]

WIDEST = 256
"""Texts up to this many characters may become an array of fixed width."""
ROOM = 64 << 20
"""Bytes up to which an array of fixed width is made even if most texts are much shorter."""


def member(answer: Any, name: str) -> Any:
    """Return a member of an object of the page, or of a dictionary."""
    if isinstance(answer, dict):
        return answer.get(name)
    return getattr(answer, name, None)


def memory(values: Any) -> Array:
    """Return a typed array of the page, a buffer or an array as numpy array of the same type, copied at most
    once.
    """
    if isinstance(values, np.ndarray):
        return values
    if hasattr(values, "to_memoryview"):
        values = values.to_memoryview()
    return np.asarray(memoryview(values))


def _is_array(values: Any) -> bool:
    """Whether these are values themselves, not a column of elements of lists."""
    return hasattr(values, "to_memoryview") or isinstance(values, np.ndarray | memoryview | bytes)


def items(values: Any) -> list[Any]:
    """Return the members of an array of the page, or of a list."""
    return [values[at] for at in range(len(values))]


def columns_of(result: Any) -> list[Column]:
    """Return the columns of a Result, each with `rows` values."""
    return [column_of(one, int(member(result, "rows"))) for one in items(member(result, "columns"))]


def column_of(answer: Any, rows: int) -> Column:
    """Return one column of a Result."""
    kind = str(member(answer, "type") or "")
    valid = member(answer, "valid")
    mask = None if valid is None else memory(valid)[:rows] == 0
    if mask is not None and not mask.any():
        mask = None
    values = _values(answer, kind, rows, mask)
    if mask is None:
        shown: Any = False
    elif values.ndim > 1:
        shown = np.broadcast_to(mask.reshape(-1, *[1] * (values.ndim - 1)), values.shape)
    else:
        shown = mask
    if isinstance(values, np.ma.MaskedArray):  # elements of lists may be NULL too
        shown = np.ma.getmaskarray(values) | shown
        values = values.data
    about = {key: _text(member(answer, key)) for key in ("unit", "ucd", "description")}
    return Column(values, shown, name=str(member(answer, "name") or ""), type=kind, **about)


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _values(answer: Any, kind: str, rows: int, mask: Array | None) -> Array:
    values, offsets = member(answer, "values"), member(answer, "offsets")
    if offsets is None:
        return _numbers(memory(values)[:rows], kind, mask)
    places = memory(offsets)[: rows + 1]
    if not _is_array(values):
        lists: Array = _lists(column_of(values, int(places[-1]) if len(places) else 0), places, mask)
        return lists
    data = memory(values)
    if kind.upper() in ("BLOB", "GEOMETRY"):
        whole = data.tobytes()
        return _objects([whole[a:b] for a, b in zip(places[:-1].tolist(), places[1:].tolist(), strict=True)])
    return texts(data, places)


def _numbers(values: Array, kind: str, mask: Array | None) -> Array:
    """Numbers as they are stored, truth values and times; NaN where a real number is NULL."""
    kind = kind.upper()
    if kind == "BOOLEAN":
        return values.astype(bool)
    if kind == "DATE":
        return _nothing(values.astype("datetime64[D]"), mask)
    if kind.startswith("TIMESTAMP"):
        return _nothing(values.view("datetime64[us]"), mask)
    if values.dtype.kind == "f":
        return _nothing(values, mask)
    if mask is not None and values[mask].any():
        values = values.copy()
        values[mask] = 0
    return values


def _nothing(values: Array, mask: Array | None) -> Array:
    if mask is None:
        return values
    values = values.copy()
    values[mask] = np.nan if values.dtype.kind == "f" else np.datetime64("NaT")
    return values


def texts(data: Array, places: Array) -> Array:
    """Return texts from their bytes in UTF-8: an array of fixed width, or of `str` objects where that would
    be wasteful.
    """
    rows, lengths = len(places) - 1, np.diff(places)
    if rows < 1:
        return np.zeros(0, "U1")
    data = data[places[0] : places[-1]]
    widest = max(1, int(lengths.max(initial=0)))
    fits = widest <= WIDEST and (4 * widest * rows <= ROOM or 4 * widest * rows <= 16 * max(1, len(data)))
    if fits and data.max(initial=0) < 128 and data.min(initial=1) > 0:
        cells = np.zeros((rows, widest), np.uint8)
        cells[np.arange(widest) < lengths[:, None]] = data  # row by row, as the bytes are
        return cells.astype(np.uint32).view(f"U{widest}")[:, 0]
    whole, first = data.tobytes(), int(places[0])
    ends = (places - first).tolist()
    pieces = [whole[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(ends)]
    # numpy's texts cannot end with NUL
    return np.array(pieces) if fits and data.min(initial=1) > 0 else _objects(pieces)


def _objects(values: list[Any]) -> Array:
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _lists(elements: Column, places: Array, mask: Array | None) -> Any:
    """Lists of equal length as one array of more dimensions, others as an array of arrays."""
    rows, lengths = len(places) - 1, np.diff(places)
    present = lengths if mask is None else lengths[~mask]
    whole: Array = elements if np.ma.getmaskarray(elements).any() else elements.data
    if len(present) and (present == present[0]).all() and present[0] and elements.dtype.kind != "O":
        shape = (rows, int(present[0]), *elements.shape[1:])
        if mask is None:
            return whole[places[0] : places[-1]].reshape(shape)
        made: Any = np.ma.zeros(shape, elements.dtype)
        if elements.dtype.kind == "f":
            made.data[:] = np.nan
        made[~mask] = whole[_within(places, mask)].reshape(-1, *shape[1:])
        return made
    made = np.empty(rows, object)
    for row, (a, b) in enumerate(zip(places[:-1].tolist(), places[1:].tolist(), strict=True)):
        made[row] = whole[a:b]
    return made


def _within(places: Array, mask: Array) -> Array:
    """Places of the elements of rows that have a value."""
    return np.concatenate(
        [np.arange(a, b) for a, b in zip(places[:-1][~mask], places[1:][~mask], strict=True)]
    )
