"""The schema page of a catalogue: what its columns are, and how their values spread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .charts import sparkline
from .context import CatalogueView
from .forms import densest


@dataclass(frozen=True)
class ColumnView:
    """A column as the schema page shows it."""

    name: str
    anchor: str
    datatype: str
    is_number: bool
    unit: str | None
    ucd: str | None
    description: str
    missing: list[Any]
    role: str | None
    low: Any
    high: Any
    empty: float
    """Share of rows without a value, 0-1."""
    distinct: int | None
    values: list[tuple[Any, int]]
    spark: str
    """Path of a small histogram; empty where there is none."""


def schema_context(view: CatalogueView) -> dict[str, object]:
    """What catalogue.html adds."""
    measured = {c["name"]: c for c in view.statistics.get("columns") or []}
    roles: dict[str, str] = {}
    for role, names in (view.statistics.get("roles") or {}).items():
        for name in names if isinstance(names, list) else [names]:
            if name:
                roles.setdefault(name, role)
    taken: set[str] = set()
    columns = [
        _column(c, measured.get(c["name"], {}), roles.get(c["name"]), taken) for c in view.meta["columns"]
    ]
    return {
        "catalogue": view,
        "columns": columns,
        "place": densest(view.statistics) or (0.0, 0.0),
        "example_columns": _example_columns(view, columns),
        "first_partition": view.meta["partitions"][0]["path"] if view.meta["partitions"] else None,
    }


def _column(
    column: dict[str, Any], measured: dict[str, Any], role: str | None, taken: set[str]
) -> ColumnView:
    rows = int(measured.get("rows") or 0)
    datatype = str(column["datatype"])
    if column.get("arraysize") not in (None, "1"):
        datatype = f"{datatype}[{column['arraysize']}]"
    return ColumnView(
        name=str(column["name"]),
        anchor=_anchor(str(column["name"]), taken),
        datatype=datatype,
        is_number=bool(measured.get("histogram")),
        unit=column.get("unit"),
        ucd=column.get("ucd"),
        description=column.get("description") or "",
        missing=list(column.get("missing") or []),
        role=role,
        low=measured.get("min"),
        high=measured.get("max"),
        empty=int(measured.get("nulls") or 0) / rows if rows else 0.0,
        distinct=measured.get("distinct"),
        values=[(value, int(count)) for value, count in (measured.get("values") or [])[:3]],
        spark=sparkline(measured.get("histogram")),
    )


def _anchor(name: str, taken: set[str]) -> str:
    """An id for a column: its name where that is usable, made different from those before it."""
    anchor = "col-" + (re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-") or "unnamed")
    number, wanted = 2, anchor
    while anchor.lower() in taken:
        anchor, number = f"{wanted}-{number}", number + 1
    taken.add(anchor.lower())
    return anchor


def _example_columns(view: CatalogueView, columns: list[ColumnView]) -> list[str]:
    """A few columns worth a first look: identifier, position, class, else the first ones."""
    roles = view.statistics.get("roles") or {}
    wanted = [roles.get(k) for k in ("id", "ra", "dec", "class", "redshift")]
    known = {c.name for c in columns}
    chosen = list(dict.fromkeys(n for n in wanted if n in known))
    return chosen or [c.name for c in columns[:4]]
