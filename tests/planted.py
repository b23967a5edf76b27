"""Positions where a match is difficult: corners and edges of the faces of HEALPix, poles, ra 0."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

FOUR = np.degrees(np.arcsin(2 / 3))
CORNERS = [
    *((ra, dec) for ra in (0.0, 90.0, 180.0, 270.0) for dec in (FOUR, -FOUR, 0.0)),
    *((ra, dec) for ra in (45.0, 135.0, 225.0, 315.0) for dec in (FOUR, -FOUR, 0.0)),
    (0.0, 90.0),
    (0.0, -90.0),
]
"""Where three or four faces of HEALPix meet, or the belt meets the caps."""


def planted(radius: float, seed: int, count: int) -> tuple[SkyCoord, SkyCoord]:
    """Positions in the corners and along the edges of faces, each with another one about a radius away."""
    rng = np.random.default_rng(seed)
    corners = SkyCoord(np.repeat(CORNERS, count, axis=0), unit="deg")
    wide = radius / 3600 * 3 * np.sqrt(rng.uniform(0, 1, len(corners)))
    around = corners.directional_offset_by(rng.uniform(0, 360, len(corners)) * u.deg, wide * u.deg)
    many = 20 * count
    edge = rng.integers(0, 4, many) * 90 + rng.normal(0, 2, many) * radius / 3600
    caps = SkyCoord(edge, rng.choice([-1, 1], many) * rng.uniform(FOUR, 90, many), unit="deg")
    part, step = rng.uniform(0, 1, many), rng.integers(0, 8, many)
    height = np.where(step % 2, part, 1 - part) * 2 / 3 * rng.choice([-1, 1], many)
    low = np.clip(np.degrees(np.arcsin(height)) + rng.normal(0, 1, many) * radius / 3600, -90, 90)
    belt = SkyCoord(45 * (step + part), low, unit="deg")
    anywhere = SkyCoord(
        rng.uniform(0, 360, many), np.degrees(np.arcsin(rng.uniform(-1, 1, many))), unit="deg"
    )
    a = together(around, caps, belt, anywhere)
    away = radius / 3600 * 1.2 * np.sqrt(rng.uniform(0, 1, len(a)))
    return a, a.directional_offset_by(rng.uniform(0, 360, len(a)) * u.deg, away * u.deg)


def together(*parts: SkyCoord) -> SkyCoord:
    return SkyCoord(
        *(np.concatenate([getattr(one, axis).deg for one in parts]) for axis in ("ra", "dec")), unit="deg"
    )
