"""Read the header of a CSV file: names and, where present, units, descriptions and UCDs."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ...problems import InputError, Problem, several
from .text_kinds import (
    NO_DOUBT,
    NO_UNIT,
    SAMPLE,
    are_names,
    are_units,
    names_and_units,
    odd_units,
    read_as_units,
    units_row,
)

DELIMITERS = ",|\t;"


@dataclass(frozen=True)
class Heading:
    """The description of a column in a header; `declared` is "whole", "number", "text", or "" for none."""

    name: str
    unit: str | None = None
    description: str | None = None
    ucd: str | None = None
    declared: str = ""


@dataclass
class CsvHeader:
    """The header of a file, and the line where its rows begin."""

    delimiter: str
    headings: list[Heading]
    skip: int
    """Number of lines before the first row."""
    line: int
    """Line number of the names."""
    padded: bool = False
    """Whether values are padded with blanks."""
    doubt: tuple[str, str, str] = NO_DOUBT
    """Remarks about the header: line, what is strange, advice."""


def csv_header(file: Path, plain: Path) -> CsvHeader:
    """Read the lines above the rows."""
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
    if any(len(name) > csv.field_size_limit() for name in _split(first or above, delimiter)):
        what, fix = "is not a line of names: one is too long", "start the file with the names of its columns"
        raise InputError(Problem(str(file), f"line {comments + 1}", what, fix))
    # Some programs write the header as a comment: it has as many names as the first row has values.
    count = counts[delimiter]
    if comments > 1 and odd_units([above], count)[1]:
        above = lines[comments - 2].lstrip("#").strip()
    rows = [_split(line, delimiter) for line in lines[comments:][: SAMPLE + 1] if line.strip()]
    named = bool(rows) and are_names(rows[0], rows[1:])
    if above and not named and len(_split(above, delimiter)) == count and (count > 1 or not first):
        return _commented(lines[:comments], delimiter, count)
    names = [n.strip() for n in _split(first, delimiter)]
    headings, skip = [Heading(n) for n in names], comments + 1
    units: list[str] = []
    ruled = next((i for i in (skip, skip + 1) if _is_rule(lines[i : i + 1], delimiter, count)), None)
    if ruled is not None:
        units = [u.strip() for u in _split(lines[skip], delimiter)] if ruled > skip else []
        meanings = _meanings(lines[:comments])
        headings = [
            Heading(n, u or None, *meanings.get(n, (None, None)))
            for n, u in zip_longest(names, units[: len(names)], fillvalue="")
        ]
        skip = ruled + 1
    padded = ruled is not None or delimiter == "|"
    doubt = _mixed(lines[comments:], delimiter, count)
    if ruled is None and count > 1:
        below, after = (*lines[skip : skip + 2], "", "")[:2]
        units = [u.strip() for u in _split(below.lstrip("# "), delimiter)]
        after_it = _split(after, delimiter)
        if len(units) == count and (are_units(units) if below[:1] == "#" else units_row(units, after_it)):
            headings = [_with_unit(n, u) for n, u in zip(names, units, strict=True)]
            doubt = doubt if below[:1] == "#" else read_as_units(skip + 1)
            skip += 1
        elif below[:1] == "#" and (odd := odd_units([below], count, skip))[1]:
            raise InputError(Problem(str(file), odd[0], odd[1].partition(":")[0], odd[2]))
    return CsvHeader(delimiter, headings, skip, comments + 1, padded, doubt)


def _commented(comments: list[str], delimiter: str, count: int) -> CsvHeader:
    """Return a header written as a comment, with or without units below it."""
    found = [[w.strip() for w in _split(line.lstrip("#").strip(), delimiter)] for line in comments]
    fitting = [words for words in found if len(words) == count]
    names, units = names_and_units(fitting) if count > 1 else (fitting[-1], None)
    if not units:
        names = fitting[-1]
    doubt = odd_units(comments, count) if not units else NO_DOUBT
    headings = [_with_unit(n, u) for n, u in zip_longest(names or [], units or [], fillvalue="")]
    return CsvHeader(delimiter, headings, len(comments), len(comments), doubt=doubt)


def _with_unit(name: str, unit: str) -> Heading:
    return Heading(name, unit.strip("[]()") if unit.lower() not in NO_UNIT else None)


def _mixed(lines: list[str], delimiter: str, count: int) -> tuple[str, str, str]:
    """Return the remark about a table in which tabs separate some values and blanks others."""
    some = [len(line.split()) for line in lines[:SAMPLE] if line.strip()]
    if delimiter != "\t" or len(some) < 2 or len(set(some)) > 1 or some[0] <= count:
        return NO_DOUBT
    what = f"is read as {several(count, 'column')} that tabs separate; blanks and tabs separate {some[0]:,}"
    return "", what, "use one of the two in the whole file"


def _is_rule(lines: list[str], delimiter: str, count: int) -> bool:
    """Return whether a line only underlines the names: VizieR and databases write one of dashes."""
    fields = re.split(rf"[{re.escape(delimiter)}+]", lines[0]) if lines else []
    return 1 < count == len(fields) and all(re.fullmatch(r"\s*-+\s*", f) for f in fields)


def _meanings(comments: list[str]) -> dict[str, tuple[str, str | None]]:
    """Return descriptions and UCDs by column, from the comments above tables of VizieR."""
    found = {}
    for line in comments:
        if match := re.match(r"#Column\s+(\S+)\s+\([^)]*\)\s+(.*?)\s*(?:\[ucd=([^\]]*)\])?\s*$", line):
            found[match[1]] = (match[2], match[3] or None)
    return found


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:  # a field exceeds the size limit of the csv module
        return line.split(delimiter)
