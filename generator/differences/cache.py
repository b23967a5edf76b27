"""Comparisons, kept between builds and used again while both catalogues and what is declared stay."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import duckdb

from .. import __version__
from ..checksums import SUMS
from ..faults import explained
from ..formats.changes import ComparedCatalogue
from ..kept import Tell, damage_in, digests, sums_file, unsound, write_sums
from .catalogues import Hints, compare_catalogues
from .changed import settings, write_changed
from .rows import Progress

FORMAT = 3
"""Raised when what is written here changes."""
ROWS = "changed.parquet"


def compared(
    before: Path, after: Path, hints: Hints, folder: Path, progress: Progress, tell: Tell
) -> tuple[ComparedCatalogue, Path]:
    """What differs between two catalogues, and a folder of the rows that do (ROWS, a ChangedTable), if any.

    `folder` is the place in the cache for this pair; `tell` hears of damage there. Raises InputError.
    """
    key = _key(before, after, hints)
    kept = folder / key
    if kept.is_dir():
        if not (damaged := unsound(kept, progress)):
            return ComparedCatalogue.read(kept), kept
        tell(damage_in(kept, damaged))
    shutil.rmtree(folder, ignore_errors=True)  # what earlier comparisons left
    folder.mkdir(parents=True)
    scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=folder))
    try:
        found, rows = compare_catalogues(before, after, hints, scratch, progress)
        unfinished = scratch / "kept"
        unfinished.mkdir()
        if rows is not None:
            parts = write_changed(found, rows, hints.labels, unfinished / ROWS, scratch)
            settings(parts, rows.has_position).write(unfinished)
        found.write(unfinished)
        write_sums(sums_file(kept), digests(unfinished, progress))
        unfinished.rename(kept)
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return found, kept


def _key(before: Path, after: Path, hints: Hints) -> str:
    """Everything that decides what a comparison finds."""
    sums = [(f / SUMS).read_text(encoding="utf-8") for f in (before, after)]
    what = [__version__, FORMAT, sums, hints.name, hints.former, hints.renamed, hints.key, hints.labels]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]
