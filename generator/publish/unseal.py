"""Restore a release from its encrypted edition, byte for byte."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..checksums import digest
from ..files import unsafe
from ..problems import InputError, Problem
from ..report import Report
from .listing import shown
from .place import alone
from .sealed_index import LARGEST_TEXT, Index, Item, Plain, Stored, Twin, gunzip
from .twins import LARGEST, script
from .vault import DAMAGED, INDEX, Cipher, Header, derive, read_piece

WRONG = (
    *(ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error, gzip.BadGzipFile, EOFError),
    *(FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError),
)
"""Errors from an index that the passphrase decrypts but that drportal did not write."""


@dataclass
class Given:
    files: int = 0
    bytes: int = 0


def unseal(edition: Path, out: Path, passphrase: str, report: Report) -> Given:
    """Write the decrypted release into `out`. Raises InputError; `out` then does not exist."""
    header = Header.read(edition)
    out = Path(os.path.abspath(out))  # noqa: PTH100 (a link stays one)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(Problem(str(out), "", "already exists", "name a new folder"))
    key, check = derive(passphrase, header.salt, header.cost)
    if check != header.check:
        fix = "check capitals and spaces, or ask whoever gave you the edition"
        raise InputError(Problem(str(edition), "", "the passphrase is wrong", fix))
    reading = _Reading(edition, header, Cipher(key, header.pieces))
    with alone(out):
        new = out.with_name(f".{out.name}.unsealing")
        shutil.rmtree(new, ignore_errors=True)
        try:
            given = reading.write(new, report)
            with contextlib.suppress(FileNotFoundError):
                out.rmdir()
            new.rename(out)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return given


class _Reading:
    def __init__(self, edition: Path, header: Header, cipher: Cipher) -> None:
        self.edition, self.header = edition, header
        self._piece = lru_cache(4)(lambda n: read_piece(edition, n, cipher, header.piece))
        self._root = read_piece(edition, 0, cipher, None)
        self._end = self._repeated = 0
        """Bytes of the stream, and of twins, that earlier files have used."""

    def write(self, new: Path, report: Report) -> Given:
        report.step(f"decrypting {self.edition}")
        given = Given()
        new.mkdir()
        try:
            index = Index.load(self._root, self._read)
            total = sum(1 for _ in index)
            for wanted in (Stored | Plain, Twin):  # twins repeat files that exist by then
                for item in index:
                    self._refuse(item)
                    if isinstance(item, wanted):
                        given.files += 1
                        given.bytes += self._file(item, new)
                        report.progress("files", given.files, total)
        except WRONG as error:
            file = str(self.edition / INDEX)
            said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) else str(error)
            what = f"was made wrongly: {said[:200]}"
            raise InputError(Problem(file, "", what, "ask whoever made it")) from None
        return given

    def _refuse(self, item: Item) -> None:
        """Refuse entries of a hostile edition: paths outside the folder, and false sizes."""
        for path in [item.path, *([item.source] if isinstance(item, Twin) else [])]:
            if why := unsafe(path):
                raise InputError(
                    Problem(
                        str(self.edition / INDEX), shown(path), f"this name {why}", "do not use this edition"
                    )
                )
        if isinstance(item, Stored) and item.offset + item.bytes > self.header.piece * self.header.pieces:
            raise ValueError(f"{shown(item.path)} lies beyond the end")
        if isinstance(item, Stored) and item.size is not None and max(item.bytes, item.size) > LARGEST_TEXT:
            raise ValueError(f"{shown(item.path)} is too large to be compressed")

    def _account(self, item: Item) -> None:
        """Keep a small edition from filling the disk: no two files, nor two twins, may use the same bytes."""
        if isinstance(item, Stored):
            if item.offset < self._end:
                raise ValueError(f"{shown(item.path)} uses bytes of another file")
            self._end = item.offset + item.bytes
        elif isinstance(item, Twin):
            self._repeated += item.bytes
            if self._repeated > self._end:
                raise ValueError(f"{shown(item.path)} repeats bytes that another twin repeats")

    def _read(self, offset: int, size: int) -> bytes:
        return b"".join(self._blocks(offset, size))

    def _blocks(self, offset: int, size: int) -> Iterator[bytes]:
        end = offset + size
        while offset < end:
            number, at = divmod(offset, self.header.piece)
            if number >= self.header.pieces:
                raise ValueError("an entry lies beyond the end")
            part = self._piece(number + 1)[at : at + end - offset]
            offset += len(part)
            yield part

    def _file(self, item: Item, new: Path) -> int:
        self._account(item)
        target = new / item.path
        target.parent.mkdir(parents=True, exist_ok=True)
        match item:
            case Plain(path, size, sha256):
                source = self.edition / path
                try:
                    ordinary = stat.S_ISREG(source.lstat().st_mode)
                except FileNotFoundError:
                    raise InputError(Problem(str(source), "", "is missing", DAMAGED)) from None
                if not ordinary or source.stat().st_size != size or digest(source) != sha256:
                    raise InputError(Problem(str(source), "", "has changed since it was encrypted", DAMAGED))
                shutil.copyfile(source, target)
                return size
            case Twin(_, _, source_path, offset, size):
                with (new / source_path).open("rb") as stream:
                    stream.seek(offset)
                    data = stream.read(min(size, LARGEST))
                if len(data) != size:
                    raise ValueError(f"{shown(item.path)} repeats a file that does not exist")
                return target.write_bytes(script(item, data))
            case Stored(_, offset, size, None):
                with target.open("xb") as out:
                    for block in self._blocks(offset, size):
                        out.write(block)
                return size
            case Stored(path, offset, packed, unpacked):
                return target.write_bytes(_unpacked(self._read(offset, packed), unpacked or 0, path))


def _unpacked(data: bytes, size: int, path: str) -> bytes:
    """Decompressed text; never more than the declared size."""
    text = gunzip(data, size)
    if len(text) != size:
        raise ValueError(f"{shown(path)} is not as long as it should be")
    return text
