"""Write manifest.json and SHA256SUMS: every file of a release, or of a portal, with its size and SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..checksums import SUMS, Progress, digest
from ..files import Entry, in_parallel, side_by_side, unsafe, walk
from ..problems import InputError, Problem
from .listing import MANIFEST, PUBLIC_KEY, SIGNATURE, Head, entry_line, head_line, reserved, tail_line
from .minisign import SigningKey


@dataclass(frozen=True)
class Known:
    """Checksums computed earlier: lines as `sha256sum` writes them, for files below `folder`."""

    folder: str
    sums: Path
    inside: str = ""
    """Folder that prefixes the paths in the list."""


@dataclass(frozen=True)
class Former:
    """Files published earlier that stay: they are read, and the manifest keeps their published checksums.

    Damage is therefore never signed; it is passed to `report`.
    """

    entries: Callable[[], Iterator[Entry]]
    """Ordered by path."""
    report: Callable[[str, str], None]
    """Called with a path and a fault: changed or missing."""


_Item = tuple[os.DirEntry[str] | None, str, str | None, Entry | None]
"""A file, its path, its checksum where that is known, and what a former manifest says of it."""


def write_manifest(
    root: Path,
    head: Head,
    known: Iterable[Known] = (),
    key: SigningKey | None = None,
    more: Callable[[], None] = lambda: None,
    former: Former | None = None,
) -> None:
    """Write manifest.json and SHA256SUMS of all files below `root`, and a signature if there is a key.

    `more` is called for each file. The same files give the same bytes. Raises InputError for a name that
    other systems cannot store.
    """
    for name in (MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY):  # never write into what may be a hard link
        (root / name).unlink(missing_ok=True)
    if key:
        (root / PUBLIC_KEY).write_text(key.public.text(), encoding="utf-8", newline="\n")
    count = total = 0
    own: int | None = None
    with (root / MANIFEST).open("wb") as manifest, (root / SUMS).open("wb") as sums:
        sha = hashlib.sha256()

        def say(text: str) -> None:
            content = text.encode()
            manifest.write(content)
            sha.update(content)

        say(head_line(head))
        for entry in entries(root, known, former=former):
            if own is None and entry.path > MANIFEST:
                own = sums.tell()
                sums.write(_sum_line("0" * 64, MANIFEST))
            sums.write(_sum_line(entry.sha256, entry.path))
            say(entry_line(entry, first=count == 0))
            count, total = count + 1, total + entry.bytes
            more()
        say(tail_line(count, total))
        # The manifest has its place among the files, which is passed before its checksum is known.
        if own is not None:
            sums.seek(own)
        sums.write(_sum_line(sha.hexdigest(), MANIFEST))
    if key:
        (root / SIGNATURE).write_text(key.sign(root / MANIFEST, f"drportal manifest of {head.label}"))


def files_of(root: Path, progress: Progress, key: SigningKey | None) -> Callable[[], None]:
    """A function to call for each file written to a manifest; it passes the count to `progress`."""
    total = sum(1 for _, path in walk(root) if not reserved(path) and path != PUBLIC_KEY) + bool(key)
    done = itertools.count(1)
    return lambda: progress("files", next(done), total)


def entries(
    root: Path, known: Iterable[Known], leave_out: Sequence[str] = (), former: Former | None = None
) -> Iterator[Entry]:
    """Every file below a folder, in order; files with a known checksum are not read."""

    def hashed(item: _Item) -> tuple[Entry, str]:
        entry, path, sha256, was = item
        if was is None:
            assert entry is not None
            return Entry(path, entry.stat().st_size, sha256 or digest(Path(entry.path))), ""
        if entry is None:
            return was, "missing"
        return was, "" if digest(Path(entry.path)) == was.sha256 else "changed"

    with contextlib.ExitStack() as stack:
        cursors: dict[str, list[Cursor]] = {}
        for cursor in (stack.enter_context(contextlib.closing(Cursor(k))) for k in known):
            cursors.setdefault(cursor.prefix, []).append(cursor)
        found = ((path, entry) for entry, path in _files(root) if path not in leave_out)
        merged = side_by_side(former.entries(), found) if former else ((p, None, e) for p, e in found)
        files = ((entry, path, None if was else _known(cursors, path), was) for path, was, entry in merged)
        for is_known, some in itertools.groupby(files, lambda item: item[2] is not None):
            for one, fault in map(hashed, some) if is_known else in_parallel(hashed, some):
                if fault and former:
                    former.report(one.path, fault)
                yield one


def sums_lines(manifest: Path, entries: Iterable[Entry]) -> Iterator[bytes]:
    """SHA256SUMS as it follows from a manifest: its files, and the manifest itself, in order."""
    own = _sum_line(digest(manifest), MANIFEST)
    written = False
    for entry in entries:
        if not written and entry.path > MANIFEST:
            written = True
            yield own
        yield _sum_line(entry.sha256, entry.path)
    if not written:
        yield own


def _sum_line(sha256: str, path: str) -> bytes:
    return f"{sha256}  {path}\n".encode()


def sums_agree(manifest: Path, entries: Iterable[Entry]) -> bool:
    """Whether the SHA256SUMS next to a manifest agrees with it."""
    expected = hashlib.sha256()
    for line in sums_lines(manifest, entries):
        expected.update(line)
    return digest(manifest.with_name(SUMS)) == expected.hexdigest()


def _files(root: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    for entry, path in walk(root):
        if reserved(path):
            continue
        if not entry.is_file(follow_symlinks=False):
            raise InputError(Problem(entry.path, "", "is not a regular file", "put the file itself there"))
        if why := unsafe(path):
            raise InputError(Problem(repr(path), "", f"this name {why}", "give the file another name"))
        yield entry, path


class Cursor:
    """Looks up checksums in order without loading the list; lines out of order are skipped."""

    def __init__(self, known: Known) -> None:
        self.prefix = f"{known.folder}/" if known.folder else ""
        self._inside = f"{known.inside}/" if known.inside else ""
        self._stream = known.sums.open(encoding="utf-8", newline="\n")
        self._now = ("", "")

    def get(self, path: str) -> str | None:
        if not path.startswith(self.prefix):
            return None
        wanted = self._inside + path[len(self.prefix) :]
        while self._now[0] < wanted:
            line = self._stream.readline()
            if not line:
                return None
            sha256, _, name = line.rstrip("\n").partition("  ")
            if len(sha256) == 64 and sha256.isalnum():
                self._now = (name.partition("\t")[0], sha256)
        return self._now[1] if self._now[0] == wanted else None

    def close(self) -> None:
        self._stream.close()


def _known(cursors: Mapping[str, Sequence[Cursor]], path: str) -> str | None:
    """The checksum of a file, if the list of a folder that contains it has one."""
    end = 0
    while True:
        for cursor in cursors.get(path[:end], ()):
            if sha256 := cursor.get(path):
                return sha256
        if not (end := path.find("/", end) + 1):
            return None
