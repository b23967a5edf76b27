"""Which spectra an edition shows, where it withholds rows of their catalogue."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from ..cache import withheld_ids
from ..ingest.withhold import ID, NOT_TOLD
from ..model import Release, SpectraSet
from ..problems import InputError, Problem


def know_shown(
    spec: SpectraSet, release: Release, database: sqlite3.Connection, catalogue: Path | None
) -> None:
    """Of a catalogue with withheld rows, keep the ids of rows that are shown and of none that is withheld."""
    if not spec.without.rows:
        return
    assert catalogue is not None
    about = json.loads((catalogue / "catalogue.json").read_text(encoding="utf-8"))
    note = pq.read_schema(withheld_ids(catalogue))
    if (note.metadata or {}).get(b"note") == NOT_TOLD:
        what = f"which of them are of withheld rows cannot be told: {spec.catalogue!r} shows no id"
        mend = "withhold the set too, or show the id"
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}]", what, mend))
    database.executescript(
        "DROP TABLE IF EXISTS shown; CREATE TEMP TABLE shown (id TEXT PRIMARY KEY) WITHOUT ROWID;"
    )
    database.execute("BEGIN")
    for partition in about["partitions"]:
        for ids in _ids_in(catalogue / partition["path"], about["id"]):
            database.executemany("INSERT OR IGNORE INTO shown VALUES (?)", ids)
    for ids in _ids_in(withheld_ids(catalogue), ID):
        database.executemany("DELETE FROM shown WHERE id = ?", ids)
    database.execute("COMMIT")


def _ids_in(file: Path, column: str) -> Iterator[list[tuple[str]]]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=[column]):
            yield [(str(i).strip(),) for i in batch.column(0).to_pylist() if i is not None]
