"""Wavelength grids that are shared bit by bit by many spectra and stored once.

A grid is an ascending array; the wavelengths of a part are a contiguous section of it. Grids are found in a
sample of the set, so they depend only on the files; a part outside all grids keeps its own wavelengths.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .spectrum import Part, Values

MOST = 64
"""Maximum number of grids of a set; the least used are left out."""
LEAST_COMMON = 32
"""Number of pixels that must agree before two arrays are taken as sections of one grid."""


@dataclass
class Grid:
    log: bool
    values: Values
    uses: int = 1

    def first(self, part: Part) -> int | None:
        """Return the first pixel of the part's wavelengths in this grid; None if they are not part of it."""
        wanted = part.wavelength
        if self.log != part.log or wanted.dtype != self.values.dtype:
            return None
        at = int(np.searchsorted(self.values, wanted[0]))
        run = self.values[at : at + len(wanted)]
        return at if len(run) == len(wanted) and run.tobytes() == wanted.tobytes() else None


def find_grids(parts: Iterable[Part]) -> list[Grid]:
    """Return the grids that at least two of these parts share, the most used first."""
    groups: dict[tuple[bool, str], list[Values]] = {}
    with np.errstate(all="ignore"):
        for part in parts:
            if len(part.wavelength) > 1 and (np.diff(part.wavelength) > 0).all():
                groups.setdefault((part.log, part.wavelength.dtype.str), []).append(part.wavelength)
    grids: list[Grid] = []
    for (log, _), arrays in sorted(groups.items(), key=lambda item: item[0]):
        own: list[Grid] = []
        for array in sorted(arrays, key=lambda a: (a[0], -len(a), a.tobytes())):
            if not any(_joined(grid, array) for grid in own):
                own.append(Grid(log, array))
        grids += own
    shared = [g for g in grids if g.uses > 1]
    shared.sort(key=lambda g: (-g.uses, g.log, len(g.values), g.values.tobytes()))
    return shared[:MOST]


def _joined(grid: Grid, array: Values) -> bool:
    """Return whether an array that starts inside a grid continues it; the grid is then extended if needed."""
    at = int(np.searchsorted(grid.values, array[0]))
    common = min(len(grid.values) - at, len(array))
    if common < min(LEAST_COMMON, len(array)):
        return False
    if grid.values[at : at + common].tobytes() != array[:common].tobytes():
        return False
    grid.values = np.concatenate([grid.values, array[common:]])
    grid.uses += 1
    return True


def locate_in_grids(part: Part, grids: list[Grid]) -> tuple[int, int] | None:
    """Return the number of the grid that contains a part's wavelengths, and their first pixel in it."""
    for number, grid in enumerate(grids):
        if (first := grid.first(part)) is not None:
            return number, first
    return None
