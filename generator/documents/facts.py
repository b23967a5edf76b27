"""Values that documents use by name instead of typing them: `stats.lrs.rows`, `release.published`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from ..formats import ColumnStatistics, Spectra, Statistics
from ..i18n import Language
from ..model import Portal, Release
from ..model.night import night_date

Kind = Literal["count", "limit", "bytes", "date", "text"]
SEGMENT = re.compile(r'"([^"]+)"|([^\s."|{}]+)')
ROOTS = ("stats", "files", "spectra", "release", "portal")
KINDS = ("low", "medium", "high")
OF_COLUMN = {
    "rows": "count", "missing": "count", "filled": "count", "distinct": "count",
    "min": "limit", "max": "limit", "mean": "limit",
    "unit": "text", "datatype": "text", "ucd": "text", "description": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A value and its kind, which decides how it is written. None: the release has no value."""

    value: int | float | str | dict[str, str] | None
    kind: Kind = "text"
    estimated: bool = False
    """Whether it is only about right."""

    def text(self, language: Language) -> str:
        """As written for readers of the language."""
        if isinstance(self.value, dict):
            return language.text(self.value)
        if isinstance(self.value, str):
            return language.date(self.value) if self.kind == "date" else self.value
        if self.kind == "limit":
            return language.value(self.value)
        if self.kind == "bytes":
            return language.size(int(self.value or 0))
        return f"{self.about}{language.number(self.value)}"

    @property
    def about(self) -> str:
        """The sign before an estimate."""
        return "≈ " if self.estimated else ""

    def raw(self, language: Language) -> str:
        """As a program writes it: no grouping, ISO dates."""
        return language.text(self.value) if isinstance(self.value, dict) else str(self.value)


class Open(dict[str, Any]):
    """A branch whose names are unknown before the data are read: accepts any name."""


Tree = dict[str, Any]


class Absent(Exception):
    """A valid name of something that this release does not have."""


class Unknown(Exception):
    """A name that no fact has: what is wrong, and how to fix it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


class Measured(Protocol):
    """A catalogue with its statistics."""

    @property
    def name(self) -> str: ...
    @property
    def statistics(self) -> Statistics: ...


@dataclass(frozen=True)
class Declared:
    """A catalogue of which only the names of the columns are known, or not even those (None)."""

    name: str
    columns: Sequence[str] | None
    rows: int | None = None


@dataclass
class Facts:
    """Every fact of one release, as a tree of names."""

    tree: Tree
    elsewhere: frozenset[str] = frozenset()
    """Names of catalogues and sets of spectra in any release of the portal."""
    label: str = ""
    measured: bool = True
    """Whether all statistics are available; otherwise values must not be shown."""
    counts: frozenset[int] = field(default=frozenset(), repr=False)
    """All whole numbers among these facts that are counts."""

    def find(self, name: str) -> Fact:
        """The fact of that name. Raises Absent or Unknown."""
        here = self.branch(name)
        if not isinstance(here, Fact):
            below = next(iter(here), "rows")
            raise Unknown(f"{name!r} is not one value", f"choose one, such as {name}.{below}")
        if here.value is None or here.value in ("", {}):
            raise Absent
        return here

    def branch(self, name: str) -> Tree | Fact:
        """The facts below a name, or the fact itself. Raises Absent or Unknown."""
        path = list(segments(name))
        if not path:
            raise Unknown(f"{name!r} is not a name", "write names joined by dots, such as stats.lrs.rows")
        here: Any = self.tree
        for at, part in enumerate(path):
            if isinstance(here, Open) and part not in here:
                return Fact(0, "count")
            if isinstance(here, dict) and part in here:
                here = here[part]
                continue
            self._explain(name, path, at, here)
        return here  # type: ignore[no-any-return]

    def has(self, name: str) -> bool:
        """Whether this release has a fact of that name, or any below it. Raises Unknown for wrong names.

        Columns and classes differ between releases: below a catalogue, a missing name is not an error.
        """
        try:
            here = self.branch(name)
        except Absent:
            return False
        except Unknown:
            path = list(segments(name))
            if len(path) > 2 and path[0] in ("stats", "files", "spectra") and path[1] in self.tree[path[0]]:
                return False
            raise
        return _anything(here)

    def _explain(self, name: str, path: list[str], at: int, here: Any) -> None:
        if at == 1 and path[0] in ("stats", "files", "spectra") and path[1] in self.elsewhere:
            raise Absent
        if not isinstance(here, dict):
            raise Unknown(f"no fact {name!r}", f"write {'.'.join(path[:at])}, which is a value by itself")
        near = [n for n in here if n.lower() == path[at].lower()] or difflib.get_close_matches(
            path[at], list(here), n=1, cutoff=0.5
        )
        if near:
            fix = f"did you mean {'.'.join([*path[:at], near[0], *path[at + 1 :]])}?"
        else:
            shown = list(here)[:12]
            fix = f"known{' below ' + '.'.join(path[:at]) if at else ''} are: {', '.join(shown) or 'none'}"
        raise Unknown(f"no fact {name!r}", fix)


def _anything(here: Tree | Fact) -> bool:
    if isinstance(here, Fact):
        return here.value not in (None, "", {})
    return isinstance(here, Open) or any(_anything(below) for below in here.values())


def segments(name: str) -> Iterator[str]:
    """The parts of a dotted name; a part with a dot or a space must be quoted."""
    at = 0
    while match := SEGMENT.match(name, at):
        yield match[1] or match[2]
        at = match.end()
        if at == len(name):
            return
        if name[at] != ".":
            break
        at += 1
    raise Unknown(f"{name!r} is not a name", "write names joined by dots, such as stats.lrs.rows")


def document_facts(
    portal: Portal,
    release: Release,
    catalogues: Iterable[Measured | Declared],
    spectra: dict[str, Spectra | None],
    files: dict[str, tuple[int, int]],
) -> Facts:
    """The facts of a release.

    `spectra` has the description of each set (None if not packed yet), `files` the number and the total
    bytes of each catalogue's files.
    """
    stats: Tree = {}
    measured = True
    for one in catalogues:
        if isinstance(one, Declared):
            measured = False
            stats[one.name] = _declared(one)
        else:
            stats[one.name] = _measured(one.statistics)
    rows = [tree["rows"].value for tree in stats.values()]
    whole = {"rows": Fact(sum(rows), "count"), "catalogues": Fact(len(stats), "count")} if stats else {}
    volumes = {n: {"count": Fact(c, "count"), "bytes": Fact(b, "bytes")} for n, (c, b) in files.items()}
    volumes |= {n: {"count": Fact(0, "count"), "bytes": Fact(0, "bytes")} for n in stats if n not in files}
    total = (
        {
            "count": Fact(sum(c for c, _ in files.values()), "count"),
            "bytes": Fact(sum(b for _, b in files.values()), "bytes"),
        }
        if stats
        else {}
    )
    tree: Tree = {
        "stats": stats | whole,
        "files": volumes | total,
        "spectra": {n: _spectra(meta) for n, meta in spectra.items()},
        "release": _release(release),
        "portal": _portal(portal),
    }
    names = {c.name for r in portal.releases for c in r.catalogues}
    names |= {s.name for r in portal.releases for s in r.spectra} | {"rows", "catalogues", "count", "bytes"}
    return Facts(tree, frozenset(names), release.label, measured, frozenset(_counts(tree)))


def _measured(statistics: Statistics) -> Tree:
    """The facts of a catalogue. They hide columns of the same name, which `column.` still finds."""
    columns = {c.name: _column(c) for c in statistics.columns}
    night = statistics.roles.night
    for entry in statistics.snr:
        if entry.column in columns:
            columns[entry.column]["above"] = {str(t): Fact(n, "count") for t, n in entry.thresholds}
    own = {
        "rows": Fact(statistics.rows, "count"),
        "columns": Fact(len(columns), "count"),
        "nights": Fact(statistics.nights, "count"),
        "plates": Fact(statistics.plates, "count"),
        "first_night": Fact(night_date(statistics.first_night, night), "date"),
        "last_night": Fact(night_date(statistics.last_night, night), "date"),
        "classes": {str(v): Fact(n, "count") for v, n in statistics.classes},
        "subclasses": {str(v): Fact(n, "count") for v, n in statistics.subclasses},
        "column": columns,
    }
    return columns | own


def _column(column: ColumnStatistics) -> Tree:
    of = {
        "rows": column.rows,
        "missing": column.nulls,
        "filled": column.rows - column.nulls,
        **{k: getattr(column, k) for k in ("distinct", "min", "max", "mean", "unit", "datatype", "ucd")},
        "description": column.description or None,
    }
    facts = {name: Fact(of[name], kind) for name, kind in OF_COLUMN.items()}  # type: ignore[arg-type]
    facts["distinct"] = replace(facts["distinct"], estimated=column.estimated)
    return facts


def _declared(one: Declared) -> Tree:
    def column() -> Tree:
        return {n: Fact(0, k) for n, k in OF_COLUMN.items()} | {"above": Open()}  # type: ignore[arg-type]

    columns = Open() if one.columns is None else {name: column() for name in one.columns}
    own = {name: Fact(0, "count") for name in ("columns", "nights", "plates")}
    own |= {name: Fact("2000", "date") for name in ("first_night", "last_night")}
    tree = Open() if one.columns is None else {}
    rows = {"rows": Fact(one.rows or 0, "count")}
    tree.update(columns | own | rows | {"classes": Open(), "subclasses": Open(), "column": columns})
    return tree


def _spectra(meta: Spectra | None) -> Tree:
    if meta is None:
        return {"count": Fact(0, "count"), "files": Fact(0, "count"), "bytes": Fact(0, "bytes")}
    return {
        "count": Fact(meta.spectra, "count"),
        "files": Fact(meta.packs, "count"),
        "bytes": Fact(meta.bytes, "bytes"),
    }


def _release(release: Release) -> Tree:
    tree: Tree = {
        "name": Fact(release.name),
        "version": Fact(release.version),
        "batch": Fact(release.batch),
        "label": Fact(release.label),
        "title": Fact(release.title or release.label),
        "description": Fact(release.description),
        "published": Fact(release.published, "date"),
        "phase": Fact(release.phase),
        "status": Fact(release.status),
        "original": Fact(release.original),
        "acknowledgement": Fact(release.acknowledgement),
        "id": Fact(release.id),
    }
    for kind in KINDS:
        of = [r for r in release.resolutions if r.kind == kind]
        starts = sorted(r.observed_from for r in of if r.observed_from)
        ends = sorted(r.observed_to for r in of if r.observed_to)
        tree[kind] = {
            "spectra": Fact(_total([r.spectra for r in of]), "count"),
            "plates": Fact(_total([r.plates for r in of]), "count"),
            "observed_from": Fact(starts[0] if starts else None, "date"),
            "observed_to": Fact(ends[-1] if ends else None, "date"),
        }
    return tree


def _total(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _portal(portal: Portal) -> Tree:
    return {
        "name": Fact(portal.name),
        "title": Fact(portal.title),
        "description": Fact(portal.description),
        "organisation": Fact(portal.organisation),
        "homepage": Fact(portal.homepage),
        "contact": Fact(portal.contact),
        "address": Fact(portal.base_url),
        "releases": Fact(len(portal.releases), "count"),
    }


def _counts(tree: Tree) -> Iterator[int]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _counts(value)
        elif name in ("distinct", "missing", "filled"):
            continue  # values of columns: so many that nearly any number would match one
        elif value.kind == "count" and isinstance(value.value, int):
            yield value.value
