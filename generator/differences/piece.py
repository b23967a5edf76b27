"""A comparison of two catalogues as a piece of a build: what differs, and the rows that do."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from .. import __version__
from ..checksums import Progress
from ..faults import explained
from ..pieces import Lines, Piece, digest_of
from .catalogues import Hints, compare_catalogues
from .changed import settings, write_changed
from .model import Catalogue

FORMAT = 4
"""Raised when what is written here changes."""
FOUND = "differences.json"
ROWS = "changed.parquet"
SETTINGS = "changed.json"


@dataclass(frozen=True)
class Side:
    """A catalogue that is compared."""

    data: Path
    rows: str
    """The digest of its rows."""


def comparison_piece(name: str, before: Side, after: Side, hints: Hints) -> Piece:
    """What differs between two catalogues; its folder has FOUND and, where rows differ, ROWS and SETTINGS."""
    how = [hints.name, hints.former, hints.renamed, hints.key, hints.labels]
    inputs = {
        "format": f"{__version__} {FORMAT}",
        f"rows of {hints.labels[0]}": before.rows,
        f"rows of {hints.labels[1]}": after.rows,
        "how they are compared": digest_of(how)[:16],
    }
    return Piece(name, inputs, partial(_make, before.data, after.data, hints))


def found_in(folder: Path) -> Catalogue:
    """What a comparison found, by its folder."""
    return Catalogue.model_validate_json((folder / FOUND).read_text(encoding="utf-8"))


def _make(before: Path, after: Path, hints: Hints, folder: Path, progress: Progress) -> Lines:
    scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=folder.parent))
    try:
        found, rows = compare_catalogues(before, after, hints, scratch, progress)
        if rows is not None:
            parts = write_changed(found, rows, hints.labels, folder / ROWS, scratch)
            text = json.dumps(settings(parts, rows.has_position), ensure_ascii=False)
            (folder / SETTINGS).write_text(text, encoding="utf-8")
        (folder / FOUND).write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Lines()
