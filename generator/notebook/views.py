"""The views and functions that SQL has in pages, for DuckDB outside of them."""

from __future__ import annotations

import re

from ..formats import Catalogue, CatalogueColumn
from ..formats.base import Mark
from ..ingest.values.sql_text import literal, quoted

WHOLE = ("byte", "short", "int", "long")


def marks(column: CatalogueColumn) -> list[str]:
    """The values of a column that mean "nothing" and occur in it, as SQL."""
    return [text for value in column.marked if (text := _typed(column, value))]


def _typed(column: CatalogueColumn, value: Mark) -> str | None:
    """A value as SQL of the column's type; None if the column cannot have it."""
    text = str(value)
    if column.datatype == "string":
        return literal(text) if "\0" not in text else None
    if column.datatype in WHOLE:
        if not re.fullmatch(r"[+-]?\d+", text):
            return None
        return f"CAST('{text}' AS {'BIGINT' if int(text) < 2**63 else 'UBIGINT'})"
    if column.datatype == "timestamp":
        kind = "TIMESTAMP_NS" if column.scale == 9 else "TIMESTAMP"
        return (
            f"CAST({literal(text)} AS {kind})" if re.fullmatch(r"\d{4,6}-\d\d-\d\d[ T\d:.]*", text) else None
        )
    if column.datatype not in ("float", "double") or not re.fullmatch(
        r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text
    ):
        return None
    if column.scale and (decimal := re.fullmatch(r"([+-]?\d+)(?:\.(\d*))?", text)):
        digits = decimal[2] or ""
        if len(digits) <= column.scale:
            return f"CAST('{decimal[1]}.{digits.ljust(column.scale, '0')}' AS DECIMAL(38,{column.scale}))"
    return f"CAST('{text}' AS {column.datatype.upper()})"


def present_view(meta: Catalogue, stored: str) -> str:
    """The view of a catalogue in which missing values are NULL, made of that of the stored values."""
    values = []
    for column in meta.columns:
        name, listed = quoted(column.name), ", ".join(marks(column))
        if not listed:
            continue
        if column.arraysize is None:
            values.append(f"CASE WHEN {name} IN ({listed}) THEN NULL ELSE {name} END AS {name}")
        else:
            values.append(f"[CASE WHEN _v IN ({listed}) THEN NULL ELSE _v END FOR _v IN {name}] AS {name}")
    replaced = f" REPLACE ({', '.join(values)})" if values else ""
    return f"CREATE VIEW {quoted(meta.name)} AS SELECT *{replaced} FROM {quoted(stored)}"


def separation(ra1: str, dec1: str, ra2: str, dec2: str) -> str:
    """Great-circle distance in arcsec of positions in degrees."""
    return f"{degrees_apart(ra1, dec1, ra2, dec2)} * 3600"


def degrees_apart(ra1: str, dec1: str, ra2: str, dec2: str) -> str:
    """Great-circle distance in degrees of positions in degrees, by the Vincenty formula."""
    ra1, dec1, ra2, dec2 = (f"radians({one})" for one in (ra1, dec1, ra2, dec2))
    across = f"cos({dec2}) * sin({ra2} - {ra1})"
    along = f"(cos({dec1}) * sin({dec2}) - sin({dec1}) * cos({dec2}) * cos({ra2} - {ra1}))"
    towards = f"(sin({dec1}) * sin({dec2}) + cos({dec1}) * cos({dec2}) * cos({ra2} - {ra1}))"
    return f"degrees(atan2(sqrt(({across}) * ({across}) + {along} * {along}), {towards}))"
