"""The functions that a notebook calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from . import _astropy
from ._conditions import condition_text, order_text
from ._convert import columns_of, member
from ._errors import Error
from ._release import Release, release_of
from ._spectrum import Spectrum, spectrum_of
from ._table import Table
from ._transport import ask, current

Condition = str | int | float | Sequence[Any]


async def sql(statement: str) -> Any:
    """Run a SELECT statement on the catalogues of the release and return its rows.

    Values that the release declares missing are NULL, and NULL is masked; `<catalogue>_raw` has the values as
    they are stored. Whole numbers of 64 bits are exact. A Table of astropy where astropy can be imported,
    else a `Table`. Raises Error with DuckDB's message.
    """
    return _table(await ask("sql", sql=str(statement)))


async def table(
    catalogue: str,
    cone: tuple[float, float, float] | None = None,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Condition] | None = None,
    sort: str | Sequence[str] | None = None,
    limit: int | None = None,
) -> Any:
    """Return rows of a catalogue, as the search page finds them.

    cone: right ascension and declination (ICRS, deg) and radius (arcsec); the result has a column
    `separation` (arcsec). columns: their names; None for the most important ones, ["*"] for all. where:
    conditions by column: a value, (low, high) with None for an open end, a list of values, or a text as in
    addresses of the search page ("10..", "K*"). sort: columns to sort by, "-" before a name for highest
    first. limit: most rows.
    """
    if cone is not None:
        numbers = [float(getattr(one, "value", one)) for one in cone]
        if len(numbers) != 3 or not all(np.isfinite(numbers)):
            raise Error("cone must be (ra, dec, radius): degrees, degrees, arcsec")
    if isinstance(columns, str):
        columns = [columns]
    answer = await ask(
        "table",
        catalogue=str(catalogue),
        cone=None if cone is None else numbers,
        columns=None if columns is None else [str(one) for one in columns],
        where={str(name): condition_text(name, one) for name, one in (where or {}).items()},
        sort=None if sort is None else order_text(sort),
        limit=None if limit is None else int(limit),
    )
    return _table(answer)


def _table(answer: Any) -> Any:
    columns, statement = columns_of(answer), str(member(answer, "sql") or "")
    return _astropy.table(columns, statement) if _astropy.is_there() else Table(columns, statement)


async def spectrum(ident: int | str, set: str | None = None) -> Spectrum:
    """Return a spectrum by its id. `set` names the set of spectra if the release has several with this id.

    Flux, wavelength and inverse variance are bit by bit those of the file. Raises Error if there is no such
    spectrum.
    """
    ident = ident if isinstance(ident, str) else int(ident)
    return spectrum_of(await ask("spectrum", id=str(ident), set=set), ident)


async def release() -> Release:
    """Return the facts of the release: name, DOI, catalogues and columns; `release.cite()` says how to cite
    it.
    """
    return release_of(str(await ask("release")))


def open(place: str) -> None:
    """Name the release to ask, outside of a page. In a page nothing changes: its own release answers."""


def save(name: str, data: bytes | bytearray | memoryview | str) -> None:
    """Offer bytes, or a text as UTF-8, to the reader as a file of this name."""
    if not name or any(one in name for one in "/\\\0") or name in (".", ".."):
        raise Error(f"{name!r} is not a file name")
    if not isinstance(data, bytes | bytearray | memoryview | str):
        raise Error("save takes bytes or a text; tables have write_fits() and write_votable()")
    current().save(name, data.encode() if isinstance(data, str) else bytes(data))


def show(rows: Any) -> None:
    """Show the rows of a table that `sql` or `table` returned, or of a statement, as a result with the plots
    of the search page.
    """
    if isinstance(rows, str):
        statement = rows
    else:
        meta = cast("Mapping[str, Any]", getattr(rows, "meta", None) or {})
        statement = str(meta.get("sql") or "")
        if not statement or meta.get("rows") != len(rows):
            raise Error("show takes a whole table as sql() or table() returned it, or a statement")
    current().show(statement)


def write_fits(rows: Any) -> bytes:
    """Return a table as a FITS file. NULL becomes TNULL in whole numbers and NaN in real ones."""
    from ._fits import fits

    return fits(_columns(rows))


def write_votable(rows: Any) -> bytes:
    """Return a table as a VOTable (BINARY2), which distinguishes NULL from NaN."""
    from ._votable import votable

    return votable(_columns(rows))


def _columns(rows: Any) -> list[Any]:
    if isinstance(rows, Table):
        return list(rows.columns.values())
    if hasattr(rows, "colnames"):
        return _astropy.columns_of(rows)
    raise Error("not a table; sql() and table() return tables")
