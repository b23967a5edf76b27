"""Source tables on a store: the bytes that are needed, in a copy at the same places as in the original."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...model import CatalogueSource
from ...problems import InputError, Problem
from .addresses import explained, fetch, is_address, size_of, store_of
from .open_source import open_source
from .source import Source

HEAD = 1 << 18
FOOT = 1 << 16
"""Bytes read from the end of a Parquet file; most footers are shorter."""


def open_named(name: str, spec: CatalogueSource, scratch: Path, number: int = 0) -> Source:
    """Open a source by its path or address, without its rows if these can be fetched later.

    `number` tells it from others in the same `scratch`. Raises InputError.
    """
    if not is_address(name):
        return open_source(Path(name), spec, scratch)
    copy = _copy(scratch, number)
    with AddressInMessages(name):
        fetch(name, copy, _first(name))
        return open_source(Path(name), spec, scratch, copy=copy)


def open_part(name: str, spec: CatalogueSource, rows: tuple[int, int] | None, scratch: Path) -> Source:
    """Open the rows of a source between two of its cuts, or all. Raises InputError."""
    source = open_named(name, spec, scratch)
    if rows is None:
        return source
    assert source.part and source.ranges
    if is_address(name):
        fetch(name, _copy(scratch, 0), source.ranges(*rows))
    return source.part(*rows)


def complete(name: str, source: Source, scratch: Path, number: int) -> None:
    """Fetch the rows of a source that `open_named` has opened. Raises InputError."""
    if is_address(name) and source.ranges and source.rows:
        fetch(name, _copy(scratch, number), source.ranges(0, source.rows))


def _copy(scratch: Path, number: int) -> Path:
    return scratch / f"source-{number}"


class AddressInMessages:
    """Name a source in messages by its address, which a path cannot contain."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError):
            path = str(Path(self._address))
            problems = [
                Problem(p.file.replace(path, self._address), p.place, p.what, p.fix) for p in error.problems
            ]
            raise InputError(problems) from None


def _first(address: str) -> list[tuple[int, int]]:
    """Return the ranges of a file that describe its columns: all of it where these depend on the rows."""
    store, path = store_of(address)
    size = size_of(address)
    with explained(address), store.open(path, "rb") as file:
        head = file.read(min(HEAD, size))
        if head.startswith(b"PAR1"):
            file.seek(max(size - 8, 0))
            (footer,) = struct.unpack("<I", file.read(4))
            start = max(size - footer - 8, 0)
            return [(0, len(head)), (start, size - start)]
        if head.startswith(b"SIMPLE"):
            return [(0, len(head)), *_headers(file)]
    return [(0, size)]


def _headers(file: Any) -> Iterator[tuple[int, int]]:
    from astropy.io import fits

    file.seek(0)
    try:
        with fits.open(file, memmap=False, lazy_load_hdus=True) as hdus:
            for hdu in hdus:
                where = hdu.fileinfo()
                yield where["hdrLoc"], where["datLoc"] - where["hdrLoc"]
    except (OSError, ValueError, KeyError, TypeError, fits.VerifyError):
        return  # the reader of the copy says what is wrong
