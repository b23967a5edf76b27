"""Columns of a table: masked arrays that know their unit and what they mean."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Column(np.ma.MaskedArray):
    """A masked array of one value per row; rows without a value (NULL) are masked.

    Selecting rows keeps name, unit, UCD and description. Results of arithmetic do not have them, since their
    unit may be another.
    """

    name: str = ""
    unit: str | None = None
    ucd: str | None = None
    description: str | None = None
    type: str = ""  # as DuckDB writes it

    def __new__(cls, values: Array, mask: Any = False, like: Any = None, **about: str | None) -> Column:
        """Return a column of these values. `like` has the name, unit … of another; `about` replaces some of
        them.
        """
        made = cast("Column", super().__new__(cls, values, mask=mask))
        if like is not None:
            made._describe(like)
        for key, text in about.items():
            setattr(made, key, text)
        return made

    def _describe(self, other: Any) -> None:
        for key in ("name", "unit", "ucd", "description", "type"):
            setattr(self, key, getattr(other, key, None))

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        # one row of a column of lists is a list, not a column
        if isinstance(found, Column) and (
            self.dtype.kind != "O" or np.ndim(index) or isinstance(index, slice)
        ):
            found._describe(self)
        return found

    def copy(self, order: Any = "C") -> Column:
        """Return a copy with the same name, unit, UCD and description."""
        return Column(self.data.copy(order), np.ma.getmaskarray(self).copy(), self)

    @property
    def values(self) -> Array:
        """The values without the mask: NaN for NULL in columns of real numbers, 0 or "" in others."""
        return self.data
