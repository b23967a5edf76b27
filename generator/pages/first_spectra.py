"""A first search that shows rows with spectra, and the spectra that pages name as examples."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from .filters import spectrum_filter
from .forms import Start
from .site import Site


@dataclass(frozen=True)
class Packed:
    """A spectrum of a pack; class and subclass are those of its file, or empty."""

    id: str
    kind: str
    subclass: str


def first_pack(site: Site, name: str) -> list[Packed]:
    """The spectra of the first pack of a set, in the order of their ids."""
    view = next(view for view in site.spectra if view.name == name)
    packs = sorted((view.folder / "packs").glob("*/*.parquet"))
    if not packs:
        return []
    import pyarrow.parquet as pq

    column = view.meta.id.name
    table = pq.read_table(packs[0], columns=[column, "header"])
    found = []
    for ident, header in zip(table[column].to_pylist(), table["header"].to_pylist(), strict=True):
        if header is not None:
            kind, subclass = (json.loads(header).get(key) or "" for key in ("class", "subclass"))
            found.append(Packed(str(ident), str(kind), "" if subclass == "Non" else str(subclass)))
    return found


def first_search(site: Site, name: str) -> Start | None:
    """A search for rows of the most common class that have spectra, where not all rows of a catalogue do."""
    view = next(view for view in site.catalogues if view.name == name)
    for of in site.spectra:
        column = of.meta.id.name
        observed = not of.spec.templates_of and of.meta.catalogue in (None, name)
        if observed and column == view.meta.id and of.meta.spectra < view.rows:
            kinds = [one.kind for one in site.once(first_pack, of.name) if one.kind]
            kind = max(sorted(set(kinds)), key=kinds.count, default="")
            label = view.statistics.roles.class_
            query = f"catalogue={quote(name)}&{quote(spectrum_filter(view))}=true"
            if label is None or kind not in {one.value for one in view.statistics.classes}:
                return Start("Rows with spectra", query, {})
            query += f"&{quote(label)}={quote(kind, safe='')}"
            return Start("{value} with spectra", query, {"value": kind})
    return None
