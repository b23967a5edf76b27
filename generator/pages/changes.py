"""Differences from former releases, in words: each number links to the rows it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..differences import Changes
from ..escape import exact_value, permalink
from ..formats import Value
from ..formats.changes import (
    ChangedFact,
    ChangedValues,
    ColumnPair,
    ComparedCatalogue,
    LargestChange,
    Replacement,
)
from ..i18n import Language
from ..model.night import night_date
from .names import Names
from .views import CatalogueView

LONGEST = 60
"""Number of characters of a value that are shown."""


@dataclass(frozen=True)
class FactView:
    label: str
    before: str
    after: str
    delta: str


@dataclass(frozen=True)
class ColumnChange:
    """A line of the table of columns."""

    name: str
    what: str
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True)
class LargestView:
    id: str
    row: str
    """Link to the row."""
    before: str
    after: str
    delta: str


@dataclass(frozen=True)
class ReplacementView:
    before: str
    after: str
    rows: int
    search: str | None


@dataclass(frozen=True)
class ValuesView:
    """A column whose values differ."""

    values: ChangedValues
    search: str | None
    length: float
    """Length of its bar, 0-1."""
    share: float
    """Share of the rows in both releases."""
    median: str
    largest: list[LargestView]
    replacements: list[ReplacementView]
    precision: str

    @property
    def remarked(self) -> bool:
        return bool(self.precision or self.values.rounding or self.values.rewritten)


@dataclass(frozen=True)
class CatalogueChanges:
    view: CatalogueView
    found: ComparedCatalogue
    table: str | None
    """Name of the catalogue of changed rows."""
    facts: list[FactView]
    columns: list[ColumnChange]
    values: list[ValuesView]
    searches: dict[str, str]
    """Searches of the added, removed and changed rows."""
    example: str
    """An SQL statement to try."""


@dataclass(frozen=True)
class PairView:
    """Changes since one former release."""

    changes: Changes
    anchor: str
    facts: list[FactView]
    catalogues: list[CatalogueChanges]

    @property
    def nothing(self) -> bool:
        found = self.changes.differences
        return not (self.facts or self.catalogues or found.only_before or found.only_after)


def changes_of(
    catalogues: Sequence[CatalogueView], found: Sequence[Changes], language: Language
) -> list[PairView]:
    """Changes since each former release, in one language."""
    views = {c.name: c for c in catalogues}
    return [_pair(views, one, language) for one in found]


def _pair(views: dict[str, CatalogueView], changes: Changes, language: Language) -> PairView:
    words = _Words(language)
    found = changes.differences
    return PairView(
        changes,
        "since-" + re.sub(r"[^a-z0-9]+", "-", found.before.lower()),
        [words.fact(f) for f in found.facts],
        [_catalogue(views, one, changes, words) for one in found.catalogues if one.name in views],
    )


def _catalogue(
    views: dict[str, CatalogueView], one: ComparedCatalogue, changes: Changes, words: _Words
) -> CatalogueChanges:
    made = changes.tables.get(one.name)
    table = views.get(made.name) if made else None
    values = []
    searches: dict[str, str] = {}
    if one.rows and table:
        names = [c.name for c in table.meta.columns]
        # The id, which of its rows if several have it, what happened, and the names of columns.
        first = 2 if one.rows.repeated_before or one.rows.repeated_after else 1
        change, listed = names[first], names[first + 1]
        searches = {
            kind: permalink("search.html", catalogue=table.name, **{change: kind})
            for kind in ("added", "removed", "changed")
            if getattr(one.rows, kind)
        }
        longest = max((v.differing for v in one.values), default=0) or 1
        for v in one.values:
            values.append(_values(v, one, table, views[one.name], names[0], listed, longest, words))
    return CatalogueChanges(
        views[one.name],
        one,
        table.name if table else None,
        [words.fact(f) for f in one.facts],
        [
            *(ColumnChange(c.name, words.change("added"), "", words.column(c)) for c in one.added),
            *(ColumnChange(c.name, words.change("removed"), words.column(c), "") for c in one.removed),
            *(line for p in one.changed_pairs for line in words.pair(p)),
        ],
        values,
        searches,
        _example(table, one),
    )


def _example(table: CatalogueView | None, one: ComparedCatalogue) -> str:
    """SQL for the largest changes of the column that changed most."""
    if table is None or one.rows is None:
        return ""
    numbers = [v for v in one.values if v.is_number and v.changed]
    most = max(numbers, key=lambda v: v.changed, default=None)
    names = {c.name for c in table.meta.columns}
    if most is None or f"{most.name}_delta" not in names:
        return ""
    key = table.meta.columns[0].name
    shown = [key, *(f"{most.name}_{part}" for part in ("before", "after", "delta"))]
    quoted = [f'"{name}"'.replace('""', '"') if '"' not in name else "" for name in shown]
    if not all(quoted):
        return ""
    return (
        f"SELECT {', '.join(quoted)}\nFROM {table.name}\nWHERE {quoted[3]} IS NOT NULL\n"
        f"ORDER BY abs({quoted[3]}) DESC\nLIMIT 100"
    )


def _values(
    v: ChangedValues,
    one: ComparedCatalogue,
    table: CatalogueView,
    catalogue: CatalogueView,
    key: str,
    listed: str,
    longest: int,
    words: _Words,
) -> ValuesView:
    assert one.rows is not None
    name = exact_value(v.name)
    search = None
    if name and '"' not in name and v.differing:
        search = permalink("search.html", catalogue=table.name, **{listed: f"*;{name};*"})
    known = {index.column for index in catalogue.meta.ids}

    def row(largest: LargestChange) -> LargestView:
        page = "object.html" if one.rows and one.rows.key_after in known else "search.html"
        at = {one.rows.key_after: largest.id} if one.rows else {}
        more = {} if page == "object.html" else {"catalogue": catalogue.name}
        link = permalink(page, **more, **at)
        unit = f" {v.unit}" if v.unit else ""
        return LargestView(
            largest.id, link, _cut(largest.before), _cut(largest.after), f"{largest.delta:+.6g}{unit}"
        )

    def replaced(often: Replacement) -> ReplacementView:
        both = {f"{v.name}_before": exact_value(often.before), f"{v.name}_after": exact_value(often.after)}
        known_columns = {c.name for c in table.meta.columns}
        link = None
        if all(both.values()) and both.keys() <= known_columns:
            link = permalink(
                "search.html", catalogue=table.name, **{k: str(value) for k, value in both.items()}
            )
        return ReplacementView(_cut(often.before), _cut(often.after), often.rows, link)

    median = ""
    if v.median is not None and v.changed > 1:
        median = f"{v.median:.4g}" + (f" {v.unit}" if v.unit else "")
    return ValuesView(
        v,
        search,
        v.differing / longest,
        v.differing / one.rows.paired if one.rows.paired else 0.0,
        median,
        [row(x) for x in v.largest],
        [replaced(x) for x in v.replacements],
        words.precision(v),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class _Words:
    """Names of the things that can change, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._ = language.gettext

    def fact(self, fact: ChangedFact) -> FactView:
        _, language = self._, self.language
        labels = {
            "published": _("Published"),
            "survey_phase": _("Survey"),
            "phase": _("Access"),
            "status": _("Status"),
            "observed_from": _("Observed from"),
            "observed_to": _("Observed to"),
            "spectra": _("Spectra"),
            "plates": _("Plates"),
            "rows": _("Rows"),
            "left_out": _("Rows left out for lack of a position"),
            "nights": _("Nights"),
            "first_night": _("First night"),
            "last_night": _("Last night"),
            "class": _("Class"),
        }
        names = Names(_)
        label = labels.get(fact.kind, fact.kind)
        if fact.subject:
            label += f" · {names.resolution(fact.subject) or fact.subject}"

        def shown(value: Value) -> str:
            if value is None:
                return "–"
            if fact.kind == "phase":
                return names.phase(str(value))
            if fact.kind == "status":
                return names.status(str(value))
            if fact.kind == "survey_phase" and isinstance(value, int):
                return names.stage(value)
            if fact.kind in ("published", "observed_from", "observed_to"):
                return language.date(str(value))
            if fact.kind in ("first_night", "last_night"):
                return language.date(night_date(value, fact.column))
            return language.number(value) if isinstance(value, int) else str(value)

        delta = ""
        if (
            isinstance(fact.before, int)
            and isinstance(fact.after, int)
            and fact.kind not in ("survey_phase", "first_night", "last_night")
        ):
            change = fact.after - fact.before
            delta = ("+" if change > 0 else "−") + language.number(abs(change))
        return FactView(label, shown(fact.before), shown(fact.after), delta)

    def change(self, kind: str) -> str:
        _ = self._
        return {
            "added": _("Added"),
            "removed": _("Removed"),
            "renamed": _("Renamed"),
            "retyped": _("Another type"),
            "unit": _("Another unit"),
            "ucd": _("Another UCD"),
            "description": _("Description changed"),
            "missing": _("Other values for “none”"),
        }[kind]

    def column(self, column: object) -> str:
        kind, unit = getattr(column, "type", ""), getattr(column, "unit", None)
        return f"{kind}, {unit}" if unit else str(kind)

    def pair(self, pair: ColumnPair) -> list[ColumnChange]:
        return [self._pair(pair, kind) for kind in pair.changes]

    def _pair(self, pair: ColumnPair, kind: str) -> ColumnChange:
        _ = self._
        old, new = pair.before, pair.after
        why = ""
        if kind == "renamed":
            before, after = old.name, new.name
            if re.fullmatch(r"\d+ of \d+", pair.evidence):
                equal, rows = (int(n) for n in pair.evidence.split(" of "))
                why = _("the same value in {equal} of {rows} sampled rows").format(
                    equal=self.language.number(equal), rows=self.language.number(rows)
                )
            else:
                why = {
                    "declared": _("as the survey says"),
                    "description": _("the same description"),
                    "spelling": _("the same but for its spelling"),
                    "id": _("the identifier of both"),
                }.get(pair.evidence, "")
        elif kind == "retyped":
            before, after = old.type, new.type
        elif kind == "unit":
            before, after = old.unit or "–", new.unit or "–"
            if pair.factor is not None:
                why = _("former values are multiplied by {factor} for comparison").format(
                    factor=f"{pair.factor:g}"
                )
        elif kind == "ucd":
            before, after = old.ucd or "–", new.ucd or "–"
        elif kind == "missing":
            before, after = (", ".join(map(str, c.missing)) or "–" for c in (old, new))
        else:
            before, after = old.description or "–", new.description or "–"
        return ColumnChange(new.name, self.change(kind), before, after, why)

    def precision(self, values: ChangedValues) -> str:
        _ = self._
        return {
            "exact": "",
            "float": _("compared in single precision"),
            "converted": _("compared after conversion of the unit"),
        }[values.precision]
