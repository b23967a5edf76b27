"""statistics.html: the numbers of each catalogue, counted from its rows."""

from __future__ import annotations

from dataclasses import dataclass

from ..page import Page, Planned
from ..site import LocalSite
from ..summaries import CatalogueSummary, summary_of


@dataclass(frozen=True)
class Statistics:
    """Variables of statistics.html."""

    facts: list[CatalogueSummary]


def statistics(here: LocalSite, _planned: Planned) -> Statistics:
    found = [summary_of(view) for view in here.site.catalogues if not view.changes_since]
    return Statistics([one for one in found if one.classes or one.snr or one.nights])


STATISTICS = Page(
    "statistics",
    "statistics.html",
    "statistics.html",
    order=53,
    title=lambda _: _("Statistics"),
    when=lambda outline: bool(outline.catalogues),
    context=statistics,
)
