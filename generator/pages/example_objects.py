"""Objects of a release to begin with on object.html: those observed more than once first."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .site import Site
from .views import CatalogueView, SpectraView

OBJECTS = 6
PACKS = 4
"""Packs of a set whose headers are read."""
NEAR = 3 / 3600
"""Spectra within this many degrees are of one object."""


@dataclass(frozen=True)
class ExampleObject:
    """An object with a link to its page."""

    name: str
    link: str
    kind: str = ""
    """Class and subclass of its first spectrum."""
    epochs: int = 0
    """Nights with a spectrum, or rows with its name."""
    spectrum: dict[str, str] = field(default_factory=dict)
    """Set and id of a spectrum to draw."""
    place: tuple[float, float] | None = None
    """Right ascension and declination, deg."""


def example_objects(site: Site) -> list[ExampleObject]:
    """Real objects: of each set of spectra, otherwise of each catalogue, those with most epochs first."""
    observed = [view for view in site.spectra if not view.spec.templates_of and view.meta.spectra]
    several = {view.name for view in observed for other in observed if _same_id(view, other)}
    groups = [list(_of_spectra(view, view.name in several)) for view in observed]
    if not any(groups):
        groups = [list(_of_rows(view)) for view in site.catalogues if not view.changes_since]
    every = (one for group in groups for one in group if one.epochs > 1)
    repeated = sorted(every, key=lambda one: -one.epochs)[: OBJECTS // 2]
    others = sorted((one for one in _in_turn(groups) if one not in repeated), key=lambda one: not one.place)
    return [*repeated, *others][:OBJECTS]


def _same_id(view: SpectraView, other: SpectraView) -> bool:
    return view.name != other.name and view.meta.id.name == other.meta.id.name


def _in_turn(groups: list[list[ExampleObject]]) -> Iterator[ExampleObject]:
    """The first of each group, then the second of each."""
    for place in range(max((len(group) for group in groups), default=0)):
        yield from (group[place] for group in groups if place < len(group))


def _of_spectra(view: SpectraView, several: bool) -> Iterator[ExampleObject]:
    """The objects of the first packs of a set, by the positions in their headers."""
    import pyarrow.parquet as pq

    name = view.meta.id.name
    objects: dict[Any, list[tuple[str, dict[str, Any]]]] = {}
    for pack in sorted((view.folder / "packs").glob("*/*.parquet"))[:PACKS]:
        table = pq.read_table(pack, columns=[name, "header"])
        for ident, header in zip(table[name].to_pylist(), table["header"].to_pylist(), strict=True):
            if header is not None:
                facts = json.loads(header)
                objects.setdefault(_cell(facts) or ident, []).append((str(ident), facts))
    for spectra in objects.values():
        ident, facts = spectra[0]
        words = [str(facts[key]) for key in ("class", "subclass") if facts.get(key) not in (None, "", "Non")]
        place = _place(facts)
        days = {one.get("mjd", one.get("lmjd")) for _, one in spectra}
        chosen = {"set": view.name} if several else {}
        yield ExampleObject(
            name=str(facts.get("designation") or ident),
            link=_link(**{name: ident}, **chosen),
            kind=" ".join(words),
            epochs=len(days - {None}),
            spectrum={"set": view.name, "id": ident},
            place=place,
        )


def _link(**parameters: str) -> str:
    return "object.html?" + "&".join(f"{quote(k)}={quote(v, safe=',.:')}" for k, v in parameters.items())


def _place(facts: dict[str, Any]) -> tuple[float, float] | None:
    ra, dec = facts.get("ra"), facts.get("dec")
    known = all(isinstance(one, int | float) and math.isfinite(one) for one in (ra, dec))
    return (float(ra), float(dec)) if known and abs(dec) <= 90 else None  # type: ignore[arg-type]


def _cell(facts: dict[str, Any]) -> tuple[int, int] | None:
    """A small part of the sky; two spectra on either side of a border are taken for two objects."""
    place = _place(facts)
    if place is None:
        return None
    ra, dec = place
    return round(ra * math.cos(math.radians(dec)) / NEAR), round(dec / NEAR)


def _of_rows(view: CatalogueView) -> Iterator[ExampleObject]:
    """Objects of the first row group of a catalogue, by the first of its columns that has an index."""
    import pyarrow.parquet as pq

    indexed = [index.column for index in view.meta.ids]
    name = next((one for one in indexed if one.lower() == "designation"), indexed[0] if indexed else None)
    if name is None or not view.meta.partitions:
        return
    file = pq.ParquetFile(view.folder / view.meta.partitions[0].path)
    if not file.num_row_groups:
        return
    roles = view.statistics.roles
    kind = roles.of("class")
    position = [view.meta.position.ra, view.meta.position.dec] if view.meta.position else []
    wanted = [one for one in dict.fromkeys([name, kind, *position]) if one]
    rows = file.read_row_group(0, columns=wanted).slice(0, 20_000).to_pylist()
    missing = {str(one) for column in view.meta.columns if column.name == name for one in column.missing}
    objects: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row[name] is not None and str(row[name]) not in {*missing, ""}:
            objects.setdefault(str(row[name]), []).append(row)
    for ident, own in objects.items():
        place = _place(dict(zip(("ra", "dec"), (own[0][one] for one in position), strict=False)))
        words = str(own[0][kind]) if kind and own[0][kind] is not None else ""
        yield ExampleObject(ident, _link(**{name: ident}), words, len(own), {}, place)
