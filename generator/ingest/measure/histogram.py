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
        left, right = _middle(pieces, low, high)
        bins = min(BINS, int(high - low) + 1) if whole else BINS
        edges = [left * (1 - i / bins) + right * (i / bins) for i in range(bins)] + [right]
        edges[0], edges[-1] = low, high
        # Ids beyond 2^53 may differ by less than the precision of a double.
        edges = sorted(set(edges))
    counted = np.array([-math.inf, *edges[1:-1], math.inf])
    counts = np.zeros(len(edges) - 1, np.int64)
    for values in pieces():
        counts += np.histogram(values, counted)[0]
    return Histogram(edges=edges, counts=counts.tolist())


def _middle(pieces: Pieces, left: float, right: float) -> tuple[float, float]:
    """Return the range of most values: smaller than that of all if outliers are far away."""
    for _ in range(6):
        width = (right - left) / FINE
        if not width or not math.isfinite(width):
            break
        fine = np.zeros(FINE, np.int64)
        for values in pieces():
            inside = values
            if values.min() < left or values.max() > right:
                inside = values[(values >= left) & (values <= right)]
            places = ((inside - left) / width).astype(np.int64)
            fine += np.bincount(np.minimum(places, FINE - 1), minlength=FINE)
        first, last = _core(fine)
        if last - first >= FINE / 5:
            break
        left, right = left + first * width, min(left + (last + 1) * width, right)
    return left, right


def _core(fine: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first and last fine bin without the outermost thousandth of values at each end."""
    cut = int(fine.sum()) // 1000
    first = int(np.argmax(np.cumsum(fine) > cut))
    last = FINE - 1 - int(np.argmax(np.cumsum(fine[::-1]) > cut))
    return first, last
