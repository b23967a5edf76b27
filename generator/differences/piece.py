"""A comparison of two catalogues as a piece of a build: the differences and the changed rows."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import __version__
from ..checksums import Progress
from ..pieces import Lines, Piece, digest_of
from .hints import ROWS, Hints

FORMAT = 5
"""Increase it when the output of a comparison changes."""


@dataclass(frozen=True)
class Side:
    """A catalogue to compare."""

    data: Path
    content: str
    """The digest of its rows and statistics."""


def comparison_piece(name: str, before: Side, after: Side, hints: Hints) -> Piece:
    """Return the piece of a comparison; its folder contains the result and, if rows differ, ROWS and a
    ChangedTable. Descriptions that do not affect it are not inputs (see decided.py).

    Raises InputError.
    """
    from .decided import decided_by_words

    how = [hints.name, hints.former, hints.renamed, hints.key, hints.labels]
    inputs = {
        "format": f"{__version__} {FORMAT}",
        f"rows of {hints.labels[0]}": before.content,
        f"rows of {hints.labels[1]}": after.content,
        "how they are compared": digest_of(how)[:16],
    }
    inputs |= decided_by_words(before.data, after.data, hints)
    return Piece(name, inputs, partial(_make, before.data, after.data, hints))


def _make(before: Path, after: Path, hints: Hints, folder: Path, progress: Progress) -> Lines:
    import duckdb  # these imports take a second, and a piece that is up to date needs none of them

    from ..faults import explained
    from .catalogues import compare_catalogues
    from .changed import settings, write_changed
    from .decided import without_words

    scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=folder.parent))
    try:
        found, rows = compare_catalogues(before, after, hints, scratch, progress)
        if rows is not None:
            parts = write_changed(found, rows, hints.labels, folder / ROWS, scratch)
            settings(parts, rows.has_position).write(folder)
        without_words(found).write(folder)
    except (OSError, duckdb.Error) as error:
        raise explained(error, folder) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Lines()
