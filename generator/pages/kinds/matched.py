"""matched.html: the catalogues that a release was matched with."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from ...formats.crossmatches import FOLDER, Crossmatched
from ...ingest.values.sql_text import quoted
from .. import queries
from ..columns import ColumnView
from ..page import Nav, Page, Planned
from ..separations import SeparationChart, separation_chart
from ..site import LocalSite
from ..views import CatalogueView

MOST_COLUMNS = 6
"""Carried columns in the example of SQL."""


@dataclass(frozen=True)
class Matched:
    """A match as the page shows it."""

    view: CatalogueView
    match: Crossmatched
    chart: SeparationChart
    columns: list[ColumnView]
    """Those that the match has added."""
    chance: float
    """Rows expected to be matched by chance."""
    found: str
    """Search for the matched rows."""
    alone: str
    """Search for the others."""
    several: str | None
    """Search for rows with several objects, if they are counted."""
    sql: str
    sql_query: str
    """The page that runs it."""
    unchecked: list[tuple[str, str]]
    """What of that which is shown could not be checked, and why."""

    @property
    def share(self) -> float:
        """Share of the rows that are matched, 0-1."""
        return self.match.matched / self.view.rows if self.view.rows else 0.0


@dataclass(frozen=True)
class MatchedCatalogues:
    """Variables of matched.html."""

    matches: list[Matched]
    files: list[str]
    """The same as JSON, a file for each catalogue."""


def matched_catalogues(here: LocalSite, _planned: Planned) -> MatchedCatalogues:
    views = [view for view in here.site.catalogues if view.matches]
    found = [_matched(view, match, here) for view in views for match in view.matches]
    return MatchedCatalogues(found, [f"{FOLDER}/{view.name}.json" for view in views])


def _matched(view: CatalogueView, match: Crossmatched, here: LocalSite) -> Matched:
    by_name = {column.name: column for column in here.columns[view.name]}
    columns = [by_name[name] for name in match.columns.names if name in by_name]
    separation, count = match.columns.separation, match.columns.matches
    statement = _example(view, match)
    shown = {"rows", "epoch", "frame", "licence", "radius"} | {
        name.removeprefix(f"{match.name}_") for name in match.columns.names
    }
    return Matched(
        view=view,
        match=match,
        chart=separation_chart(match),
        columns=columns,
        chance=sum(match.chance),
        found=queries.search(view.name, separation, ".."),
        alone=queries.search(view.name, separation, "null"),
        several=queries.search(view.name, count, "2..") if count else None,
        sql=statement,
        sql_query=queries.sql(statement),
        unchecked=[(name, why) for name, why in match.other.unchecked.items() if name in shown],
    )


def _example(view: CatalogueView, match: Crossmatched) -> str:
    """The closest pairs, with the row's id and some of the carried columns."""
    own = [view.statistics.roles.id] if view.statistics.roles.id else []
    extra = {match.columns.separation, match.columns.matches}
    carried = [name for name in match.columns.names if name not in extra]
    names = [*own, match.columns.separation, *carried[:MOST_COLUMNS]]
    chosen = textwrap.fill(", ".join(quoted(name) for name in names), 62, subsequent_indent="       ")
    apart = quoted(match.columns.separation)
    return (
        f"SELECT {chosen}\nFROM {quoted(view.name)}\nWHERE {apart} IS NOT NULL\nORDER BY {apart}\nLIMIT 100"
    )


MATCHED = Page(
    "matched",
    "matched.html",
    "matched.html",
    order=57,
    title=lambda _: _("Matched catalogues"),
    when=lambda outline: outline.crossmatches,
    nav=Nav(lambda _: _("Matches")),
    context=matched_catalogues,
)
