"""The histogram of a column, counted piece by piece."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...formats import Histogram
from ..values.as_json import EXACT

BINS = 60
FINE = 4096
Pieces = Callable[[], Iterator[NDArray[np.float64]]]
"""Yields the finite values of a column; called once for each pass."""


def histogram(pieces: Pieces, low: float, high: float, whole: bool) -> Histogram:
    """Return a histogram of values between `low` and `high` with at most BINS bins.

    A few distinct whole numbers get one bin each. If outliers would squeeze all other values into a few bins,
    the first and last bin extend to them.
    """
    if whole and high - low < BINS and abs(low) < EXACT and abs(high) < EXACT:
        edges = [low - 0.5 + i for i in range(int(high - low) + 2)]
    elif low == high:
        edges = [low, math.nextafter(high, math.inf)] if abs(low) > 1e15 else [low - 0.5, high + 0.5]
    else:
        edges, counts = _of_middle(pieces, low, high, min(BINS, int(high - low) + 1) if whole else BINS)
        return Histogram(edges=edges, counts=counts.tolist())
    return Histogram(edges=edges, counts=_counts(pieces, edges).tolist())


def _counts(pieces: Pieces, edges: list[float]) -> NDArray[np.int64]:
    """Return the number of values in each bin; the first and the last contain all beyond."""
    counts = np.zeros(len(edges) - 1, np.int64)
    for values in pieces():
        counts += np.histogram(values, _open(edges))[0]
    return counts


def _open(edges: list[float]) -> NDArray[np.float64]:
    return np.array([-math.inf, *edges[1:-1], math.inf])


def _of_middle(pieces: Pieces, low: float, high: float, bins: int) -> tuple[list[float], NDArray[np.int64]]:
    """Return edges and counts of bins of the range of most values, without outliers that are far away."""

    def edges_of(left: float, right: float) -> list[float]:
        edges = [left * (1 - i / bins) + right * (i / bins) for i in range(bins)] + [right]
        edges[0], edges[-1] = low, high
        # Ids beyond 2^53 may differ by less than the precision of a double.
        return sorted(set(edges))

    left, right = low, high
    for _ in range(6):
        width = (right - left) / FINE
        if not width or not math.isfinite(width):
            break
        edges = edges_of(left, right)
        fine, counts = _look(pieces, left, right, width, edges)
        first, last = _core(fine)
        if last - first >= FINE / 5:
            return edges, counts
        left, right = left + first * width, min(left + (last + 1) * width, right)
    edges = edges_of(left, right)
    return edges, _counts(pieces, edges)


def _look(
    pieces: Pieces, left: float, right: float, width: float, edges: list[float]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return in one pass how many values are in each fine bin between `left` and `right`, and in each bin.

    Only values in the fine bin of an edge are compared with edges. The number of a fine bin never becomes
    smaller when a value becomes larger, so all others are on the same side of an edge as their fine bin.
    """
    inner = np.array(edges[1:-1])
    if len(inner) and (inner[0] < left or inner[-1] > right):  # edges nearer than the precision of a double
        return _fine(pieces, left, right, width), _counts(pieces, edges)
    at = _places(inner, left, width)
    has_edge = np.zeros(FINE, np.bool_)
    has_edge[at] = True
    fine, counts = np.zeros(FINE, np.int64), np.zeros(len(edges) - 1, np.int64)
    for values in pieces():
        inside = values
        if values.min() < left or values.max() > right:
            counts[0] += np.count_nonzero(values < left)
            counts[-1] += np.count_nonzero(values > right)
            inside = values[(values >= left) & (values <= right)]
        places = _places(inside, left, width)
        fine += np.bincount(places, minlength=FINE)
        counts += np.histogram(inside[has_edge[places]], _open(edges))[0]
    others = np.where(has_edge, 0, fine)
    counts += np.bincount(np.searchsorted(at, np.arange(FINE)), others, len(counts)).astype(np.int64)
    return fine, counts


def _fine(pieces: Pieces, left: float, right: float, width: float) -> NDArray[np.int64]:
    fine = np.zeros(FINE, np.int64)
    for values in pieces():
        places = _places(values[(values >= left) & (values <= right)], left, width)
        fine += np.bincount(places, minlength=FINE)
    return fine


def _places(values: NDArray[np.float64], left: float, width: float) -> NDArray[np.int64]:
    """Return the numbers of the fine bins of values."""
    places = values - left
    places /= width
    numbers = places.astype(np.int64)
    return np.minimum(numbers, FINE - 1, out=numbers)


def _core(fine: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and last fine bin without the outermost thousandth of values at each end."""
    cut = int(fine.sum()) // 1000
    first = int(np.argmax(np.cumsum(fine) > cut))
    last = FINE - 1 - int(np.argmax(np.cumsum(fine[::-1]) > cut))
    return first, last
