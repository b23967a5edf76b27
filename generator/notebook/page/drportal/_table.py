"""Tables, where astropy is not there to make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast, overload

import numpy as np
from numpy.typing import NDArray

from ._cells_of_table import text_of
from ._column import Column
from ._errors import Error
from ._shown import summary

TABLE = "application/vnd.drportal.table+json"


class Table:
    """Rows and columns. `table["z"]` is a column, `table[:10]` and `table[table["z"] > 1]` are tables of some
    rows.

    `sql` is the statement that gave the rows, "" for a table of selected rows.
    """

    def __init__(self, columns: Sequence[Column], sql: str = "") -> None:
        if len({len(column) for column in columns}) > 1:
            raise Error("the columns of a table must have the same length")
        self._columns = {column.name: column for column in columns}
        if len(self._columns) != len(columns):
            raise Error("two columns of a table have the same name")
        self.sql = sql

    @property
    def colnames(self) -> list[str]:
        """Names of the columns, in their order."""
        return list(self._columns)

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by name."""
        return dict(self._columns)

    @property
    def units(self) -> dict[str, str | None]:
        """Units of the columns as VOUnit, by name."""
        return {name: column.unit for name, column in self._columns.items()}

    @property
    def meta(self) -> dict[str, Any]:
        """As in tables of astropy: the statement, if the table is its whole result."""
        return {"sql": self.sql, "rows": len(self)} if self.sql else {}

    def __len__(self) -> int:
        return next((len(column) for column in self._columns.values()), 0)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each a dictionary by column."""
        for row in range(len(self)):
            yield {name: column[row] for name, column in self._columns.items()}

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    @overload
    def __getitem__(self, what: str) -> Column: ...
    @overload
    def __getitem__(self, what: slice | list[Any] | NDArray[Any]) -> Table: ...
    def __getitem__(self, what: Any) -> Any:
        """A column by name; a row (a dictionary) by number; a table of the columns in a list of names; or the
        rows of a slice, of a list of numbers or of truth values, where no value (NULL) counts as false.
        """
        if isinstance(what, str):
            try:
                return self._columns[what]
            except KeyError:
                raise Error(f"no column {what!r}; there are: {', '.join(self._columns)}") from None
        if isinstance(what, int | np.integer):
            return {name: column[what] for name, column in self._columns.items()}
        if isinstance(what, list | tuple) and what and all(isinstance(one, str) for one in what):
            return Table([self[name] for name in what])
        if isinstance(what, np.ma.MaskedArray) and what.dtype == bool:
            what = what.filled(False)
        return Table([column[what] for column in self._columns.values()])

    def __setitem__(self, name: str, values: Any) -> None:
        """Add or replace a column."""
        if isinstance(values, np.ma.MaskedArray):
            made = Column(values.data, np.ma.getmaskarray(values), values, name=name)
        elif np.ndim(values):
            made = Column(np.asarray(values), name=name)
        else:
            made = Column(np.full(len(self), values), name=name)
        if self._columns and len(made) != len(self):
            raise Error(f"{name!r} has {len(made):,} values, the table {len(self):,} rows")
        self._columns[name], self.sql = made, ""

    def sorted(self, name: str, reverse: bool = False) -> Table:
        """The rows in the order of a column; rows without a value come last."""
        column = self[name]
        mask = np.ma.getmaskarray(column)
        order = np.argsort(column.data, kind="stable")
        order = order[::-1] if reverse else order
        return self[np.concatenate([order[~mask[order]], order[mask[order]]])]

    def as_array(self) -> np.ma.MaskedArray[Any, Any]:
        """One masked structured array with a field for each column."""
        types = [(name, column.dtype, column.shape[1:]) for name, column in self._columns.items()]
        made: Any = np.ma.zeros(len(self), types)
        for name, column in self._columns.items():
            made.data[name] = column.data
            made.mask[name] = np.ma.getmaskarray(column)
        return cast("np.ma.MaskedArray[Any, Any]", made)

    def to_pandas(self) -> Any:
        """A pandas DataFrame. Whole numbers with NULL become pandas' nullable type of the same width."""
        import pandas as pd

        return pd.DataFrame({name: _series(pd, column) for name, column in self._columns.items()})

    def write_fits(self) -> bytes:
        """The table as a FITS file, as bytes: `save("rows.fits", table.write_fits())`."""
        from ._fits import fits

        return fits(list(self._columns.values()))

    def write_votable(self) -> bytes:
        """The table as a VOTable (BINARY2), as bytes."""
        from ._votable import votable

        return votable(list(self._columns.values()))

    def __repr__(self) -> str:
        return text_of(list(self._columns.values()))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {TABLE: summary(list(self._columns.values())), "text/plain": repr(self)}


def _series(pd: Any, column: Column) -> Any:
    mask = np.ma.getmaskarray(column)
    if column.ndim > 1:
        return pd.Series(list(column), dtype=object)
    if column.dtype.kind in "iub" and mask.any():
        kind = {"i": "Int", "u": "UInt"}.get(column.dtype.kind, "boolean")
        kind = kind if column.dtype.kind == "b" else f"{kind}{8 * column.dtype.itemsize}"
        return pd.Series(pd.array(np.where(mask, 0, column.data).astype(column.dtype), dtype=kind)).mask(mask)
    if column.dtype.kind in "UO" and mask.any():
        values = column.data.astype(object)
        values[mask] = None
        return pd.Series(values)
    return pd.Series(column.data)
