"""Vectorized texts for many rows, without a Python object for each."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def designations(ra: Floats, dec: Floats) -> pa.Array:
    """J025857.16+072841.3 from degrees, truncated (not rounded) as is usual for names."""
    # Add a little, so that 2.9999999, meant as 3, is not truncated to 2.
    time = np.floor(ra / 15 * 360_000 + 1e-5).astype(np.int64) % 8_640_000
    angle = np.floor(np.abs(dec) * 36_000 + 1e-5).astype(np.int64)
    text = np.empty((len(ra), 19), np.uint8)
    text[:] = np.frombuffer(b"J000000.00+000000.0", np.uint8)
    _digits(text, 1, time // 360_000, 2)
    _digits(text, 3, time // 6000 % 60, 2)
    _digits(text, 5, time // 100 % 60, 2)
    _digits(text, 8, time % 100, 2)
    text[:, 10] = np.where(dec < 0, ord("-"), ord("+"))
    _digits(text, 11, angle // 36_000, 2)
    _digits(text, 13, angle // 600 % 60, 2)
    _digits(text, 15, angle // 10 % 60, 2)
    _digits(text, 18, angle % 10, 1)
    offsets = np.arange(0, 19 * len(ra) + 1, 19, dtype=np.int32)
    return pa.StringArray.from_buffers(len(ra), pa.py_buffer(offsets), pa.py_buffer(text))


def _digits(text: NDArray[np.uint8], start: int, number: Ints, count: int) -> None:
    for place in range(count):
        text[:, start + place] = 48 + number // 10 ** (count - 1 - place) % 10


LETTERS = "MKGFAB"
"""Spectral types, from the coolest on."""


def _type(letter: str, number: int, size: str) -> str:
    """A type as LAMOST writes it: A and B with luminosity class, M marked as dwarf or giant."""
    if letter == "M":
        return ("gM" if size == "III" else "dM") + str(number)
    return f"{letter}{number}" + (size if letter in "AB" else "")


TYPES = sorted(
    {_type(a, n, size) for a in LETTERS for n in range(7 if a == "M" else 10) for size in ["III", "IV", "V"]}
)
"""Every type that `spectral_types` returns."""


def spectral_types(teff: Floats, logg: Floats, digit: Ints) -> pa.Array:
    """Spectral types of stars; `digit` is the subtype, 0 to 9."""
    limits = [3900, 5200, 6000, 7400, 9800]
    which = np.searchsorted(limits, teff)
    index = which * 10 + np.where(which == 0, digit % 7, digit)
    luminosity = np.searchsorted([3.7, 4.0], logg)
    names = [
        _type(letter, number, size)
        for letter in LETTERS
        for number in range(10)
        for size in ["III", "IV", "V"]
    ]
    return pick(names, index * 3 + luminosity)


def pick(values: list[str], index: Ints) -> pa.Array:
    """values[index] as text."""
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(values)).dictionary_decode()


def text_of(number: Ints) -> pa.Array:
    return pa.array(number).cast(pa.string())


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts concatenated row by row."""
    return pc.binary_join_element_wise(*parts, "")
