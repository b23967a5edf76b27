"""Which rows are near the edges of partitions, and of which partitions.

Positions are compared by cells of HEALPix, no narrower than the margin: everything within the margin of a
partition is in a cell of the partition or beside one. So margins have all rows that they need, and some more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cdshealpix
import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Pixel = tuple[int, int]
"""Order and nested number."""

ORDER = 29
NARROW = 1.6
"""No cell is narrower than its mean side divided by this."""
ARCSEC = 3600.0
SIDE = float(np.sqrt(np.pi / 3) * 180 / np.pi * ARCSEC)
"""Mean side of a cell of order 0 in arcsec."""
_X, _Y = 0x5555555555555555, 0x2AAAAAAAAAAAAAAA
"""The bits of a nested number that count cells along either side of a pixel."""


def margin_order(arcsec: float) -> int:
    """Return the order of the smallest cells that are nowhere narrower than a margin: 1 to 29."""
    return int(np.clip(np.floor(np.log2(SIDE / (NARROW * arcsec))), 1, ORDER))


@dataclass(frozen=True)
class Regions:
    """The sky in partitions and, where none is, in the largest pixels that fit; in order of the sky."""

    pixels: list[Pixel]
    first: Integers
    """The first order-29 pixel of each; the last is followed by the first of the next region."""
    partitions: Integers
    """The numbers of those that are partitions."""

    @classmethod
    def around(cls, partitions: Sequence[Pixel]) -> Regions:
        """Divide the sky; `partitions` are disjoint and in order of the sky."""
        pixels: list[Pixel] = []
        numbers = []
        end = 0
        for order, pixel in partitions:
            pixels += _between(end, pixel << 2 * (ORDER - order))
            numbers.append(len(pixels))
            pixels.append((order, pixel))
            end = (pixel + 1) << 2 * (ORDER - order)
        pixels += _between(end, 12 << 2 * ORDER)
        first = np.array([pixel << 2 * (ORDER - order) for order, pixel in pixels], np.int64)
        return cls(pixels, first, np.array(numbers, np.int64))

    def near(self, rows: Integers, region: int, order: int) -> tuple[Integers, Integers]:
        """Find rows of a region that are in cells beside other regions.

        Args:
            rows: order-29 pixels of rows of the region, ascending.
            region: its number.
            order: of the cells.

        Returns:
            Pairs: the place of a row in `rows`, and the number of a region that it is near to.
        """
        cells = rows >> 2 * (ORDER - order)
        edge = np.flatnonzero(_at_edge(cells, order, self.pixels[region][0]))
        if not len(edge):
            return edge, edge
        cells = cells[edge]
        one, first = np.unique(cells, return_index=True)
        cell, beside = self._beside(one, order)
        other = beside != region
        cell, beside = cell[other], beside[other]
        ends = np.append(first[1:], len(cells))
        counts = (ends - first)[cell]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return edge[np.repeat(first[cell], counts) + within], np.repeat(beside, counts)

    def _beside(self, cells: Integers, order: int) -> tuple[Integers, Integers]:
        """Pairs without repetition: the place of a cell in `cells`, and a region in it or beside it."""
        around = cdshealpix.neighbours(cells.astype(np.uint64), order, num_threads=1).astype(np.int64)
        place = np.repeat(np.arange(len(cells)), around.shape[1])
        around = around.ravel()
        there = around >= 0  # some cells have seven neighbours
        place, around = place[there], around[there]
        shift = 2 * (ORDER - order)
        low = np.searchsorted(self.first, around << shift, "right") - 1
        high = np.searchsorted(self.first, (around + 1) << shift, "left")
        counts = high - low
        regions = np.repeat(low, counts) + np.arange(counts.sum())
        regions -= np.repeat(np.cumsum(counts) - counts, counts)
        pairs = np.unique(np.stack([np.repeat(place, counts), regions]), axis=1)
        return pairs[0], pairs[1]


def _at_edge(cells: Integers, order: int, of: int) -> NDArray[np.bool_]:
    """Whether cells touch the edge of their pixel of order `of`; all do if that is smaller than they are."""
    if of >= order:
        return np.ones(len(cells), bool)
    inner = (1 << 2 * (order - of)) - 1
    x, y = cells & (inner & _X), cells & (inner & _Y)
    edge: NDArray[np.bool_] = (x == 0) | (y == 0) | (x == inner & _X) | (y == inner & _Y)
    return edge


def _between(start: int, end: int) -> Iterator[Pixel]:
    """Yield the largest pixels that fill a range of order-29 pixels."""
    while start < end:
        order = ORDER
        while order and start % (1 << 2 * (ORDER - order + 1)) == 0:
            if start + (1 << 2 * (ORDER - order + 1)) > end:
                break
            order -= 1
        yield order, start >> 2 * (ORDER - order)
        start += 1 << 2 * (ORDER - order)
