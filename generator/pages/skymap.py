"""The sky a catalogue covers, as shapes for an SVG: Mollweide projection, equatorial, east to the left."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTH, HEIGHT = 1440, 720
CENTRE = 180.0
"""Right ascension in the middle of the map, in degrees; the gap of the summer Milky Way is at the edge."""
LEVELS = 6

# Rotation from galactic to equatorial (ICRS) coordinates: columns are the axes of the galactic system.
GALACTIC = np.array(
    [
        [-0.0548755604, 0.4941094279, -0.8676661490],
        [-0.8734370902, -0.4448296300, -0.1980763734],
        [-0.4838350155, 0.7469822445, 0.4559837762],
    ]
)


@dataclass(frozen=True)
class Level:
    """Pixels of similar density, as one path."""

    low: int
    high: int
    path: str


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class SkyMap:
    """What the sky map's template draws, in units of a WIDTH x HEIGHT view box."""

    levels: list[Level]
    graticule: str
    galactic_plane: list[str]
    galactic_centre: tuple[float, float]
    labels: list[Label]
    pixel_area: float
    """Square degrees of one pixel."""
    covered: float
    """Square degrees of all pixels that contain rows."""


def project(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Longitude and latitude (degrees, arrays) to view-box coordinates.

    Longitudes are not wrapped: a shape that crosses the map's edge stays in one piece beyond it.
    """
    phi = np.radians(lat)
    theta = np.array(phi, dtype=float, copy=True)
    # Newton's method for 2t + sin 2t = pi sin(phi); flat at the poles, where the start value is exact.
    for _ in range(60):
        slope = 2 + 2 * np.cos(2 * theta)
        error = 2 * theta + np.sin(2 * theta) - np.pi * np.sin(phi)
        step = np.where(slope > 1e-9, error / np.maximum(slope, 1e-9), 0)
        theta = np.clip(theta - step, -np.pi / 2, np.pi / 2)
    x = WIDTH / 2 - (np.asarray(lon) - CENTRE) / 180 * (WIDTH / 2) * np.cos(theta)
    y = HEIGHT / 2 - np.sin(theta) * (HEIGHT / 2)
    return x, y


def sky_map(order: int, counts: Mapping[str, int]) -> SkyMap:
    """Draw rows per HEALPix pixel (NESTED, of an order up to 8), e.g. statistics.json's `sky`."""
    numbers = np.array([int(p) for p in counts], dtype=np.uint64)
    values = np.array([int(n) for n in counts.values()], dtype=np.int64)
    numbers, values = numbers[values > 0], values[values > 0]
    area = 4 * math.pi * math.degrees(1) ** 2 / (12 * 4**order)
    lines, labels = _graticule()
    centre_x, centre_y = project(*_from_galactic(np.array([0.0]), np.array([0.0])))
    return SkyMap(
        levels=_levels(order, numbers, values),
        graticule=lines,
        galactic_plane=_galactic_plane(),
        galactic_centre=(round(float(centre_x[0]), 1), round(float(centre_y[0]), 1)),
        labels=labels,
        pixel_area=area,
        covered=area * len(values),
    )


def _levels(order: int, numbers: Any, values: Any) -> list[Level]:
    """Pixels in at most LEVELS groups, with limits evenly spaced in the logarithm."""
    if not len(values):
        return []
    from cdshealpix import nested

    lon, lat = nested.vertices(numbers, order, step=1)
    middle, _ = nested.healpix_to_lonlat(numbers, order)
    lon, lat, middle = lon.to_value("deg"), lat.to_value("deg"), middle.to_value("deg")[:, None]
    lon = np.where(np.abs(lat) > 89.999, middle, lon)
    lon = lon + 360 * np.round((middle - lon) / 360)
    top = max(int(np.quantile(values, 0.995)), 1)
    limits = sorted({round(top ** (i / LEVELS)) for i in range(1, LEVELS)} | {0})
    group = np.searchsorted(np.array(limits), values, side="left") - 1
    levels = []
    for index in range(len(limits)):
        inside = group == index
        if not inside.any():
            continue
        path = "".join(_polygons(lon[inside], lat[inside]))
        levels.append(Level(int(values[inside].min()), int(values[inside].max()), path))
    return levels


def _polygons(lon: Any, lat: Any) -> list[str]:
    """Closed paths in whole units; a pixel that crosses the edge of the map is drawn at both sides."""
    paths = []
    for turn in (0, -360, 360):
        inside = (np.abs(lon + turn - CENTRE) < 180).any(axis=1)
        x, y = project(lon[inside] + turn, lat[inside])
        for corners in np.rint(np.stack([x, y], axis=2)).astype(int):
            moves = "".join(f"l{dx} {dy}" for dx, dy in np.diff(corners, axis=0))
            paths.append(f"M{corners[0, 0]} {corners[0, 1]}{moves}z".replace(" -", "-"))
    return paths


@functools.cache
def _graticule() -> tuple[str, list[Label]]:
    lines: list[str] = []
    labels: list[Label] = []
    lat = np.linspace(-90, 90, 61)
    for ra in range(int(CENTRE) - 150, int(CENTRE) + 151, 30):
        lines.append(_line(*project(np.full_like(lat, ra), lat)))
        if ra % 60 == 0:
            x, y = project(np.array([ra]), np.array([0.0]))
            labels.append(Label(round(float(x[0]), 1), round(float(y[0]), 1), f"{ra % 360 // 15}h"))
    for dec in range(-60, 61, 30):
        x, y = project(np.array([CENTRE + 180, CENTRE - 180]), np.array([dec, dec]))
        lines.append(_line(x, y))
        if dec:
            sign = "+" if dec > 0 else "−"
            labels.append(Label(round(float(x[1]), 1), round(float(y[1]), 1), f"{sign}{abs(dec)}°"))
    return "".join(lines), labels


@functools.cache
def _galactic_plane() -> list[str]:
    lon, lat = _from_galactic(np.linspace(0, 360, 361), np.zeros(361))
    cuts = [0, *(np.flatnonzero(np.abs(np.diff(lon)) > 180) + 1).tolist(), len(lon)]
    pieces = [(lon[a:b], lat[a:b]) for a, b in itertools.pairwise(cuts) if b - a > 1]
    return [_line(*project(a, b)) for a, b in pieces]


def _from_galactic(lon: Any, lat: Any) -> tuple[Any, Any]:
    """Galactic to equatorial coordinates, degrees."""
    lon, lat = np.radians(lon), np.radians(lat)
    vector = GALACTIC @ np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return np.degrees(np.arctan2(vector[1], vector[0])) % 360, np.degrees(
        np.arcsin(np.clip(vector[2], -1, 1))
    )


def _line(x: Any, y: Any) -> str:
    points = [f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)]
    return "M" + "L".join(points)
