"""One way to see every kind of source table: named columns, and their values in Arrow batches."""

from __future__ import annotations

import bz2
import glob
import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

import pyarrow as pa

from ...checksums import Progress, silent
from ...model import CatalogueSource, Release
from ...problems import InputError, Problem
from ..values.fields import Field
from ..values.notes import Notes

HEAD = 1 << 18
"""Bytes looked at to find out the format."""
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
BATCH = 32_768
"""Rows in memory at a time while a source is read."""


@dataclass(frozen=True)
class Source:
    """One source file, opened. `batches` reads it from the start; its columns are `fields`, in order."""

    file: Path
    fields: list[Field]
    rows: int | None
    batches: Callable[[], Iterator[pa.RecordBatch]]
    notes: Notes | None = None
    """What to report of the file, some of it only after it was read."""
    only: Callable[[list[pa.BooleanArray]], Source] | None = None
    """Where values decide the types: the same table as if it held only some rows, marked batch by batch."""
    whole: Source | None = None
    """Where rows were left out in that way: the table with all of them, in as many batches."""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(f.name, f.type) for f in self.fields])


def source_files(spec: CatalogueSource, release: Release) -> list[Path]:
    """The files a catalogue is made from, in the order of their names; none for a simulated one.

    Raises InputError where there is none.
    """
    if spec.source is None:
        return []
    place = f"catalogues[{spec.name}].source"
    path = release.folder / spec.source
    if path.is_file():
        return [_shortest(path)]
    if glob.has_magic(spec.source):
        pattern = Path(spec.source)
        root = Path(pattern.anchor) if pattern.anchor else release.folder
        found = sorted(
            _shortest(p) for p in root.glob(str(pattern.relative_to(pattern.anchor))) if p.is_file()
        )
        if found:
            return found
        raise InputError(
            Problem(
                str(release.file),
                place,
                f"no file matches {spec.source!r}",
                "mend the path, or put the files there",
            )
        )
    what = f"{spec.source!r} is a folder" if path.is_dir() else f"no file {spec.source!r}"
    mend = (
        f"add the files' names, e.g. {spec.source}/*.fits"
        if path.is_dir()
        else "mend the path, or put the file there"
    )
    raise InputError(Problem(str(release.file), place, what, mend))


def _shortest(path: Path) -> Path:
    """The path without `..`, as messages show it, unless a symbolic link makes that another file."""
    short = Path(os.path.normpath(path))
    return short if short.is_file() and short.samefile(path) else path


def open_source(file: Path, spec: CatalogueSource, scratch: Path, progress: Progress = silent) -> Source:
    """Open a FITS, VOTable, ECSV or Parquet file, CSV or another text table; its first bytes show which.

    `scratch` is a folder for what has to be unpacked, `progress` hears how far that is. Raises InputError.
    """
    from . import read_csv, read_ecsv, read_fits, read_parquet, read_text, read_votable
    from .text_kinds import Refused, text_kind

    try:
        with file.open("rb") as stream:
            head = stream.read(6)
        if not head:
            raise InputError(Problem(str(file), "", "is empty", "fetch or write it again"))
        plain = _unpacked(file, head, scratch, progress)
        with plain.open("rb") as stream:
            head = stream.read(HEAD)
        if head.startswith(UTF_16) and not head[2:].lstrip(b"\0").startswith(b"<"):
            plain = _as_utf8(file, plain, scratch)
            with plain.open("rb") as stream:
                head = stream.read(HEAD)
        whole = len(head) < HEAD
    except OSError as error:
        raise InputError(
            Problem(str(file), "", f"cannot be read: {error.strerror or error}", "see its permissions")
        ) from None
    if head.startswith(b"SIMPLE"):
        return read_fits.open_fits(file, plain, spec.hdu)
    if head.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return read_votable.open_votable(file, plain, spec.hdu)  # XML in UTF-16
    if head.startswith(b"PAR1"):
        return read_parquet.open_parquet(file, plain)
    text = head.lstrip(b"\xef\xbb\xbf").lstrip()
    page = re.search(rb"<(!doctype )?html|<body", head[:4096], re.I) and b"VOTABLE" not in head
    if text.startswith(b"<") and not page and (b"VOTABLE" in head or text.startswith(b"<?xml")):
        return read_votable.open_votable(file, plain, spec.hdu)
    if text.startswith(b"# %ECSV"):
        return read_ecsv.open_ecsv(file, plain)
    if other := next((name for start, name in _OTHERS.items() if head.startswith(start)), None):
        raise InputError(Problem(str(file), "", f"is {other}", "convert it to FITS, VOTable, Parquet or CSV"))
    if b"\0" in head:
        advice = "use FITS, VOTable, Parquet, ECSV, CSV or another text table"
        raise InputError(Problem(str(file), "", "is not a table of a known format", advice))
    try:
        lines = _lines(head)
        kind = text_kind(file, lines if whole else lines[:-1] or lines)
    except Refused as refused:
        raise InputError(Problem(str(file), "", refused.what, refused.advice)) from None
    return read_text.open_text(file, plain, kind, scratch) if kind else read_csv.open_csv(file, plain)


def _lines(head: bytes) -> list[str]:
    return head.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _unpacked(file: Path, head: bytes, scratch: Path, progress: Progress) -> Path:
    """The file itself, or what it unpacks to: only a plain file can be mapped into memory in slices."""
    if head.startswith(b"\x1f\x8b"):
        opener: Callable[[IO[bytes]], object] = gzip.open
    elif head.startswith(b"\xfd7zXZ"):
        opener = lzma.open
    elif head.startswith(b"BZh"):
        opener = bz2.open
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        opener = partial(pa.CompressedInputStream, compression="zstd")
    else:
        return file
    plain = scratch / f"unpacked-{sum(1 for _ in scratch.iterdir())}"
    try:
        size = file.stat().st_size
        with file.open("rb") as raw, opener(raw) as packed, plain.open("wb") as out:  # type: ignore[attr-defined]
            while piece := packed.read(1 << 20):
                out.write(piece)
                progress("unpack", min(raw.tell(), size), size)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        mend = "fetch it again and compare its size or checksum with the original"
        raise InputError(Problem(str(file), "", f"is damaged or cut short ({error})", mend)) from None
    return plain


def _as_utf8(file: Path, plain: Path, scratch: Path) -> Path:
    """A text in UTF-16, as Excel writes it, in UTF-8."""
    out = scratch / f"utf8-{sum(1 for _ in scratch.iterdir())}"
    try:
        with (
            plain.open(encoding="utf-16", newline="") as stream,
            out.open("w", encoding="utf-8", newline="") as written,
        ):
            while piece := stream.read(1 << 20):
                written.write(piece)
    except UnicodeError as error:
        what = f"begins as UTF-16 and is none ({getattr(error, 'reason', error)})"
        raise InputError(Problem(str(file), "", what, "save the file as UTF-8")) from None
    return out


def unified(sources: list[Source]) -> list[Field]:
    """The columns of several files of one catalogue, of types wide enough for all.

    Raises InputError where a file's columns are not those of the first.
    """
    first = sources[0]
    fields = {f.name: f for f in first.fields}
    problems: list[Problem] = []
    for source in sources[1:]:
        names = {f.name: f for f in source.fields}
        lacks, has = [n for n in fields if n not in names], [n for n in names if n not in fields]
        if lacks or has:
            what = f"columns differ from those of {first.file.name}:"
            what += f" lacks {', '.join(lacks)}" * bool(lacks) + f" has {', '.join(has)}" * bool(has)
            problems.append(
                Problem(str(source.file), "columns", what, "give every file of a catalogue the same columns")
            )
            continue
        for name, field in names.items():
            mine = fields[name]
            if field.type == mine.type:
                continue
            try:
                both = _wider(mine.type, field.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                what = f"is {field.type}, in {first.file.name} {mine.type}"
                problems.append(
                    Problem(str(source.file), f"column {name}", what, "give it one type in every file")
                )
                continue
            fields[name] = replace(mine, type=both)
    if problems:
        raise InputError(problems)
    return list(fields.values())


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """A type for the values of both."""
    if pa.uint64() in (one, other) and pa.types.is_integer(one) and pa.types.is_integer(other):
        return pa.uint64()  # Arrow says int64, which cannot hold all of it; no text table tells them apart
    schemas = [pa.schema([("x", kind)]) for kind in (one, other)]
    return pa.unify_schemas(schemas, promote_options="permissive").field(0).type


def check_names(file: Path, names: list[str]) -> None:
    """Refuse columns whose names cannot be told apart by SQL, which ignores case, or that have no name."""
    problems = []
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        if not name.strip():
            mend = "give every column a name"
            problems.append(Problem(str(file), f"column {index + 1}", "has no name", mend))
            continue
        other = seen.setdefault(name.lower(), name)
        if names.index(other) != index:
            same = "is there twice" if other == name else f"differs from {other!r} only by case"
            problems.append(
                Problem(
                    str(file), f"column {name}", same, "rename one of the two, SQL cannot tell them apart"
                )
            )
    if not names:
        problems.append(Problem(str(file), "", "has no columns", "use a file with a table in it"))
    if problems:
        raise InputError(problems)
