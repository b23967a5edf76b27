"""Search forms generated from the description of a catalogue: fields, their groups and controls."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..formats import Catalogue, CatalogueColumn, ColumnStatistics, Statistics
from ..formats.blocks import FormBlock, FormColumn, FormFilter, ShownHistograms
from ..ingest.column_groups import GROUPS, OPEN, group_of
from ..ingest.default_columns import (
    TEXT,
    WHOLE,
    Widget,
    default_columns,
    is_datelike,
    key_columns,
    widget_of,
)
from .charts import packed
from .described import DescribedColumn


@dataclass(frozen=True)
class Choice:
    """One value of a column with few values: its text in permalinks, its label, and its number of rows."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Field:
    """One column of a form. `low` and `high` are the extremes of the column, as text, or empty."""

    index: int
    name: str
    datatype: str
    unit: str
    description: str
    widget: Widget
    low: str = ""
    high: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    open: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Filter:
    """A condition, as a form shows it."""

    block: FormFilter
    rows: int | None
    """Number of rows that meet it, if known; pages find out which spectra a copy has."""
    objects: tuple[str, ...] = ()
    """The columns that identify objects."""


@dataclass(frozen=True)
class Start:
    """An example search. `title` is an English message to translate, with {placeholders} for `values`."""

    title: str
    query: str
    values: dict[str, str]


@dataclass(frozen=True)
class SearchForm:
    """Everything a template needs for the form of one catalogue."""

    catalogue: str
    title: str
    short_title: str
    rows: int
    position: bool
    """Whether rows have positions, so that cones and boxes can be searched."""
    groups: tuple[Group, ...]
    columns: tuple[Field, ...]
    """All columns in the order of the table."""
    minimal: frozenset[str]
    typical: frozenset[str]
    starts: tuple[Start, ...]
    data: FormBlock
    """The part that the scripts of the page need."""
    drawn: frozenset[str]
    """Columns with a histogram."""
    galactic: tuple[str, ...] = ()
    """Columns of galactic coordinates, if the catalogue has no other position."""
    filters: tuple[Filter, ...] = ()
    """Conditions that no column has."""


def search_form(
    meta: Catalogue,
    statistics: Statistics,
    title: str,
    short_title: str = "",
    filters: Sequence[Filter] = (),
    plots: Sequence[str] = (),
) -> SearchForm:
    """Lay out the form of one catalogue from its catalogue.json and statistics.json."""
    roles = statistics.roles.by_role()
    measured = {column.name: column for column in statistics.columns}
    columns = tuple(
        _field(index, column, measured[column.name], roles) for index, column in enumerate(meta.columns)
    )
    described = {column.name: column for column in meta.columns}
    places = {field.name: group_of(described[field.name], roles) for field in columns}
    groups = tuple(
        Group(key, heading, key in OPEN, fields)
        for key, heading in GROUPS.items()
        if (fields := tuple(field for field in columns if places[field.name] == key))
        or (key == "position" and meta.position)
    )
    minimal = frozenset(key_columns(meta, statistics.roles))
    data = FormBlock.model_construct(
        name=meta.name,
        rows=meta.rows,
        position=meta.position,
        id=meta.id,
        columns=[
            FormColumn.of(column, **({"dates": True} if _is_date_text(column, measured[column.name]) else {}))
            for column in meta.columns
        ],
        filters=[one.block for one in filters],
    )
    if plots:
        data.plots = list(plots)
    return SearchForm(
        catalogue=meta.name,
        title=title,
        short_title=short_title or title,
        rows=meta.rows,
        position=meta.position is not None,
        groups=groups,
        columns=columns,
        minimal=minimal,
        typical=frozenset(meta.default_columns or default_columns(meta, statistics)),
        starts=tuple(_starts(meta, statistics)),
        data=data,
        drawn=frozenset(histograms(meta, statistics).root),
        filters=tuple(filters),
        galactic=() if meta.position else _galactic(meta),
    )


def histograms(meta: Catalogue, statistics: Statistics) -> ShownHistograms:
    """The histograms of the columns that are searched by range."""
    roles = statistics.roles.by_role()
    measured = {column.name: column for column in statistics.columns}
    fields = (_field(0, column, measured[column.name], roles) for column in meta.columns)
    drawn = ((f.name, packed(measured[f.name].histogram)) for f in fields if f.widget == "range")
    return ShownHistograms({name: found for name, found in drawn if found})


def histograms_path(catalogue: str) -> str:
    """The path of their script."""
    return f"assets/histograms.{catalogue}.js"


def _galactic(meta: Catalogue) -> tuple[str, ...]:
    """The columns of galactic longitude and latitude, if both exist."""
    found = []
    for ucd, pattern in (
        ("pos.galactic.lon", r"g?l(on)?|gal_?l(on)?"),
        ("pos.galactic.lat", r"g?b|glat|gal_?(b|lat)"),
    ):
        found += [
            column.name
            for column in meta.columns
            if (column.ucd or "").lower().startswith(ucd) or re.fullmatch(pattern, column.name.lower())
        ][:1]
    return tuple(found) if len(found) == 2 else ()


def densest(statistics: Statistics) -> tuple[float, float] | None:
    """Centre (ra, dec in deg) of the pixel with the most rows; None without positions."""
    sky = statistics.sky
    if sky is None or not sky.counts:
        return None
    pixel = max(sky.counts.items(), key=lambda item: (item[1], -int(item[0])))[0]
    import numpy as np
    from cdshealpix.nested import healpix_to_lonlat

    ra, dec = healpix_to_lonlat(np.array([int(pixel)], "u8"), sky.order)
    return round(float(ra.deg[0]), 2), round(float(dec.deg[0]), 2)


def is_sparse(statistics: Statistics) -> bool:
    """Whether a small cone at the densest pixel may be empty; one of 2 degrees contains the whole pixel."""
    counts = statistics.sky.counts if statistics.sky else {}
    return max(counts.values(), default=0) < 50


def _starts(meta: Catalogue, statistics: Statistics) -> Iterator[Start]:
    catalogue, roles = quote(meta.name), statistics.roles
    centre = densest(statistics) if meta.position else None
    if centre:
        ra, dec = (f"{angle:g}" for angle in centre)
        sparse = is_sparse(statistics)
        title = "Within 2 degrees of {ra}, {dec}" if sparse else "Within 30 arcmin of {ra}, {dec}"
        cone = f"{ra},{dec},{7200 if sparse else 1800}"
        yield Start(title, f"catalogue={catalogue}&cone={cone}", {"ra": ra, "dec": dec})
    snr, label = roles.of("snr"), roles.class_
    value = next((str(value) for value, _ in statistics.classes if value), None)
    if snr and label and value:
        quality = f"{quote(snr)}=50..&sort=-{quote(snr)}&limit=1000"
        query = f"catalogue={catalogue}&{quote(label)}={quote(value)}&{quality}"
        yield Start("{value} with {column} of 50 and more", query, {"value": value, "column": snr})
    subclass = roles.subclass
    kind = next((str(value) for value, _ in statistics.subclasses if str(value)[:1].isalpha()), None)
    if subclass and kind:
        query = f"catalogue={catalogue}&{quote(subclass)}={quote(kind[0])}*"
        yield Start("{column} beginning with {value}", query, {"column": subclass, "value": kind[0]})


def written(value: Any) -> Any:
    """A value as it is stored in cells of tables."""
    return str(value).lower() if isinstance(value, bool) else value


def _field(
    index: int, column: CatalogueColumn, measured: ColumnStatistics, roles: Mapping[str, list[str]]
) -> Field:
    datatype = column.datatype
    choices: tuple[Choice, ...] = ()
    widget = widget_of(column, measured, roles)
    if widget == "choices":
        choices = tuple(
            Choice(text, text, int(count))
            for text, count in ((str(written(v)), n) for v, n in measured.values if v is not None)
        )
        if datatype in WHOLE:
            choices = tuple(sorted(choices, key=lambda choice: int(choice.value)))
    return Field(
        index=index,
        name=column.name,
        datatype=datatype,
        unit=column.unit or "",
        description=(column.about if isinstance(column, DescribedColumn) else "") or column.description or "",
        widget=widget,
        low=_shown(measured.min),
        high=_shown(measured.max),
        choices=choices,
    )


def _is_date_text(column: CatalogueColumn, measured: ColumnStatistics) -> bool:
    single = column.arraysize in (None, "1")
    return column.datatype in TEXT and single and is_datelike(column.name, measured)


def _shown(value: object) -> str:
    """An extreme value as a short text, for the placeholder of an input."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        short = f"{value:.6g}"
        return short if "e" not in short or abs(value) < 1e-4 else f"{value:.0f}"
    return "" if value is None else str(value)
