"""A column as pages show it: description, distribution of values, and the query behind each number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..formats import CatalogueColumn, ColumnStatistics, Value
from ..formats.statistics import CUT
from ..i18n import Language
from ..ingest.default_columns import TEXT, WHOLE
from ..ingest.values.sql_text import quoted
from ..model import ColumnFacts, facts_of_column
from ..standards.ucds import ucd_meaning
from ..standards.vounits import unit_text
from . import queries
from .charts import LinkedBar, bars, sparkline
from .described import DescribedCatalogue, DescribedColumn
from .forms import written
from .headers import Keyword
from .views import CatalogueView

FREQUENT = 8
"""Number of most frequent values shown of a column."""


@dataclass(frozen=True)
class Linked:
    """A value, and the query that finds its rows."""

    value: Any
    query: str | None
    count: int = 0


@dataclass(frozen=True)
class Flag:
    """One bit of a mask."""

    bit: int
    value: int
    name: str
    description: str
    count: int | None
    query: str


@dataclass(frozen=True)
class ColumnView:
    """A column of a catalogue, in one language."""

    catalogue: str
    index: int
    name: str
    anchor: str
    datatype: str
    kind: str
    """text, whole, real, or other"""
    unit: str | None
    unit_text: str
    ucd: str | None
    ucd_words: list[tuple[str, str]]
    description: str
    role: str | None
    missing: list[Any]
    rows: int
    nulls: int
    """Rows without a value: NULL, or a value that means "nothing"."""
    empty: float
    """Their share, 0-1."""
    filled_query: str | None
    nulls_query: str
    marked: list[Linked]
    """Values that mean "nothing", with their number of rows."""
    infinite: list[Linked]
    """-Infinity and Infinity, if the column has them."""
    blank: Linked | None
    """Rows with NULL."""
    suspects: list[Linked]
    low: Linked | None
    high: Linked | None
    limits: str
    """The range declared by the release."""
    distinct: int | None
    distinct_query: str
    frequent: list[LinkedBar]
    examples: list[Linked]
    spark: str
    histogram: str
    """Paths of the histogram, small and large; empty if there is none."""
    histogram_query: str | None
    form: str | None
    keywords: list[Keyword]
    flags: list[Flag]
    flags_where: str
    """SQL condition of the rows in which the mask has a value."""
    others: list[str] = field(default_factory=list)
    """Other catalogues with a column of the same name."""
    estimated: bool = False
    """Whether the number of distinct values is an estimate."""

    @property
    def is_number(self) -> bool:
        return bool(self.histogram)


def columns_of(
    catalogues: Sequence[CatalogueView], language: Language, keywords: Mapping[str, dict[str, list[Keyword]]]
) -> dict[str, list[ColumnView]]:
    """The columns of every catalogue, by its name; `keywords` by catalogue and column."""
    others: dict[str, list[str]] = {}
    for view in catalogues:
        for column in view.meta.columns:
            others.setdefault(column.name, []).append(view.name)
    return {view.name: column_views(view, language, keywords[view.name], others) for view in catalogues}


def column_views(
    view: CatalogueView,
    language: Language,
    keywords: dict[str, list[Keyword]],
    others: dict[str, list[str]] | None = None,
) -> list[ColumnView]:
    """The columns of a catalogue, in its order."""
    from ..ingest.schema_columns import column_facts

    roles: dict[str, str] = {}
    for role, names in view.statistics.roles.by_role().items():
        for name in names:
            roles.setdefault(name, role)
    facts = column_facts(view.spec)
    taken: set[str] = set()
    made = []
    both = zip(view.meta.columns, view.statistics.columns, strict=True)
    for index, (column, measured) in enumerate(both):
        name = column.name
        said = facts_of_column(name, facts)
        found = _Measured(view, column, measured)
        made.append(
            ColumnView(
                index=index,
                anchor=_anchor(name, taken),
                description=described(column, said, language),
                role=roles.get(name),
                form=f"search.html?catalogue={view.name}#f-{view.name}-{index}" if found.can_search else None,
                keywords=keywords.get(name, []),
                others=[c for c in (others or {}).get(name, []) if c != view.name],
                limits=_limits(said, language),
                flags=_flags(view.name, name, found.there, said, measured, language),
                **_identity(column, language),
                **found.rows(),
                **found.values(),
                **found.spread(),
            )
        )
    return made


def _identity(column: CatalogueColumn, language: Language) -> dict[str, Any]:
    """Name, type, unit, UCD and description of a column."""
    datatype = column.datatype
    array = _is_array(column)
    kind = "other" if array else "text" if datatype in TEXT else "whole" if datatype in WHOLE else "real"
    return {
        "name": column.name,
        "datatype": f"{datatype}[{column.arraysize}]" if array else datatype,
        "kind": "other" if datatype in ("binary", "boolean", "timestamp") else kind,
        "unit": column.unit,
        "unit_text": unit_text(column.unit) if column.unit else "",
        "ucd": column.ucd,
        "ucd_words": ucd_meaning(column.ucd, language.code) if column.ucd else [],
        "missing": column.missing,
    }


def _is_array(column: CatalogueColumn) -> bool:
    return column.arraysize not in (None, "1")


class _Measured:
    """The statistics of a column, each number with the query behind it."""

    def __init__(self, view: CatalogueView, column: CatalogueColumn, measured: ColumnStatistics) -> None:
        self.catalogue, self.stored, self.column, self.measured = view.name, view.stored, column, measured
        self.name, self.sql_name = column.name, quoted(column.name)
        self.can_search = not _is_array(column) and column.datatype != "binary"
        self.there = f"{self.sql_name} IS NOT NULL"
        """SQL condition of the rows that have a value."""

    def rows(self) -> dict[str, Any]:
        """How many rows have a value, and what the others have instead."""
        rows, nulls = self.measured.rows, self.measured.nulls
        table = quoted(self.catalogue)
        marked = [self._linked(value, n) for value, n in self.measured.marked]
        blank = nulls - sum(m.count for m in marked)
        blank_query = (
            queries.search(self.catalogue, self.name, "null")
            if self.can_search
            else queries.sql(f"SELECT count(*) AS n FROM {quoted(self.stored)} WHERE {self.sql_name} IS NULL")
        )
        return {
            "catalogue": self.catalogue,
            "rows": rows,
            "nulls": nulls,
            "empty": nulls / rows if rows else 0.0,
            "filled_query": queries.search(self.catalogue, self.name, "..") if self.can_search else None,
            "nulls_query": queries.sql(f"SELECT count(*) AS n FROM {table} WHERE {self.sql_name} IS NULL"),
            "marked": marked,
            "infinite": [self._linked(value, n) for value, n in self.measured.infinite if n],
            "blank": Linked(None, blank_query, blank) if blank > 0 or not marked else None,
            "suspects": [self._linked(value, n) for value, n in self.measured.suspects],
            "flags_where": self.there,
        }

    def values(self) -> dict[str, Any]:
        """Lowest, highest and most frequent values, and examples."""
        measured, filled = self.measured, self.measured.rows - self.measured.nulls
        known = [one for one in measured.values or measured.common if one.value is not None]
        shown = not measured.histogram or len(known) <= FREQUENT
        frequent = bars(known[:FREQUENT], max(filled, 1)) if shown else []
        sql = f"SELECT {self.sql_name}, count(*) AS n FROM {quoted(self.catalogue)} WHERE {self.there}"
        return {
            "low": self._end(measured.min),
            "high": self._end(measured.max),
            "distinct": measured.distinct,
            "estimated": measured.estimated,
            "distinct_query": queries.sql(f"{sql} GROUP BY 1 ORDER BY n DESC, 1"),
            "frequent": [
                LinkedBar(replace(bar, label=written(bar.label)), self._find(bar.label)) for bar in frequent
            ],
            "examples": [
                Linked(written(value), self._find(value) if len(str(value)) < CUT else None)
                for value in measured.examples
            ],
        }

    def spread(self) -> dict[str, Any]:
        """The histogram."""
        histogram, datatype = self.measured.histogram, self.column.datatype
        is_number = datatype not in TEXT and datatype not in ("boolean", "timestamp")
        query = None
        if self.can_search and is_number and histogram:
            plot = f"histogram:{_plotted(self.name)}"
            query = queries.search(self.catalogue, self.name, "..", plot=plot)
        return {
            "spark": sparkline(histogram),
            "histogram": sparkline(histogram, 320, 72),
            "histogram_query": query,
        }

    def _find(self, value: Any) -> str | None:
        """The permalink of the search for a value."""
        if not self.can_search:
            return None
        return queries.search(self.catalogue, self.name, queries.exactly(value))

    def _linked(self, value: Any, rows: int = 0) -> Linked:
        return Linked(written(value), self._find(value), rows)

    def _end(self, value: Value) -> Linked | None:
        return None if value is None else self._linked(value)


def described(column: CatalogueColumn, said: ColumnFacts, language: Language) -> str:
    """The description in a language: from release.toml, else from the schema."""
    own = said.description
    return own.get(language.code) or own.get("") or column.description or language.text(own)


def _limits(said: ColumnFacts, language: Language) -> str:
    if said.values is not None:
        return ", ".join(language.value(v) for v in said.values[:12]) + (
            ", …" if len(said.values) > 12 else ""
        )
    if said.range is None:
        return ""
    low, high = ("" if end is None else language.value(end) for end in said.range)
    return f"{low} … {high}".strip() if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""


def _flags(
    catalogue: str, name: str, there: str, said: ColumnFacts, measured: ColumnStatistics, language: Language
) -> list[Flag]:
    counts = dict(measured.bits)
    table, column = quoted(catalogue), quoted(name)
    return [
        Flag(
            bit,
            1 << bit,
            about.name,
            language.text(about.description),
            counts.get(bit),
            queries.sql(f"SELECT * FROM {table} WHERE ({column} & {1 << bit}) = {1 << bit} AND {there}"),
        )
        for bit, about in sorted(said.bits.items())
    ]


def _plotted(name: str) -> str:
    """A column's name in the parameter `plot`: quoted if it is ambiguous."""
    return name if re.fullmatch(r"\w+", name) else '"' + name.replace('"', '""') + '"'


def _anchor(name: str, taken: set[str]) -> str:
    """An HTML id for a column: its name if usable, made unique."""
    anchor = "col-" + (re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-") or "unnamed")
    number, wanted = 2, anchor
    while anchor.lower() in taken:
        anchor, number = f"{wanted}-{number}", number + 1
    taken.add(anchor.lower())
    return anchor


def described_meta(view: CatalogueView, language: Language) -> DescribedCatalogue:
    """catalogue.json with additions for the page: descriptions in its language, the bits of masks."""
    from ..ingest.schema_columns import column_facts

    facts = column_facts(view.spec)
    columns = []
    for column in view.meta.columns:
        said = facts_of_column(column.name, facts)
        about = described(column, said, language)
        own: dict[str, Any] = {"about": about} if about != (column.description or "") else {}
        if said.bits:
            bits = sorted(said.bits.items())
            own["bits"] = [(bit, about.name, language.text(about.description)) for bit, about in bits]
        columns.append(DescribedColumn.of(column, **own))
    return DescribedCatalogue.of(view.meta, columns)
