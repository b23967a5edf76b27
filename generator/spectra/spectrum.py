"""What a spectrum is to the rest of drportal, whatever the layout of the file it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


class Unreadable(Exception):
    """A file, or one spectrum in it, that cannot be understood.

    The text says what is wrong and, in a second line where fetching the file again is no help, what is.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what}\n{fix}" if fix else what)


def first_line(what: str) -> str:
    """What is wrong, without what to do."""
    return what.partition("\n")[0]


ODD = (ValueError, TypeError, IndexError, KeyError, OverflowError, OSError, MemoryError, EOFError)
"""What reading a damaged file may raise somewhere in the libraries."""
NAME_ID = (
    """say where the id stands: id = { lookup = "filename" } with the column of the catalogue that holds """
    """file names, or id = { file = '-(\\d+)\\.fits' }, { header = "..." }, { column = "..." }; """
    """or build with --keep-going to leave the file out"""
)
NO_FIT = (
    "take it away, or build with --keep-going to leave it out; fetching it again helps only if it was cut"
)


@dataclass
class Part:
    """One run of pixels: a whole spectrum, or an arm or an exposure of it. Values are those of the file."""

    wavelength: Values
    flux: Values
    arm: str = ""
    """The spectrograph's arm where there are several: B, R, Z."""
    kind: Literal["coadd", "single"] = "coadd"
    exposure: str = ""
    """Which exposure a single one is, as the file names it."""
    log: bool = False
    """Whether `wavelength` holds the decimal logarithm of the wavelength."""
    values: dict[str, Values] = field(default_factory=dict)
    """More numbers per pixel: ivar or error, sky, model, normalized, subtracted, wdisp."""
    masks: dict[str, Values] = field(default_factory=dict)
    """Bits per pixel, by mask: and_mask, or_mask, pix_mask, mask."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the file says of this part alone: snr, exptime."""
    lost: dict[str, str] = field(default_factory=dict)
    """Arrays beside the flux that the part is without, and why."""

    def __post_init__(self) -> None:
        """Bring numbers to float types; flux and wavelength must fit each other, or there is no spectrum."""
        self.flux = _numbers(self.flux, "flux")
        self.wavelength = _numbers(self.wavelength, "wavelength")
        if not len(self.flux):
            raise Unreadable("has no pixels")
        self._fits(self.wavelength, "wavelength")

    def take(self, name: str, read: Callable[[], Values]) -> None:
        """Keep an array beside the flux. One that cannot be read or does not fit costs itself alone."""
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
    """All parts of one spectrum, and the few facts of its header that a reader wants beside it."""

    parts: list[Part]
    facts: dict[str, Any] = field(default_factory=dict)
    several: bool = False
    """Whether files of its kind may hold more spectra than this one."""


def _numbers(array: Values, name: str) -> Values:
    """One-dimensional float32 or float64 of the machine's own byte order, no value changed."""
    if array.ndim != 1:
        raise Unreadable(f"{name} has {array.ndim} dimensions, one was expected", NO_FIT)
    kind = array.dtype.kind
    if kind == "f":
        wanted = np.dtype(f"f{max(array.dtype.itemsize, 4)}")
    elif kind in "iub":
        wanted = np.dtype("f4" if array.dtype.itemsize <= 2 else "f8")
    else:
        raise Unreadable(f"{name} holds no numbers", NO_FIT)
    return np.ascontiguousarray(array, wanted)


def _bits(array: Values, name: str) -> Values:
    """A mask as integers; pipelines keep some as floats."""
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
