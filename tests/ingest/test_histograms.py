"""Histograms of columns, beside those that NumPy counts between the same edges."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drportal.ingest.measure.histogram import BINS, FINE, histogram

Chance = np.random.Generator
MADE: dict[str, Callable[[Chance], NDArray[np.float64]]] = {
    "smooth": lambda chance: chance.normal(size=5000),
    "with a tail": lambda chance: chance.normal(size=5000) ** 9,
    "one far away": lambda chance: np.append(chance.normal(size=5000), [1e300, -1e300]),
    "on the edges": lambda chance: chance.integers(0, BINS + 1, 5000) / BINS,
    "on the edges of fine bins": lambda chance: chance.integers(0, FINE + 1, 5000) / FINE,
    "as near as doubles are": lambda chance: 1 + chance.integers(0, 100, 5000) * 2.0**-52,
    "whole numbers": lambda chance: chance.integers(0, 1000, 5000).astype(float),
    "beyond 2^53": lambda chance: chance.integers(-(2**62), 2**62, 5000).astype(float),
    "tiny": lambda chance: chance.random(5000) * 5e-324 * 1000,
    "a few": lambda chance: chance.normal(size=3),
}


@pytest.mark.parametrize("name", MADE)
def test_each_value_is_counted_between_its_edges(name: str) -> None:
    chance = np.random.default_rng(1)
    for _ in range(20):
        values = MADE[name](chance)
        parts = np.array_split(values, 3)
        low, high = float(values.min()), float(values.max())
        whole = name in ("whole numbers", "beyond 2^53")
        found = histogram(lambda parts=parts: iter(p for p in parts if len(p)), low, high, whole)
        assert found.edges == sorted(set(found.edges)) and len(found.counts) <= BINS
        assert found.edges[0] <= low and found.edges[-1] >= high
        open_ends = [-math.inf, *found.edges[1:-1], math.inf]
        assert found.counts == np.histogram(values, open_ends)[0].tolist()
