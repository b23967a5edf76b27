"""Wavelengths in air and in vacuum, by the formula that the pages of a release use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ULTRAVIOLET = 2000.0
"""Below this many Angstrom wavelengths are given in vacuum, whatever the medium."""


def refraction(vacuum: Array) -> Array:
    """Return the refractive index of standard air (15 C, 101325 Pa, 450 ppm CO2) at vacuum wavelengths in
    Angstrom.

    Ciddor (1996), Applied Optics 35, 1566, equation 1; the IAU's standard.
    """
    squared = (1e4 / vacuum) ** 2
    return np.asarray(1 + 0.05792105 / (238.0185 - squared) + 0.00167917 / (57.362 - squared))


def to_air(vacuum: Any) -> Array:
    """Return wavelengths in air for wavelengths in vacuum, both in Angstrom and double precision."""
    vacuum = np.asarray(vacuum, float)
    with np.errstate(all="ignore"):
        return np.asarray(np.where(vacuum < ULTRAVIOLET, vacuum, vacuum / refraction(vacuum)))


def to_vacuum(air: Any) -> Array:
    """Return wavelengths in vacuum for wavelengths in air, both in Angstrom and double precision."""
    air = np.asarray(air, float)
    vacuum = air.copy()
    with np.errstate(all="ignore"):
        for _ in range(4):  # refraction varies slowly: each turn gains more than four digits
            vacuum = air * refraction(vacuum)
        return np.asarray(np.where(vacuum < ULTRAVIOLET, air, vacuum))
