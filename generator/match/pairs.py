"""Find the pairs of positions of two tables that are closer together than a radius.

Both tables are sorted by HEALPix pixel. The sky is divided into cells several times as large as the radius:
a partner is in the cell of a position or, where the position is near the border of its cell, in one of the
eight cells around. The rows of a cell are a range of the sorted table, found by binary search, so that
the first table can be a file mapped into memory and the second is read in blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cdshealpix
import numpy as np
from astropy.coordinates import Latitude, Longitude
from numpy.typing import NDArray

from ..ingest.positions import ORDER
from ..ingest.write.edges import ARCSEC, NARROW, SIDE

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK = 1 << 18
"""Rows of the second table that are matched at a time."""
CANDIDATES = 1 << 22
"""Pairs whose separations are computed at a time."""
_CELLS = 8.0
"""Mean side of a cell divided by the radius."""


@dataclass(frozen=True)
class Positions:
    """Positions sorted by pixel; arrays of one length, which may be mapped files."""

    ra: Floats
    """ICRS right ascension in degrees, 0 to 360."""
    dec: Floats
    """ICRS declination in degrees."""
    pixel: Integers
    """Nested HEALPix pixel of order 29, ascending."""

    def __len__(self) -> int:
        return len(self.pixel)

    def part(self, first: int, last: int) -> Positions:
        """The rows from `first` up to but without `last`."""
        return Positions(self.ra[first:last], self.dec[first:last], self.pixel[first:last])


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows, by their numbers in each table from 0."""

    one: Integers
    other: Integers
    separation: Floats
    """In arcsec."""

    def __len__(self) -> int:
        return len(self.one)


def pairs_within(ones: Positions, others: Positions, radius: float) -> Iterator[Pairs]:
    """Yield all pairs at most `radius` apart, a block of the second table at a time.

    Args:
        ones: the first table.
        others: the second table.
        radius: in arcsec, above 0.

    Yields:
        Pairs in no order; those of one row of the second table are in one block.
    """
    order = cell_order(radius)
    for start in range(0, len(others), BLOCK):
        block = others.part(start, start + BLOCK)
        for first, last, rows in _ranges(ones.pixel, block, radius, order):
            yield from _close(ones, block, start, radius, first, last, rows)


def cell_order(radius: float) -> int:
    """The HEALPix order of cells suitable for a radius in arcsec: 0 to 29."""
    return int(np.clip(np.floor(np.log2(SIDE / (_CELLS * radius))), 0, ORDER))


def _ranges(
    pixels: Integers, block: Positions, radius: float, order: int
) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Ranges of the first table with possible partners: first row, last row (exclusive), row of `block`."""
    cells, near = _cells(block, radius, order)
    rows = np.arange(len(block))
    yield _occupied(pixels, cells, rows, order)
    if not near.any():
        return
    if order == 0:
        around = np.tile(np.arange(12), (int(near.sum()), 1))  # all other cells of the sphere
        around[around == cells[near][:, None]] = -1
    else:
        around = cdshealpix.neighbours(cells[near], order, num_threads=1)
        around[around == cells[near][:, None]] = -1
    rows = np.repeat(rows[near], around.shape[1])
    around = around.ravel().astype(np.int64)
    there = around >= 0  # some cells have seven neighbours
    yield _occupied(pixels, around[there], rows[there], order)


def _cells(block: Positions, radius: float, order: int) -> tuple[Integers, NDArray[np.bool_]]:
    """The cell of each position, and whether a circle around it may reach into other cells."""
    lon, lat = Longitude(block.ra, "deg"), Latitude(block.dec, "deg")
    cells, dx, dy = cdshealpix.lonlat_to_healpix(lon, lat, order, return_offsets=True, num_threads=1)
    margin = radius * NARROW / (SIDE / 2**order)
    near = (np.minimum(dx, dy) < margin) | (np.maximum(dx, dy) > 1 - margin)
    return cells.astype(np.int64), near


def _occupied(
    pixels: Integers, cells: Integers, rows: Integers, order: int
) -> tuple[Integers, Integers, Integers]:
    shift = 2 * (ORDER - order)
    first = np.searchsorted(pixels, cells << shift)
    last = np.searchsorted(pixels, (cells + 1) << shift)
    some = last > first
    return first[some], last[some], rows[some]


def _close(
    ones: Positions,
    block: Positions,
    start: int,
    radius: float,
    first: Integers,
    last: Integers,
    rows: Integers,
) -> Iterator[Pairs]:
    """The pairs of ranges that are close enough."""
    ends = np.cumsum(last - first)
    piece = 0
    while piece < len(first):
        before = ends[piece - 1] if piece else 0
        # At least one range; a range of more candidates than fit is a very dense cell.
        stop = max(piece + 1, int(np.searchsorted(ends, before + CANDIDATES, side="right")))
        counts = (last - first)[piece:stop]
        other = np.repeat(rows[piece:stop], counts)
        offsets = np.arange(len(other)) - np.repeat(np.cumsum(counts) - counts, counts)
        one = np.repeat(first[piece:stop], counts) + offsets
        apart = separation(ones.ra[one], ones.dec[one], block.ra[other], block.dec[other])
        close = apart <= radius
        yield Pairs(one[close], other[close] + start, apart[close])
        piece = stop


def separation(ra: Floats, dec: Floats, other_ra: Floats, other_dec: Floats) -> Floats:
    """Angles between positions in arcsec; arguments in degrees, arrays of one shape.

    The haversine formula: exact for small angles, and to 0.001 arcsec for opposite points of the sky.
    """
    half_dec = np.radians(other_dec - dec) / 2
    half_ra = np.radians(other_ra - ra) / 2
    square = (
        np.sin(half_dec) ** 2 + np.cos(np.radians(dec)) * np.cos(np.radians(other_dec)) * np.sin(half_ra) ** 2
    )
    apart: Floats = np.degrees(2 * np.arcsin(np.sqrt(np.minimum(square, 1)))) * ARCSEC
    return apart
