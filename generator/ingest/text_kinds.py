"""Which of the formats of text tables a file is in, by its first lines."""

from __future__ import annotations

import csv
import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from astropy.io import ascii as tables

from ..problems import several
from ..standards.vounits import PURE, is_vounit, meant

SAMPLE = 60
"""Rows looked at to see whether they are separated by blanks."""
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
"""Names by which the line of names is known among other comments."""
NO_UNIT = {"", *PURE}
QUOTED = re.compile(r"\"[^\"]*\"|(?<!\S)'[^']*'(?!\S)")
"""A text in quotes, in which a comma separates nothing."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")


class Refused(Exception):
    """What a file is that is not read, and what to do with it."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


@dataclass(frozen=True)
class Kind:
    """A format, and how a file in it is read.

    `head` are the lines that say what the columns are, `skip` the number of lines before the first row.
    """

    name: str
    reader: type[Any] | None
    """The class of astropy.io.ascii that reads head and rows; None where the names are known."""
    head: list[str] = field(default_factory=list)
    skip: int = 0
    names: list[str] | None = None
    """None where `reader` finds them."""
    units: list[str] | None = None
    unnamed: bool = False
    """Whether the first line that is no comment is a row."""
    blanks: bool = False
    """Whether blanks separate the values of a row."""
    readme: Path | None = None
    options: dict[str, str] = field(default_factory=dict)
    quote: str = '"'
    drop: str = r"\s*$"
    """What lines match that are no rows."""


def text_kind(file: Path, lines: list[str]) -> Kind | None:
    """The format that the first lines of a file show; None for CSV and its like. Raises Refused."""
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
    """The ReadMe of the CDS in a file's folder, if it describes the file."""
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
    """A file's name as a ReadMe has it: the CDS cuts large ones into pieces .00, .01, ..."""
    return re.sub(r"(\.\d{2,3})?(\.gz)?$", "", file.name)


def _refuse_markup(lines: list[str]) -> None:
    first = next((line.strip() for line in lines if line.strip()), "")
    text = "\n".join(lines[:400])
    if re.search(r"^\s*\\(begin\{|startdata|documentclass)", text, re.M):
        raise Refused("is a LaTeX table", "convert it, e.g. astropy.table.Table.read(…, format='latex')")
    if any(re.fullmatch(r"-+(\t-+)+", line) for line in lines) and any(
        line == "[EOD]" for line in lines[-3:]
    ):
        raise Refused("is a tab-separated table of Starlink or the ESO", "convert it with STILTS (ifmt=tst)")
    if re.match(r"<(!doctype )?html|<table", first, re.I):
        raise Refused("is a web page", "download the table itself, or read it with astropy (format='html')")
    if re.match(r"[{\[]\s*([\"\[{\]}]|$)", first):
        raise Refused("is JSON", "convert it to CSV, FITS, VOTable or Parquet")


def _barred(lines: list[str]) -> Kind | None:
    """IPAC, whose header alone stands between bars; fixed width, where the rows do too."""
    start = next((i for i, line in enumerate(lines) if not re.match(r"\\|#|[+\-=|:\s]*$", line)), None)
    if start is None or not re.match(r"\|.*\|\s*$", lines[start]):
        return None
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith("|")), len(lines))
    second = lines[start + 1].strip().strip("|") if end - start > 1 else ""
    types = [word.strip(" -").lower() for word in second.split("|")]
    typed = all(t and any(one.startswith(t) for one in IPAC_TYPES) for t in types)
    keywords = any(line.startswith("\\") for line in lines[:start])
    if end - start <= 4 and (keywords or typed or any(re.match(r"[^|+\s]|\s+\S", s) for s in lines[end:])):
        return Kind("IPAC", tables.Ipac, lines[:end], end)
    head = lines[start : start + 1]
    if holds_values([word.strip() for word in head[0].strip().strip("|").split("|")]):
        reader = tables.FixedWidthNoHeader
        return Kind("fixed width", reader, skip=start, unnamed=True, drop=r"[|+\-=:\s]*$|#")
    return Kind("fixed width", tables.FixedWidth, head, start + 1, drop=r"[|+\-=:\s]*$|#")


def _hashed(lines: list[str]) -> Kind | None:
    """SExtractor and DAOPHOT, which tell their columns in lines of comments."""
    end = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    if {"#N ", "#U ", "#F "} <= {line[:3] for line in lines[:end]}:
        return Kind("DAOPHOT", tables.Daophot)
    if re.match(r"#\s*1\s+[A-Za-z][-\w]*", lines[0]):
        return Kind("SExtractor", tables.SExtractor, lines[:end], end, blanks=True)
    return None


def _ruled(lines: list[str]) -> Kind | None:
    """Names above lines that show where each column stands."""
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
    """Rows of as many values as there are names, above them or in the comment above them."""
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
    above, units = _names_and_units(fitting)
    drop = r"\s*(#.*)?$"
    if width > 1 and above:
        return Kind("blanks", None, skip=start, names=above, units=units, blanks=True, quote=quote, drop=drop)
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
        return Kind("blanks", None, skip=start + 1, names=rows[0], blanks=True, quote=quote, drop=drop)
    if width > 1 and any(NUMBER.fullmatch(word) for row in below if len(row) > 1 for word in row):
        odd = next(row for row in below if len(row) != width)
        what = f"seems to be separated by blanks, with {several(width, 'name')}"
        what += f" and a row of {several(len(odd), 'value')}"
        raise Refused(what, UNEVEN)
    return None


def _names_and_units(fitting: list[list[str]]) -> tuple[list[str] | None, list[str] | None]:
    """The names of columns, and units if a line of nothing else follows, among comments of as many words.

    The line that names a position is that of the names, wherever it stands; else it is the first.
    """
    at = next((i for i, line in enumerate(fitting) if POSITION & {w.lower() for w in line}), 0)
    units = fitting[at + 1] if len(fitting) > at + 1 else []
    known = any(unit.lower() not in NO_UNIT for unit in units) and all(map(_is_unit, units))
    return (fitting[at] if fitting else None), (units if known else None)


def _is_unit(word: str) -> bool:
    plain = word.strip("[]()")
    return plain.lower() in NO_UNIT or is_vounit(plain) or bool(meant(plain))


UNEVEN = (
    "separate its values by commas, or describe columns of fixed width in a ReadMe of the CDS beside it; "
    "astropy and STILTS convert many formats"
)


def numbered(count: int) -> list[str]:
    return [f"col{i}" for i in range(1, count + 1)]


def words(line: str, quote: str = '"') -> list[str]:
    """The values of a line that blanks separate; quotes hold together what has blanks in it."""
    plain = line.replace("\t", " ").strip()
    if quote not in plain or len(plain) > csv.field_size_limit():
        return plain.split()
    return next(csv.reader([plain], delimiter=" ", quotechar=quote, skipinitialspace=True), [])


def holds_values(row: list[str]) -> bool:
    """Whether a first line is a row: all in it are numbers, or some are as no name is (10.5, -3)."""
    numbers = [w for w in row if NUMBER.fullmatch(w.strip())]
    return bool(numbers) and (len(numbers) == len(row) or any(re.search(r"[-+.]", w) for w in numbers))
