"""Finds the keywords in headers of spectra that have the same meaning as a column of their catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..escape import permalink
from ..model import facts_of_column
from .views import CatalogueView, SpectraView


@dataclass(frozen=True)
class Keyword:
    """A keyword, the set whose spectra have it, and a spectrum to see it in."""

    name: str
    set: SpectraView
    link: str | None


def header_keywords(view: CatalogueView, spectra: list[SpectraView]) -> dict[str, list[Keyword]]:
    """By column, the keywords of the sets of spectra of this catalogue.

    Found among the keywords of a set's first spectrum, if they have the column's name or the quantity it is
    named after; entries of release.toml take precedence.
    """
    from ..ingest.schema_columns import column_facts

    found: dict[str, list[Keyword]] = {}
    facts = column_facts(view.spec)
    for one in spectra:
        if one.spec.catalogue != view.name:
            continue
        names, link = _first(one, several=len(spectra) > 1)
        for column in view.meta.columns:
            said = facts_of_column(column.name, facts).header
            keyword = names.get(_plain(column.name)) if said is None else said
            if keyword:
                found.setdefault(column.name, []).append(Keyword(keyword, one, link))
    return found


def _first(one: SpectraView, several: bool) -> tuple[dict[str, str], str | None]:
    """The keywords of the first spectrum of a set, by the plain names of their quantities; a link to it."""
    packs = sorted((one.folder / "packs").glob("*/*.parquet"))
    ident = one.meta.id.name
    names = {_plain(ident): ident.upper()}
    if not packs:
        return names, None
    import pyarrow.parquet as pq

    with pq.ParquetFile(packs[0]) as file:
        table = next(file.iter_batches(1, columns=[ident, "header"]), None)
    if table is None or not table.num_rows or table["header"][0].as_py() is None:
        return names, None
    header = json.loads(table["header"][0].as_py())
    for fact, keyword in _keywords(str(header.get("layout")), header):
        for name in (fact, keyword):
            names.setdefault(_plain(name), keyword)
    wanted = {ident: str(table[ident][0].as_py())} | ({"set": one.name} if several else {})
    return names, permalink("spectrum.html", **wanted)


def _keywords(layout: str, header: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The quantities of a header, with the keywords that a layout reads them from."""
    from ..spectra.layouts import layouts

    known = getattr(layouts().get(layout), "KEYWORDS", {})
    for fact, value in header.items():
        if fact == "snr" and isinstance(value, dict):
            yield from ((f"snr{band}", f"SNR{band.upper()}") for band in value)
        elif fact in known:
            yield fact, known[fact][0]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
