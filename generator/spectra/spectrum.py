"""The model of a spectrum, independent of the layout of its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


class Unreadable(Exception):
    """A file, or a spectrum in it, that cannot be read.

    The first line of the text is the problem; a second line is the fix, if it is not to fetch the file again.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what}\n{fix}" if fix else what)


def first_line(what: str) -> str:
    """Return the problem without the fix."""
    return what.partition("\n")[0]


ODD = (ValueError, TypeError, IndexError, KeyError, OverflowError, OSError, MemoryError, EOFError)
"""Exceptions that libraries may raise on a damaged file."""
NAME_ID = (
    """define the id: id = { lookup = "filename" } with the column of the catalogue that contains """
    """file names, or id = { file = '-(\\d+)\\.fits' }, { header = "..." }, { column = "..." }; """
    """or build with --keep-going to leave the file out"""
)
NO_FIT = "remove it, or build with --keep-going to leave it out; fetching it again helps only if it was cut"


@dataclass
class Part:
    """A sequence of pixels: a whole spectrum, an arm or an exposure. Values are those of the file."""

    wavelength: Values
    flux: Values
    arm: str = ""
    """The spectrograph's arm if there are several: B, R, Z."""
    kind: Literal["coadd", "single"] = "coadd"
    exposure: str = ""
    """Name of a single exposure in the file."""
    log: bool = False
    """Whether `wavelength` contains decimal logarithms."""
    values: dict[str, Values] = field(default_factory=dict)
    """Further numbers per pixel: ivar or error, sky, model, normalized, subtracted, wdisp."""
    masks: dict[str, Values] = field(default_factory=dict)
    """Bits per pixel, by mask: and_mask, or_mask, pix_mask, mask."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Header values of this part alone: snr, exptime."""
    lost: dict[str, str] = field(default_factory=dict)
    """Arrays that the part lacks, with the reason."""

    def __post_init__(self) -> None:
        """Convert numbers to float types. Raises Unreadable if flux and wavelength do not match."""
        self.flux = _numbers(self.flux, "flux")
        self.wavelength = _numbers(self.wavelength, "wavelength")
        if not len(self.flux):
            raise Unreadable("has no pixels")
        self._fits(self.wavelength, "wavelength")

    def take(self, name: str, read: Callable[[], Values]) -> None:
        """Set an array other than the flux. If it cannot be read or does not match, only it is left out."""
        try:
            if name.endswith("mask"):
                self.masks[name] = self._fits(_bits(read(), name), name)
            else:
                self.values[name] = self._fits(_numbers(read(), name), name)
        except (Unreadable, *ODD) as error:
            self.lost[name] = first_line(str(error))

    def _fits(self, array: Values, name: str) -> Values:
        if len(array) != len(self.flux):
            raise Unreadable(f"{name} has {len(array):,} pixels, the flux {len(self.flux):,}", NO_FIT)
        return array

    @property
    def bytes(self) -> int:
        arrays = (self.wavelength, self.flux, *self.values.values(), *self.masks.values())
        return sum(array.nbytes for array in arrays)


@dataclass
class Spectrum:
    """All parts of a spectrum, and the header values shown with it."""

    parts: list[Part]
    facts: dict[str, Any] = field(default_factory=dict)
    several: bool = False
    """Whether its file may contain several spectra."""


def _numbers(array: Values, name: str) -> Values:
    """Return a one-dimensional float32 or float64 array in native byte order, with unchanged values."""
    if array.ndim != 1:
        raise Unreadable(f"{name} has {array.ndim} dimensions, one was expected", NO_FIT)
    kind = array.dtype.kind
    if kind == "f":
        wanted = np.dtype(f"f{max(array.dtype.itemsize, 4)}")
    elif kind in "iub":
        wanted = np.dtype("f4" if array.dtype.itemsize <= 2 else "f8")
    else:
        raise Unreadable(f"{name} contains no numbers", NO_FIT)
    return np.ascontiguousarray(array, wanted)


def _bits(array: Values, name: str) -> Values:
    """Return a mask as integers; some pipelines store masks as floats."""
    if array.ndim != 1:
        raise Unreadable(f"{name} has {array.ndim} dimensions, one was expected")
    if array.dtype.kind == "f":
        with np.errstate(all="ignore"):
            whole = np.asarray(array, np.float64)
        if not (np.abs(whole) < 2**53).all() or (whole != np.floor(whole)).any():
            raise Unreadable(f"{name} is a mask, but not of whole numbers")
        array = whole.astype(np.int64)
    elif array.dtype.kind not in "iub":
        raise Unreadable(f"{name} is a mask, but not of whole numbers")
    if array.dtype.kind == "u" and array.dtype.itemsize == 8:
        array = array.view(np.int64) if array.dtype.isnative else array.astype("u8").view(np.int64)
    lowest, highest = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    small = lowest >= -(2**31) and highest < 2**31
    return np.ascontiguousarray(array, np.int32 if small else np.int64)
