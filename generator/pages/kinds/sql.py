"""sql.html: a console with worked examples for each catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..columns import described_meta
from ..described import DescribedColumn
from ..examples import Example, sql_examples
from ..page import Nav, Page, Planned
from ..site import LocalSite

TOLD = ("name", "datatype", "unit", "ucd", "description", "missing", "about", "bits")
"""What the console's script knows of a column."""


@dataclass(frozen=True)
class Schema:
    """A catalogue as the console lists it."""

    name: str
    stored: str
    title: str
    rows: int
    columns: list[DescribedColumn]
    examples: list[Example]

    @property
    def for_script(self) -> dict[str, Any]:
        """What the console's script knows of it."""
        columns = [
            {key: said[key] for key in TOLD if key in said} for said in (c.members() for c in self.columns)
        ]
        examples = [example.sql for example in self.examples]
        names = {"name": self.name, "stored": self.stored, "title": self.title}
        return {**names, "columns": columns, "examples": examples}


@dataclass(frozen=True)
class Console:
    """What sql.html adds."""

    schemas: list[Schema]
    console: list[dict[str, Any]]
    """The same for its script."""
    sky_coverage: dict[str, dict[str, Any]]


def console(here: LocalSite, _planned: Planned) -> Console:
    language = here.language
    schemas = [
        Schema(
            view.name,
            view.stored,
            language.text(view.title) or view.name,
            view.rows,
            described_meta(view, language).columns,
            sql_examples(view.meta, view.statistics),
        )
        for view in here.site.catalogues
    ]
    return Console(schemas, [schema.for_script for schema in schemas], here.site.coverage)


SQL = Page(
    "sql",
    "sql.html",
    "sql.html",
    order=20,
    title=lambda _: _("SQL"),
    when=lambda outline: bool(outline.catalogues),
    nav=Nav(lambda _: _("SQL")),
    cites=True,
    context=console,
)
