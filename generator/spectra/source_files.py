"""Find the source files of a set of spectra."""

from __future__ import annotations

import glob
import itertools
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from ..model import Release, SpectraSet
from ..problems import InputError, Problem

SUFFIXES = re.compile(r"\.(fits?|fts)(\.[gf]z)?$", re.IGNORECASE)
BATCH = 256


def source_paths(spec: SpectraSet, release: Release) -> Iterator[Path]:
    """Yield every source file of a set, unsorted. Raises InputError if there cannot be any."""
    assert spec.source is not None
    place = f"spectra[{spec.name}].source"
    folder = release.folder / spec.source
    if folder.is_dir():
        walked: set[str] = set()
        for root, folders, files in os.walk(folder, onerror=_refuse, followlinks=True):
            if (real := os.path.realpath(root)) in walked:  # links between disks may form a loop
                folders.clear()
                continue
            walked.add(real)
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in files:
                if SUFFIXES.search(name) and not name.startswith("."):
                    yield Path(root, name)
        return
    if not glob.has_magic(spec.source) and not folder.is_file():
        fix = "correct the path, or put the files there"
        raise InputError(Problem(str(release.file), place, f"no folder {spec.source!r}", fix))
    for found in glob.iglob(str(folder), recursive=True):  # noqa: PTH207 (an absolute pattern)
        if not Path(found).is_dir():
            yield Path(found)


def _refuse(error: OSError) -> None:
    raise InputError(
        Problem(str(error.filename), "", f"cannot be read: {error.strerror}", "check its permissions")
    )


def status_of(file: Path) -> tuple[int, int, int, str | None]:
    """Return size, modification time, inode, and any problem visible without opening the file."""
    try:
        status = file.stat()
    except OSError as error:
        what = "is a link to nowhere" if file.is_symlink() else f"cannot be read: {error.strerror}"
        return 0, 0, 0, what
    problem = None if stat.S_ISREG(status.st_mode) else "is not a plain file"
    return status.st_size, status.st_mtime_ns, status.st_ino, problem


def counted(paths: Iterator[Path], progress: Callable[[str, int, int], None]) -> int:
    """Count files with progress: opening them takes far longer, and its progress needs a total."""
    count = 0
    for batch in batched(paths):
        count += len(batch)
        progress("count", count, 0)
    return count


def batched(paths: Iterator[Path]) -> Iterator[tuple[Path, ...]]:
    while batch := tuple(itertools.islice(paths, BATCH)):
        yield batch
