"""Computes the charts that templates draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..formats import Histogram
from ..formats.blocks import ShownHistogram
from ..model import Release
from ..model.dates import PARTIAL_DATE

LETTER, LINE = 7.5, 17
"""Width of a letter and height of a line of a release's name on the chart of all releases."""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its value, its share of the longest and of the whole (0-1)."""

    label: Any
    value: int
    length: float
    share: float


@dataclass(frozen=True)
class LinkedBar:
    """A bar and the search that finds its rows (None if the form cannot express it)."""

    bar: Bar
    search: str | None


def bars(pairs: Sequence[Sequence[Any]], total: int | None = None) -> list[Bar]:
    """Bars for [label, count] pairs, in the order given; shares are of `total`, or of the pairs' sum."""
    longest = max((int(n) for _, n in pairs), default=0) or 1
    whole = total or sum(int(n) for _, n in pairs) or 1
    return [Bar(label, int(n), int(n) / longest, int(n) / whole) for label, n in pairs]


def sparkline(histogram: Histogram | None, width: int = 120, height: int = 24) -> str:
    """A histogram as an SVG path in a width x height box; square roots of counts, to show the tails."""
    counts = histogram.counts if histogram else []
    if not any(counts):
        return ""
    most, step = math.sqrt(max(counts)), width / len(counts)
    path = f"M0 {height}"
    for index, count in enumerate(counts):
        y = height - max(height * math.sqrt(count) / most, 1 if count else 0)
        path += f"V{y:.1f}H{(index + 1) * step:.1f}"
    return path + f"V{height}z"


def packed(found: Histogram | None) -> ShownHistogram | None:
    """A histogram for scripts; of equal bins only the first, second, last but one and last edge."""
    if found is None or len(found.counts) < 2 or not any(found.counts):
        return None
    edges, counts = found.edges, found.counts
    few = [edges[0], edges[1], edges[-2], edges[-1]] if _even(edges[1:-1]) else edges
    return ShownHistogram(few, counts)


def _even(edges: list[float]) -> bool:
    """Whether there are at least three edges, equally spaced."""
    if len(edges) < 3 or not math.isfinite(edges[-1] - edges[0]):
        return False
    import numpy as np

    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    inner = np.linspace(edges[0], edges[-1], len(edges))
    return bool(np.allclose(edges, inner, rtol=0, atol=width * 1e-6))


@dataclass(frozen=True)
class Point:
    """A release on the chart of all: x of publication, tops of its bars (None if a count is unknown)."""

    release: Release
    x: float
    low: float | None
    medium: float | None
    name: str
    name_y: float | None
    """Base line of the name above the bars; None if it has no name there."""
    base: float
    """y of no spectra"""
    top: float
    """y of the highest bar, or of the tick that marks an unknown count"""
    anchor: str
    """text-anchor that keeps a name at x inside the chart"""
    bars: list[tuple[str, int, float]]
    """Resolution, number of spectra, and its share of the most of any release (0-1)."""


@dataclass(frozen=True)
class ReleaseChart:
    width: int
    height: int
    points: list[Point]
    years: list[tuple[float, int]]
    grid: list[tuple[float, int]]
    """y and count of each grid line."""

    @property
    def has_comparison(self) -> bool:
        """Whether there is something to compare."""
        return sum(p.low is not None or p.medium is not None for p in self.points) > 1


def spectra(release: Release, kind: str) -> int | None:
    """Number of spectra of a release at a resolution, if release.toml gives it."""
    known = [r.spectra for r in release.resolutions if r.kind == kind and r.spectra is not None]
    return sum(known) if known else None


def release_chart(releases: Sequence[Release], width: int = 960, height: int = 300) -> ReleaseChart:
    """Lay out spectra per release over the time of publication; y grows downward, 0 spectra at y = height."""
    if not releases:
        return ReleaseChart(width, height, [], [], [])
    moments = [_year(r.published) for r in releases]
    first, last = math.floor(min(moments)), math.ceil(max(moments) + 0.01)
    most = max((spectra(r, k) or 0 for r in releases for k in ("low", "medium")), default=0)
    step = _round_step(most / 4) if most else 1
    top = step * math.ceil(most / step) if most else 1

    def x(moment: float) -> float:
        return round((moment - first) / (last - first) * width, 1)

    def y(count: int | None) -> float | None:
        return None if count is None else round(height - count / top * height, 1)

    points: list[Point] = []
    before = ""
    for release, moment in zip(releases, moments, strict=True):
        low, medium = y(spectra(release, "low")), y(spectra(release, "medium"))
        tops = [top for top in (low, medium) if top is not None]
        name = release.label
        if tops:
            # Of the next version of a release just named, the version alone is enough.
            name = (release.version if release.name == before else "") or name
            before = release.name
        name_y = _free(points, name, x(moment), min(tops)) if tops else None
        top_y = min(tops) if tops else height - 26
        at = x(moment) / width
        anchor = "start" if at < 0.15 else "end" if at > 0.85 else "middle"
        counts = [(kind, n) for kind in ("low", "medium") if (n := spectra(release, kind)) is not None]
        shares = [(kind, n, n / max(most, 1)) for kind, n in counts]
        points.append(Point(release, x(moment), low, medium, name, name_y, height, top_y, anchor, shares))
    grid = [(round(height - n / top * height, 1), n) for n in range(0, top + 1, step)] if most else []
    return ReleaseChart(width, height, points, [(x(n), n) for n in range(first, last + 1)], grid)


def _free(points: Sequence[Point], name: str, x: float, top: float) -> float:
    """The base line at which a name above a bar does not overlap the names before it."""
    name_y = top - 12
    near = [
        p.name_y
        for p in points
        if p.name_y is not None and abs(p.x - x) < LETTER * (len(p.name) + len(name)) / 2
    ]
    while any(abs(other - name_y) < LINE for other in near):
        name_y -= LINE
    return round(name_y, 1)


def _year(date: str) -> float:
    if not PARTIAL_DATE.fullmatch(date):
        return 2000.0
    year, month, day = (int(p) for p in [*date.split("-"), "1", "1"][:3])
    return year + (month - 1) / 12 + (day - 1) / 365


def _round_step(rough: float) -> int:
    """The next larger of 1, 2, 5, 10, 20, ..."""
    power = 10 ** math.floor(math.log10(max(rough, 1)))
    return next(int(power * m) for m in (1, 2, 5, 10) if power * m >= rough)
