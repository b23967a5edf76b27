"""Hold the rows of a catalogue's sources to what the release promises, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..model import CatalogueSource, Release
from ..problems import InputError
from .doubts import doubts
from .inputs import Input
from .order import connect
from .rules import broken_promises
from .statistics import one_row
from .withhold import ShownRows


def check_rows(spec: CatalogueSource, release: Release, source: Input, scratch: Path) -> list[str]:
    """Lines about what was read, and about values that look like "nothing". Rows stream into a table that
    DuckDB keeps on disk where memory does not hold it.

    Raises InputError for rows that break a promise, and for a source that cannot be read to its end.
    """
    failed: list[InputError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for one in source.sources:
                for batch, _ in shown.batches(one):
                    yield batch
        except InputError as error:
            failed.append(error)
            raise

    with (
        ShownRows(spec, release, source) as shown,
        connect(scratch, threads=1) as database,
    ):
        database.register("source", pa.RecordBatchReader.from_batches(shown.schema, batches()))
        try:
            database.execute("CREATE TEMP TABLE t AS SELECT * FROM source")
        except Exception:
            # What goes wrong in reading comes out of DuckDB as an error of its own.
            if failed:
                raise failed[0] from None
            raise

        def ask(question: str) -> tuple[Any, ...]:
            return one_row(database, question)

        problems = broken_promises(ask, spec, release, source)
        lines = [*shown.notes(), *(one.told(spec, release) for one in doubts(ask, spec, source))]
        if spec.withheld and not shown.withheld:
            lines.append(f"{release.file}: catalogues[{spec.name}].withheld: no row meets a condition")
    if problems:
        raise InputError(problems)
    return lines
