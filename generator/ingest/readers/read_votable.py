"""VOTables, streamed: an XML parser yields rows, which are converted to Arrow batches.

Nulls are recognized as in STILTS, in files of every version: an empty cell of TABLEDATA, a flag of BINARY2,
VALUES null, NaN of a single number.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...problems import InputError, Problem, several
from ..values.fields import Field
from ..values.notes import Notes
from .source import BATCH, Source, check_names
from .votable_cells import SIZES, BadCell, from_bytes, from_texts
from .votable_fields import ELEMENTS, NOT_XML, READ, Column, Header, Table, plain_unit

VALIDATE = "check it with a VOTable validator, e.g. STILTS votlint"


def open_votable(file: Path, plain: Path, table: int | str | None) -> Source:
    """Open a table of a VOTable in any serialization; `table` is its number from 1, its ID or its name.

    Raises InputError.
    """
    try:
        header = Header(plain, table)
    except NOT_XML as error:
        raise _not_xml(file, error) from None
    number = header.chosen
    if number is None:
        raise _refuse_unknown(file, header, table)
    found = header.tables[number]
    check_names(file, [c.name for c in found.columns])
    _check(file, found)
    notes = Notes(file)
    fields = [
        Field(
            c.name,
            c.type,
            plain_unit(c.unit, header.version),
            c.ucd or None,
            c.description or None,
            null=_null(c, found),
        )
        for c in found.columns
    ]
    schema = pa.schema([(f.name, f.type) for f in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        rows = 0
        reader = (_Texts if found.form == "TABLEDATA" else _Bytes)(found, number, notes)
        try:
            for arrays in reader.batches(plain):
                batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
                rows += batch.num_rows
                yield batch
        except NOT_XML as error:
            raise _not_xml(file, error) from None
        if table is None and reader.tables > 1:
            what = f"contains {reader.tables} tables; the first is read"
            notes.add("tables", "", what, "`hdu` takes another, by its number, name or ID")
        if reader.cut_off:
            what = "was cut off by the service that wrote it (QUERY_STATUS is OVERFLOW)"
            notes.add("status", "", what, "fetch it again with a greater limit of rows, e.g. MAXREC")
        if found.nrows is not None and found.nrows != rows:
            what = f"contains {several(rows, 'row')}, its attribute nrows says {found.nrows:,}"
            notes.add("nrows", "TABLE", what, "see whether it is whole")

    return Source(file, fields, found.nrows if found.form else 0, batches, notes)


def _not_xml(file: Path, error: Exception) -> InputError:
    if not isinstance(error, expat.ExpatError):
        what = f"is in an encoding that cannot be read ({error})"
        return InputError(Problem(str(file), "line 1", what, "save it as UTF-8"))
    what = f"is not a readable VOTable: {expat.ErrorString(error.code)}"
    return InputError(Problem(str(file), f"line {error.lineno}", what, VALIDATE))


def _refuse_unknown(file: Path, header: Header, table: int | str | None) -> InputError:
    names = [t.name or t.ident or str(i) for i, t in enumerate(header.tables, 1)]
    advice = f"`hdu` may be one of: {', '.join(names)}" if names else "use a VOTable with a TABLE in it"
    what = f"has no table {table!r}" if names else "contains no table"
    if not names and header.status == "ERROR":
        what += ": it is the error message of a service"
    return InputError(Problem(str(file), "", what, advice))


def _check(file: Path, table: Table) -> None:
    """Refuse what cannot be read, naming the field. Linked files are never fetched."""
    problems = []
    if table.href:
        advice = "write it as one file, with its rows inside"
        problems.append(Problem(str(file), "STREAM", "keeps its rows elsewhere", advice))
    elif table.form == "FITS":
        advice = "use the FITS file as the source, with `hdu` the number of its extension"
        problems.append(Problem(str(file), "", "keeps its rows in FITS", advice))
    elif table.form in ("BINARY", "BINARY2") and table.encoding not in ("", "base64"):
        advice = "write it with base64, e.g. with STILTS"
        problems.append(Problem(str(file), "STREAM", f"has the encoding {table.encoding!r}", advice))
    for column in table.columns:
        place = f"FIELD {column.name}"
        if column.datatype not in ELEMENTS:
            advice = f"use one of {', '.join(ELEMENTS)}"
            problems.append(Problem(str(file), place, f"has the datatype {column.datatype!r}", advice))
        try:
            column.type  # noqa: B018
        except ValueError:
            advice = "write it as numbers with x between them, of which the last may be or have a *"
            problems.append(Problem(str(file), place, f"has the arraysize {column.arraysize!r}", advice))
        except KeyError:
            pass
    if problems:
        raise InputError(problems)


def _null(column: Column, table: Table) -> str | None:
    if column.null:
        return f"VALUES null {column.null}"
    if table.form in ("TABLEDATA", ""):
        return "empty cells"
    if table.form == "BINARY2":
        return "flags of BINARY2"
    return "NaN" if pa.types.is_floating(ELEMENTS[column.datatype]) else None


class _Rows:
    """Follows the XML to the rows of one table of the file."""

    def __init__(self, table: Table, number: int, notes: Notes) -> None:
        self.table, self._number, self.notes = table, number, notes
        self.tables = 0
        """Number of tables found so far."""
        self.cut_off = False
        """Whether a service reports that it has more rows."""
        self.done = 0
        """Number of rows returned."""
        self.inside = False
        """Whether the parser is within the table's rows."""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def batches(self, plain: Path) -> Iterator[list[pa.Array]]:
        """Yield the columns of some rows at a time."""
        with plain.open("rb") as stream:
            last = False
            while not last:
                block = stream.read(READ)
                last = not block
                self.parser.Parse(block, last)
                yield from self.ready(last)

    def ready(self, last: bool) -> Iterator[list[pa.Array]]:
        raise NotImplementedError

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element within the rows."""

    def ended(self, name: str) -> None:
        """Handle the end of an element within the rows."""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.inside:
            self.element(name, attributes)
        elif name == "TABLE":
            self.tables += 1
        elif name == self.table.form and self.tables == self._number + 1:
            self.inside = True
        elif name == "INFO" and attributes.get("name", "").upper() == "QUERY_STATUS":
            self.cut_off |= attributes.get("value", "").upper() == "OVERFLOW"

    def _end(self, tag: str) -> None:
        if self.inside:
            name = tag.rpartition(":")[2]
            self.ended(name)
            if name == self.table.form:
                self.inside = False

    def problem(
        self, row: int, column: Column | None, what: str, advice: str = "correct it there"
    ) -> InputError:
        """Return an error; `row` counts from 0 among the rows that were not yet returned."""
        place = f"row {self.done + row + 1}" + (f", column {column.name}" if column else "")
        return InputError(Problem(str(self.notes.file), place, what, advice))

    def note(self, column: Column, what: str, done: str, row: int) -> None:
        place = f"row {self.done + row + 1}, column {column.name}"
        self.notes.add(f"{column.name}: {done}", place, f"{what} (here and perhaps in other rows)", done)


class _Texts(_Rows):
    """TABLEDATA."""

    def __init__(self, table: Table, number: int, notes: Notes) -> None:
        super().__init__(table, number, notes)
        self._rows: list[list[str | None]] = []
        self._blocks = 0
        self._text: list[str] = []

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "TR":
            self._rows.append([])
        elif name == "TD":
            if "encoding" in attributes:
                what = f"has a TD with the encoding {attributes['encoding']!r}"
                raise self.problem(len(self._rows) - 1, None, what, "write its values as text")
            self._text = []
            self.parser.CharacterDataHandler = self._text.append

    def ended(self, name: str) -> None:
        if name == "TD":
            self.parser.CharacterDataHandler = None
            self._rows[-1].append("".join(self._text))
        elif name == "TR":
            row, wanted = self._rows[-1], len(self.table.columns)
            if len(row) > wanted:
                what = f"has {several(len(row), 'cell')}, the table {several(wanted, 'field')}"
                raise self.problem(len(self._rows) - 1, None, what)
            row += [None] * (wanted - len(row))

    def ready(self, last: bool) -> Iterator[list[pa.Array]]:
        self._blocks += 1
        whole = len(self._rows) - (0 if last or not self.inside else 1)  # the last row may be incomplete
        if whole < 1 or (not last and whole < BATCH and self._blocks < 8):
            return
        self._blocks = 0
        while whole > 0:
            some, self._rows = self._rows[: min(whole, BATCH)], self._rows[min(whole, BATCH) :]
            whole -= len(some)
            arrays = []
            for column, cells in zip(self.table.columns, zip(*some, strict=True), strict=True):
                arrays.append(self._array(column, cells))
            yield arrays
            self.done += len(some)

    def _array(self, column: Column, cells: Sequence[str | None]) -> pa.Array:
        def note(what: str, done: str, row: int) -> None:
            self.note(column, what, done, row)

        try:
            return from_texts(column, cells, note)
        except BadCell as error:
            raise self.problem(error.row, column, error.what) from None


@dataclass
class _Piece:
    """The bytes of a column in some rows."""

    data: NDArray[np.uint8]
    lengths: NDArray[np.int64]


class _Bytes(_Rows):
    """BINARY and BINARY2, with big-endian numbers."""

    def __init__(self, table: Table, number: int, notes: Notes) -> None:
        super().__init__(table, number, notes)
        self._letters: list[str] = []
        self._odd = ""
        self._buffer = b""
        self._needed = 0
        """Number of bytes needed to complete the first row in the buffer."""
        self._flags = (len(table.columns) + 7) // 8 if table.form == "BINARY2" else 0
        self._sizes = [_size(c, _letters(c)) for c in table.columns]

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "STREAM":
            self.parser.CharacterDataHandler = self._letters.append

    def ended(self, name: str) -> None:
        if name == "STREAM":
            self.parser.CharacterDataHandler = None

    def ready(self, last: bool) -> Iterator[list[pa.Array]]:
        letters = self._odd + "".join("".join(self._letters).split())
        self._letters.clear()
        whole = len(letters) if last else len(letters) // 4 * 4
        self._odd = letters[whole:]
        try:
            self._buffer += base64.b64decode(letters[:whole], validate=True)
        except (binascii.Error, ValueError) as error:
            raise self.problem(
                0, None, f"or one soon after it is not base64: {error}", "fetch or write it again"
            ) from None
        if len(self._buffer) >= max(self._needed, 1):
            rows, flags, pieces = self._fixed() if None not in self._sizes else self._varying()
            if rows:
                yield self._arrays(rows, flags, pieces)
                self.done += rows
        if last and self._buffer:
            raise self.problem(0, None, "is cut short", "fetch or write the file again")

    def _arrays(self, rows: int, flags: NDArray[np.uint8], pieces: list[_Piece]) -> list[pa.Array]:
        bits = np.unpackbits(flags.reshape(rows, -1), axis=1).astype(bool) if self._flags else None
        arrays = []
        for i, (column, piece) in enumerate(zip(self.table.columns, pieces, strict=True)):
            try:
                arrays.append(
                    from_bytes(column, piece.data, piece.lengths, None if bits is None else bits[:, i])
                )
            except BadCell as error:
                raise self.problem(error.row, column, error.what) from None
        return arrays

    def _fixed(self) -> tuple[int, NDArray[np.uint8], list[_Piece]]:
        """Read rows of equal size."""
        sizes = [s or 0 for s in self._sizes]
        width = self._flags + sum(sizes)
        rows = len(self._buffer) // width if width else 0
        table = np.frombuffer(self._buffer, np.uint8, rows * width).reshape(rows, width)
        self._buffer = self._buffer[rows * width :]
        self._needed = width
        pieces, start = [], self._flags
        for column, size in zip(self.table.columns, sizes, strict=True):
            data = np.ascontiguousarray(table[:, start : start + size]).reshape(-1)
            pieces.append(_Piece(data, np.full(rows, _letters(column) or 0, np.int64)))
            start += size
        return rows, np.ascontiguousarray(table[:, : self._flags]), pieces

    def _varying(self) -> tuple[int, NDArray[np.uint8], list[_Piece]]:
        """Read rows with arrays of varying length, each preceded by its number of values."""
        buffer, end, begin, rows = self._buffer, len(self._buffer), 0, 0
        flags: list[bytes] = []
        data: list[list[bytes]] = [[] for _ in self._sizes]
        lengths: list[list[int]] = [[] for _ in self._sizes]
        while begin < end:
            place = begin + self._flags
            row: list[tuple[int, int, int]] = []
            for column, size in zip(self.table.columns, self._sizes, strict=True):
                count = _letters(column) or 0
                if size is None:
                    count = int.from_bytes(buffer[place : place + 4], "big", signed=True)
                    place += 4
                    if place <= end and count < 0:
                        raise self.problem(
                            rows,
                            column,
                            f"claims {several(count, 'value')}",
                            "write the file again",
                        )
                    size = _size(column, count) or 0
                place += size
                row.append((place - size, place, count))
                if place > end:
                    break
            if place > end:
                self._needed = place - begin
                break
            flags.append(buffer[begin : begin + self._flags])
            for i, (first, after, count) in enumerate(row):
                data[i].append(buffer[first:after])
                lengths[i].append(count)
            begin, rows, self._needed = place, rows + 1, 0
        self._buffer = buffer[begin:]
        pieces = [
            _Piece(np.frombuffer(b"".join(d), np.uint8), np.array(n, np.int64))
            for d, n in zip(data, lengths, strict=True)
        ]
        return rows, np.frombuffer(b"".join(flags), np.uint8), pieces


def _letters(column: Column) -> int | None:
    """Return the values per row in a stream: characters of texts, complex pairs; None if it varies."""
    total = 1
    for n in column.dims:
        if n is None:
            return None
        total *= n
    return total


def _size(column: Column, count: int | None) -> int | None:
    """Return the number of bytes of `count` values; None if it varies."""
    if count is None:
        return None
    return (count + 7) // 8 if column.datatype == "bit" else count * column.parts * SIZES[column.datatype]
