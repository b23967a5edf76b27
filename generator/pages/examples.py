"""Worked SQL examples for any catalogue, generated from its roles and statistics so that each runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..formats import Catalogue, CatalogueColumn, Statistics
from ..ingest.default_columns import REAL, TEXT, WHOLE
from ..ingest.values.sql_text import quoted
from .forms import densest, is_sparse


@dataclass(frozen=True)
class Example:
    """One statement. `title` is an English message to translate, with {placeholders} filled from `values`."""

    title: str
    sql: str
    values: dict[str, str] = field(default_factory=dict)


EXAMPLES = 6
"""Statements for each catalogue, at most."""


def sql_examples(
    meta: Catalogue, statistics: Statistics, among: Sequence[Catalogue] = (), spectra: bool = False
) -> list[Example]:
    """Read-only statements that run on this catalogue, whatever columns it has.

    `among` are all catalogues of the release: others are matched with this one by position and by id.
    `spectra` is whether its rows have spectra with pages.
    """
    facts = _Facts(meta, statistics)
    found = [
        _count(facts),
        _best(facts),
        _around(facts),
        _matched(facts, among) if meta.position else None,
        _joined(facts, among),
        _spectra(facts) if spectra else None,
        _repeated(facts),
        _nights(facts),
        _spread(facts),
        _columns(facts),
    ]
    return list({one.sql: one for one in found if one}.values())[:EXAMPLES]


class _Facts:
    """Facts of one catalogue for the examples."""

    def __init__(self, meta: Catalogue, statistics: Statistics) -> None:
        self.meta = meta
        self.statistics = statistics
        self.table = quoted(meta.name)
        self.columns = {column.name: column for column in meta.columns if not _nested(column)}
        self.measured = {column.name: column for column in statistics.columns}

    def role(self, name: str) -> str | None:
        """The column of a role, if the catalogue has it."""
        value = self.statistics.roles.of(name)
        return value if value in self.columns else None

    def shown(self) -> list[str]:
        """Columns that identify a row, for the beginning of a list."""
        wanted = [self.meta.id, self.role("designation"), *self.position()]
        named = [name for name in dict.fromkeys(wanted) if name and name in self.columns]
        return named or list(self.columns)[:3] or [column.name for column in self.meta.columns][:3]

    def position(self) -> list[str]:
        """The columns of the position, if it has one."""
        return [self.meta.position.ra, self.meta.position.dec] if self.meta.position else []

    def number(self) -> str | None:
        """A measured quantity: S/N, then redshift, then the first real or whole column that varies."""
        usual = [self.role("snr"), self.role("redshift")]
        return next((name for name in usual if name), None) or next(self._varying(), None)

    def _varying(self) -> Iterator[str]:
        avoid = {*self.shown(), *self.position()}
        for kinds in (REAL, WHOLE):
            for name, column in self.columns.items():
                if column.datatype in kinds and name not in avoid:
                    yield name

    def labels(self) -> Iterator[str]:
        """Columns with few distinct values, to group by; the best first."""
        usual = [name for name in (self.role("class"), self.role("subclass")) if name]
        for name in [*usual, *self.columns]:
            values = self.measured[name].values
            counted = self.columns[name].datatype in TEXT | WHOLE
            if counted and (1 < len(values) <= 50 or (name in usual and not values)):
                yield name
        yield from usual


def _count(facts: _Facts) -> Example:
    label = next(facts.labels(), None)
    if label is None:
        return Example("How many rows there are", f"SELECT count(*) AS rows\nFROM {facts.table}")
    number = facts.number()
    average = f",\n       round(avg({quoted(number)}), 2) AS average" if number and number != label else ""
    sql = (
        f"SELECT {quoted(label)}, count(*) AS rows{average}\n"
        f"FROM {facts.table}\nGROUP BY {quoted(label)}\nORDER BY rows DESC"
    )
    return Example("Rows for each value of {column}", sql, {"column": label})


def _best(facts: _Facts) -> Example:
    number = facts.number()
    names = facts.shown()
    if number is None:
        return Example("The first rows", f"SELECT {_list(names)}\nFROM {facts.table}\nLIMIT 20")
    label = facts.role("class")
    value = next((v for v, _ in facts.statistics.classes if v), None) if label else None
    extra = [name for name in (label, number) if name and name not in names]
    where = f"WHERE {quoted(label)} = {literal(str(value))}\n" if label and value is not None else ""
    sql = (
        f"SELECT {_list([*names, *extra])}\nFROM {facts.table}\n{where}"
        f"ORDER BY {quoted(number)} DESC\nLIMIT 20"
    )
    if value is not None:
        return Example("The highest {column} of class {value}", sql, {"column": number, "value": str(value)})
    return Example("The highest {column}", sql, {"column": number})


def _around(facts: _Facts) -> Example | None:
    position, centre = facts.meta.position, densest(facts.statistics)
    if not position or not centre:
        return None
    (ra, dec), sparse = centre, is_sparse(facts.statistics)
    radius = 2.0 if sparse else 1.0
    names = [quoted(name) for name in facts.shown()]
    centre_of = f"{quoted(position.ra)}, {quoted(position.dec)}, {ra}, {dec}"
    sql = (
        f"SELECT {', '.join(names)},\n       separation({centre_of}) AS arcsec\nFROM {facts.table}\n"
        f"WHERE cone({centre_of}, {radius * 3600:.0f})\nORDER BY arcsec\nLIMIT 100"
    )
    title = "Within 2 degrees of {ra}, {dec}" if sparse else "Within 1 degree of {ra}, {dec}"
    return Example(title, sql, {"ra": f"{ra:g}", "dec": f"{dec:g}"})


PAIRED = 3.0
"""Radius of an example with pairs, in arcsec."""


def _matched(facts: _Facts, among: Sequence[Catalogue]) -> Example:
    """The rows of another catalogue next to those of this one; of this one itself if there is no other."""
    others = [one for one in among if one.position and one.name != facts.meta.name]
    other = others[0] if others else facts.meta
    own, theirs = (one.id or (one.position.ra if one.position else "") for one in (facts.meta, other))
    taken = {column.name.lower() for column in facts.meta.columns}
    number, second = 0, theirs
    while second.lower() in taken:
        number += 1
        second = f"{theirs}_{number}"
    once = "" if others else f"WHERE {quoted(own)} < {quoted(second)}\n"
    sql = (
        f"SELECT {quoted(own)}, {quoted(second)}, separation\n"
        f"FROM near({facts.table}, {quoted(other.name)}, {PAIRED})\n{once}ORDER BY separation\nLIMIT 100"
    )
    values = {"radius": f"{PAIRED:g}", "other": other.name}
    if not others:
        return Example("Pairs within {radius} arcsec", sql, values)
    return Example("Rows of {other} within {radius} arcsec", sql, values)


def _joined(facts: _Facts, among: Sequence[Catalogue]) -> Example | None:
    """Rows of another catalogue with the same id."""
    key = facts.meta.id
    if key is None:
        return None
    kind = facts.columns[key].datatype
    for other in among:
        theirs = {column.name: column for column in other.columns if not _nested(column)}
        if other.name == facts.meta.name or key not in theirs or theirs[key].datatype != kind:
            continue
        numbers = [
            name
            for name, column in theirs.items()
            if column.datatype in REAL and name.lower() not in {one.lower() for one in facts.columns}
        ]
        number = facts.number()
        own = [f"a.{quoted(name)}" for name in dict.fromkeys((key, number)) if name]
        shown = [*own, *(f"b.{quoted(name)}" for name in numbers[:3])]
        sql = (
            f"SELECT {', '.join(shown)}\nFROM {facts.table} AS a\n"
            f"JOIN {quoted(other.name)} AS b ON a.{quoted(key)} = b.{quoted(key)}\nLIMIT 100"
        )
        return Example("With {other} by {column}", sql, {"other": other.name, "column": key})
    return None


def _spectra(facts: _Facts) -> Example | None:
    """Links to the spectra of the rows with the highest signal to noise."""
    if facts.meta.id is None:
        return None
    number = facts.role("snr") or facts.number()
    order = f"\nORDER BY {quoted(number)} DESC" if number else ""
    shown = _list(list(dict.fromkeys(name for name in (facts.meta.id, facts.role("class"), number) if name)))
    sql = f"SELECT {shown}, spectrum({quoted(facts.meta.id)}) AS page\nFROM {facts.table}{order}\nLIMIT 20"
    return Example("Links to spectra", sql)


def _repeated(facts: _Facts) -> Example | None:
    """Objects with several rows."""
    name = facts.role("designation") or next((one for one in REPEATED if one in facts.columns), None)
    if name is None or name == facts.meta.id:
        return None
    sql = (
        f"SELECT {quoted(name)}, count(*) AS rows\nFROM {facts.table}\nWHERE {quoted(name)} IS NOT NULL\n"
        f"GROUP BY {quoted(name)}\nHAVING count(*) > 1\nORDER BY rows DESC\nLIMIT 100"
    )
    return Example("Objects with several rows", sql)


REPEATED = ("uid", "gaia_source_id", "source_id")
"""Columns that identify an object, not a row."""


def _nights(facts: _Facts) -> Example | None:
    night = facts.role("night")
    if night is None:
        return None
    sql = (
        f"SELECT {quoted(night)}, count(*) AS rows\nFROM {facts.table}\n"
        f"GROUP BY {quoted(night)}\nORDER BY rows DESC\nLIMIT 20"
    )
    return Example("The nights with the most rows", sql)


def _spread(facts: _Facts) -> Example | None:
    number = facts.number()
    if number is None:
        return None
    sql = (
        f"SELECT min({quoted(number)}) AS lowest, median({quoted(number)}) AS middle, "
        f"max({quoted(number)}) AS highest\nFROM {facts.table}"
    )
    return Example("The spread of {column}", sql, {"column": number})


def _columns(facts: _Facts) -> Example:
    return Example("Names and types of the columns", f"DESCRIBE {facts.table}")


def literal(text: str) -> str:
    """An SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def _list(names: list[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _nested(column: CatalogueColumn) -> bool:
    return column.datatype == "binary" or column.arraysize not in (None, "1")
