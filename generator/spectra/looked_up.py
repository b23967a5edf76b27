"""Spectra identified by a column of their catalogue: their ids are those of its rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ..formats import Catalogue
from ..ingest.withhold import names_beside, withheld_ids
from ..model import Release, SpectraSet
from ..problems import InputError, Problem
from .read import name_of


def look_up(spec: SpectraSet, release: Release, database: sqlite3.Connection, catalogue: Path) -> str:
    """Replace file names by the ids in the catalogue; return the name of the catalogue's id."""
    about = Catalogue.read(catalogue)
    place = f"spectra[{spec.name}].id.lookup"
    column, ident = spec.id.lookup or "", about.id
    names = [c.name for c in about.columns]
    files = [catalogue / partition.path for partition in about.partitions]
    noted = names_beside(withheld_ids(catalogue))
    if column not in names and noted.is_file() and column in pq.read_schema(noted).names:
        files, names = [noted], [*names, column]  # the names are withheld, but may still be compared
    if column not in names or not ident:
        what = f"the catalogue {spec.catalogue!r} has no " + (
            "id" if column in names else f"column {column!r}"
        )
        fix = "name one with roles = { id = ... }" if column in names else f"use one of: {', '.join(names)}"
        raise InputError(Problem(str(release.file), place, what, fix))
    database.executescript(
        "DROP TABLE IF EXISTS named; CREATE TEMP TABLE named (file TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID;"
    )
    database.execute("BEGIN")
    for file in files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=[column, ident]):
                rows = zip(*(batch.column(c).to_pylist() for c in (column, ident)), strict=True)
                plain = [(name_of(Path(_text(n).strip())), str(i)) for n, i in rows if n and i is not None]
                database.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", plain)
    database.execute("COMMIT")
    return str(spec.id.name or ident)


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
