"""The checksums of all files of a cached folder, in a list beside it.

A line is as `sha256sum` writes it, followed by the size, modification time and inode that the file had then.
A file that still has these is taken as unchanged; any other is read. `read_all` reads them all, because a bit
that a disk loses changes neither time nor size.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..checksums import Progress, digest, silent
from ..files import Entry, in_parallel, side_by_side, walk
from .records import MARK, damage, write_lines

LINE = 70 + 4096 + 80
SHA256 = 66
"""Where the path begins in a line of a list."""


@dataclass(frozen=True)
class Fault:
    """A file in a folder that differs from what was written."""

    path: str
    kind: str
    """missing, changed, extra or unreadable"""


def status(file: os.stat_result) -> str:
    """What changes when a file is written to: its size, modification time in ns, and inode."""
    return f"{file.st_size} {file.st_mtime_ns} {file.st_ino}"


def sums_file(folder: Path) -> Path:
    """The file with the checksums of a folder: beside it, so that it does not go into a site."""
    return folder.with_suffix(".sums")


Sum = tuple[str, str]
"""The checksum of a file, and its status at that time."""


def sum_up(folder: Path, known: Mapping[str, Sum] | None = None, progress: Progress = silent) -> None:
    """Write the checksums of all files of a folder; files that still have a `known` status are not read."""
    known = known or {}
    found = [(path, status(entry.stat())) for entry, path in walk(folder)]
    unread = [path for path, now in found if known.get(path, ("", ""))[1] != now]
    read: dict[str, str] = {}
    for sha256 in in_parallel(lambda path: digest(folder / path), unread):
        read[unread[len(read)]] = sha256
        progress("checksums", len(read), len(unread))
    lines = (f"{read.get(path) or known[path][0]}  {path}\t{now}\n".encode() for path, now in found)
    _replace(folder, lines)


def known_sums(file: Path) -> dict[str, Sum]:
    """The checksum and status of each file in a list."""
    return {path: (sha256, known) for path, sha256, known in _lines(file)}


def write_sums(folder: Path, entries: Iterable[Entry]) -> None:
    """Write the checksums of a folder's files, which are ordered by path, beside it."""
    _replace(
        folder, (f"{e.sha256}  {e.path}\t{status((folder / e.path).stat())}\n".encode() for e in entries)
    )


def write_known(folder: Path, sums: Mapping[str, Sum]) -> None:
    """Write the checksums of a folder beside it; `sums` are those of all its files."""
    _replace(folder, (f"{sums[path][0]}  {path}\t{sums[path][1]}\n".encode() for path in sorted(sums)))


def _replace(folder: Path, lines: Iterable[bytes]) -> None:
    unfinished = folder.with_suffix(".sums.part")
    write_lines(unfinished, lines)
    unfinished.replace(sums_file(folder))


def listed(file: Path) -> Iterator[Entry]:
    """The files that a list of checksums names."""
    for path, sha256, known in _lines(file):
        yield Entry(path, int(known.partition(" ")[0] or 0), sha256)


def unsound(folder: Path, progress: Progress = silent, read_all: bool = True) -> list[Fault]:
    """Differences between a folder and its list of checksums, which may name files beside it as `../name`.

    If the list itself is damaged, that is the only fault returned.
    """
    file = sums_file(folder)
    if not folder.is_dir():
        return [Fault("", "missing")]
    if not read_all and _as_listed(folder, file):
        return []
    if not _whole(file):
        return [Fault(f"../{file.name}", "changed")]
    faults: list[Fault] = []
    moved = False

    def doubtful() -> Iterator[tuple[str, str]]:
        """Files to read: path and checksum."""
        nonlocal moved
        total = sum(1 for _ in _lines(file))
        lines = ((Entry(path, 0, sha256), known) for path, sha256, known in _lines(file))
        status_of: dict[str, str] = {}

        def entries() -> Iterator[Entry]:
            for entry, known in lines:
                status_of[entry.path] = known
                yield entry

        files = ((path, found) for found, path in walk(folder))
        for done, (path, entry, found) in enumerate(side_by_side(entries(), files), start=1):
            progress("checksums", done, total)
            if entry is None:
                faults.append(Fault(path, "extra"))
                continue
            known = status_of.pop(path)
            try:
                now = os.lstat(folder / path) if found is None else found.stat(follow_symlinks=False)
            except OSError:
                faults.append(Fault(path, "missing"))
                continue
            same = status(now) == known
            moved = moved or not same
            if read_all or not same:
                yield path, entry.sha256

    def look(doubt: tuple[str, str]) -> Fault | None:
        path, sha256 = doubt
        try:
            same = not (folder / path).is_symlink() and digest(folder / path) == sha256
        except (FileNotFoundError, NotADirectoryError):
            return Fault(path, "missing")
        except OSError:
            return Fault(path, "unreadable")
        return None if same else Fault(path, "changed")

    found = [fault for fault in in_parallel(look, doubtful()) if fault]
    faults = sorted([*faults, *found], key=lambda fault: fault.path)
    if moved and not faults:  # same files, but with another inode or time
        write_sums(folder, listed(file))
    return faults


def _as_listed(folder: Path, file: Path) -> bool:
    """Whether a folder has the files of its list, each with its status, and the list is whole."""
    sha = hashlib.sha256()
    with contextlib.suppress(OSError), file.open("rb") as stream:
        for found, path in walk(folder):
            line = stream.readline(LINE)
            said = f"{path}\t{status(found.stat(follow_symlinks=False))}\n"
            if line[SHA256:] != said.encode("utf-8", "surrogateescape"):
                return False
            sha.update(line)
        return stream.read() == MARK + sha.hexdigest().encode() + b"\n"
    return False


def sound(folder: Path, path: str) -> bool:
    """Whether one file of a folder is as it was written; reads it."""
    try:
        sha256 = digest(folder / path)
        return _whole(sums_file(folder)) and any(
            (e.path, e.sha256) == (path, sha256) for e in listed(sums_file(folder))
        )
    except OSError:
        return False


def damage_in(folder: Path, found: list[Fault]) -> str:
    """The line that reports damage in a folder that is made again."""
    first = os.path.normpath(folder / found[0].path)
    more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
    return damage(Path(first), f"{found[0].kind} since an earlier build wrote it{more}")


def _lines(file: Path) -> Iterator[tuple[str, str, str]]:
    """Path, checksum and former status of each file in a list."""
    with file.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            sha256, _, rest = line.rstrip("\n").partition("  ")
            path, _, known = rest.partition("\t")
            if path and len(sha256) == 64:
                yield path, sha256, known


def _whole(file: Path) -> bool:
    """Whether a list ends with the checksum of the lines before."""
    sha, before = hashlib.sha256(), b""
    with contextlib.suppress(OSError), file.open("rb") as stream:
        while line := stream.readline(LINE):
            sha.update(before)
            before = line
    return before == MARK + sha.hexdigest().encode() + b"\n"
