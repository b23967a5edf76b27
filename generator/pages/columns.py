"""A column as pages show it: what it is, how its values spread, and the query behind each number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..i18n import Language
from ..ingest.rules import column_facts
from ..ingest.sql import quoted
from ..ingest.statistics import CUT
from ..model import ColumnFacts, facts_of
from ..standards.ucds import ucd_meaning
from ..standards.vounits import unit_text
from . import queries
from .charts import Bar, bars, sparkline
from .forms import TEXT, WHOLE, written
from .headers import Keyword
from .views import CatalogueView

FREQUENT = 8
"""Most frequent values that are shown of a column."""


@dataclass(frozen=True)
class Linked:
    """A value, and the query that finds its rows."""

    value: Any
    query: str | None
    count: int = 0


@dataclass(frozen=True)
class Frequent:
    bar: Bar
    search: str | None


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
    """Rows without a value, whatever stands there."""
    empty: float
    """Their share, 0-1."""
    filled_query: str | None
    nulls_query: str
    marked: list[Linked]
    """Values that mean "nothing", with the rows they stand in."""
    infinite: list[Linked]
    """-Infinity and Infinity, as far as the column has them."""
    blank: Linked | None
    """Rows with nothing at all."""
    suspects: list[Linked]
    low: Linked | None
    high: Linked | None
    limits: str
    """What the release says the range is."""
    distinct: int | None
    distinct_query: str
    frequent: list[Frequent]
    examples: list[Linked]
    spark: str
    histogram: str
    """Paths of the histogram, small and large; empty where there is none."""
    histogram_query: str | None
    form: str | None
    keywords: list[Keyword]
    flags: list[Flag]
    flags_where: str
    """SQL that holds where the mask has a value."""
    others: list[str] = field(default_factory=list)
    """Other catalogues with a column of this name."""

    @property
    def is_number(self) -> bool:
        return bool(self.histogram)


def columns_of(
    catalogues: Sequence[CatalogueView], language: Language, keywords: Mapping[str, dict[str, list[Keyword]]]
) -> dict[str, list[ColumnView]]:
    """The columns of every catalogue, by its name; `keywords` by catalogue and column."""
    others: dict[str, list[str]] = {}
    for view in catalogues:
        for column in view.meta["columns"]:
            others.setdefault(column["name"], []).append(view.name)
    return {view.name: column_views(view, language, keywords[view.name], others) for view in catalogues}


def column_views(
    view: CatalogueView,
    language: Language,
    keywords: dict[str, list[Keyword]],
    others: dict[str, list[str]] | None = None,
) -> list[ColumnView]:
    """The columns of a catalogue, in its order."""
    measured = {c["name"]: c for c in view.statistics.get("columns") or []}
    roles: dict[str, str] = {}
    for role, names in (view.statistics.get("roles") or {}).items():
        for name in names if isinstance(names, list) else [names]:
            if name:
                roles.setdefault(name, role)
    facts = column_facts(view.spec)
    taken: set[str] = set()
    made = []
    for index, column in enumerate(view.meta["columns"]):
        name = str(column["name"])
        said, known = facts_of(name, facts), measured.get(name, {})
        made.append(
            _column(view.name, view.stored, index, column, known, said, language)
            | {
                "anchor": _anchor(name, taken),
                "role": roles.get(name),
                "keywords": keywords.get(name, []),
                "others": [c for c in (others or {}).get(name, []) if c != view.name],
            }
        )
    return [ColumnView(**one) for one in made]


def _column(
    catalogue: str,
    stored: str,
    index: int,
    column: dict[str, Any],
    measured: dict[str, Any],
    said: ColumnFacts,
    language: Language,
) -> dict[str, Any]:
    name, datatype = str(column["name"]), str(column["datatype"])
    array = column.get("arraysize") not in (None, "1")
    kind = "other" if array else "text" if datatype in TEXT else "whole" if datatype in WHOLE else "real"
    kind = "other" if datatype in ("binary", "boolean", "timestamp") else kind
    missing = list(column.get("missing") or [])
    can_search = not array and datatype != "binary"
    rows, nulls = int(measured.get("rows") or 0), int(measured.get("nulls") or 0)
    table, sql_name = quoted(catalogue), quoted(name)
    there = f"{sql_name} IS NOT NULL"

    def find(value: Any) -> str | None:
        return queries.search(catalogue, name, queries.exactly(value)) if can_search else None

    def linked(value: Any, rows: int = 0) -> Linked:
        return Linked(written(value), find(value), rows)

    def ends(key: str) -> Linked | None:
        value = measured.get(key)
        return None if value is None else linked(value)

    marked = [linked(value, int(n)) for value, n in measured.get("marked") or []]
    blank = nulls - sum(m.count for m in marked)
    blank_query = (
        queries.search(catalogue, name, "null")
        if can_search
        else queries.sql(f"SELECT count(*) AS n FROM {quoted(stored)} WHERE {sql_name} IS NULL")
    )
    values = [
        (v, int(n)) for v, n in (measured.get("values") or measured.get("common") or []) if v is not None
    ]
    frequent = (
        bars(values[:FREQUENT], max(rows - nulls, 1))
        if not measured.get("histogram") or len(values) <= FREQUENT
        else []
    )
    plotted = can_search and kind in ("whole", "real") and measured.get("histogram")
    return {
        "catalogue": catalogue,
        "index": index,
        "name": name,
        "datatype": f"{datatype}[{column['arraysize']}]" if array else datatype,
        "kind": kind,
        "unit": column.get("unit"),
        "unit_text": unit_text(column["unit"]) if column.get("unit") else "",
        "ucd": column.get("ucd"),
        "ucd_words": ucd_meaning(column["ucd"], language.code) if column.get("ucd") else [],
        "description": described(column, said, language),
        "missing": missing,
        "rows": rows,
        "nulls": nulls,
        "empty": nulls / rows if rows else 0.0,
        "filled_query": queries.search(catalogue, name, "..") if can_search else None,
        "nulls_query": queries.sql(f"SELECT count(*) AS n FROM {table} WHERE {sql_name} IS NULL"),
        "marked": marked,
        "infinite": [linked(value, int(n)) for value, n in measured.get("infinite") or [] if n],
        "blank": Linked(None, blank_query, blank) if blank > 0 or not marked else None,
        "suspects": [linked(value, int(n)) for value, n in measured.get("suspects") or []],
        "low": ends("min"),
        "high": ends("max"),
        "limits": _limits(said, language),
        "distinct": measured.get("distinct"),
        "distinct_query": queries.sql(
            f"SELECT {sql_name}, count(*) AS n FROM {table} WHERE {there} GROUP BY 1 ORDER BY n DESC, 1"
        ),
        "frequent": [Frequent(replace(bar, label=written(bar.label)), find(bar.label)) for bar in frequent],
        "examples": [
            Linked(written(value), find(value) if len(str(value)) < CUT else None)
            for value in measured.get("examples") or []
        ],
        "spark": sparkline(measured.get("histogram")),
        "histogram": sparkline(measured.get("histogram"), 320, 72),
        "histogram_query": queries.search(catalogue, name, "..", plot=f"histogram:{_plotted(name)}")
        if plotted
        else None,
        "form": f"search.html?catalogue={catalogue}#f-{catalogue}-{index}" if can_search else None,
        "flags": _flags(catalogue, name, there, said, measured, language),
        "flags_where": there,
    }


def described(column: dict[str, Any], said: ColumnFacts, language: Language) -> str:
    """The description in a language: as release.toml has it, else as the schema."""
    own = said.description
    return own.get(language.code) or own.get("") or column.get("description") or language.text(own)


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
    catalogue: str, name: str, there: str, said: ColumnFacts, measured: dict[str, Any], language: Language
) -> list[Flag]:
    counts = {int(bit): int(n) for bit, n in measured.get("bits") or []}
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
    """A column's name in `plot`: quoted where it could be read as something else."""
    return name if re.fullmatch(r"\w+", name) else '"' + name.replace('"', '""') + '"'


def _anchor(name: str, taken: set[str]) -> str:
    """An id for a column: its name where that is usable, made different from those before it."""
    anchor = "col-" + (re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-") or "unnamed")
    number, wanted = 2, anchor
    while anchor.lower() in taken:
        anchor, number = f"{wanted}-{number}", number + 1
    taken.add(anchor.lower())
    return anchor


def described_meta(view: CatalogueView, language: Language) -> dict[str, Any]:
    """catalogue.json with what the page knows besides: descriptions in its language, the bits of masks."""
    facts = column_facts(view.spec)
    columns = []
    for column in view.meta["columns"]:
        said = facts_of(column["name"], facts)
        about = described(column, said, language)
        own = column | ({"about": about} if about != (column.get("description") or "") else {})
        if said.bits:
            bits = sorted(said.bits.items())
            own["bits"] = [[bit, about.name, language.text(about.description)] for bit, about in bits]
        columns.append(own)
    return view.meta | {"columns": columns}
