"""Text tables other than CSV: converted to CSV block by block, and then read as CSV.

astropy.io.ascii reads the headers, and the rows of tables with fixed-width columns.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, TextIO

from astropy.io import ascii as tables

from ...problems import InputError, Problem, several
from ..values.notes import Notes
from .csv_header import Heading
from .read_csv import delimited
from .source import Source, check_names
from .text_kinds import (
    BESIDE,
    NO_UNIT,
    RULE,
    UNEVEN,
    Kind,
    barred_words,
    below_bars,
    described_name,
    numbered_names,
    words,
)

AT_A_TIME = 20_000
"""Number of lines in memory."""
_TYPES = {tables.core.IntType: "whole", tables.core.FloatType: "number", tables.core.StrType: "text"}


class _Columns(list[Any]):
    """Columns as astropy has them before it builds a Table."""

    def __init__(self, columns: list[Any]) -> None:
        super().__init__(columns)
        self.meta: dict[str, Any] = {}


class _Texts(tables.TableOutputter):  # type: ignore[misc]
    """Returns the columns with their texts as in the file."""

    def __call__(self, cols: list[Any], meta: Any) -> _Columns:
        return _Columns(cols)


def open_text(file: Path, plain: Path, kind: Kind, scratch: Path) -> Source:
    """Open a text table; `scratch` is a folder for the converted file.

    Memory is bounded by some thousand lines. Raises InputError with the line number.
    """
    notes = Notes(file)
    out = scratch / f"text-{sum(1 for _ in scratch.iterdir())}.csv"
    try:
        with (
            plain.open(encoding="utf-8-sig") as stream,
            out.open("w", encoding="utf-8", newline="") as written,
        ):
            headings = (_by_blanks if kind.blanks else _by_place)(file, plain, kind, stream, written, notes)
    except UnicodeDecodeError as error:
        place, advice = "", "save the file as UTF-8"
        raise InputError(Problem(str(file), place, f"is not UTF-8 ({error.reason})", advice)) from None
    if kind.unnamed:
        called = numbered_names(len(headings))
        what = f"line {kind.skip + 1} contains values, not names: {called}"
        notes.add("names", "", what, "name them in a line above the rows")
    if kind.doubt[1]:
        notes.add("units", *kind.doubt)
    return delimited(file, out, ",", headings, 0, notes)


def _by_blanks(
    file: Path, plain: Path, kind: Kind, stream: TextIO, out: TextIO, notes: Notes
) -> list[Heading]:
    first = next((line for line in islice(stream, kind.skip, None) if not re.match(kind.drop, line)), None)
    if kind.reader is None:
        units = kind.units or []
        headings = [
            Heading(name, unit.strip("[]()") if unit and unit.lower() not in NO_UNIT else None)
            for name, unit in zip_longest(kind.names or [], units)
        ]
    else:
        headings = _headings(_read(file, kind, [*kind.head, *([first] if first else [])]), kind)
    check_names(file, [t.name for t in headings])
    stream.seek(0)
    dropped = re.compile(kind.drop if kind.reader is None else r"\s*(#.*)?$")
    for number, line in enumerate(islice(stream, kind.skip, None), kind.skip + 1):
        if dropped.match(line):
            continue
        row = barred_words(line) if kind.bars else words(line, kind.quote)
        if len(row) != len(headings):
            what = f"has {several(len(row), 'value')}, the table {several(len(headings), 'column')}"
            what += f": {line.strip()[:60]!r}"
            advice = f"quote text that contains blanks; or {UNEVEN}"
            if kind.bars:
                advice = "give the row as many bars as the header has"
            raise InputError(Problem(str(file), f"line {number}", what, advice))
        _write(out, [word or None for word in row] if kind.bars else row)
    return headings


def _by_place(
    file: Path, plain: Path, kind: Kind, stream: TextIO, out: TextIO, notes: Notes
) -> list[Heading]:
    head, skip = kind.head, kind.skip
    if kind.name == "MRT":
        skip = _after_last_rule(stream)
        stream.seek(0)
        head = list(islice(stream, skip))
    else:
        stream.seek(0)
        for _ in range(skip):
            stream.readline()
    headings: list[Heading] = []
    rows = (line.rstrip("\n") for line in stream)
    done = skip
    for block in _blocks(rows, AT_A_TIME, kind.name == "DAOPHOT"):
        kept = [line for line in block if not re.match(kind.drop, line)]
        if kept or not headings:
            if kind.reader is tables.FixedWidth:
                _refuse_moved(file, head[0], block, kind, done)
            columns = _read(file, kind, [*(line.rstrip("\n") for line in head), *kept], done)
            headings = headings or _headings(columns, kind)
            if [c.name for c in columns] != [t.name for t in headings]:
                what, advice = "have other columns than those above", "convert it to FITS or CSV first"
                raise InputError(Problem(str(file), f"lines from {done + 1} on", what, advice))
            _refuse_cut(file, kind, columns, kept, done, notes)
            for row in zip(*(_values(c) for c in columns), strict=True):
                _write(out, row)
        done += len(block)
    check_names(file, [t.name for t in headings])
    if kind.name == "MRT" and not done - skip:
        what = "describes a table but contains no rows"
        raise InputError(Problem(str(file), "", what, BESIDE))
    return headings


def _refuse_cut(file: Path, kind: Kind, columns: list[Any], rows: list[str], done: int, notes: Notes) -> None:
    """Refuse rows with characters outside all columns: values that are too wide would be truncated.

    Positions that a ReadMe of the CDS deliberately leaves out are only reported.
    """
    if not all(hasattr(c, "start") for c in columns):
        return
    last = max(map(len, rows), default=0)
    outside = set(range(last)).difference(*(range(c.start, c.end) for c in columns))
    for number, line in enumerate(rows, done + 1):
        if at := next((i for i in sorted(outside) if i < len(line) and line[i] not in " |\t"), None):
            what = f"has {line[at]!r} as letter {at + 1}, where no column is"
            if kind.reader is not tables.Cds:
                advice = "widen the column in the header and move the others"
                raise InputError(Problem(str(file), f"line {number}", what, advice))
            notes.add("outside", f"line {number}", f"{what} by its description", "see whether it is right")
            return


def _refuse_moved(file: Path, head: str, rows: list[str], kind: Kind, done: int) -> None:
    """Refuse rows whose bars are not below those of the header: values would be truncated."""
    for number, line in enumerate(rows, done + 1):
        if line.strip() and not re.match(kind.drop, line) and not below_bars(head, line):
            what = "has bars that are not below those of the header"
            advice = "move them there, as in the rows above"
            raise InputError(Problem(str(file), f"line {number}", what, advice))


def _blocks(rows: Iterator[str], size: int, joined: bool) -> Iterator[list[str]]:
    """Yield at least one block, which may be empty; `joined` rows span several lines ending in \\."""
    first = True
    while (block := list(islice(rows, size))) or first:
        while (
            joined and block and block[-1].rstrip().endswith("\\") and (line := next(rows, None)) is not None
        ):
            block.append(line)
        yield block
        first = False


def _after_last_rule(stream: TextIO) -> int:
    """Return the number of lines up to and including the last line of dashes."""
    found = 0
    for number, line in enumerate(stream, 1):
        if line[:4] in ("----", "====") and RULE.fullmatch(line):
            found = number
    return found


def _read(file: Path, kind: Kind, lines: list[str], done: int = 0) -> list[Any]:
    """Return the columns of some lines, read by astropy, with their values as texts."""
    assert kind.reader is not None
    options: dict[str, Any] = dict(kind.options)
    if kind.readme:
        options["readme"] = str(kind.readme)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = tables.get_reader(reader_cls=kind.reader, outputter_cls=_Texts, **options)
            if kind.readme:
                reader.data.table_name = described_name(file)
            columns: list[Any] = reader.read(lines)
            _set_nothing(columns, reader.data.fill_values or ())
    except Exception as error:  # astropy raises many kinds; all mean that the lines cannot be read
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        place = f"lines from {done + 1} on" if done else ""
        advice = "correct it there, or convert it, e.g. with astropy or STILTS"
        raise InputError(
            Problem(str(file), place, f"is not readable as {kind.name} table: {reason}", advice)
        ) from None
    return columns


def _headings(columns: list[Any], kind: Kind) -> list[Heading]:
    meanings = _ipac_meanings(kind.head) if kind.name == "IPAC" else {}
    found = []
    for column in columns:
        unit = getattr(column, "unit", None)
        text = getattr(column, "description", None) or meanings.get(column.name)
        declared = next((word for one, word in _TYPES.items() if issubclass(column.type, one)), "")
        found.append(
            Heading(
                column.name,
                str(unit) if unit else None,
                " ".join(text.split()) if text else None,
                None,
                declared,
            )
        )
    return found


def _ipac_meanings(head: Iterable[str]) -> dict[str, str]:
    r"""Return column descriptions from IRSA comments: `\ ra (deg)`, and below it `\ ___ right ascension`."""
    found, name = {}, ""
    for line in head:
        if meaning := re.match(r"\\\s*_{2,}\s*(\S.*)", line):
            if name:
                found[name] = meaning[1].strip()
        elif called := re.match(r"\\\s+(\w+)\s*(\([^)]*\))?\s*$", line):
            name = called[1]
    return found


def _values(column: Any) -> list[str | None]:
    """Return texts; None if masked, blank, or equal to a number that the header declares as missing."""
    mask = getattr(column, "mask", None)
    absent = [False] * len(column.str_vals) if mask is None else mask
    return [
        None if gone or not value or (column.nothing and _is_one_of(value, column.nothing)) else value
        for value, gone in zip(column.str_vals, absent, strict=True)
    ]


def _is_one_of(value: str, numbers: set[float]) -> bool:
    try:
        return float(value) in numbers
    except ValueError:
        return False


def _set_nothing(columns: list[Any], declared: Iterable[Any]) -> None:
    """Set the missing values of each number column: -99.9 may also be written as -99.900."""
    for column in columns:
        column.nothing = set()
        if issubclass(column.type, tables.core.NumType):
            for word, _, *names in declared:
                with suppress(TypeError, ValueError):
                    if column.name in names:
                        column.nothing.add(float(word))


def _write(out: TextIO, row: Iterable[str | None]) -> None:
    """Write a row of CSV: masked values are empty fields, empty texts are quoted."""
    out.write(",".join("" if v is None else '"' + v.replace('"', '""') + '"' for v in row) + "\n")
