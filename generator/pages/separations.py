"""The chart of the separations of a match: matched rows, and those that would be matched by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..formats.crossmatches import Crossmatched

WIDTH, HEIGHT = 720, 240


@dataclass(frozen=True)
class SeparationChart:
    """Paths in a box of WIDTH x HEIGHT, y downwards, zero separations at x = 0."""

    width: int
    height: int
    bars: str
    chance: str
    """Empty if less than half a row is expected by chance."""
    grid: list[tuple[float, int]]
    """y of grid lines and their number of rows."""
    ticks: list[tuple[float, float]]
    """x of ticks and their separation in arcsec."""
    median: float | None
    """x of the median separation."""


def separation_chart(match: Crossmatched) -> SeparationChart:
    """Lay out the histogram of a match."""
    step = _step(max([*match.counts, *match.chance, 1]) / 4, whole=True)
    most = max(step * math.ceil(max([*match.counts, *match.chance, 1]) / step), 1)
    wide = WIDTH / len(match.counts)

    def y(count: float) -> float:
        return round(HEIGHT - count / most * HEIGHT, 1)

    bars = "".join(
        f"M{k * wide:.1f} {HEIGHT}V{y(n) if y(n) < HEIGHT - 1 else HEIGHT - 1}h{wide - 1:.1f}V{HEIGHT}z"
        for k, n in enumerate(match.counts)
        if n
    )
    line = "".join(f"{'L' if k else 'M'}{(k + 0.5) * wide:.1f} {y(n)}" for k, n in enumerate(match.chance))
    apart = _step(match.radius / 5)
    ticks = [k * apart for k in range(int(match.radius / apart * (1 + 1e-9)) + 1)]
    return SeparationChart(
        WIDTH,
        HEIGHT,
        bars,
        line if sum(match.chance) >= 0.5 else "",
        [(y(n), n) for n in range(0, int(most) + 1, int(step))],
        [(round(value / match.radius * WIDTH, 1), round(value, 6)) for value in ticks],
        None if match.median is None else round(match.median / match.radius * WIDTH, 1),
    )


def _step(rough: float, whole: bool = False) -> float:
    """The next larger of 1, 2, 5 times a power of ten; at least 1 if `whole`."""
    rough = max(rough, 1.0) if whole else rough
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))
