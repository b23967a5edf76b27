"""The description of a VOTable's tables: FIELDs, and how the rows are written."""

from __future__ import annotations

import contextlib
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

import pyarrow as pa

READ = 1 << 20
NOT_XML = (expat.ExpatError, LookupError, ValueError)
"""Raised by the parser for XML that is not well-formed and for unknown encodings."""

ELEMENTS = {
    "boolean": pa.bool_(),
    "bit": pa.bool_(),
    "unsignedByte": pa.uint8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "floatComplex": pa.float32(),
    "doubleComplex": pa.float64(),
    "char": pa.string(),
    "unicodeChar": pa.string(),
}
TEXTS = ("char", "unicodeChar")


@dataclass
class Column:
    """A FIELD."""

    name: str
    datatype: str
    arraysize: str = ""
    unit: str = ""
    ucd: str = ""
    description: str = ""
    null: str = ""
    """VALUES null, as written."""
    xtype: str = ""

    @property
    def dims(self) -> list[int | None]:
        """Its dimensions, the fastest first, None for a varying one. Raises ValueError if it is invalid."""
        size = self.arraysize.replace(" ", "")
        if not size:
            return []
        if not re.fullmatch(r"(\d+x)*(\d+\*?|\*)", size):
            raise ValueError(size)
        return [None if "*" in n else int(n) for n in size.split("x")]

    @property
    def is_text(self) -> bool:
        return self.datatype in TEXTS

    @property
    def width(self) -> int | None:
        """Characters of one text; None if it varies."""
        return (self.dims or [1])[0]

    @property
    def cells(self) -> list[int | None]:
        """Dimensions of the array of values: for texts without the first, the number of characters."""
        return self.dims[1:] if self.is_text else self.dims

    @property
    def count(self) -> int | None:
        """Values per row (pairs for complex numbers); None if it varies."""
        total = 1
        for n in self.cells:
            if n is None:
                return None
            total *= n
        return total

    @property
    def parts(self) -> int:
        """Numbers per value: 2 for complex numbers."""
        return 2 if self.datatype.endswith("Complex") else 1

    @property
    def type(self) -> pa.DataType:
        inner = ELEMENTS[self.datatype]
        count = self.count
        if count is None or count == 0:
            return pa.list_(inner)
        return inner if count * self.parts == 1 else pa.list_(inner, count * self.parts)


@dataclass
class Table:
    """A TABLE, as far as it has been read."""

    name: str = ""
    ident: str = ""
    ref: str = ""
    nrows: int | None = None
    """Its attribute nrows."""
    form: str = ""
    """TABLEDATA, BINARY, BINARY2, FITS; "" for a table without rows."""
    href: bool = False
    encoding: str = ""
    columns: list[Column] = field(default_factory=list)


class _Found(Exception):
    """Raised within the parser to stop it."""


class Header:
    """The description of a file up to the rows of the table `wanted`: its number from 1, its ID or name, or
    None for the first. If there is no such table, the whole file is read. Raises NOT_XML.
    """

    def __init__(self, plain: Path, wanted: int | str | None) -> None:
        self._wanted = wanted
        self.tables: list[Table] = []
        self.version = ""
        self.status = ""
        """Status reported by a service: OK, OVERFLOW, ERROR."""
        self._path: list[str] = []
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        with plain.open("rb") as stream, contextlib.suppress(_Found):
            while block := stream.read(READ):
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        by_ident = {t.ident: t for t in self.tables if t.ident}
        for table in self.tables:
            if table.ref in by_ident and not table.columns:
                table.columns = by_ident[table.ref].columns

    @property
    def chosen(self) -> int | None:
        """Index of the wanted table; None if there is no such table."""
        if self._wanted is None or isinstance(self._wanted, int):
            number = 0 if self._wanted is None else self._wanted - 1
            return number if 0 <= number < len(self.tables) else None
        return next((i for i, t in enumerate(self.tables) if self._wanted in (t.name, t.ident)), None)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in ("TR", "TD"):
            if self.chosen == len(self.tables) - 1:
                raise _Found
            return
        within = self._path[-1] if self._path else ""
        self._path.append(name)
        table = self.tables[-1] if self.tables else Table()
        if name == "VOTABLE":
            self.version = attributes.get("version", "")
        elif name == "TABLE":
            nrows = attributes.get("nrows", "")
            rows = int(nrows) if nrows.isdecimal() else None
            get = attributes.get
            self.tables.append(Table(get("name", ""), get("ID", ""), get("ref", ""), rows))
        elif name == "FIELD" and "TABLE" in self._path:
            table.columns.append(_column(attributes))
        elif name == "VALUES" and within == "FIELD" and table.columns:
            table.columns[-1].null = attributes.get("null", "").strip()
        elif name == "DESCRIPTION" and within == "FIELD" and table.columns:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append
        elif name in ("TABLEDATA", "BINARY", "BINARY2", "FITS") and within == "DATA":
            table.form = name
        elif name == "STREAM":
            table.href = "href" in attributes
            table.encoding = attributes.get("encoding", "").lower()
            if self.chosen == len(self.tables) - 1:
                raise _Found
        elif name == "INFO" and attributes.get("name", "").upper() == "QUERY_STATUS":
            self.status = attributes.get("value", "").upper()

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("TR", "TD"):
            return
        self._path.pop()
        if name == "DESCRIPTION" and self._parser.CharacterDataHandler is not None:
            self._parser.CharacterDataHandler = None
            self.tables[-1].columns[-1].description = " ".join("".join(self._text).split())


def _column(attributes: dict[str, str]) -> Column:
    def get(name: str) -> str:
        return attributes.get(name, "").strip()

    datatype, size = get("datatype"), get("arraysize")
    if datatype in ("string", "unicodeString"):  # not in the standard, but written by some programs
        datatype, size = {"string": "char"}.get(datatype, "unicodeChar"), size or "*"
    name = get("name") or get("ID")
    return Column(name, datatype, size, get("unit"), get("ucd"), xtype=get("xtype"))


def plain_unit(text: str, version: str) -> str | None:
    """Return a unit in astropy's notation, read in the notation of the file's version, else unchanged."""
    if not text:
        return None
    from astropy import units

    notation = "cds" if version in ("", "1.0", "1.1", "1.2", "1.3") else "vounit"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(units.Unit(text, format=notation, parse_strict="silent")) or None
