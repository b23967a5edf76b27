"""The statistics of a catalogue as pages show them: numbers, and links to the rows that they count."""

from __future__ import annotations

from dataclasses import dataclass

from ..escape import exact_value, permalink, sql_name
from ..formats import Counted
from ..formats.statistics import SnrColumn
from ..model.night import night_date
from .calendar import Year, observing_calendar
from .charts import LinkedBar, bars
from .views import CatalogueView


@dataclass(frozen=True)
class CatalogueSummary:
    """What pages show of the statistics of one catalogue."""

    view: CatalogueView
    classes: list[LinkedBar]
    subclasses: list[LinkedBar]
    snr: list[tuple[str, list[LinkedBar]]]
    thresholds: list[float]
    nights: int | None
    plates: int | None
    first_night: str | None
    last_night: str | None
    calendar: list[Year]
    per_plate: list[LinkedBar]
    queries: dict[str, str]
    """Queries for nights, plates, and the first and last night."""


def counted(what: str, view: CatalogueView) -> str:
    """The SQL page with a statement that counts; missing values do not count."""
    return permalink("sql.html", sql=f"SELECT {what}\nFROM {view.name}")


def queries_of(view: CatalogueView) -> dict[str, str]:
    found = {}
    for key, role in (("nights", "night"), ("plates", "plate")):
        if column := view.statistics.roles.of(role):
            name = sql_name(column)
            found[key] = counted(f"count(DISTINCT {name}) AS {key}", view)
            if role == "night":
                found["span"] = counted(f"min({name}) AS first, max({name}) AS last", view)
    return found


def summary_of(view: CatalogueView) -> CatalogueSummary:
    statistics = view.statistics
    roles, night, rows = statistics.roles, statistics.roles.night, view.rows
    return CatalogueSummary(
        view=view,
        classes=_linked(view, roles.class_, statistics.classes, rows),
        subclasses=_linked(view, roles.subclass, statistics.subclasses, rows),
        snr=[_snr(view, entry, rows) for entry in statistics.snr],
        thresholds=[t for entry in statistics.snr[:1] for t, _ in entry.thresholds],
        nights=statistics.nights,
        plates=statistics.plates,
        first_night=night_date(statistics.first_night, night),
        last_night=night_date(statistics.last_night, night),
        calendar=observing_calendar(view.name, night, statistics.per_night),
        per_plate=_linked(view, roles.plate, statistics.per_plate, rows),
        queries=queries_of(view),
    )


def _linked(view: CatalogueView, column: str | None, pairs: list[Counted], rows: int) -> list[LinkedBar]:
    found = []
    for bar in bars(pairs, rows):
        value = exact_value(bar.label)
        search = (
            permalink("search.html", catalogue=view.name, **{column: value}) if column and value else None
        )
        found.append(LinkedBar(bar, search))
    return found


def _snr(view: CatalogueView, entry: SnrColumn, rows: int) -> tuple[str, list[LinkedBar]]:
    column = entry.column
    return column, [
        LinkedBar(bar, permalink("search.html", catalogue=view.name, **{column: f"{bar.label}.."}))
        for bar in bars(entry.thresholds, rows)
    ]
