"""Tables and quantities of astropy, where it can be imported."""

from __future__ import annotations

import importlib.util
import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._column import Column


@cache
def is_there() -> bool:
    """Whether astropy can be imported. That takes seconds in a page, so it is done when first needed."""
    return importlib.util.find_spec("astropy") is not None


def table(columns: list[Column], sql: str) -> Any:
    """Return an astropy Table, with MaskedColumns where values may be NULL."""
    from astropy.table import Column as Full
    from astropy.table import MaskedColumn, Table

    made = Table(meta={"sql": sql, "rows": len(columns[0]) if columns else 0})
    for column in columns:
        about = {"name": column.name, "unit": _unit(column.unit), "description": column.description}
        about["meta"] = {key: getattr(column, key) for key in ("ucd", "type") if getattr(column, key)}
        mask = np.ma.getmaskarray(column)
        if mask.any():
            made[column.name] = MaskedColumn(column.data, mask=mask, **about)
        else:
            made[column.name] = Full(column.data, **about)
    return made


def columns_of(table: Any) -> list[Column]:
    """Return the columns of an astropy Table as this package's own."""
    made = []
    for name in table.colnames:
        column = table[name]
        about = {"name": name, "unit": str(column.unit) if column.unit else None}
        about["description"] = getattr(column, "description", None) or getattr(
            column.info, "description", None
        )
        meta = getattr(column, "meta", None) or {}
        about |= {"ucd": meta.get("ucd"), "type": meta.get("type", "")}
        made.append(Column(np.asarray(column), np.ma.getmaskarray(column), **about))
    return made


def quantity(values: NDArray[Any], unit: str, inverse: str | None = None) -> Any:
    """Return a Quantity of the same type; `inverse` is the unit whose inverse square it has. None without
    astropy.
    """
    if not is_there():
        return None
    from astropy import units

    if inverse is not None:
        return units.Quantity(
            values, (_unit(inverse) or units.dimensionless_unscaled) ** -2, copy=False, dtype=None
        )
    return units.Quantity(values, _unit(unit) or units.dimensionless_unscaled, copy=False, dtype=None)


def _unit(text: str | None) -> Any:
    """Return a unit written as VOUnit; one that astropy does not know keeps its text."""
    if not text:
        return None
    from astropy import units

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", units.UnitsWarning)  # Angstrom is still what everyone writes
        try:
            return units.Unit(text, format="vounit")
        except ValueError:
            return units.Unit(text, parse_strict="silent")
