"""Find the source files of a catalogue, and unpack them."""

from __future__ import annotations

import bz2
import glob
import gzip
import lzma
import os
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

import pyarrow as pa

from ...checksums import Progress
from ...model import CatalogueSource, Release
from ...problems import InputError, Problem


def source_files(spec: CatalogueSource, release: Release) -> list[Path]:
    """Return the source files of a catalogue, sorted by name; none for a simulated one.

    Raises InputError if no file exists.
    """
    return [] if spec.source is None else named_files(spec.source, release, f"catalogues[{spec.name}].source")


def named_files(source: str, release: Release, place: str) -> list[Path]:
    """Return the files of a path or pattern relative to release.toml, sorted by name.

    `place` is where release.toml names them. Raises InputError if no file exists.
    """
    path = release.folder / source
    if path.is_file():
        return [_shortest(path)]
    if glob.has_magic(source):
        pattern = Path(source)
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
                f"no file matches {source!r}",
                "correct the path, or put the files there",
            )
        )
    what = f"{source!r} is a folder" if path.is_dir() else f"no file {source!r}"
    fix = (
        f"add the files' names, e.g. {source}/*.fits"
        if path.is_dir()
        else "correct the path, or put the file there"
    )
    raise InputError(Problem(str(release.file), place, what, fix))


def _shortest(path: Path) -> Path:
    """Return the path without `..`, as shown in messages, unless a symbolic link makes that another file."""
    short = Path(os.path.normpath(path))
    return short if short.is_file() and short.samefile(path) else path


def unpacked(file: Path, there: Path, head: bytes, scratch: Path, progress: Progress) -> Path:
    """Return where the file is, or its unpacked copy: only a plain file can be memory-mapped.

    `file` names it in messages, `there` is its path.
    """
    if head.startswith(b"\x1f\x8b"):
        opener: Callable[[IO[bytes]], object] = gzip.open
    elif head.startswith(b"\xfd7zXZ"):
        opener = lzma.open
    elif head.startswith(b"BZh"):
        opener = bz2.open
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        opener = partial(pa.CompressedInputStream, compression="zstd")
    else:
        return there
    plain = scratch / f"unpacked-{sum(1 for _ in scratch.iterdir())}"
    try:
        size = there.stat().st_size
        with there.open("rb") as raw, opener(raw) as packed, plain.open("wb") as out:  # type: ignore[attr-defined]
            while piece := packed.read(1 << 20):
                out.write(piece)
                progress("unpack", min(raw.tell(), size), size)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        fix = "fetch it again and compare its size or checksum with the original"
        raise InputError(Problem(str(file), "", f"is damaged or cut short ({error})", fix)) from None
    return plain


def as_utf8(file: Path, plain: Path, scratch: Path) -> Path:
    """Convert a text in UTF-16, as written by Excel, to UTF-8."""
    out = scratch / f"utf8-{sum(1 for _ in scratch.iterdir())}"
    try:
        with (
            plain.open(encoding="utf-16", newline="") as stream,
            out.open("w", encoding="utf-8", newline="") as written,
        ):
            while piece := stream.read(1 << 20):
                written.write(piece)
    except UnicodeError as error:
        what = f"begins as UTF-16 but is invalid ({getattr(error, 'reason', error)})"
        raise InputError(Problem(str(file), "", what, "save the file as UTF-8")) from None
    return out
