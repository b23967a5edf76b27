"""The tables of a release: its catalogues, and the spectra as ObsCore."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..formats import Catalogue, CatalogueColumn, Statistics
from ..ingest.values.sql_text import quoted
from ..metadata.vo_columns import xml_text
from ..notebook.views import marks
from ..standards.arrow_columns import Column
from .columns import Table
from .database import Source
from .parts import ids_of, places_of
from .results.systems import ICRS, time_system

PIXEL = "_healpix_29"
BLOCK = re.compile(r'<script type="application/json" id="page">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Words:
    """What a release says of itself on its pages."""

    ident: str
    label: str
    title: str
    description: str
    portal: str
    address: str | None
    titles: dict[str, str]
    """By catalogue."""
    stored: dict[str, str]
    """By catalogue, the name of its stored values in SQL."""
    observed: set[str]
    """Sets of spectra that are no templates."""


def words_of(folder: Path, shown: Path) -> Words:
    """Read titles and names from the pages of a release and its metadata."""
    page: dict[str, Any] = {}
    for name in ("sql.html", "index.html"):
        file = folder / name
        found = BLOCK.search(file.read_text(encoding="utf-8")) if file.is_file() else None
        if found:
            page = json.loads(found[1])
            break
    about: dict[str, Any] = {}
    file = folder / "meta" / "datacite.json"
    if file.is_file():
        about = json.loads(file.read_text(encoding="utf-8"))
    release = page.get("release") or {}
    label = release.get("label") or shown.name
    title = next((one["title"] for one in about.get("titles", []) if one.get("title")), label)
    said = [one["description"] for one in about.get("descriptions", []) if one.get("description")]
    catalogues = page.get("catalogues") or []
    return Words(
        release.get("id") or "",
        label,
        title,
        said[0] if said else title,
        page.get("portal") or "",
        page.get("address"),
        {one["name"]: one["title"] for one in catalogues},
        {one["name"]: one["stored"] for one in catalogues},
        {one["name"] for one in page.get("spectra") or [] if not one.get("templates_of")},
    )


def catalogue_tables(
    schema: str, folder: Path, meta: Catalogue, statistics: Statistics, words: Words
) -> Iterator[tuple[Table, Source]]:
    """Yield the table of a catalogue, in which missing values are NULL, and that of its stored values."""
    title = words.titles.get(meta.name, meta.name)
    indexed = {index.column for index in meta.ids}
    position = (meta.position.ra, meta.position.dec) if meta.position else None
    principal = {*indexed, *(position or ()), *_principal(statistics)}
    places = {*(position or ())}
    columns = [
        replace(_column(c, c.name in principal, c.name in indexed | places), ref=ICRS if c.name in places else
                time_system(c.name, c.unit, c.ucd))
        for c in meta.columns
    ]  # fmt: skip
    folder = folder / "data" / meta.name
    files = [folder / part.path for part in meta.partitions]
    table = Table(
        schema, meta.name, columns, title, title, meta.rows, position, position is not None,
        meta.id or statistics.roles.designation,
    )  # fmt: skip
    if not files:
        return
    pixel = [PIXEL] if position else []
    stored = ", ".join([quoted(c.name) for c in meta.columns] + pixel)
    present = ", ".join([_present(c) for c in meta.columns] + pixel)
    pixels, ids = (places_of(meta), ids_of(meta, folder)) if position else ((), None)
    yield table, Source(table, files, f"SELECT {present} FROM {{source}}", pixels, ids)
    if present != stored:
        said = f"{title}; values that mean “nothing” are as in the files"
        raw = Table(
            schema, words.stored.get(meta.name, f"{meta.name}_raw"), columns, said, said, meta.rows, position,
            position is not None, table.ident,
        )  # fmt: skip
        yield raw, Source(raw, files, f"SELECT {stored} FROM {{source}}", pixels, ids)


def _principal(statistics: Statistics) -> set[str]:
    """Columns that most readers want to see first: those with a role."""
    return {name for names in statistics.roles.by_role().values() for name in names}


def _column(column: CatalogueColumn, principal: bool, indexed: bool) -> Column:
    return Column(
        column.name,
        unit=column.unit,
        ucd=column.ucd,
        description=xml_text(column.description).strip() or None,
        principal=principal,
        indexed=indexed,
    )


def _present(column: CatalogueColumn) -> str:
    """SQL for a column in which missing values are NULL; columns without any are as they are."""
    name, listed = quoted(column.name), ", ".join(marks(column))
    if not listed:
        return name
    if column.arraysize is not None:
        return f"[CASE WHEN _v IN ({listed}) THEN NULL ELSE _v END FOR _v IN {name}] AS {name}"
    return f"CASE WHEN {name} IN ({listed}) THEN NULL ELSE {name} END AS {name}"
