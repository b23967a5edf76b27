"""Which spectra and facts an edition shows if rows or columns of their catalogue are withheld."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ..formats import Catalogue
from ..ingest.withhold import ID, IDS_WITHHELD, withheld_ids
from ..model import Release, SpectraSet, Without, facts_of_column
from ..problems import InputError, Problem
from .spectrum import Spectrum


def without_of(spec: SpectraSet, release: Release, catalogue: Path | None) -> Without:
    """Return what is withheld from the set, with the columns that its catalogue shows."""
    if not spec.without.columns:
        return spec.without
    assert catalogue is not None
    facts = next(c.columns for c in release.catalogues if c.name == spec.catalogue)
    shown = []
    for name in (column.name for column in Catalogue.read(catalogue).columns):
        header = facts_of_column(name, facts).header  # "" where no keyword has the same value
        shown += [name] if header is None else [header] if header else []
    return spec.without.knowing(shown)


def know_shown(
    spec: SpectraSet,
    release: Release,
    database: sqlite3.Connection,
    catalogue: Path | None,
    id_name: str | None,
) -> None:
    """For a catalogue with withheld rows or columns, store the ids of shown rows and no others.

    Only these spectra are shown: the catalogue decides, whatever ids the spectra have.
    """
    if not spec.without:
        return
    assert catalogue is not None
    about = Catalogue.read(catalogue)
    note = pq.read_schema(withheld_ids(catalogue))
    column = about.id
    if not spec.without.rows and id_name in {c.name for c in about.columns}:
        column = id_name
    blind = spec.without.rows and (note.metadata or {}).get(b"note") == IDS_WITHHELD
    if blind or not column or (id_name and spec.without.names(id_name)):
        what = f"which of them belong to withheld rows cannot be determined: {spec.catalogue!r} shows no id"
        fix = "withhold the set too, or show the id"
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}]", what, fix))
    database.executescript(
        "DROP TABLE IF EXISTS shown; CREATE TEMP TABLE shown (id TEXT PRIMARY KEY) WITHOUT ROWID;"
    )
    database.execute("BEGIN")
    for partition in about.partitions:
        for ids in _ids_in(catalogue / partition.path, column):
            database.executemany("INSERT OR IGNORE INTO shown VALUES (?)", ids)
    for ids in _ids_in(withheld_ids(catalogue), ID):
        database.executemany("DELETE FROM shown WHERE id = ?", ids)
    database.execute("COMMIT")


def _ids_in(file: Path, column: str) -> Iterator[list[tuple[str]]]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=[column]):
            ids = (i for i in batch.column(0).to_pylist() if i is not None)
            # Withheld rows may have turned an id column into doubles.
            yield [(f"{i:.0f}" if isinstance(i, float) else str(i).strip(),) for i in ids]


def withhold_facts(spectrum: Spectrum, without: Without, keywords: dict[str, tuple[str, ...]]) -> None:
    """Remove from a spectrum the header values and extension names that reveal withheld columns."""
    if not without.columns:
        return
    spectrum.facts = _shown(spectrum.facts, without, keywords)
    kept = not without.hides("exposure", *keywords.get("exposure", ()))
    exposures = sorted({p.exposure for p in spectrum.parts if p.exposure})
    for part in spectrum.parts:
        part.facts = _shown(part.facts, without, keywords)
        if part.exposure and not kept:
            part.exposure = str(exposures.index(part.exposure) + 1)


def _shown(facts: dict[str, Any], without: Without, keywords: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    shown = {}
    for fact, value in facts.items():
        if fact == "snr" and isinstance(value, dict):
            value = {b: v for b, v in value.items() if not without.hides(f"snr{b}", f"sn_{b}")}
            hidden = not value
        elif fact in ("vacuum", "simulated"):
            hidden = not isinstance(value, bool)
        else:
            hidden = without.hides(fact, *keywords.get(fact, ()))
        if not hidden:
            shown[fact] = value
    return shown
