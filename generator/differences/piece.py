"""A comparison of two catalogues as a piece of a build: what differs, and the rows that do."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import partial
from pathlib import Path

import duckdb

from .. import __version__
from ..checksums import SUMS, Progress
from ..faults import explained
from ..pieces import Piece, digest_of
from .catalogues import Hints, compare_catalogues
from .changed import settings, write_changed
from .model import Catalogue

FORMAT = 4
"""Raised when what is written here changes."""
FOUND = "differences.json"
ROWS = "changed.parquet"
SETTINGS = "changed.json"


def comparison_piece(name: str, before: Path, after: Path, hints: Hints) -> Piece:
    """What differs between the data of two catalogues; its folder has FOUND and, where rows differ, ROWS and
    SETTINGS.
    """
    inputs = {
        "format": f"{__version__} {FORMAT}",
        "rows of the former release": _rows(before),
        "rows": _rows(after),
        "how they are compared": digest_of([hints.name, hints.former, hints.renamed, hints.key, hints.labels]),
    }
    return Piece(name, inputs, partial(_make, before, after, hints))


def found_in(folder: Path) -> Catalogue:
    """What a comparison found, by its folder."""
    return Catalogue.model_validate_json((folder / FOUND).read_text(encoding="utf-8"))


def _rows(data: Path) -> str:
    """The digest of a catalogue's rows and of what describes its columns."""
    lines = (data / SUMS).read_text(encoding="utf-8").splitlines()
    of_title = ("hats.properties", "properties")
    return digest_of([line for line in lines if line.partition("  ")[2] not in of_title])


def _make(before: Path, after: Path, hints: Hints, folder: Path, progress: Progress) -> list[str]:
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
    return []
