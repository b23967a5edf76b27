"""Logical columns of FITS: T, F and 0 for undefined, or 1 and 0 as written by some programs.

The byte 0 means undefined in the first case and false in the second, so the whole column must be inspected.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...problems import InputError, Problem
from ..values.notes import Notes

TRUE, FALSE = ord("T"), ord("F")


class Bytes:
    """The different bytes of a column, and the row in which each first occurs."""

    def __init__(self, pieces: Iterable[tuple[NDArray[np.uint8], NDArray[np.int64]]]) -> None:
        """`pieces` are bytes of consecutive rows, with the number of bytes in each row."""
        self._first: dict[int, int] = {}
        before = 1
        for data, lengths in pieces:
            for byte in np.flatnonzero(np.bincount(data, minlength=256)).tolist():
                if byte not in self._first:
                    place = int(np.argmax(data == byte))
                    row = int(np.searchsorted(np.cumsum(lengths), place, "right"))
                    self._first[byte] = before + row
            before += len(lengths)

    def are_numbers(self, file: Path, place: str, name: str, notes: Notes) -> bool:
        """Return whether 1 is true and 0 false, and report it. Raises InputError for any other byte."""
        where = f"{place}, column {name}"
        for byte, row in sorted(self._first.items(), key=lambda one: one[1]):
            if byte not in (TRUE, FALSE, 0, 1):
                what = f"contains the byte 0x{byte:02x}, which is not a logical value (T, F or 0)"
                raise InputError(Problem(str(file), f"{where}, row {row}", what, "write the column again"))
        if 1 not in self._first:
            return False
        letters = [self._first[b] for b in (TRUE, FALSE) if b in self._first]
        if letters:
            row = max(self._first[1], min(letters))
            what = "mixes logical values written as T and F with others written as 1 and 0"
            raise InputError(Problem(str(file), f"{where}, row {row}", what, "write the column again"))
        what = "stores its logical values as bytes 1 and 0, not T and F; they are read as true and false"
        notes.add(
            f"logical {name}",
            where,
            what,
            "astropy up to 7.2 wrote arrays like this; write the file with a newer one",
        )
        return True
