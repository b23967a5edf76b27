"""Fields, targets and pointings of a simulated survey similar to LAMOST.

Everything about a field or a pointing depends only on the seed and its number, so any part of a catalogue can
be made without the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RADIUS = 2.5
"""Radius of the field of view, degrees."""
FIRST_NIGHT, LAST_NIGHT = 55858, 58996
FULL = 2800
"""Spectra of a pointing that uses most fibres."""
PREFIXES = ["EG", "HD", "GA", "VB", "KP", "TD"]


@dataclass(frozen=True)
class Pointing:
    """One exposure of the telescope at a field."""

    number: int
    field: int
    planid: str
    mjd: int
    targets: int


@dataclass(frozen=True)
class Targets:
    """The objects in a field: positions in degrees and properties; one array element per object."""

    ra: Floats
    dec: Floats
    kind: Ints
    """0 star, 1 galaxy, 2 quasar, 3 unknown."""
    teff: Floats
    logg: Floats
    feh: Floats
    rv: Floats
    z: Floats
    r: Floats
    """r magnitude."""

    def __len__(self) -> int:
        return len(self.ra)


def rng(seed: int, *path: int) -> np.random.Generator:
    return np.random.default_rng([seed, *path])


def pointings(targets: int, seed: int) -> list[Pointing]:
    """Pointings that observe `targets` targets in total, ordered by night."""
    each = int(np.clip(targets // 240, 25, FULL))
    count = -(-targets // each)
    random = rng(seed, 0)
    nights = np.sort(random.integers(FIRST_NIGHT, LAST_NIGHT, -(-count // 3)))
    # Three in ten pointings return to an earlier field.
    again = random.random(count) < 0.3
    plans = []
    fields = 0
    for number in range(count):
        field = int(random.integers(0, fields)) if again[number] and fields else fields
        fields += field == fields
        night = int(nights[number // 3])
        left = targets - number * each
        plans.append(Pointing(number + 1, field, plan_name(seed, field, number), night, min(each, left)))
    return plans


def centre(seed: int, field: int) -> tuple[float, float]:
    """Right ascension and declination of a field's centre, degrees; declinations from -7.5 to 57.5."""
    random = rng(seed, 1, field)
    low, high = np.sin(np.radians([-7.5, 57.5]))
    return float(random.uniform(0, 360)), float(np.degrees(np.arcsin(random.uniform(low, high))))


def plan_name(seed: int, field: int, number: int) -> str:
    ra, dec = centre(seed, field)
    hours, minutes, seconds = int(ra / 15), int(ra * 4) % 60, int(ra * 240) % 60
    size = abs(dec)
    sign = "N" if dec >= 0 else "S"
    degrees = f"{int(size):02d}{int(size * 60) % 60:02d}{int(size * 3600) % 60:02d}"
    prefix, plate = PREFIXES[field % len(PREFIXES)], "BMVF"[field % 4]
    return f"{prefix}{hours:02d}{minutes:02d}{seconds:02d}{sign}{degrees}{plate}{number % 90 + 1:02d}"


def field_targets(seed: int, field: int, count: int) -> Targets:
    """The `count` targets of a field; the first n are the same for every count."""
    random = rng(seed, 2, field)
    size = max(count, 1)
    ra, dec = _positions(random, centre(seed, field), size)
    kind = np.searchsorted([0.915, 0.94, 0.95], random.random(size), side="right")
    teff, logg, feh = _stars(random, size)
    rv = random.normal(0, 35, size) + random.normal(0, 110, size) * (random.random(size) < 0.08)
    z = np.select(
        [kind == 0, kind == 1, kind == 2],
        [rv / 299792.458, np.exp(random.normal(-2.3, 0.5, size)), random.gamma(4, 0.42, size)],
        -9999.0,
    )
    r = np.clip(random.normal(15.2, 1.7, size), 9.5, 18.8) + (kind > 0) * 1.2
    return Targets(ra, dec, kind, teff, logg, feh, rv, z, r)


def _positions(random: np.random.Generator, at: tuple[float, float], count: int) -> tuple[Floats, Floats]:
    """Points on a disc of the sky, three in ten of them in small clumps."""
    distance = RADIUS * np.sqrt(random.random(count))
    angle = random.uniform(0, 2 * np.pi, count)
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    clumps = random.normal(0, RADIUS / 2.5, (30, 2))
    which = random.integers(0, 30, count)
    gathered = random.random(count) < 0.3
    spread = random.normal(0, 0.08, (count, 2))
    x = np.where(gathered, clumps[which, 0] + spread[:, 0], x)
    y = np.where(gathered, clumps[which, 1] + spread[:, 1], y)
    far = np.hypot(x, y) / RADIUS
    x, y = np.where(far > 1, x / far**2, x), np.where(far > 1, y / far**2, y)
    return offset(at, x, y)


def offset(at: tuple[float, float], x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Positions at tangent-plane offsets x (east) and y (north) from a point; all in degrees."""
    ra0, dec0 = np.radians(at[0]), np.radians(at[1])
    xi, eta = np.radians(x), np.radians(y)
    down = np.cos(dec0) - eta * np.sin(dec0)
    ra = ra0 + np.arctan2(xi, down)
    dec = np.arctan2((np.sin(dec0) + eta * np.cos(dec0)) * np.cos(ra - ra0), down)
    return np.degrees(ra) % 360, np.degrees(dec)


def _stars(random: np.random.Generator, count: int) -> tuple[Floats, Floats, Floats]:
    """Temperature, gravity and iron abundance: dwarfs on the main sequence, giants along their branch."""
    giant = random.random(count) < 0.27
    hot = np.clip(random.gamma(6, 330, count) + 3900, 3300, 12000)
    dwarf_logg = 4.62 - 0.75 / (1 + np.exp(-(hot - 6000) / 500)) - 0.25 * random.random(count) ** 2
    turnoff = (hot > 5000) & (hot < 6600) & (random.random(count) < 0.2)
    dwarf_logg = np.where(turnoff, random.uniform(3.5, 4.2, count), dwarf_logg)
    feh = np.where(
        random.random(count) < 0.07, random.normal(-1.4, 0.45, count), random.normal(-0.18, 0.27, count)
    )
    feh = np.clip(feh, -2.5, 0.8)
    clump = random.random(count) < 0.4
    giant_logg = np.where(clump, random.normal(2.42, 0.1, count), 3.6 * random.beta(3, 2, count))
    cool = 3700 + 420 * giant_logg - 180 * feh + clump * 60 + random.normal(0, 60, count)
    teff = np.where(giant, cool, hot)
    logg = np.where(giant, giant_logg, dwarf_logg) + random.normal(0, 0.05, count)
    return np.clip(teff, 3200, 12000), np.clip(logg, 0, 5), feh
