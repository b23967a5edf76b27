"""Read an image of a disc as a copy to be verified, without mounting it."""

from __future__ import annotations

import hashlib
import shutil
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pycdlib
from pycdlib.pycdlibexception import PyCdlibException

from ..checksums import SUMS
from ..problems import InputError, Problem
from .listing import MANIFEST, PARTIAL, PUBLIC_KEY, SIGNATURE

BLOCK = 1 << 20
DEEPEST = 64
MOST_FILES = 5_000_000
LARGEST_TOLD = 8 << 30
SYSTEM_AREA = 16 * 2048
MARKS = {b"CD001", b"BEA01", b"NSR02", b"NSR03"}
MEND = "name the image of a disc that holds a release or a portal"

_DAMAGED = (
    struct.error, ValueError, LookupError, AttributeError, TypeError, ArithmeticError, AssertionError,
    RecursionError, MemoryError, EOFError,
)  # fmt: skip
"""What a damaged image makes the library raise, beside its own errors."""


def is_image(file: Path) -> bool:
    """Whether a file, or a drive, begins as ISO 9660 or UDF do."""
    try:
        if file.is_dir():
            return False
        with file.open("rb") as stream:
            stream.seek(SYSTEM_AREA)
            return stream.read(2048)[1:6] in MARKS
    except OSError:
        return False


def _cut_off(file: Path) -> str | None:
    """What is wrong where an image of ISO 9660 is shorter than it says itself."""
    try:
        with file.open("rb") as stream:
            stream.seek(SYSTEM_AREA)
            head = stream.read(2048)
            have = stream.seek(0, 2)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if head[1:6] != b"CD001" or len(head) < 2048:
        return None
    said = struct.unpack_from("<I", head, 80)[0] * struct.unpack_from("<H", head, 128)[0]
    return f"is cut off: it has {have:,} of {said:,} bytes" if have < said else None


class DiscImage:
    """The files of an image, by their names in UDF, else in Rock Ridge, else in Joliet. Raises InputError."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._lock = threading.Lock()
        """The library has one position in the image for all."""
        self._iso = pycdlib.PyCdlib()
        if short := _cut_off(Path(where)):
            raise self._refused(short)
        try:
            self._iso.open(where)
        except (PyCdlibException, OSError, *_DAMAGED) as error:
            raise self._refused(f"cannot be read as the image of a disc: {error}") from None
        self._kind = self._names()
        self._sizes: dict[str, int] = {}
        try:
            for path, size in self._walk():
                self._sizes[path] = size
                if len(self._sizes) > MOST_FILES:
                    raise self._refused("has more files than a disc")
        except (PyCdlibException, OSError, *_DAMAGED) as error:
            raise self._refused(f"has a folder that cannot be read: {error}") from None
        if MANIFEST not in self._sizes:
            raise self._refused(f"holds no {MANIFEST}")

    def files(self) -> Iterator[tuple[str, int]]:
        """Path and size of every file, in order."""
        return iter(sorted(self._sizes.items()))

    def told(self, folder: Path) -> None:
        """Bring what tells of the files into a folder: manifest, signature, key."""
        for name in (MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY, PARTIAL):
            self.save(name, folder / name)

    def save(self, path: str, target: Path) -> bool:
        """Bring one file out of the image, if it is there."""
        size = self._sizes.get(path)
        if size is None:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        if size > min(LARGEST_TOLD, shutil.disk_usage(target.parent).free):
            raise self._refused(f"has a {path} of {size:,} bytes")
        try:
            with target.open("wb") as stream:
                for block in self.read(path):
                    stream.write(block)
        except OSError as error:
            raise self._refused(f"has a {path} that cannot be read: {error.strerror}") from None
        return True

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of a file. Raises OSError where the image ends before it does."""
        left = self._sizes[path]
        try:
            with self._lock:
                stream = self._iso.open_file_from_iso(**{self._kind: f"/{path}"})
                stream.__enter__()
            while left > 0:
                with self._lock:
                    block = stream.read(min(BLOCK, left))
                if not block:
                    raise OSError(None, "the image ends before the file does")
                left -= len(block)
                yield block
        except (PyCdlibException, *_DAMAGED) as error:
            raise OSError(None, str(error)) from None

    def digest(self, path: str, more: Callable[[int], None]) -> str:
        sha = hashlib.sha256()
        for block in self.read(path):
            sha.update(block)
            more(len(block))
        return sha.hexdigest()

    def _names(self) -> str:
        if self._iso.has_udf():
            return "udf_path"
        if self._iso.has_rock_ridge():
            return "rr_path"
        if self._iso.has_joliet():
            return "joliet_path"
        return "iso_path"

    def _walk(self, folder: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
        if depth > DEEPEST:
            raise self._refused("has folders in folders without end")
        for child in self._iso.list_children(**{self._kind: folder or "/"}):
            if child is None or child.is_dot() or child.is_dotdot():
                continue
            name = self._name(child)
            if not name or "/" in name:
                raise self._refused(f"has a file of the name {name!r}")
            path = f"{folder}/{name}"
            if child.is_dir():
                yield from self._walk(path, depth + 1)
            else:
                yield path[1:], int(child.get_data_length())

    def _name(self, child: Any) -> str:
        if self._kind == "rr_path":
            return str(child.rock_ridge.name().decode("utf-8", "replace"))
        if self._kind == "udf_path":
            return str(child.file_ident.fi.decode(child.file_ident.encoding, "replace"))
        encoding = "utf-16_be" if self._kind == "joliet_path" else "utf-8"
        return str(child.file_identifier().decode(encoding, "replace")).split(";")[0]

    def _refused(self, what: str) -> InputError:
        return InputError(Problem(self.where, "", " ".join(what.split()), MEND))
