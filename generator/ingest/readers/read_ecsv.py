"""ECSV tables, read by astropy some thousand rows at a time.

Rows are split here because astropy reads a quoted text of several lines as several rows.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.io import ascii as tables
from astropy.table import MaskedColumn, Table
from astropy.table.serialize import represent_mixins_as_columns
from astropy.utils.data_info import serialize_context_as

from ...problems import InputError, Problem
from ..values.fields import Field, numpy_type
from .source import BATCH, Source, check_names

AT_A_TIME = 16 << 20
"""Maximum number of characters in memory as text."""
LONGEST = 64 << 20
"""Maximum number of characters of a row."""
STAND_INS = range(0xE000, 0xF900)
"""Characters that no script uses; one replaces line ends inside texts while astropy reads."""


def open_ecsv(file: Path, plain: Path) -> Source:
    """Open an ECSV file. Raises InputError, with the place where it is known."""
    rows = _Rows(file, plain)
    count = rows.count()
    blocks = rows.tables()
    table = next(blocks)
    check_names(file, table.colnames)
    fields = [_field(file, table, name) for name in table.colnames]
    if any(table[name].dtype.kind == "O" for name in table.colnames):  # the types follow from the values
        for more in blocks:
            also = [_field(file, more, name) for name in table.colnames]
            fields = [_both(file, one, other) for one, other in zip(fields, also, strict=True)]
    fields = [f if f.type != pa.null() else replace(f, type=pa.string()) for f in fields]
    schema = pa.schema([(f.name, f.type) for f in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        for part in rows.tables():
            arrays = [_arrow(_values(part[f.name]), f.type) for f in fields]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return Source(file, fields, count, batches)


@dataclass(frozen=True)
class _Rows:
    """The rows of the file."""

    file: Path
    plain: Path

    def count(self) -> int:
        return sum(1 for _ in self._split()) - 1

    def tables(self) -> Iterator[Table]:
        """Yield the table in parts of at most BATCH rows; at least one, which may be empty."""
        rows = self._split()
        head = next(rows, (0, ""))[1].split("\n")
        yield self._table(head, list(_some(rows)))
        while part := list(_some(rows)):
            yield self._table(head, part)

    def _table(self, head: list[str], rows: list[tuple[int, str]]) -> Table:
        several = any("\n" in row for _, row in rows)
        sign = "\n"
        if several:
            used = {letter for _, row in rows for letter in row if ord(letter) in STAND_INS}
            sign = next(chr(code) for code in STAND_INS if chr(code) not in used)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                lines = [*head, *(row.replace("\n", sign) for _, row in rows)]
                table = tables.read(lines, format="ecsv", guess=False)
        except Exception as error:  # astropy raises many kinds; all mean that the lines cannot be read
            place = f"lines {rows[0][0]:,} to {rows[-1][0]:,}" if rows and rows[0][0] > BATCH else ""
            what = f"is not readable as ECSV: {(str(error).strip() or type(error).__name__).splitlines()[0]}"
            advice = "correct it there, or write it again with astropy"
            raise InputError(Problem(str(self.file), place, what, advice)) from None
        with serialize_context_as("ecsv"):
            # Times and positions with the names in the file: t; sky.ra, sky.dec
            table = represent_mixins_as_columns(table)
        for name in table.colnames if several else ():
            if (old := table[name]).dtype.kind == "U":
                texts = np.char.replace(np.asarray(np.ma.getdata(old)), sign, "\n")
                info = {"unit": old.unit, "description": old.description, "meta": old.meta}
                table[name] = MaskedColumn(texts, mask=np.ma.getmaskarray(old), **info)
        return table

    def _split(self) -> Iterator[tuple[int, str]]:
        """Yield the header as one text, then each row, with line numbers. Raises InputError."""
        head: list[str] = []
        begun, opens, pending = 0, None, ""
        try:
            with self.plain.open(encoding="utf-8-sig") as stream:
                for number, line in enumerate(stream, 1):
                    if opens is None:
                        head.append(line.rstrip("\n"))
                        if line.strip() and not line.lstrip().startswith("#"):
                            opens = _opening(head)
                            yield 1, "\n".join(head)
                        continue
                    if not pending and (not line.strip() or line.lstrip().startswith("#")):
                        continue
                    begun = begun if pending else number
                    inside = _goes_on(line, opens, bool(pending))
                    pending += line
                    if not inside:
                        yield begun, pending.rstrip("\n")
                        pending = ""
                    elif len(pending) > LONGEST:
                        break
        except UnicodeDecodeError as error:
            what = f"is not UTF-8 ({error.reason})"
            raise InputError(Problem(str(self.file), "", what, "save the file as UTF-8")) from None
        if opens is None:
            yield 1, "\n".join(head)
        if pending:
            what = "opens a quote that is never closed"
            raise InputError(Problem(str(self.file), f"line {begun}", what, "close it there"))


def _some(rows: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Return the rows to read at a time."""
    size = 0
    for number, row in islice(rows, BATCH):
        yield number, row
        size += len(row)
        if size > AT_A_TIME:
            return


def _opening(head: list[str]) -> re.Pattern[str]:
    """Return the pattern of a quote that opens a text: it follows a delimiter."""
    comma = any(re.match(r"#\s*delimiter:\s*['\"]?,", line) for line in head)
    return re.compile(r'(?:^|,)\s*"' if comma else r'(?:^|\s)"')


def _goes_on(line: str, opening: re.Pattern[str], inside: bool) -> bool:
    """Return whether a quoted text continues in the next line."""
    at = 0
    while True:
        if inside:
            end = line.find('"', at)
            if end < 0:
                return True
            inside = line.startswith('""', end)
            at = end + 1 + inside
        else:
            found = opening.search(line, at)
            if not found:
                return False
            inside, at = True, found.end()


def _field(file: Path, table: Table, name: str) -> Field:
    column = table[name]
    if column.dtype.kind == "V" or (column.dtype.kind == "O" and _nested(column)):
        advice = "write it as plain columns of numbers, texts or arrays of them"
        raise InputError(Problem(str(file), f"column {name}", "contains compound objects", advice))
    ucd = column.info.meta.get("ucd") if column.info.meta else None
    unit = str(column.unit) if column.unit is not None else None
    kind = _type(_values(column))
    return Field(name, kind, unit, ucd, _line(column.info.description), null="empty fields")


def _both(file: Path, one: Field, other: Field) -> Field:
    """Return the column with a type for the values of both parts."""
    if one.type in (other.type, pa.null()):
        return other
    if other.type == pa.null():
        return one
    try:
        schemas = [pa.schema([("x", f.type)]) for f in (one, other)]
        return replace(one, type=pa.unify_schemas(schemas, promote_options="permissive").field(0).type)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        what, advice = f"is {one.type} in some rows, {other.type} in others", "give it one type in every row"
        raise InputError(Problem(str(file), f"column {one.name}", what, advice)) from None


def _values(column: Any) -> Any:
    return np.ma.asanyarray(getattr(column, "value", column))


def _nested(column: Any) -> bool:
    """Return whether any value is neither missing, nor text, nor an array of numbers or texts."""
    values = (v for v, absent in zip(column, np.ma.getmaskarray(column), strict=True) if not np.all(absent))
    return any(v is not None and np.asarray(v).dtype.kind == "O" for v in values)


def _line(text: object) -> str | None:
    return " ".join(str(text).split()) or None if text else None


def _type(column: Any) -> pa.DataType:
    dtype = column.dtype
    if dtype.kind in "US":
        if column.ndim == 1:
            return pa.string()
        return pa.list_(pa.string(), int(np.prod(column.shape[1:])))
    if dtype.kind == "O":
        first = next((np.asarray(v) for v in column.data if v is not None and np.size(v)), None)
        if first is None:
            return pa.null()
        if first.dtype.kind in "US":
            return pa.string()
        return pa.list_(_type(np.ma.asarray(first.ravel())))
    if dtype.kind == "M":
        return pa.timestamp("us")
    if dtype.kind == "c":
        parts = 2 * int(np.prod(column.shape[1:]))
        return pa.list_(pa.float32() if dtype.itemsize == 8 else pa.float64(), parts)
    kind = pa.from_numpy_dtype(dtype.newbyteorder("="))
    kind = pa.float32() if kind == pa.float16() else kind
    return kind if column.ndim == 1 else pa.list_(kind, int(np.prod(column.shape[1:])))


def _arrow(column: Any, kind: pa.DataType) -> pa.Array:
    mask = np.ma.getmaskarray(column)
    data = np.ma.getdata(column)
    if kind == pa.string():
        if data.dtype.kind in "US" and data.dtype.kind == "U":
            return pa.array(data.tolist(), kind, mask=mask)
        return pa.array(
            [
                v.decode("utf-8", "replace") if isinstance(v, bytes) else None if v is None else str(v)
                for v in data.tolist()
            ],
            kind,
            mask=mask,
        )
    if data.dtype.kind == "O":
        lists = [None if v is None else np.ma.getdata(v).ravel().tolist() for v in data]
        return pa.array(lists, kind, mask=np.array([bool(np.all(m)) and np.size(m) > 0 for m in mask]))
    if pa.types.is_fixed_size_list(kind):
        flat = data.reshape(-1)
        if data.dtype.kind == "c":
            flat = np.ascontiguousarray(flat).view(numpy_type(kind.value_type))
            inner = np.repeat(mask.reshape(-1), 2)
        else:
            inner = mask.reshape(-1)
        if flat.dtype.kind in "US":
            values = pa.array(
                [v.decode() if isinstance(v, bytes) else v for v in flat.tolist()], pa.string(), mask=inner
            )
        else:
            values = pa.array(flat.astype(flat.dtype.newbyteorder("=")), kind.value_type, mask=inner)
        return pa.FixedSizeListArray.from_arrays(values, kind.list_size)
    values = data.astype(data.dtype.newbyteorder("="))
    if values.dtype.kind == "f":
        mask = mask | np.isnan(values)
    return pa.array(values, kind, mask=mask)
