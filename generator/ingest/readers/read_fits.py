"""FITS binary tables, read as slices of a memory map."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.io import fits
from numpy.typing import NDArray

from ...problems import InputError, Problem, plural, several
from ..values.fields import Field
from ..values.notes import Notes
from .fits_columns import Layout, column, logical_bytes
from .fits_logical import Bytes
from .source import BATCH, Source, check_names


def open_fits(file: Path, plain: Path, hdu: int | str | None) -> Source:
    """Open a binary table of a FITS file; `plain` is the unpacked file.

    Raises InputError if there is no such table, or if it is truncated or of an unsupported kind.
    """
    damaged = (ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError, fits.VerifyError)
    try:
        return _open(file, plain, hdu)
    except OSError as error:
        what, fix = f"is not readable as FITS: {error}", "fetch or write it again"
        raise InputError(Problem(str(file), "", what, fix)) from None
    except damaged as error:
        what, fix = f"is not valid FITS: {error}", "write it again"
        raise InputError(Problem(str(file), "header", what, fix)) from None


def _open(file: Path, plain: Path, hdu: int | str | None) -> Source:
    with (
        warnings.catch_warnings(action="ignore"),
        fits.open(plain, memmap=True, lazy_load_hdus=True, do_not_scale_image_data=True) as hdus,
    ):
        table = _find(file, hdus, hdu)
        header, start = table.header.copy(), table.fileinfo()["datLoc"]
    place = f"extension {header.get('EXTNAME') or hdu or 1}"
    if header.get("ZTABLE"):
        raise InputError(
            Problem(str(file), place, "is a tile-compressed table", "unpack it with funpack first")
        )
    rows, width, heap_size = header["NAXIS2"], header["NAXIS1"], header.get("PCOUNT", 0)
    sizes = (rows, width, heap_size, header.get("THEAP", 0))
    if not all(isinstance(n, int) and n >= 0 for n in sizes):
        what = "has a size that cannot be (NAXIS1, NAXIS2, PCOUNT or THEAP)"
        raise InputError(Problem(str(file), place, what, "write it again, with astropy for example"))
    there = plain.stat().st_size - start
    if there < rows * width + heap_size:
        announced = f"{rows} {plural(rows, 'row')} of {several(width, 'byte')}"
        what = f"is cut short: {announced} announced, {max(there, 0) // max(width, 1)} there"
        raise InputError(
            Problem(
                str(file), place, what, "fetch it again and compare its size or checksum with the original"
            )
        )
    layouts = _layouts(file, header, place)
    fields = [
        Field(
            header[f"TTYPE{i}"].strip(),
            layout.type,
            unit=_text(header, f"TUNIT{i}"),
            ucd=_text(header, f"TUCD{i}") or _text(header, f"TBUCD{i}"),
            description=_text(header, f"TCOMM{i}")
            or _text(header, f"TDESC{i}")
            or _comment(header, f"TTYPE{i}"),
            length=layout.width if layout.code == "A" and not layout.heap else None,
            null=layout.undefined,
        )
        for i, layout in enumerate(layouts, 1)
    ]
    check_names(file, [f.name for f in fields])
    heap_start = start + header.get("THEAP", rows * width)
    notes = Notes(file)
    table = _Rows(file, plain, place, start, rows, width, heap_start, layouts)
    return table.source(fields, notes)


@dataclass
class _Rows:
    """The rows of a table, in slices of a memory map."""

    file: Path
    plain: Path
    place: str
    start: int
    rows: int
    width: int
    heap: int
    layouts: list[Layout]
    _settled: bool = False

    def source(self, fields: list[Field], notes: Notes) -> Source:
        def part(first: int, last: int) -> Source:
            return Source(
                self.file,
                fields,
                last - first,
                lambda: self.batches(fields, notes, first, last),
                notes,
                before=first,
            )

        whole = part(0, self.rows)
        if any(x.code == "L" for x in self.layouts):  # the whole column decides how its values are stored
            return whole
        return replace(whole, cuts=range(0, self.rows, BATCH), part=part, ranges=self._ranges)

    def _ranges(self, first: int, last: int) -> list[tuple[int, int]]:
        found = [(self.start + first * self.width, (last - first) * self.width)]
        if any(x.heap for x in self.layouts):
            found.append((self.heap, self.plain.stat().st_size - self.heap))
        return found

    def batches(self, fields: list[Field], notes: Notes, begin: int, end: int) -> Iterator[pa.RecordBatch]:
        self._settle(fields, notes)
        schema = pa.schema([(f.name, f.type) for f in fields])
        for first in range(begin, end, BATCH):
            with self._undamaged(first):
                raw, heap = self._slice(first)
                columns = [column(raw, layout, heap) for layout in self.layouts]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _settle(self, fields: list[Field], notes: Notes) -> None:
        """Determine, once, how each logical column stores its values. Raises InputError."""
        if self._settled:
            return
        for i, (layout, field) in enumerate(zip(self.layouts, fields, strict=True)):
            if layout.code == "L":
                seen = Bytes(self._logicals(layout))
                numbers = seen.are_numbers(self.file, self.place, field.name, notes)
                self.layouts[i] = replace(layout, numbers=numbers)
        self._settled = True

    def _logicals(self, layout: Layout) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
        for first in range(0, self.rows, BATCH):
            with self._undamaged(first):
                raw, heap = self._slice(first)
                found = logical_bytes(raw, layout, heap)
            yield found

    def _slice(self, first: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        # A new map for each slice: pages that were read count as used memory as long as their map exists.
        shape = (min(BATCH, self.rows - first), self.width)
        raw = np.memmap(self.plain, np.uint8, "r", self.start + first * self.width, shape)
        heaps = any(x.heap for x in self.layouts)
        return raw, np.memmap(self.plain, np.uint8, "r", self.heap) if heaps else None

    @contextmanager
    def _undamaged(self, first: int) -> Iterator[None]:
        damaged = (ValueError, IndexError, TypeError, OverflowError, MemoryError, pa.ArrowException)
        try:
            yield
        except damaged as error:
            where = f"{self.place}, rows {first + 1} to {min(first + BATCH, self.rows)}"
            advice = "fetch or write it again"
            raise InputError(Problem(str(self.file), where, f"is damaged: {error}", advice)) from None


def _find(file: Path, hdus: fits.HDUList, hdu: int | str | None) -> Any:
    """Return the requested binary table, or the first."""
    names = []
    for index, found in enumerate(hdus):
        if isinstance(found, fits.BinTableHDU | fits.TableHDU):
            names.append(f"{index} ({found.name})" if found.name else str(index))
            wanted = hdu is None or (
                index == hdu if isinstance(hdu, int) else found.name.upper() == hdu.upper()
            )
            if wanted and isinstance(found, fits.TableHDU):
                fix = "convert it to a binary table, e.g. with astropy or STILTS"
                raise InputError(Problem(str(file), f"extension {index}", "is an ASCII table", fix))
            if wanted:
                return found
    if not names:
        raise InputError(
            Problem(str(file), "", "contains no table", "use a FITS file with a binary table extension")
        )
    fix = f"`hdu` may be one of: {', '.join(names)}"
    raise InputError(Problem(str(file), "", f"has no table extension {hdu!r}", fix))


def _layouts(file: Path, header: fits.Header, place: str) -> list[Layout]:
    layouts: list[Layout] = []
    start = 0
    for i in range(1, header["TFIELDS"] + 1):
        form = str(header.get(f"TFORM{i}", "")).strip()
        match = re.match(r"(\d*)([LXBIJKAEDCM]|([PQ])([LXBIJKAEDCM]))", form)
        if not match or f"TTYPE{i}" not in header:
            what = f"has TFORM {form!r}" if not match else "has no name (TTYPE)"
            raise InputError(
                Problem(str(file), f"{place}, column {i}", what, "write the table again with valid columns")
            )
        repeat, heap = int(match[1] or 1), match[3] or ""
        code = match[4] if heap else match[2]
        width = repeat
        shape = re.match(r"\(\s*(\d+)", str(header.get(f"TDIM{i}", "")))
        if code == "A" and not heap:
            sub = re.match(r"\d*A(\d+)", form)
            width = min(int(shape[1]) if shape else int(sub[1]) if sub else repeat, repeat)
        layout = Layout(
            code,
            repeat,
            width,
            heap,
            start,
            header.get(f"TSCAL{i}", 1),
            header.get(f"TZERO{i}", 0),
            header.get(f"TNULL{i}"),
        )
        layouts.append(layout)
        start += layout.bytes * (min(repeat, 1) if heap else 1)
    if start != header["NAXIS1"]:
        what = f"columns take {several(start, 'byte')} a row, NAXIS1 says {header['NAXIS1']}"
        raise InputError(Problem(str(file), place, what, "write the table again"))
    return layouts


def _text(header: fits.Header, key: str) -> str | None:
    return str(header.get(key, "")).strip() or None


def _comment(header: fits.Header, key: str) -> str | None:
    """Return the comment after a column's name, unless it is a stock phrase of the writer."""
    text = header.comments[key].strip()
    stock = re.fullmatch(
        r"(label for (field|column)|name (of|for) (field|column)|column name|field name)\s*\d*", text, re.I
    )
    return text if text and not stock else None
