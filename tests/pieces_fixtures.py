"""Single pieces of a build, made in tests as a build makes them."""

from __future__ import annotations

from pathlib import Path

from drportal.differences.hints import Hints
from drportal.differences.piece import Side, comparison_piece
from drportal.formats.changes import ComparedCatalogue
from drportal.ingest.piece import published_digest, rows_piece
from drportal.model import CatalogueSource, Release
from drportal.pieces import Kept, Piece, Store, Workshop
from drportal.problems import InputError


def made(piece: Piece, cache: Path) -> Kept:
    """A piece, made or kept. Raises InputError."""
    with Workshop(Store(cache), 1) as workshop:
        workshop.store.begin()
        asked = workshop.ask(piece.name, lambda: piece)
        workshop.finish()
    if asked.problems:
        raise InputError(asked.problems)
    assert asked.kept
    return asked.kept


def catalogue_data(spec: CatalogueSource, release: Release, cache: Path) -> Path:
    """The data of a catalogue as a build makes them."""
    return made(rows_piece(spec, release, Store(cache).digests), cache).data


def compared(before: Path, after: Path, hints: Hints, cache: Path) -> tuple[ComparedCatalogue, Path]:
    """What differs between two catalogues that have a SHA256SUMS, and the folder of the comparison."""
    old, new = (Side(folder, published_digest(folder)) for folder in (before, after))
    kept = made(comparison_piece("comparison", old, new, hints), cache)
    return ComparedCatalogue.read(kept.folder), kept.folder
