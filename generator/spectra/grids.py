"""Grids of wavelengths that many spectra share, kept once instead of in every spectrum, bit by bit.

A grid is an ascending array; a part's wavelengths are a run of it. They are found in a sample of the set,
so they depend on nothing but the files; a part whose wavelengths are in no grid keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .spectrum import Part, Values

MOST = 64
"""Grids of a set; beyond it the least used are left out."""
LEAST_COMMON = 32
"""Pixels in which two arrays must agree before they are taken for runs of one grid."""


@dataclass
class Grid:
    log: bool
    values: Values
    uses: int = 1

    def first(self, part: Part) -> int | None:
        """Where the part's wavelengths begin in this grid; None where they are no run of it."""
        wanted = part.wavelength
        if self.log != part.log or wanted.dtype != self.values.dtype:
            return None
        at = int(np.searchsorted(self.values, wanted[0]))
        run = self.values[at : at + len(wanted)]
        return at if len(run) == len(wanted) and run.tobytes() == wanted.tobytes() else None


def find_grids(parts: Iterable[Part]) -> list[Grid]:
    """Grids that at least two of these parts share, those used most first."""
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
    """Whether an array that starts inside a grid goes on as the grid does; the grid then grows to hold it."""
    at = int(np.searchsorted(grid.values, array[0]))
    common = min(len(grid.values) - at, len(array))
    if common < min(LEAST_COMMON, len(array)):
        return False
    if grid.values[at : at + common].tobytes() != array[:common].tobytes():
        return False
    grid.values = np.concatenate([grid.values, array[common:]])
    grid.uses += 1
    return True


def place(part: Part, grids: list[Grid]) -> tuple[int, int] | None:
    """Number of the grid that holds a part's wavelengths, and where they begin in it."""
    for number, grid in enumerate(grids):
        if (first := grid.first(part)) is not None:
            return number, first
    return None
