"""CSV tables, read twice: first to infer the types of the columns from all rows, then for the values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from ...problems import InputError, Problem
from ..values.fields import Field
from ..values.notes import Notes
from .csv_header import Heading, csv_header
from .decimal_commas import DecimalCommas, with_points
from .source import Source, check_names
from .text_kinds import holds_values, numbered, numbered_names

NO_NUMBER = pa.array(["", "nan", "null", "none", "na", "n/a", "--", "\\n"])
"""Words for a missing value in a column of numbers, in lower case."""
BLOCK = 4 << 20
_DECLARED = {"whole": pa.int64(), "number": pa.float64(), "text": pa.string()}


def open_csv(file: Path, plain: Path) -> Source:
    """Open a CSV file separated by commas, bars, tabs or semicolons. Raises InputError."""
    notes = Notes(file)
    found = csv_header(file, plain)
    names = [t.name for t in found.headings]
    if holds_values(names):
        found.headings, found.skip = [Heading(n) for n in numbered(len(names))], found.skip - 1
        what = f"line {found.line} contains values, not names: {numbered_names(len(names))}"
        notes.add("names", "", what, "name them in a line above the rows")
    elif len(names) == 1:
        what = f"is read as a table of one column, {names[0]!r}"
        notes.add("names", "", what, "if it has more, separate them by commas, tabs, bars or semicolons")
    if found.doubt[1]:
        notes.add("header", *found.doubt)
    return delimited(file, plain, found.delimiter, found.headings, found.skip, notes, found.padded)


def delimited(
    file: Path,
    plain: Path,
    delimiter: str,
    headings: list[Heading],
    skip: int,
    notes: Notes,
    padded: bool = False,
    kept: list[pa.BooleanArray] | None = None,
) -> Source:
    """Open a table of delimited values that begins after `skip` lines.

    Memory is bounded by a few blocks of 4 MB. Texts keep their blanks unless they are `padded`; an empty
    unquoted field is null. A comma is a decimal point if all values of a column are numbers with commas
    and commas are not the delimiter. Whole numbers with leading zeros, or beyond 64 bits, are
    kept as text. With `kept`, only the rows marked in it are read. Raises InputError with the line
    number.
    """
    names = [t.name for t in headings]
    check_names(file, names)

    def texts() -> Iterator[pa.RecordBatch]:
        every = _texts(file, plain, delimiter, names, skip, padded, notes)
        if kept is None:
            yield from every
        else:
            for batch, mask in zip(every, kept, strict=True):
                yield batch.filter(mask)

    learnt = _Learnt(headings, notes, commas=delimiter != ",")
    for batch in texts():
        learnt.see(batch)
    fields, pointed = learnt.fields()
    schema = pa.schema([(f.name, f.type) for f in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in texts():
            columns = [
                _typed(with_points(c) if i in pointed else c, fields[i].type)
                for i, c in enumerate(batch.columns)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def only(kept: list[pa.BooleanArray]) -> Source:
        own = delimited(file, plain, delimiter, headings, skip, Notes(file), padded, kept)
        return replace(own, notes=notes)

    return Source(file, fields, learnt.rows, batches, notes, only)


class _Learnt:
    """The columns of a table, inferred from the texts of all rows."""

    def __init__(self, headings: list[Heading], notes: Notes, commas: bool) -> None:
        """`commas`: whether they may be decimal points, because they are not the delimiter."""
        count = len(headings)
        self.rows = 0
        self._headings, self._notes = headings, notes
        self._kinds: list[pa.DataType | None] = [None] * count
        self._lengths = [0] * count
        """Length in bytes of the longest text."""
        self._words = [False] * count
        """Columns without a value that contain words such as NULL."""
        self._commas = DecimalCommas() if commas else None

    def see(self, batch: pa.RecordBatch) -> None:
        _report_comments(batch.column(0), self.rows, self._notes)
        self.rows += batch.num_rows
        for i, column in enumerate(batch.columns):
            self._see(i, column)

    def _see(self, i: int, column: pa.Array) -> None:
        heading, kinds = self._headings[i], self._kinds
        if heading.declared:
            kinds[i] = _as_declared(
                column, kinds[i] or _DECLARED[heading.declared], heading.name, self._notes
            )
        else:
            kinds[i] = _kind(column, kinds[i])
            if self._commas:
                self._commas.see(i, _present(column))
        if kinds[i] is None and not self._words[i]:
            self._words[i] = bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())
        if kinds[i] == pa.string():
            self._lengths[i] = max(self._lengths[i], pc.max(pc.binary_length(column)).as_py() or 0)

    def fields(self) -> tuple[list[Field], list[int]]:
        """Return the columns, and the indexes of those in which commas are decimal points."""
        pointed = self._commas.columns() if self._commas else []
        for i in pointed:
            self._kinds[i] = pa.float64()
        if pointed:
            names = ", ".join(self._headings[i].name for i in pointed)
            what = "commas are read as decimal points"
            advice = "if they separate thousands or the parts of an id, leave them out"
            self._notes.add("commas", f"column{'s' if len(pointed) > 1 else ''} {names}", what, advice)
        fields = [
            Field(
                t.name,
                k or _DECLARED.get(t.declared, pa.null()),
                t.unit,
                t.ucd,
                t.description,
                length=w if k == pa.string() else None,
                null="empty fields" + " or words such as NULL and --" * word,
            )
            for t, k, w, word in zip(self._headings, self._kinds, self._lengths, self._words, strict=True)
        ]
        return fields, pointed


def _as_declared(column: pa.Array, kind: pa.DataType, name: str, notes: Notes) -> pa.DataType:
    """Return the type that a header declares, or text if a value does not fit it."""
    try:
        _typed(column, kind)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        what = f"is declared as numeric but is not ({reason}); it is kept as text"
        notes.add(f"type {name}", f"column {name}", what, "correct the value, or its declaration")
        return pa.string()
    return kind


def _texts(
    file: Path, plain: Path, delimiter: str, names: list[str], skip: int, padded: bool, notes: Notes
) -> Iterator[pa.RecordBatch]:
    """Yield the file as batches of texts, null where a field is empty and not quoted."""
    ragged: list[pcsv.InvalidRow] = []

    def refuse(row: pcsv.InvalidRow) -> str:
        if row.text.lstrip().startswith("#"):
            what = f"is a comment, not a row: {row.text[:60]!r} (here and perhaps further down)"
            notes.add("comments", _line(plain, row, skip), what, "if it is a row, complete its values")
            return "skip"
        ragged.append(row)
        return "error"

    try:
        reader = pcsv.open_csv(
            plain,
            read_options=pcsv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=names, skip_rows=skip
            ),
            parse_options=pcsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                invalid_row_handler=refuse,
                ignore_empty_lines=len(names) > 1,
            ),
            convert_options=pcsv.ConvertOptions(
                column_types={n: pa.string() for n in names},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        last = None
        for batch in reader:
            if batch.num_rows:
                yield _trimmed(batch) if padded else batch
                last = batch.column(len(names) - 1)[-1].as_py()
        _refuse_open_quote(file, plain, last or "")
    except StopIteration:
        return
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        message = str(error).splitlines()[0]
        if message.startswith(("Empty CSV file", "Could not skip initial")):
            return
        if ragged:
            row = ragged[0]
            what = f"has {row.actual_columns} fields, the header {row.expected_columns}: {row.text[:60]!r}"
            fix = f"correct that line, or quote text that contains the delimiter {delimiter!r}"
            raise InputError(Problem(str(file), _line(plain, row, skip), what, fix)) from None
        fix = "save the file as UTF-8" if "UTF8" in message or "UTF-8" in message else "correct it there"
        raise InputError(Problem(str(file), "", message, fix)) from None


def _report_comments(first: pa.Array, before: int, notes: Notes) -> None:
    """Report a row that may be a comment. `first` is its first column, `before` the number of rows above."""
    if (at := pc.index(pc.starts_with(first, "#"), True).as_py()) >= 0:
        what = f"begins with #, {first[at].as_py()[:30]!r}, and is read as a row (there may be more)"
        notes.add("hashes", f"row {before + at + 1}", what, "if it is a comment, remove it")


def _trimmed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Remove the blanks around values; values of blanks only become null."""
    columns = [pc.utf8_trim_whitespace(c) for c in batch.columns]
    nothing = pa.scalar(None, pa.string())
    return pa.RecordBatch.from_arrays(
        [pc.if_else(pc.equal(c, ""), nothing, c) for c in columns], schema=batch.schema
    )


def _refuse_open_quote(file: Path, plain: Path, last: str) -> None:
    """Raise InputError if the last value contains further lines because its quote is never closed."""
    if "\n" not in last:
        return
    lines, end = 0, b""
    with plain.open("rb") as stream:
        while block := stream.read(BLOCK):
            lines += block.count(b"\n")
            end = (end + block).rstrip()[-1:]
    if end != b'"':
        place = f"line {lines - last.count(chr(10)) + 1}"
        raise InputError(Problem(str(file), place, "opens a quote that is never closed", "close it there"))


def _line(plain: Path, row: pcsv.InvalidRow, skip: int) -> str:
    """Return the line of a row, searched by its text since quoted texts may contain newlines."""
    first = row.text.splitlines()[0] if row.text else ""
    with plain.open(encoding="utf-8", errors="replace", newline="") as stream:
        for number, line in enumerate(stream, 1):
            if number > skip and number >= (row.number or 1) and line.rstrip("\r\n") == first:
                return f"line {number}"
    return f"row {row.number}" if row.number else ""


def _kind(column: pa.Array, before: pa.DataType | None) -> pa.DataType | None:
    """Return the narrowest type for the texts so far: int64, uint64, double, boolean, text, or None."""
    if before == pa.string():
        return before
    texts = _present(column)
    if len(texts) == 0:
        return before
    lower = pc.utf8_lower(texts)
    if before in (None, pa.bool_()) and pc.all(pc.is_in(lower, pa.array(["true", "false"]))).as_py():
        return pa.bool_()
    if before == pa.bool_():
        return pa.string()
    whole = pc.all(pc.match_substring_regex(texts, r"^[+-]?[0-9]+$")).as_py()
    if pc.any(pc.match_substring_regex(texts, r"^[+-]?0[0-9]+$")).as_py():
        return pa.string()
    try:
        if whole:
            texts = pc.utf8_ltrim(texts, "+")
            if before in (None, pa.int64()):
                try:
                    pc.cast(texts, pa.int64())
                    return pa.int64()
                except pa.ArrowInvalid:
                    pc.cast(texts, pa.uint64())
                    return pa.uint64() if before is None else pa.string()
            if before == pa.uint64():
                pc.cast(texts, pa.uint64())
                return before
        elif before == pa.uint64() or _beyond_double(texts):
            return pa.string()
        pc.cast(texts, pa.float64())
        return pa.float64()
    except pa.ArrowInvalid:
        return pa.string()


def _beyond_double(texts: pa.Array) -> bool:
    """Return whether some whole numbers are too long for a double: such ids would be rounded."""
    long = pc.match_substring_regex(texts, r"^[+-]?[0-9]{17,}$")
    return bool(pc.any(long).as_py())


def _present(column: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(column)
    return trimmed.filter(
        pc.invert(pc.fill_null(pc.is_in(pc.utf8_lower(trimmed), NO_NUMBER), True))
    ).drop_null()


def _typed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if kind == pa.string():
        return column
    if kind == pa.null():
        return pa.nulls(len(column))
    texts = pc.utf8_trim_whitespace(column)
    lower = pc.utf8_lower(texts)
    texts = pc.if_else(pc.is_in(lower, NO_NUMBER), pa.scalar(None, pa.string()), texts)
    if kind == pa.bool_():
        return (
            pc.equal(lower, "true")
            if texts.null_count == 0
            else pc.if_else(pc.is_null(texts), pa.scalar(None, pa.bool_()), pc.equal(lower, "true"))
        )
    return pc.cast(pc.utf8_ltrim(texts, "+"), kind)
