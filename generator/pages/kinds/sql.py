"""sql.html: a console with worked examples for each catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from ...formats import ColumnStatistics, Position
from ...formats.blocks import ConsoleColumn, ConsoleSchema, FormFilter, SkyCover
from ..columns import described_meta
from ..described import DescribedColumn
from ..examples import Example, sql_examples
from ..filters import filters_of
from ..page import Nav, Page, Planned
from ..site import LocalSite

MOST_DECIMALS = 8
"""Computed values have more digits than they are precise to."""


@dataclass(frozen=True)
class Schema:
    """A catalogue as listed in the console."""

    name: str
    stored: str
    title: str
    rows: int
    columns: list[DescribedColumn]
    position: Position | None
    examples: list[Example]
    filters: list[FormFilter]
    decimals: dict[str, int]
    """Of columns of numbers, as far as their examples and extremes show."""

    def _decimals_of(self, name: str) -> dict[str, int]:
        return {"decimals": self.decimals[name]} if name in self.decimals else {}

    @property
    def for_script(self) -> ConsoleSchema:
        """The same for the console's script."""
        return ConsoleSchema.model_construct(
            name=self.name,
            stored=self.stored,
            title=self.title,
            columns=[ConsoleColumn.of(column, **self._decimals_of(column.name)) for column in self.columns],
            position=self.position,
            examples=[example.sql for example in self.examples],
            filters=self.filters,
        )


@dataclass(frozen=True)
class Console:
    """Variables of sql.html."""

    schemas: list[Schema]
    console: list[ConsoleSchema]
    """The schemas for its script."""
    sky_coverage: dict[str, SkyCover]


def console(here: LocalSite, _planned: Planned) -> Console:
    language = here.language
    observed = {
        one.spec.catalogue for one in here.site.spectra if not getattr(one.spec, "templates_of", None)
    }
    schemas = [
        Schema(
            view.name,
            view.stored,
            language.text(view.title) or view.name,
            view.rows,
            described_meta(view, language).columns,
            view.meta.position,
            sql_examples(
                view.meta,
                view.statistics,
                [one.meta for one in here.site.catalogues],
                view.name in observed,
            ),
            [one.block for one in filters_of(here, view)],
            {
                column.name: _decimals(column)
                for column in view.statistics.columns
                if isinstance(column.min, (int, float))
            },
        )
        for view in here.site.catalogues
    ]
    return Console(schemas, [schema.for_script for schema in schemas], here.site.coverage)


def _decimals(column: ColumnStatistics) -> int:
    """The digits after the point of the most precise of the values known here."""
    numbers = [one for one in (column.min, column.max, *column.examples) if isinstance(one, float)]
    exponents = [Decimal(repr(one)).as_tuple().exponent for one in numbers if math.isfinite(one)]
    return min(MOST_DECIMALS, max((-e for e in exponents if isinstance(e, int)), default=0))


SQL = Page(
    "sql",
    "sql.html",
    "sql.html",
    order=20,
    title=lambda _: _("SQL"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("SQL")),
    cites=True,
    saves=True,
    context=console,
)
