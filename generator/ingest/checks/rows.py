"""Check the rows of a catalogue's sources against the release without writing a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...model import CatalogueSource, Release
from ...notices import Notice
from ...problems import InputError, Problem
from ..inputs import Input
from ..values.database import connect, one_row
from ..withhold import ShownRows
from .doubts import doubts
from .rules import Ask, broken_promises

Progress = Callable[[str, int, int], None]


@contextmanager
def loaded(
    spec: CatalogueSource, release: Release, source: Input, scratch: Path, progress: Progress
) -> Iterator[tuple[Ask, ShownRows]]:
    """Load the rows into a DuckDB table `t`, which spills to disk if it does not fit in memory.

    Raises InputError for a source that cannot be read completely.
    """
    failed: list[InputError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        done = 0
        try:
            for one in source.sources:
                for batch, numbers in shown.batches(one):
                    done += len(numbers)
                    progress("read", done, source.rows)
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
            # DuckDB replaces errors of the reader by its own.
            if failed:
                raise failed[0] from None
            raise

        def ask(question: str) -> tuple[Any, ...]:
            return one_row(database, question)

        yield ask, shown


def check_rows(
    spec: CatalogueSource,
    release: Release,
    source: Input,
    scratch: Path,
    progress: Progress = lambda _stage, _done, _total: None,
) -> tuple[list[Notice], list[Problem]]:
    """Return notices about doubtful values, and a problem for each rule that rows break.

    Raises InputError for a source that cannot be read completely.
    """
    with loaded(spec, release, source, scratch, progress) as (ask, shown):
        problems = broken_promises(ask, spec, release, source)
        notices = [Notice("doubt", problem) for problem in shown.notes()]
        notices += [one.notice(spec, release) for one in doubts(ask, spec, source)]
        if spec.withheld and not shown.withheld:
            place = f"catalogues[{spec.name}].withheld"
            notices.append(
                Notice(
                    "doubt", Problem(str(release.file), place, "no row meets a condition", "look at `rows`")
                )
            )
    return notices, problems
