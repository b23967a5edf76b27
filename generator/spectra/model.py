"""What a spectrum is to the rest of drportal, whatever the layout of the file it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]


class Unreadable(Exception):
    """A file, or one spectrum in it, that cannot be understood; the text says what is wrong."""


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
    """More numbers per pixel: ivar or error, sky, model, normalized, wdisp."""
    masks: dict[str, Values] = field(default_factory=dict)
    """Bits per pixel, by mask: and_mask, or_mask, pix_mask, mask."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the file says of this part alone: snr, exptime."""

    @property
    def bytes(self) -> int:
        arrays = (self.wavelength, self.flux, *self.values.values(), *self.masks.values())
        return sum(array.nbytes for array in arrays)

    def settle(self) -> Part:
        """Check that everything has as many pixels as the flux; bring numbers to float or integer types."""
        self.flux = _numbers(self.flux, "flux")
        self.wavelength = _numbers(self.wavelength, "wavelength")
        self.values = {name: _numbers(array, name) for name, array in self.values.items()}
        self.masks = {name: _bits(array, name) for name, array in self.masks.items()}
        pixels = len(self.flux)
        if not pixels:
            raise Unreadable("has no pixels")
        for name, array in {"wavelength": self.wavelength, **self.values, **self.masks}.items():
            if len(array) != pixels:
                raise Unreadable(f"{name} has {len(array)} pixels, the flux {pixels}")
        return self


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
        raise Unreadable(f"{name} has {array.ndim} dimensions, one was expected")
    kind = array.dtype.kind
    if kind == "f":
        wanted = np.dtype(f"f{max(array.dtype.itemsize, 4)}")
    elif kind in "iub":
        wanted = np.dtype("f4" if array.dtype.itemsize <= 2 else "f8")
    else:
        raise Unreadable(f"{name} holds no numbers")
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
