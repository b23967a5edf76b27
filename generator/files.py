"""Files below a folder: their paths and checksums, and parallel work on many of them."""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

THREADS = min(8, os.cpu_count() or 1)
"""Hashing releases the interpreter lock: one thread per processor reads at the speed of the disk."""
T = TypeVar("T")
Found = TypeVar("Found")
R = TypeVar("R")
PLAIN = re.compile(r"[A-Za-z0-9_][\w.=-]{0,127}(/[A-Za-z0-9_][\w.=-]{0,127}){0,15}", re.ASCII)
"""Nearly all paths of a site: there is nothing to doubt in them."""
DRIVE = re.compile(r"[A-Za-z]:")


class Entry(NamedTuple):
    """A file of a release or a portal."""

    path: str
    bytes: int
    sha256: str


def unsafe(path: str) -> str | None:
    """Why a path may lead out of its folder, or mean another file on another system; None if it is safe."""
    if PLAIN.fullmatch(path):
        return None
    if not path or path.startswith("/") or DRIVE.match(path):
        return "is not a relative path"
    if "\\" in path or any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in path):
        return "contains a backslash or a control character"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "contains an empty part, . or .."
    if len(path.encode()) > 4000 or any(len(part.encode()) > 255 for part in parts):
        return "is longer than file systems allow"
    return None


def walk(
    root: Path, folder: str = "", without: frozenset[str] = frozenset()
) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Everything below a folder except folders, ordered by path; symbolic links are not followed.

    Folders whose paths are in `without` are skipped.
    """
    with os.scandir(root / folder if folder else root) as found:
        entries = [(e.name + "/" if e.is_dir(follow_symlinks=False) else e.name, e) for e in found]
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if not name.endswith("/"):
            yield entry, folder + name
        elif (folder + name)[:-1] not in without:
            yield from walk(root, folder + name, without)


def user_cache() -> Path:
    """Where programs keep, for one user, what they can make again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def count_below(root: Path | str) -> int:
    """The number of files below a folder, by a quicker way than `walk`."""
    with os.scandir(root) as found:
        return sum(count_below(e.path) if e.is_dir(follow_symlinks=False) else 1 for e in found)


def files_below(root: Path, without: Collection[str] = ()) -> list[str]:
    """Files that a build reads below a folder, in order; links are followed, `without` left out."""
    found: list[str] = []
    walked: set[str] = set()
    for place, folders, files in os.walk(root, followlinks=True):
        if (real := os.path.realpath(place)) in walked:  # links may lead back
            folders.clear()
            continue
        walked.add(real)
        folders[:] = [f for f in folders if f not in ("__pycache__", "node_modules", *without)]
        found += (f"{place}/{name}" for name in files)
    return sorted(found)


def side_by_side(
    listing: Iterable[Entry], files: Iterator[tuple[str, Found]]
) -> Iterator[tuple[str, Entry | None, Found | None]]:
    """Merge the lines of a checksum list with existing files by path: both are in the same order."""
    end = ("\U0010ffff" * 2, None)
    lines = ((e.path, e) for e in listing)
    line: tuple[str, Entry | None] = next(lines, end)
    file: tuple[str, Found | None] = next(files, end)
    while line is not end or file is not end:
        path = min(line[0], file[0])
        entry = line[1] if line[0] == path else None
        found = file[1] if file[0] == path else None
        yield path, entry, found
        if file[0] == path:
            file = next(files, end)
        if entry:
            line = next(lines, end)


def in_parallel(
    function: Callable[[T], R],
    items: Iterable[T],
    threads: int = THREADS,
    stop: threading.Event | None = None,
    ahead: int | None = None,
) -> Iterator[R]:
    """Results in the order of the items, computing a few of them at a time.

    An item is taken when all but `ahead` of the results before it have been yielded. `stop` is set when this
    ends for any reason, so that long work in progress can be abandoned.
    """
    with ThreadPoolExecutor(threads) as pool:
        waiting = deque()  # type: ignore[var-annotated]
        most = threads * 4 if ahead is None else ahead
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > most:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            if stop:
                stop.set()
            for future in waiting:
                future.cancel()
