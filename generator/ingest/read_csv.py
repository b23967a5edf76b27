"""CSV tables. Read twice: once to learn what the columns hold, to the last row, and once for the values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from ..problems import InputError, Problem
from .fields import Field
from .source import Source, check_names

DELIMITERS = ",|\t;"
NO_NUMBER = pa.array(["", "nan", "null", "none", "na", "n/a", "--", "\\n"])
"""What stands for "no value" in a column of numbers, in lower case."""
BLOCK = 4 << 20


def open_csv(file: Path, plain: Path) -> Source:
    """Open a CSV file with a header line; the delimiter may be a comma, bar, tab or semicolon.

    Memory is bounded by a few blocks of 4 MB. Texts keep their blanks; an empty field that is not quoted is
    null. Whole numbers with leading zeros, or beyond 64 bits, are kept as text. Raises InputError, which
    names the line.
    """
    delimiter, names, skip = _header(file, plain)
    check_names(file, names)
    kinds: list[pa.DataType | None] = [None] * len(names)
    lengths = [0] * len(names)
    words = [False] * len(names)
    rows = 0
    for batch in _texts(file, plain, delimiter, names, skip):
        rows += batch.num_rows
        for i, column in enumerate(batch.columns):
            kinds[i] = _kind(column, kinds[i])
            if kinds[i] is None and not words[i]:
                words[i] = bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())
            if kinds[i] == pa.string():
                lengths[i] = max(lengths[i], pc.max(pc.binary_length(column)).as_py() or 0)
    fields = [
        Field(
            n,
            k or pa.null(),
            length=w if k == pa.string() else None,
            null="empty fields" + " or words such as NULL and --" * word,
        )
        for n, k, w, word in zip(names, kinds, lengths, words, strict=True)
    ]
    schema = pa.schema([(f.name, f.type) for f in fields])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in _texts(file, plain, delimiter, names, skip):
            columns = [_typed(c, f.type) for c, f in zip(batch.columns, fields, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return Source(file, fields, rows, batches)


def _header(file: Path, plain: Path) -> tuple[str, list[str], int]:
    """Delimiter, column names and number of lines before the first row."""
    with plain.open("rb") as stream:
        head = stream.read(1 << 18)
    try:
        text = head.decode("utf-8-sig", "strict" if len(head) < 1 << 18 else "ignore")
    except UnicodeDecodeError as error:
        line = head[: error.start].count(b"\n") + 1
        raise InputError(
            Problem(str(file), f"line {line}", "is not UTF-8", "save the file as UTF-8")
        ) from None
    lines = text.splitlines()
    comments = next(
        (i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines)
    )
    if comments == len(lines) and not comments:
        raise InputError(
            Problem(str(file), "line 1", "is empty", "start the file with the names of its columns")
        )
    first = lines[comments] if comments < len(lines) else ""
    above = lines[comments - 1].lstrip("#").strip() if comments else ""
    counts = {d: len(_split(first or above, d)) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: counts[d])
    # Some programs write the header as a comment: it is one if it has a name for each value of the first row.
    if above and len(_split(above, delimiter)) == counts[delimiter] and (counts[delimiter] > 1 or not first):
        return delimiter, [n.strip() for n in _split(above, delimiter)], comments
    return delimiter, [n.strip() for n in _split(first, delimiter)], comments + 1


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _texts(file: Path, plain: Path, delimiter: str, names: list[str], skip: int) -> Iterator[pa.RecordBatch]:
    """The file as batches of texts, null where a field is empty and not quoted."""
    ragged: list[pcsv.InvalidRow] = []

    def refuse(row: pcsv.InvalidRow) -> str:
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
                yield batch
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
            mend = f"mend that line, or quote text that holds the delimiter {delimiter!r}"
            raise InputError(Problem(str(file), _line(plain, row, skip), what, mend)) from None
        mend = "save the file as UTF-8" if "UTF8" in message or "UTF-8" in message else "mend the file there"
        raise InputError(Problem(str(file), "", message, mend)) from None


def _refuse_open_quote(file: Path, plain: Path, last: str) -> None:
    """Refuse a file whose last value has swallowed lines because its quote is never closed."""
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
    """The line of a row: found by its text from its row number on, as quoted texts may hold newlines."""
    first = row.text.splitlines()[0] if row.text else ""
    with plain.open(encoding="utf-8", errors="replace", newline="") as stream:
        for number, line in enumerate(stream, 1):
            if number > skip and number >= (row.number or 1) and line.rstrip("\r\n") == first:
                return f"line {number}"
    return f"row {row.number}" if row.number else ""


def _kind(column: pa.Array, before: pa.DataType | None) -> pa.DataType | None:
    """The narrowest type for a column's texts so far: int64, uint64, double, boolean, text, or None."""
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
    """Whole numbers too long for a double stand among numbers with a fraction: ids, that would be rounded."""
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
