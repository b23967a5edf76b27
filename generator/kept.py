"""Proof that what is kept between builds is as it was written: checksums that end with one of themselves.

Disks and memory lose a bit now and then without a word. What a build takes from its cache is compared with
these before anything is published or signed over it; what differs is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .checksums import Progress, digest, silent
from .files import Entry, in_parallel, side_by_side, walk
from .problems import Problem

MARK = b"# sha256 "
"""Begins the last line of a list or a record: the checksum of all lines before it."""
LINE = 70 + 4096
Tell = Callable[[str], None]


class Damaged(Exception):
    """A record that is not as it was written."""


@dataclass(frozen=True)
class Fault:
    """A file in a folder that is not as it was written."""

    path: str
    kind: str
    """missing, changed, extra or unreadable"""


def sums_file(folder: Path) -> Path:
    """Where the checksums of every file of a folder are kept: beside it, as no part of a site."""
    return folder.with_suffix(".sums")


def digests(folder: Path, progress: Progress = silent) -> Iterator[Entry]:
    """Every file below a folder, with its checksum, in the order of their paths."""
    total = sum(1 for _ in walk(folder))

    def look(found: tuple[Path, str]) -> Entry:
        file, path = found
        return Entry(path, file.stat().st_size, digest(file))

    files = ((Path(entry.path), path) for entry, path in walk(folder))
    for done, entry in enumerate(in_parallel(look, files), start=1):
        progress("checksums", done, total)
        yield entry


def write_sums(file: Path, entries: Iterable[Entry]) -> None:
    """Write checksums, one file a line as `sha256sum` does, in the order of the paths."""
    _write(file, (f"{entry.sha256}  {entry.path}\n".encode() for entry in entries))


def unsound(folder: Path, progress: Progress = silent) -> list[Fault]:
    """What in a folder is not as its list of checksums says; the list may name files beside it as `../name`.

    A list that cannot be believed is the only fault that is named.
    """
    file = sums_file(folder)
    if not folder.is_dir():
        return [Fault("", "missing")]
    if not _whole(file):
        return [Fault(f"../{file.name}", "changed")]

    def look(pair: tuple[str, Entry | None, Path | None]) -> Fault | None:
        path, entry, found = pair
        if entry is None:
            return Fault(path, "extra")
        found = found or folder / path
        try:
            same = not found.is_symlink() and digest(found) == entry.sha256
        except (FileNotFoundError, NotADirectoryError):
            return Fault(path, "missing")
        except OSError:
            return Fault(path, "unreadable")
        return None if same else Fault(path, "changed")

    files = ((path, Path(found.path)) for found, path in walk(folder))
    total = sum(1 for _ in listed(file))
    faults = []
    for done, fault in enumerate(in_parallel(look, side_by_side(listed(file), files)), start=1):
        progress("checksums", done, total)
        faults += [fault] if fault else []
    return faults


def sound(folder: Path, path: str) -> bool:
    """Whether one file of a folder is as it was written."""
    try:
        sha256 = digest(folder / path)
        return _whole(sums_file(folder)) and any(
            (e.path, e.sha256) == (path, sha256) for e in listed(sums_file(folder))
        )
    except OSError:
        return False


def damage_in(folder: Path, found: list[Fault]) -> str:
    """The line about damage in a folder that is made anew."""
    first = os.path.normpath(folder / found[0].path)
    more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
    return damage(Path(first), f"{found[0].kind} since an earlier build wrote it{more}")


def damage(file: Path, what: str = "changed since an earlier build wrote it") -> str:
    """The line about a damaged piece."""
    return str(
        Problem(str(file), "", what, "made anew; if this comes again, look at the disk and the memory")
    )


def write_record(file: Path, text: str) -> None:
    """Write a small text so that damage to it shows. It is never half there."""
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.unlink(missing_ok=True)
    _write(unfinished, [line.encode() for line in f"{text}\n".splitlines(True)])
    unfinished.replace(file)


def read_record(file: Path) -> str | None:
    """The text of a record; None where there is none. Raises Damaged."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(error.strerror) from None
    text, mark, last = content.rpartition(MARK)
    if not mark or last != f"{hashlib.sha256(text).hexdigest()}\n".encode():
        raise Damaged
    return text.decode()[:-1]


def _write(file: Path, lines: Iterable[bytes]) -> None:
    sha = hashlib.sha256()
    with file.open("wb") as stream:
        for line in lines:
            sha.update(line)
            stream.write(line)
        stream.write(MARK + sha.hexdigest().encode() + b"\n")


def _whole(file: Path) -> bool:
    """Whether a list ends with the checksum of what stands before."""
    sha, before = hashlib.sha256(), b""
    with contextlib.suppress(OSError), file.open("rb") as stream:
        while line := stream.readline(LINE):
            sha.update(before)
            before = line
    return before == MARK + sha.hexdigest().encode() + b"\n"


def listed(file: Path) -> Iterator[Entry]:
    """The lines of checksums in a file."""
    with file.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            sha256, _, path = line.rstrip("\n").partition("  ")
            if path:
                yield Entry(path, 0, sha256)
