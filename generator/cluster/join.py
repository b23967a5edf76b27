"""Cross-matches by the workers of a cluster: a partition of the rows is a task.

Each task does for its partition what one process does for all, and leaves the rows as a sorted run; these are
written as the runs of a source are. `lsdb` could match two HATS catalogues as well, but it works on tables of
pandas, in which NULL, 64-bit integers and the order of rows would have to be restored, and it moves no
positions; tests compare with it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats import Partition
from ..ingest.job import Job
from ..ingest.write.partitions import Piece, Written, write_partitions
from ..ingest.write.tiles import Plan
from ..match.association import PAIRS, pair_file, pair_writer
from ..match.walk import Joining, Known, Match, Writer, rows_of
from ..pieces import DATA
from ..problems import InputError
from .crew import Crew
from .gathered import Gathered
from .runs import Run, write_run
from .shared import Shared
from .walk import give_rows

JOINING, OTHERS = "joining.pickle", "others"


@dataclass(frozen=True)
class _Task:
    number: int
    path: str
    """Of a partition, in the folder of rows that workers share."""


def matcher_of(crew: Crew, shared: Shared) -> Writer:
    """Return what writes matched rows with the workers of a crew."""
    return partial(_write_joined, crew, shared)


def _write_joined(
    crew: Crew, shared: Shared, job: Job, read: Known, joining: Joining, folder: Path
) -> Written:
    """Match by tasks, then write partitions by tasks: the arguments are those of `in_turn`."""
    give_rows(shared, read.data, read.partitions)
    others = [_give_other(shared, number, match) for number, match in enumerate(joining.matches)]
    shared.store_object(JOINING, (joining, others))
    tasks = [_Task(number, one.path) for number, one in enumerate(read.partitions)]
    runs: list[Run] = []
    for run in crew.map("match", partial(match_part, shared), tasks):
        runs.append(run)
        job.progress("match", sum(one.rows for one in runs), read.rows)
    assert read.positions is not None
    gathered = Gathered(shared, crew, joining.stored, read.positions)
    gathered.add_runs(runs, read.lengths, read.unicode)

    def write(pieces: list[Piece], plan: Plan) -> Iterator[Partition]:
        for one in gathered.write(pieces, plan):
            shared.collect(f"rows/{one.path}", job.rows / one.path)
            yield one

    written = write_partitions(job, gathered, gathered.sample(), write, folder / DATA)
    for match in joining.matches:
        _join_pairs(shared, len(tasks), pair_file(folder, match.spec))
    for name in ("runs", PAIRS, OTHERS):
        shared.remove(name)
    return written


def match_part(shared: Shared, task: _Task) -> Run:
    """Match the rows of one partition: the result is a sorted run, and files of pairs."""
    joining, others = shared.load(JOINING)
    matches = [
        replace(match, other=_here(shared, number, names))
        for number, (match, names) in enumerate(zip(joining.matches, others, strict=True))
    ]
    with shared.workplace() as work:
        shared.collect(f"rows/{task.path}", work / "rows.parquet")
        table = pa.Table.from_batches(
            replace(joining, matches=matches).rows(rows_of([work / "rows.parquet"]), work), joining.stored
        )
        name = f"runs/match-{task.number:05d}"
        run = write_run(table, work / "run", name)
        shared.put(work / "run", name)
        for file in sorted((work / PAIRS).glob("*.parquet")):
            shared.put(file, f"{PAIRS}/{file.stem}/{task.number:05d}.parquet")
    return run


def _give_other(shared: Shared, number: int, match: Match) -> list[str]:
    """Put another catalogue where workers can read it; returns the names of its files."""
    files = sorted(file for file in match.other.iterdir() if file.is_file())
    for file in files:
        shared.give(file, f"{OTHERS}/{number}/{file.name}")
    return [file.name for file in files]


@lru_cache(maxsize=8)
def _fetched(shared: Shared, number: int, names: tuple[str, ...]) -> tempfile.TemporaryDirectory[str]:
    """A copy of another catalogue of a store, which this process keeps: its files are mapped into memory."""
    folder = tempfile.TemporaryDirectory(prefix="drportal-")
    for name in names:
        shared.collect(f"{OTHERS}/{number}/{name}", Path(folder.name) / name)
    return folder


def _here(shared: Shared, number: int, names: list[str]) -> Path:
    if shared.folder:
        return shared.folder / OTHERS / str(number)
    return Path(_fetched(shared, number, tuple(names)).name)


def _join_pairs(shared: Shared, tasks: int, file: Path) -> None:
    """Write the pairs of all tasks into one file, with the row groups that they have."""
    with tempfile.TemporaryDirectory(dir=file.parent.parent) as made:
        parts = [Path(made) / f"{number}.parquet" for number in range(tasks)]
        for number, part in enumerate(parts):
            try:
                shared.collect(f"{PAIRS}/{file.stem}/{number:05d}.parquet", part)
            except (FileNotFoundError, InputError):
                return  # these readers see no pairs
        file.parent.mkdir(exist_ok=True)
        with pair_writer(file, pq.read_schema(parts[0])) as writer:
            for part in parts:
                with pq.ParquetFile(part) as opened:
                    for group in range(opened.num_row_groups):
                        writer.write_table(opened.read_row_group(group))
