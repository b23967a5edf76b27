"""Open a source table of any format, recognized by the first bytes of the file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ... import plugins
from ...checksums import Progress, silent
from ...model import CatalogueSource
from ...problems import InputError, Problem
from .source import Source
from .unpack import as_utf8, unpacked

HEAD = 1 << 18
"""Number of bytes inspected to recognize the format."""
_OTHERS = {
    b"\x89HDF": "an HDF5 file",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"ARROW1": "an Arrow (Feather) file",
    b"ORC": "an ORC file",
    b"\x93NUMPY": "a NumPy array",
    b"SQLite format 3": "an SQLite database",
    b"#ASDF": "an ASDF file",
    b"CDF\x01": "a NetCDF file",
    b"\x1f\x9d": "packed by compress (.Z)",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x04\x22\x4d\x18": "packed by lz4",
    b"Rar!": "a RAR archive",
}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def open_source(
    file: Path,
    spec: CatalogueSource,
    scratch: Path,
    progress: Progress = silent,
    copy: Path | None = None,
) -> Source:
    """Open a FITS, VOTable, ECSV or Parquet file, CSV or another text table, recognized by its first bytes.

    `scratch` is a folder for unpacked files, `progress` reports their bytes. `copy` has the bytes of a file
    that is elsewhere. Raises InputError.
    """
    plain, head = _readable(file, copy or file, scratch, progress)
    source = _opened(file, plain, head, spec, scratch)
    # Reading a part of a packed file means unpacking all of it.
    return source if plain == (copy or file) else replace(source, cuts=(), part=None, ranges=None)


def _opened(file: Path, plain: Path, head: bytes, spec: CatalogueSource, scratch: Path) -> Source:
    from . import read_csv, read_ecsv, read_fits, read_parquet, read_text, read_votable
    from .text_kinds import Refused, text_kind

    if (found := _of_plugin(file, plain, head)) is not None:
        return found
    if head.startswith(b"SIMPLE"):
        return read_fits.open_fits(file, plain, spec.hdu)
    if _is_votable(head):
        return read_votable.open_votable(file, plain, spec.hdu)
    if head.startswith(b"PAR1"):
        return read_parquet.open_parquet(file, plain)
    if head.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"# %ECSV"):
        return read_ecsv.open_ecsv(file, plain)
    _refuse_others(file, head)
    try:
        lines = _lines(head)
        kind = text_kind(file, lines if len(head) < HEAD else lines[:-1] or lines)
    except Refused as refused:
        raise InputError(Problem(str(file), "", refused.what, refused.advice)) from None
    return read_text.open_text(file, plain, kind, scratch) if kind else read_csv.open_csv(file, plain)


def _of_plugin(file: Path, plain: Path, head: bytes) -> Source | None:
    """The table as the first plugin that knows its format opens it. Raises InputError."""
    for plugin, open_table in plugins.with_hook(plugins.OPEN):
        try:
            table = open_table(plain, head)
        except Exception as error:
            raise plugin.failed(plugins.OPEN, error) from None
        if table is not None:
            from .plugged import source_of

            return source_of(file, table, plugin)
    return None


def _readable(file: Path, there: Path, scratch: Path, progress: Progress) -> tuple[Path, bytes]:
    """Return the file, which is `there`, unpacked if compressed and converted from UTF-16 to UTF-8, and its
    first bytes.
    """
    try:
        start = _head(there, 6)
        if not start:
            raise InputError(Problem(str(file), "", "is empty", "fetch or write it again"))
        plain = unpacked(file, there, start, scratch, progress)
        head = _head(plain)
        if head.startswith(UTF_16) and not head[2:].lstrip(b"\0").startswith(b"<"):
            plain = as_utf8(file, plain, scratch)
            head = _head(plain)
    except OSError as error:
        raise InputError(
            Problem(str(file), "", f"cannot be read: {error.strerror or error}", "see its permissions")
        ) from None
    return plain, head


def _head(file: Path, size: int = HEAD) -> bytes:
    with file.open("rb") as stream:
        return stream.read(size)


def _is_votable(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return True  # XML in UTF-16
    text = head.lstrip(b"\xef\xbb\xbf").lstrip()
    page = re.search(rb"<(!doctype )?html|<body", head[:4096], re.I) and b"VOTABLE" not in head
    return text.startswith(b"<") and not page and (b"VOTABLE" in head or text.startswith(b"<?xml"))


def _refuse_others(file: Path, head: bytes) -> None:
    """Raises InputError for a file that is neither text nor a supported format."""
    if other := next((name for start, name in _OTHERS.items() if head.startswith(start)), None):
        raise InputError(Problem(str(file), "", f"is {other}", "convert it to FITS, VOTable, Parquet or CSV"))
    if b"\0" in head:
        advice = "use FITS, VOTable, Parquet, ECSV, CSV or another text table"
        raise InputError(Problem(str(file), "", "is not a table of a known format", advice))


def _lines(head: bytes) -> list[str]:
    return head.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
