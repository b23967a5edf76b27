"""Single pieces of a build, made in tests as a build makes them."""

from __future__ import annotations

from pathlib import Path

from drportal.differences.hints import Hints
from drportal.differences.piece import Side, comparison_piece
from drportal.formats.changes import ComparedCatalogue
from drportal.ingest.piece import CatalogueData, CataloguePieces, published_content
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


def catalogue(spec: CatalogueSource, release: Release, cache: Path) -> CatalogueData:
    """The pieces of a catalogue as a build makes them."""
    pieces = CataloguePieces(spec, release, Store(cache))
    rows = made(pieces.rows(), cache)
    statistics = made(pieces.statistics(rows), cache)
    ids, margin = made(pieces.ids(rows, statistics), cache), made(pieces.margin(rows), cache)
    words = made(pieces.words(rows, statistics, ids), cache)
    return CatalogueData(rows, statistics, ids, margin, words)


def catalogue_data(spec: CatalogueSource, release: Release, cache: Path) -> Path:
    """The files of a catalogue that are not script twins, as a build makes them."""
    return catalogue(spec, release, cache).data


def compared(before: Path, after: Path, hints: Hints, cache: Path) -> tuple[ComparedCatalogue, Path]:
    """What differs between two catalogues, and the folder of the comparison."""
    old, new = (Side(folder, published_content(folder)) for folder in (before, after))
    kept = made(comparison_piece("comparison", old, new, hints), cache)
    return ComparedCatalogue.read(kept.folder), kept.folder
