"""Encrypt a release: its pages and data become pieces of equal size, its code and theme stay readable.

The stream of secret bytes is read twice: first to compute its digest, which together with the passphrase
determines the salt, then to encrypt it. Therefore no key is used for two contents, and the same content gives
the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..checksums import digest
from ..files import in_parallel, unsafe, walk
from ..formats.sealed import SEALED_FORMAT
from ..problems import InputError, Problem
from ..report import Report
from .listing import MANIFEST, Head, shown
from .manifest import files_of, write_manifest
from .minisign import SigningKey
from .place import alone, place, recover
from .sealed_index import LARGEST_TEXT, Index, IndexWriter, Item, Plain, Stored
from .shells import Shells, is_page
from .twins import Twins
from .vault import COST, HEADER, PIECE, Cipher, Header, derive, piece_path, piece_script, salt_for
from .verify import verify

TEXT = {
    ".html",
    ".js",
    ".json",
    ".svg",
    ".txt",
    ".md",
    ".csv",
    ".xml",
    ".vot",
    ".yaml",
    ".css",
    ".cff",
    ".bib",
}
"""Files that are compressed unless longer than LARGEST_TEXT, as they are compressed in memory."""
BLOCK = 1 << 20
NAMED = 3
"""Number of faults of a release that are named."""
HEAD = Head("sealed", "encrypted edition", ())


def seal(release: Path, out: Path, passphrase: str, report: Report, key: SigningKey | None = None) -> Header:
    """Write an encrypted edition of a release into `out`. Raises InputError; `out` is then unchanged."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 (a link stays one)
    _refuse(release, out)
    with alone(out):
        recover(out)
        new = out.with_name(f".{out.name}.sealing")
        shutil.rmtree(new, ignore_errors=True)
        try:
            _refuse_damaged(release, report)
            header = _Sealing(release, new, report).run(passphrase)
            report.step(f"checksums of {out.name}")
            write_manifest(new, HEAD, key=key, more=files_of(new, report.progress, key))
            place(new, out)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return header


def _refuse(release: Path, out: Path) -> None:
    for name in (MANIFEST, "index.html", "assets"):
        if not (release / name).exists():
            fix = "name the folder of a built release, such as build/site/dr1/v1.0, or its id"
            raise InputError(Problem(str(release), "", f"is not a built release: it has no {name}", fix))
    if (release / HEADER).exists():
        raise InputError(Problem(str(release), "", "is encrypted already", "name the plain release"))
    within = out == release.resolve() or release.resolve() in out.resolve().parents
    if within or out.resolve() in release.resolve().parents:
        raise InputError(Problem(str(out), "", "and the release contain each other", "name another folder"))
    if out.exists() and not (out / HEADER).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(Problem(str(out), "", "contains something else", "name a new folder"))


def _refuse_damaged(release: Path, report: Report) -> None:
    """Raise InputError for a damaged release, as the edition gets a new signature."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="drportal-") as state:
        verify(str(release), report, faults.append, state=Path(state) / "position")
    if faults:
        what = f"differs from what was published: {'; '.join(faults[:NAMED])}"
        raise InputError(Problem(str(release), "", what, "build it again, or replace it by an intact copy"))


class _Sealing:
    def __init__(self, release: Path, new: Path, report: Report) -> None:
        self.release, self.new, self.report = release, new, report
        self.shells = Shells(release)
        self.index = IndexWriter()
        self.end = 0
        """Length of the stream so far, in bytes."""

    def run(self, passphrase: str) -> Header:
        self.report.step(f"reading {self.release}")
        content = hashlib.sha256()
        for block in self._first():
            content.update(block)
        root = self.index.root(self.end, self.shells.names)
        for block in self._pages():
            content.update(block)
            self.end += len(block)
        pieces = -(-self.end // PIECE)
        facts = json.dumps(
            [SEALED_FORMAT, COST, PIECE, pieces, hashlib.sha256(root).hexdigest(), content.hexdigest()]
        )
        salt = salt_for(passphrase, hashlib.sha256(facts.encode()).digest(), COST)
        secret, check = derive(passphrase, salt, COST)
        header = Header(COST, salt, check, PIECE, pieces)
        self.report.step(f"encrypting {self.release}")
        self._write(Cipher(secret, pieces), root, pieces, content.digest())
        (self.new / HEADER).write_bytes(header.script())
        self.shells.write(self.new)
        return header

    def _first(self) -> Iterator[bytes]:
        """The bytes of the stream; also builds its index and sets public files aside."""
        twins = Twins(self.release)
        total, done = sum(entry.stat(follow_symlinks=False).st_size for entry, _ in walk(self.release)), 0
        for entry, path in walk(self.release):
            file = Path(entry.path)
            self.report.progress("read", done, total)
            done += entry.stat(follow_symlinks=False).st_size
            if not entry.is_file(follow_symlinks=False):
                raise InputError(Problem(str(file), "", "is not a regular file", "put the file itself there"))
            if why := unsafe(path):
                raise InputError(Problem(shown(path), "", f"this name {why}", "give it another name"))
            if self.shells.public(path, file):
                self.index.add(Plain(path, entry.stat().st_size, digest(file)))
                continue
            if twin := twins.of(path, file):
                self.index.add(twin)
                continue
            size = entry.stat().st_size
            packed = None
            if file.suffix in TEXT and size <= LARGEST_TEXT:
                text = file.read_bytes()
                if is_page(path, text):
                    self.shells.add(path, text)
                packed = _packed(text)
            if packed is not None and len(packed) < size:
                item: Item = Stored(path, self.end, len(packed), size)
            else:
                item = Stored(path, self.end, size)
            self.index.add(item)
            self.end += item.bytes
            yield from [packed] if packed is not None and len(packed) < size else _blocks(file, size)

    def _pages(self) -> Iterator[bytes]:
        """The pages of the index, which are at the end of the stream."""
        for _, offset, size in self.index.pages:
            self.index.spool.seek(offset)
            yield self.index.spool.read(size)

    def _again(self, content: bytes) -> Iterator[bytes]:
        """The stream again, read by means of its index. Raises InputError if it has changed."""
        found = hashlib.sha256()

        def spooled(offset: int, size: int) -> bytes:
            self.index.spool.seek(offset)
            return self.index.spool.read(size)

        for item in Index(self.index.pages, {}, spooled):
            match item:
                case Stored(path, offset, _, None):
                    blocks: Iterator[bytes] = _blocks(self.release / path, item.bytes)
                case Stored(path, offset, _, _):
                    blocks = iter([_packed((self.release / path).read_bytes())])
                case _:
                    continue
            for block in blocks:
                found.update(block)
                yield block
            self.report.progress("bytes", offset, self.end)
        for block in self._pages():
            found.update(block)
            yield block
        if found.digest() != content:
            raise _changed(self.release)

    def _write(self, cipher: Cipher, root: bytes, pieces: int, content: bytes) -> None:
        for folder in range(pieces // 1000 + 1):
            (self.new / piece_path(max(folder * 1000, 1))).parent.mkdir(parents=True)

        def write(numbered: tuple[int, bytes]) -> None:
            number, plain = numbered
            if number > pieces:
                raise _changed(self.release)
            (self.new / piece_path(number)).write_bytes(piece_script(number, cipher.seal(number, plain)))

        for _ in in_parallel(write, enumerate(_cut(self._again(content)), start=1)):
            pass
        write((0, root))


def _cut(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of equal size; the last is padded with zeros."""
    buffer = bytearray()
    for block in itertools.chain(blocks, [None]):
        if block is not None:
            buffer += block
        elif buffer:
            buffer += bytes(-len(buffer) % PIECE)
        at = 0
        while len(buffer) - at >= PIECE:
            yield bytes(buffer[at : at + PIECE])
            at += PIECE
        del buffer[:at]


def _packed(text: bytes) -> bytes:
    return gzip.compress(text, 6, mtime=0)


def _blocks(file: Path, size: int) -> Iterator[bytes]:
    """A file in blocks. Raises InputError if its length is not `size`."""
    left = size
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                break
            yield block
    if left:
        raise _changed(file)


def _changed(what: Path) -> InputError:
    return InputError(Problem(str(what), "", "changed while it was encrypted", "run the command again"))
