"""Which HEALPix pixels a circle covers, so that few row groups are read for it."""

from __future__ import annotations

import functools
import math

from .values import Place

LARGEST = 60.0
"""Radius in degrees above which most of the sky is read anyhow."""
RANGES = 48
"""Ranges of pixels in a condition, at most."""
PIXEL = '"_healpix_29"'


@functools.lru_cache(maxsize=1_000)
def ranges(ra: float, dec: float, radius: float) -> tuple[tuple[int, int], ...]:
    """Ranges of pixels of order 29, last inclusive, that cover a circle in degrees."""
    import astropy.units as u
    from astropy.coordinates import Latitude, Longitude
    from mocpy import MOC

    wider = radius * 1.0000001 + 1e-8
    order = max(0, min(29, int(math.log2(58.6 / max(wider, 1e-7))) + 3))
    moc = MOC.from_cone(
        Longitude(ra % 360, u.deg), Latitude(dec, u.deg), radius=wider * u.deg, max_depth=order
    )
    found = [(int(first), int(end) - 1) for first, end in moc.to_depth29_ranges]
    while len(found) > RANGES:  # close the narrowest gaps
        gaps = sorted(found[n + 1][0] - found[n][1] for n in range(len(found) - 1))
        limit = gaps[len(found) - RANGES - 1]
        joined = [found[0]]
        for first, last in found[1:]:
            if first - joined[-1][1] <= limit:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        found = joined
    return tuple(found)


def near(place: Place | None, ra: float, dec: float, radius: float) -> str:
    """A condition that every row of a table in a circle meets, followed by AND; "" if there is none to be
    had.
    """
    if place is None or not radius < LARGEST or not -90 <= dec <= 90 or radius < 0:
        return ""
    pixel = f"{place.table}.{PIXEL}" if place.table else PIXEL
    parts = [f"{pixel} BETWEEN {first} AND {last}" for first, last in ranges(ra, dec, radius)]
    return f"({' OR '.join(parts)}) AND "
