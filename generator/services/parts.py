"""The files of a catalogue by their places on the sky, and the tiles of its ids: a condition on a position or
an id needs few files, and DuckDB looks into each file that it is given.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..formats import Catalogue, IdIndexFile
from ..ingest.values.sql_text import literal

Ranges = Sequence[tuple[int, int]]
"""Pixels of order 29, last inclusive."""
FINER = 10
"""Bits of a pixel of order 29 beyond those of order 24."""
TILES = 32
"""Tiles of an id, at most: one that more have is found faster by reading all."""
KEPT = 16
"""Files of ids in memory: some megabytes each."""


@dataclass(frozen=True)
class Parts:
    """The files of a table."""

    select: str
    """The statement on them (`{source}`) that is its view."""
    files: tuple[str, ...]
    """As DuckDB opens them."""
    places: tuple[tuple[int, int], ...]
    """The pixels of each."""
    ids: Ids | None = None

    def among(self, ranges: Ranges) -> str | None:
        """The table with the rows of the files that have some of the pixels; None if these are most files."""
        found = [
            file
            for file, (first, last) in zip(self.files, self.places, strict=True)
            if any(low <= last and first <= high for low, high in ranges)
        ] or [self.files[0]]
        if len(found) > len(self.files) // 2:
            return None
        return f"({self.select.replace('{source}', rows_of(found))})"


def rows_of(files: Sequence[str]) -> str:
    """SQL for the rows of Parquet files."""
    return f"read_parquet([{', '.join(map(literal, files))}], hive_partitioning = false)"


@dataclass(frozen=True)
class Ids:
    """The indexes of the columns of ids that are integers, and the pixels of each tile."""

    folder: Path
    indexes: Mapping[str, Sequence[IdIndexFile]]
    tiles: tuple[tuple[int, int], ...]
    _read: Any = field(default_factory=lambda: functools.lru_cache(KEPT)(_pairs))

    def places(self, column: str, ident: int) -> Ranges | None:
        """The pixels of the tiles that have an id; None if they are not known."""
        if column not in self.indexes:
            return None
        found: list[tuple[int, int]] = []
        for file in self.indexes[column]:
            if int(file.first) <= ident <= int(file.last):
                try:
                    ids, tiles = self._read(self.folder / file.path)
                except (OSError, pa.ArrowException):  # the site is being replaced
                    return None
                low, high = np.searchsorted(ids, [ident, ident + 1])
                found += [self.tiles[tile] for tile in set(tiles[low:high].tolist())]
        return sorted(found) if len(found) <= TILES else None


def _pairs(file: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    table = pq.read_table(file, use_threads=False)
    return table["id"].to_numpy(), table["tile"].to_numpy()


def places_of(meta: Catalogue) -> tuple[tuple[int, int], ...]:
    """The pixels of each partition of a catalogue with positions."""
    return tuple((min(t[0] for t in one), max(t[1] for t in one)) for one in _tiles(meta))


def ids_of(meta: Catalogue, folder: Path) -> Ids:
    """The indexes of a catalogue with positions in a folder."""
    indexes = {one.column: one.files for one in meta.ids if all(_is_whole(file) for file in one.files)}
    return Ids(folder, indexes, tuple(tile for part in _tiles(meta) for tile in part))


def _is_whole(file: IdIndexFile) -> bool:
    """Whether ids are integers: those beyond 2^53 are texts."""
    return all(isinstance(v, int) for v in (file.first, file.last))


def _tiles(meta: Catalogue) -> list[list[tuple[int, int]]]:
    return [
        [
            ((tile.first_pixel or 0) << FINER, (((tile.last_pixel or 0) + 1) << FINER) - 1)
            for tile in part.tiles
        ]
        for part in meta.partitions
    ]
