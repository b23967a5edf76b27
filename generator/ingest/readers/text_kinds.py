"""Recognize the format of a text table by its first lines."""

from __future__ import annotations

import csv
import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from astropy.io import ascii as tables

from ...problems import several
from ...standards.vounits import PURE, is_vounit, meant

SAMPLE = 60
"""Number of rows inspected to see whether blanks separate values."""
BY_BYTE = re.compile(r"\s*Byte-by-byte Description of file", re.I)
IPAC_TYPES = ("double", "real", "float", "int", "long", "char", "date")
RULE = re.compile(r"[-=]{4,}\s*")
READMES = ("ReadMe", "README", "readme", "ReadMe.txt", "README.txt", "readme.txt")
BESIDE = "name the data file as the source and leave this one beside it"
POSITION = {
    "ra",
    "dec",
    "raj2000",
    "dej2000",
    "decj2000",
    "_raj2000",
    "_dej2000",
    "radeg",
    "dedeg",
    "ra_deg",
}
"""Names that identify the line of names among other comments."""
NO_UNIT = {"", *PURE}
NO_VALUE = {"", "nan", "null", "none", "na", "n/a", "--", "-"}
QUOTED = re.compile(r"\"[^\"]*\"|(?<!\S)'[^']*'(?!\S)")
"""A quoted text, in which a comma is not a separator."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")


NO_DOUBT = ("", "", "")


class Refused(Exception):
    """The format of a file that cannot be read, and advice."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


@dataclass(frozen=True)
class Kind:
    """A format, and how to read a file in it.

    `head` contains the lines that describe the columns, `skip` is the number of lines before the first row.
    """

    name: str
    reader: type[Any] | None
    """The class of astropy.io.ascii that reads header and rows; None if the names are known."""
    head: list[str] = field(default_factory=list)
    skip: int = 0
    names: list[str] | None = None
    """None if `reader` finds them."""
    units: list[str] | None = None
    unnamed: bool = False
    """Whether the first line that is not a comment is a row."""
    blanks: bool = False
    """Whether blanks separate the values of a row."""
    readme: Path | None = None
    options: dict[str, str] = field(default_factory=dict)
    quote: str = '"'
    drop: str = r"\s*$"
    """Pattern of lines that are not rows."""
    bars: bool = False
    """Whether bars separate the values of a row without being aligned."""
    doubt: tuple[str, str, str] = ("", "", "")
    """Remarks about the header: line, what is strange, advice."""


def text_kind(file: Path, lines: list[str]) -> Kind | None:
    """Return the format that the first lines show; None for CSV and similar. Raises Refused."""
    lines = lines or [""]
    _refuse_markup(lines)
    if readme := description_beside(file):
        return Kind("CDS", tables.Cds, readme=readme)
    if any(BY_BYTE.match(line) for line in lines):
        last = next((line for line in reversed(lines) if line.strip()), "")
        if file.name.lower().startswith("readme") or last.startswith("(End)"):
            raise Refused("is a ReadMe of the CDS, which describes tables", BESIDE)
        return Kind("MRT", tables.Cds)
    return _barred(lines) or _hashed(lines) or _ruled(lines) or _rdb(lines) or _blank_separated(lines)


def description_beside(file: Path) -> Path | None:
    """Return the ReadMe of the CDS in a file's folder, if it describes the file."""
    for name in READMES:
        readme = file.parent / name
        if readme == file or not readme.is_file() or readme.stat().st_size > 1 << 23:
            continue
        for line in readme.read_text(encoding="utf-8", errors="replace").splitlines():
            found = re.match(r"\s*Byte-by-byte Description of file: (.+)$", line, re.I)
            names = re.split(r"[,\s]+", found[1]) if found else []
            if any(n and fnmatch.fnmatch(described_name(file), n) for n in names):
                return readme
    return None


def described_name(file: Path) -> str:
    """Return a file's name as in a ReadMe: the CDS splits large files into .00, .01, ..."""
    return re.sub(r"(\.\d{2,3})?(\.(gz|bz2|xz|zst))?$", "", file.name)


def _refuse_markup(lines: list[str]) -> None:
    first = next((line.strip() for line in lines if line.strip()), "")
    text = "\n".join(lines[:400])
    rows_of_latex = sum(bool(re.search(r"&.*\\\\", line)) for line in lines[:40]) > 1
    if rows_of_latex or re.search(r"^\s*\\(begin\{|startdata|documentclass)", text, re.M):
        raise Refused("is a LaTeX table", "convert it, e.g. astropy.table.Table.read(…, format='latex')")
    if any(re.fullmatch(r"-+(\t-+)+", line) for line in lines) and any(
        line == "[EOD]" for line in lines[-3:]
    ):
        raise Refused("is a tab-separated table of Starlink or the ESO", "convert it with STILTS (ifmt=tst)")
    root = re.match(r"\s*(<[?!][^>]*>\s*)*<([a-z][\w:]*)", text, re.I)
    if root and (root[2].lower() == "table" or re.search(r"<(!doctype )?html|<body", text, re.I)):
        raise Refused("is a web page", "download the table itself, or read it with astropy (format='html')")
    if root and re.search(r"</|/>", text):
        raise Refused("is XML and not a VOTable", "convert it to VOTable, FITS, Parquet or CSV")
    if re.match(r"[{\[]\s*([\"\[{\]}]|$)", first):
        raise Refused("is JSON", "convert it to CSV, FITS, VOTable or Parquet")


def _barred(lines: list[str]) -> Kind | None:
    """Recognize IPAC, with bars in the header only, and fixed width, with bars in rows too."""
    start = next((i for i, line in enumerate(lines) if not re.match(r"\\|#|[+\-=|:\s]*$", line)), None)
    if start is None or not re.match(r"\|.*\|\s*$", lines[start]):
        return None
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    second = lines[start + 1].strip().strip("|") if end - start > 1 else ""
    types = [word.strip(" -").lower() for word in second.split("|")]
    typed = all(t and any(one.startswith(t) for one in IPAC_TYPES) for t in types)
    keywords = any(line.startswith("\\") for line in lines[:start])
    framed = any(line.startswith("+") for line in lines[:start] + lines[end : end + 1])
    if (
        not framed
        and end - start <= 4
        and (keywords or typed or any(re.match(r"[^|+\s]|\s+\S", s) for s in lines[end:]))
    ):
        return Kind("IPAC", tables.Ipac, lines[:end], end)
    head = [lines[start].rstrip()]
    if holds_values([word.strip() for word in head[0].strip().strip("|").split("|")]):
        reader = tables.FixedWidthNoHeader
        return Kind("fixed width", reader, skip=start, unnamed=True, drop=r"[|+\-=:\s]*$|#")
    rows = [line for line in lines[start + 1 :] if line.strip() and not re.match(_BARS, line)]
    if not all(below_bars(head[0], row) for row in rows):
        names = barred_words(head[0])
        return Kind("bars", None, skip=start + 1, names=names, blanks=True, bars=True, drop=_BARS)
    return Kind("fixed width", tables.FixedWidth, head, start + 1, drop=_BARS)


_BARS = r"[|+\-=:\s]*$|#|\(?\d+ rows?\b"
"""Lines between and below rows with bars: frames, comments, and row counts of databases."""


def below_bars(head: str, row: str) -> bool:
    """Return whether a row has a bar below each bar of the header."""
    return all(row[i : i + 1] == "|" for i, letter in enumerate(head) if letter == "|")


def barred_words(line: str) -> list[str]:
    """Return the values of a row between bars; a backslash escapes a bar."""
    inner = re.sub(r"^\s*\||\|\s*$", "", line)
    return [word.strip().replace("\\|", "|") for word in re.split(r"(?<!\\)\|", inner)]


def _hashed(lines: list[str]) -> Kind | None:
    """Recognize SExtractor and DAOPHOT, which describe their columns in comments."""
    end = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if {"#N ", "#U ", "#F "} <= {line[:3] for line in lines[:end]}:
        return Kind("DAOPHOT", tables.Daophot, lines[:end], end)
    if re.match(r"#\s*1\s+[A-Za-z][-\w]*", lines[0]):
        return Kind("SExtractor", tables.SExtractor, lines[:end], end, blanks=True)
    return None


def _ruled(lines: list[str]) -> Kind | None:
    """Recognize names above lines that mark the width of each column."""
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    for first in (start, start + 1):
        if len(lines) > first + 1 and re.fullmatch(r" *([-=])\1*( +\1+)+ *", lines[first + 1]):
            head, sign = lines[first : first + 2], lines[first + 1].strip()[0]
            options = {"position_char": sign}
            drop = r"[-=\s]*$|#"
            return Kind("fixed width", tables.FixedWidthTwoLine, head, first + 2, options=options, drop=drop)
    return None


def _rdb(lines: list[str]) -> Kind | None:
    rows = [(i, line) for i, line in enumerate(lines) if line.strip() and not line.startswith("#")][:2]
    if len(rows) < 2 or not re.fullmatch(r"\s*\d*[NS]\s*(\t\s*\d*[NS]\s*)+", rows[1][1]):
        return None
    return Kind("RDB", tables.Rdb, [line for _, line in rows], rows[1][0] + 1, drop=r"\s*(#.*)?$")


def _blank_separated(lines: list[str]) -> Kind | None:
    """Recognize rows with as many values as there are names, above them or in the comment above them."""
    start = next(
        (i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None
    )
    if start is None or any(sign in QUOTED.sub("", lines[start]) for sign in ",;|\t"):
        return None
    found = [
        line for line in lines[start:][: 2 * SAMPLE] if line.strip() and not line.lstrip().startswith("#")
    ]
    for quote in "\"'":
        rows = [words(line, quote) for line in found]
        width = len(rows[0])
        if all(len(row) == width for row in rows):
            break
    comments = (words(line.lstrip("# \t").replace(",", " "), quote) for line in lines[:start])
    fitting = [names for names in comments if len(names) == width and not holds_values(names)]
    if are_names(rows[0], rows[1:SAMPLE]):
        fitting = []  # the comments are unrelated
    above, units = names_and_units(fitting)
    drop = r"\s*(#.*)?$"
    if width > 1 and above:
        doubt = NO_DOUBT if units else odd_units(lines[:start], width)
        return Kind("blanks", None, skip=start, names=above, units=units, blanks=True, quote=quote,
                    drop=drop, doubt=doubt)  # fmt: skip
    if width > 1 and holds_values(rows[0]):
        return Kind(
            "blanks",
            None,
            skip=start,
            names=numbered(width),
            unnamed=True,
            blanks=True,
            quote=quote,
            drop=drop,
        )
    below = rows[1:SAMPLE]
    if width > 1 and all(len(row) == width for row in below):
        skip, units, doubt = _units_below(lines, start + 1, width, quote)
        return Kind("blanks", None, skip=skip, names=rows[0], units=units, blanks=True, quote=quote,
                    drop=drop, doubt=doubt)  # fmt: skip
    if width > 1 and any(NUMBER.fullmatch(word) for row in below if len(row) > 1 for word in row):
        odd = next(row for row in below if len(row) != width)
        what = f"seems to be separated by blanks, with {several(width, 'name')}"
        what += f" and a row of {several(len(odd), 'value')}"
        raise Refused(what, UNEVEN)
    return None


def are_names(first: list[str], below: list[list[str]]) -> bool:
    """Return whether a first row contains names: no numbers, and a column below it has only numbers."""
    if any(NUMBER.fullmatch(word.strip()) or word.strip().lower() in NO_VALUE for word in first):
        return False
    columns = zip(*(row for row in below if len(row) == len(first)), strict=True)
    return any(all(NUMBER.fullmatch(word.strip()) for word in column) for column in columns)


def names_and_units(fitting: list[list[str]]) -> tuple[list[str] | None, list[str] | None]:
    """Return the names, and units if a line of units follows, from comments with as many words as columns.

    The line that names a position contains the names, wherever it is; else the first one does.
    """
    at = next((i for i, line in enumerate(fitting) if POSITION & {w.lower() for w in line}), 0)
    units = fitting[at + 1] if len(fitting) > at + 1 else []
    return (fitting[at] if fitting else None), (units if are_units(units) else None)


def _units_below(
    lines: list[str], at: int, width: int, quote: str
) -> tuple[int, list[str] | None, tuple[str, str, str]]:
    """Return the number of lines before the first row, units below the names, and a doubt about them."""
    below = lines[at] if len(lines) > at else ""
    comment = below.lstrip().startswith("#")
    row, after = (words(line.lstrip("# \t"), quote) for line in (below, (*lines[at + 1 :], "")[0]))
    if len(row) == width and (are_units(row) if comment else units_row(row, after)):
        return at + 1, row, NO_DOUBT if comment else read_as_units(at + 1)
    return at, None, odd_units([below], width, at) if comment else NO_DOUBT


def read_as_units(number: int) -> tuple[str, str, str]:
    """Return the remark about a row, not a comment, that is read as units."""
    return f"line {number}", "is read as the units of the columns", "see whether it is right"


def units_row(row: list[str], after: list[str]) -> bool:
    """Return whether a row below the names has units: the next row has numbers in their place."""
    if len(row) != len(after) or not are_units(row):
        return False
    pairs = [(unit, value) for unit, value in zip(row, after, strict=True) if not _no_unit(unit)]
    return all(NUMBER.fullmatch(value.strip()) for _, value in pairs if value.strip()) and any(
        value.strip() for _, value in pairs
    )


def odd_units(comments: list[str], width: int, before: int = 0) -> tuple[str, str, str]:
    """Return the remark about a comment with units for too few or too many columns."""
    for number, line in enumerate(comments, before + 1):
        found = words(line.lstrip("# \t").replace(",", " "))
        if len(found) > 1 and len(found) != width and are_units(found):
            what = f"seems to contain units, {len(found):,} for {several(width, 'column')}: they are left out"
            advice = "give a unit or - for every column, or name the units in the schema"
            return f"line {number}", what, advice
    return NO_DOUBT


def are_units(line: list[str]) -> bool:
    """Return whether a line has only units; a number is not one, although VOUnits may begin with one."""
    some = not all(map(_no_unit, line)) and not any(NUMBER.fullmatch(word.strip()) for word in line)
    return some and all(map(_is_unit, line))


def _no_unit(word: str) -> bool:
    return word.strip().strip("[]()").lower() in NO_UNIT


def _is_unit(word: str) -> bool:
    plain = word.strip().strip("[]()")
    return _no_unit(word) or is_vounit(plain) or bool(meant(plain))


UNEVEN = (
    "separate its values by commas, or describe columns of fixed width in a ReadMe of the CDS beside it; "
    "astropy and STILTS convert many formats"
)


def numbered(count: int) -> list[str]:
    return [f"col{i}" for i in range(1, count + 1)]


def numbered_names(count: int) -> str:
    """Return the message about the names given to columns without names."""
    return f"the columns are called col1 to col{count}" if count > 1 else "the column is called col1"


def words(line: str, quote: str = '"') -> list[str]:
    """Split a line at blanks; quoted words may contain blanks."""
    plain = line.replace("\t", " ").strip()
    if quote not in plain or len(plain) > csv.field_size_limit():
        return plain.split()
    return next(csv.reader([plain], delimiter=" ", quotechar=quote, skipinitialspace=True), [])


def holds_values(row: list[str]) -> bool:
    """Return whether a first line is a row: all its words are numbers, or some cannot be names (10.5, -3)."""
    numbers = [w for w in row if NUMBER.fullmatch(w.strip())]
    return bool(numbers) and (len(numbers) == len(row) or any(re.search(r"[-+.]", w) for w in numbers))
