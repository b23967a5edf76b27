"""Read FITS files of single spectra quickly: there are millions of small files of which a few headers and
columns are needed.

astropy takes ten times as long for such a file as decompression does. Plain data (unscaled numbers and text
of fixed width) is read here; all else (scaled or varying length, compressed images, ASCII tables) is left
to astropy.
"""

from __future__ import annotations

import io
import math
import mmap
import re
import warnings
import weakref
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .spectrum import Part, Unreadable, Values

BLOCK = 2880
MOST_AXES = 999
"""The largest NAXIS that the standard allows."""
_TYPES = {"L": "S1", "B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "A": "S"}
_FORM = re.compile(r"(\d*)([A-Z])(.*)")
_IMAGE = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_STEP = 1 << 16


class _Bytes:
    """A file's bytes, decompressed from gzip as far as they are needed."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as stream:
            head = stream.read(2)
            if not head:
                raise Unreadable("is empty")
            self._packed: Any = None
            self.content: Any
            if head == b"\x1f\x8b":
                self._packed = head + stream.read()
                self._at = 0
                self._unpack = zlib.decompressobj(31)
                self.content = bytearray()
            else:
                self.content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def upto(self, end: int) -> Any:
        """Return the bytes from the start of the file, at least `end` of them if the file is long enough."""
        while self._packed is not None and len(self.content) < end:
            wanted = max(end - len(self.content), 4 * BLOCK)
            piece = self._unpack.unconsumed_tail or self._packed[self._at : self._at + _STEP]
            if not self._unpack.unconsumed_tail:
                self._at += len(piece)
            try:
                self.content += self._unpack.decompress(piece, wanted)
            except zlib.error as error:
                raise Unreadable(f"cannot be unpacked: {error}") from None
            if self._unpack.eof:
                rest = self._unpack.unused_data + self._packed[self._at :]
                self._packed, self._at = (rest, 0) if rest.startswith(b"\x1f\x8b") else (None, 0)
                self._unpack = zlib.decompressobj(31)
            elif not piece and not self._unpack.unconsumed_tail:
                raise Unreadable("is cut short: the gzip stream has no end")
        return self.content


class Header:
    """Keywords of one HDU; values are parsed on access."""

    def __init__(self, cards: bytes) -> None:
        self._raw: dict[str, bytes] = {}
        self._more: dict[str, list[bytes]] = {}
        key = ""
        for start in range(0, len(cards), 80):
            if cards[start + 8 : start + 10] == b"= ":
                key = cards[start : start + 8].rstrip().decode("latin1")
                self._raw.setdefault(key, cards[start + 10 : start + 80])
            elif cards.startswith(b"CONTINUE", start):
                self._more.setdefault(key, []).append(cards[start + 8 : start + 80])
            elif cards.startswith(b"HIERARCH ", start):
                name, _, raw = cards[start + 9 : start + 80].partition(b"=")
                key = name.strip().decode("latin1").upper()
                self._raw.setdefault(key, raw)

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def get(self, key: str, default: Any = None) -> Any:
        raw = self._raw.get(key)
        if raw is None:
            return default
        value = _value(decoded(raw))
        for piece in self._more.get(key, []):
            if isinstance(value, str) and value.endswith("&"):
                value = value[:-1] + str(_value(decoded(piece)) or "")
        return default if value is None else value

    def text(self, key: str) -> str:
        value = self.get(key)
        return "" if value is None else str(value).strip()

    def whole(self, key: str, default: int = 0) -> int:
        value = self.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unreadable(f"header keyword {key} is not a whole number")
        return value

    def number(self, key: str) -> float | int | None:
        value = self.get(key)
        return value if isinstance(value, float | int) and not isinstance(value, bool) else None


def decoded(text: bytes) -> str:
    """Decode text of a header or cell; FITS allows only ASCII, but files contain more."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin1")


def _value(raw: str) -> Any:
    raw = raw.strip()
    if raw.startswith("'"):
        end = 1
        while (end := raw.find("'", end)) >= 0 and raw[end : end + 2] == "''":
            end += 2
        return (raw[1:end] if end > 0 else raw[1:]).replace("''", "'").rstrip()
    raw = raw.partition("/")[0].strip()
    if raw in ("T", "F"):
        return raw == "T"
    try:
        return int(raw)
    except ValueError:
        pass
    try:
        return float(raw.replace("D", "E").replace("d", "e"))
    except ValueError:
        return raw or None


class Hdu:
    """One header and the position of its data."""

    def __init__(self, file: Fits, number: int, header: Header, start: int) -> None:
        # Weak, so that a file is closed as soon as its last reference is dropped.
        self._file: Fits = weakref.proxy(file)
        self.number, self.header, self.start = number, header, start
        self.name = header.text("EXTNAME").upper()
        self.shape = self._axes("NAXIS")
        pixels = math.prod(self.shape) if self.shape else 0
        bits = header.whole("BITPIX", 8)
        heap = header.whole("PCOUNT") if number else 0
        groups = header.whole("GCOUNT", 1) if number else 1
        if heap < 0 or groups < 0 or bits not in _IMAGE:
            raise Unreadable(f"extension {number} has an impossible size")
        self.plain_bytes = abs(bits) // 8 * pixels
        self.bytes = abs(bits) // 8 * groups * (heap + pixels)
        self.end = start + -(-self.bytes // BLOCK) * BLOCK
        packed = header.get("ZIMAGE") is True
        if packed:
            self.shape = self._axes("ZNAXIS")
        kind = header.text("XTENSION")
        self.is_table = kind in ("BINTABLE", "TABLE") and not packed
        self.is_image = packed or (len(self.shape) > 0 and kind in ("", "IMAGE"))
        self._columns: dict[str, tuple[str, int, str, int, int]] | None = None

    def _axes(self, key: str) -> tuple[int, ...]:
        """Return the sizes of the axes, the slowest first. A negative one would lead to an earlier header."""
        count = self.header.whole(key)
        if 0 <= count <= MOST_AXES:
            shape = tuple(self.header.whole(f"{key}{i}") for i in range(count, 0, -1))
            if all(0 <= n < 1 << 48 for n in shape):
                return shape
        raise Unreadable(f"extension {self.number} has an impossible size")

    @property
    def rows(self) -> int:
        return self.shape[0] if len(self.shape) == 2 else 0

    @property
    def columns(self) -> dict[str, tuple[str, int, str, int, int]]:
        """By name in upper case: name as written, number, type code, elements per row, offset in the row."""
        if self._columns is None:
            self._columns = {}
            offset = 0
            for number in range(1, (self.header.whole("TFIELDS") if self.is_table else 0) + 1):
                form = _FORM.fullmatch(self.header.text(f"TFORM{number}").upper())
                if not form:
                    raise Unreadable(f"column {number} of extension {self.number} has no readable format")
                repeat, code = int(form[1] or 1), form[2]
                name = self.header.text(f"TTYPE{number}")
                if self.header.text("XTENSION") == "TABLE":
                    repeat, code = 1, "text"  # for astropy
                self._columns.setdefault(name.upper(), (name, number, code, repeat, offset))
                offset += _width(code, repeat) if code != "text" else 0
        return self._columns

    def has(self, *names: str) -> bool:
        return self.is_table and all(n.upper() in self.columns for n in names)

    def described(self, name: str, keyword: str) -> Any:
        """Return a keyword of a column, such as TUNIT or TNULL."""
        found = self.columns.get(name.upper())
        return self.header.get(f"{keyword}{found[1]}") if found else None

    def column(self, name: str, row: int | None = None) -> Values:
        """Return the values of a column, of one row or all rows, in the byte order of the file."""
        found = self.columns.get(name.upper())
        if found is None:
            raise Unreadable(f"extension {self.name or self.number} has no column {name}")
        _, number, code, repeat, offset = found
        if row is not None and not 0 <= row < self.rows:
            raise Unreadable(f"extension {self.name or self.number} has no row {row + 1}")
        scaled = f"TSCAL{number}" in self.header or f"TZERO{number}" in self.header
        if code not in _TYPES or scaled:
            data = self._by_astropy()[found[0]]
            return np.asarray(data if row is None else data[row])
        content = self._file.upto(self.start + self.plain_bytes)
        if len(content) < self.start + self.plain_bytes:
            raise Unreadable(f"is cut short in extension {self.name or self.number}")
        width = self.shape[1]
        if code == "A":
            if not repeat:
                return np.zeros(self.rows if row is None else 1, "S1")
            texts = np.ndarray((self.rows,), f"S{repeat}", content, self.start + offset, (width,))
            return _own(texts if row is None else texts[row : row + 1])
        kind = np.dtype(_TYPES[code])
        values = (
            np.ndarray((self.rows, repeat), kind, content, self.start + offset, (width, kind.itemsize))
            if self.rows
            else np.zeros((0, repeat), kind)
        )
        if code == "L":
            values = values == b"T"
        if row is not None:
            return _own(values[row])
        return _own(values[:, 0] if repeat == 1 else values)

    def vector(self, name: str) -> Values:
        """Return a column as a sequence of pixels: one row per pixel, or one row with an array."""
        values = self.column(name)
        one = len(values) == 1 and (values.ndim == 2 or values.dtype == object)
        return np.asarray(values[0]) if one else values

    def cell(self, name: str, row: int) -> Any:
        """Return one value as a number or text; None if there is no such column."""
        if name.upper() not in self.columns:
            return None
        values = np.ravel(self.column(name, row)) if self.rows else np.zeros(0)
        value = values[0].item() if values.size else None
        return decoded(value).strip().strip("\0") if isinstance(value, bytes) else value

    def image(self, row: int | None = None) -> Values:
        """Return the image, or one row of it."""
        scaled = self.header.get("BSCALE", 1) != 1 or self.header.get("BZERO", 0) != 0
        scaled |= "BLANK" in self.header and self.header.whole("BITPIX") > 0
        if self.header.get("ZIMAGE") is True or scaled:
            data = np.asarray(self._by_astropy())
            return data if row is None else data[row]
        content = self._file.upto(self.start + self.plain_bytes)
        if len(content) < self.start + self.plain_bytes:
            raise Unreadable(f"is cut short in {self.name or f'extension {self.number}'}")
        data = np.ndarray(self.shape, _IMAGE[self.header.whole("BITPIX")], content, self.start)
        if row is not None and not 0 <= row < self.shape[0]:
            raise Unreadable(f"{self.name or f'extension {self.number}'} has no row {row + 1}")
        return _own(data if row is None else data[row])

    def _by_astropy(self) -> Any:
        return self._file.by_astropy(self.number)


def take_columns(part: Part, hdu: Hdu, names: dict[str, str]) -> None:
    """Set arrays of a part from those of the named columns that exist: our name to the column's."""
    for key, name in names.items():
        if hdu.has(name):
            part.take(key, partial(hdu.vector, name))


def _own(values: Values) -> Values:
    """Copy values: decompressing more of the file moves the bytes below them, unnoticed by numpy."""
    return np.array(values)


def _width(code: str, repeat: int) -> int:
    size = {
        "L": 1,
        "X": 0,
        "B": 1,
        "I": 2,
        "J": 4,
        "K": 8,
        "A": 1,
        "E": 4,
        "D": 8,
        "C": 8,
        "M": 16,
        "P": 8,
        "Q": 16,
    }
    if code not in size:
        raise Unreadable(f"column format {code!r} is not of FITS")
    return (repeat + 7) // 8 if code == "X" else repeat * size[code]


class Fits:
    """A FITS file; extensions are located on access."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._bytes = _Bytes(file)
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}") from None
        if bytes(self._bytes.upto(BLOCK)[:6]) != b"SIMPLE":
            raise Unreadable("is not a FITS file")
        self._hdus: list[Hdu] = []
        self._complete = False
        self._astropy: Any = None

    def upto(self, end: int) -> Any:
        return self._bytes.upto(end)

    def hdu(self, number: int) -> Hdu | None:
        """Return an extension by number (0 is the primary HDU); None if there are fewer."""
        while len(self._hdus) <= number and not self._complete:
            start = self._hdus[-1].end if self._hdus else 0
            header, data = self._header(start)
            if header is None:
                last = self._hdus[-1] if self._hdus else None
                if last and len(self.upto(start)) < last.start + last.bytes:
                    raise Unreadable(f"is cut short in {last.name or f'extension {last.number}'}")
                self._complete = True
            else:
                self._hdus.append(Hdu(self, len(self._hdus), header, data))
        return self._hdus[number] if number < len(self._hdus) else None

    @property
    def primary(self) -> Hdu:
        hdu = self.hdu(0)
        if hdu is None:
            raise Unreadable("has no header")
        return hdu

    def __iter__(self) -> Iterator[Hdu]:
        number = 0
        while hdu := self.hdu(number):
            yield hdu
            number += 1

    def named(self, name: str) -> Hdu | None:
        return next((h for h in self if h.name == name.upper()), None)

    def check(self) -> None:
        """Read to the end: the file may be truncated after the spectrum, and gzip has its checksum there."""
        self.upto(1 << 62)
        for _ in self:
            pass

    def _header(self, start: int) -> tuple[Header | None, int]:
        end = start
        while True:
            content = self.upto(end + BLOCK)
            block = bytes(content[end : end + BLOCK])
            if end == start and not block.rstrip(b"\0 "):
                return None, start  # the end, or padding
            if end == start and start and not block.startswith(b"XTENSION"):
                return None, start  # anything after the last extension is ignored
            if len(block) < BLOCK:
                raise Unreadable("is cut short in a header")
            end += BLOCK
            if any(block[at : at + 8] == b"END     " for at in range(0, BLOCK, 80)):
                return Header(bytes(content[start:end])), end
            if end - start > 1000 * BLOCK:
                raise Unreadable("has a header without an end")

    def by_astropy(self, number: int) -> Any:
        """Return the data of an extension that is not plain."""
        from astropy.io import fits

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if self._astropy is None:
                    content = self.upto(1 << 62)
                    unpacked = isinstance(content, bytearray)
                    self._astropy = fits.open(io.BytesIO(content) if unpacked else self.file, memmap=False)
                return self._astropy[number].data
        except Unreadable:
            raise
        except Exception as error:  # astropy raises many kinds of error
            raise Unreadable(f"extension {number} cannot be read: {error}") from None
