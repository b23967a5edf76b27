"""The walk of a set of spectra, from its files to the folder that pages read.

Find the ids (scan), take a sample (columns and shared grids), write packs in the order of ids, index them.
Each pack is a separate piece, so an interrupted build continues with the next pack, and a changed file
requires only the packs from it on to be rewritten.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..checksums import link_tree
from ..files import Entry
from ..formats import Spectra
from ..model import Release, SpectraSet
from ..pieces import DATA, Lines, Store
from ..pieces.sums import write_sums
from ..problems import InputError, Problem
from .describe import all_sums, write_set
from .grid_file import write_grids
from .index import write_index
from .job import Job, Progress
from .known_files import forget
from .left_out import LeftOut, refuse_lost
from .pack import read_note
from .packs import take_sample, write_packs
from .scan import Scan, scan
from .shown import without_of
from .simulated import drawn
from .spectrum import first_line
from .table import RESERVED


def make_spectra(
    spec: SpectraSet,
    release: Release,
    store: Store,
    folder: Path,
    catalogue: Path | None,
    jobs: int,
    keep_going: bool,
    progress: Progress,
) -> Lines:
    """Make a set of spectra in an empty folder from packs stored in `store`; return messages.

    `catalogue` is the data folder of the set's catalogue, if it has one. Raises InputError.
    """
    spec.without = without_of(spec, release, catalogue)
    job = Job(spec, release, store, folder, jobs, None, keep_going, progress)
    if spec.simulate is None:
        packs, left_out = _pack(job, catalogue)
    else:
        packs, left_out = _pack(drawn(job, folder / "source"), catalogue)
        shutil.rmtree(folder / "source")
        forget(job.memory)
    _refuse_unusable(job, left_out)
    return Lines([str(line) for line in left_out.lines(release)], parts=packs)


def _pack(job: Job, catalogue: Path | None) -> tuple[list[str], LeftOut]:
    """Scan, sample, pack, index, describe; return the keys of the packs, and what was left out."""
    with ProcessPoolExecutor(job.jobs) if job.jobs > 1 else nullcontext() as pool:
        job = replace(job, pool=pool)
        found = scan(job, catalogue)
        _check_name(job, found)
        sample = take_sample(job, found)
        shape, packs = write_packs(job, found, sample)
        for _, kept in packs:
            link_tree(kept.data, job.data)

        def notes() -> Iterator[tuple[int, dict[str, Any]]]:
            for number, (_, kept) in enumerate(packs):
                yield number, read_note(kept.folder)

        grids = write_grids(job.data, sample.grids)
        index = write_index(job.data, notes(), found.whole, found.count)
        left_out = write_set(job, found, shape, grids, index, notes)
        own = all_sums(job.data, notes)
        write_sums(job.folder, (Entry(f"{DATA}/{e.path}", e.bytes, e.sha256) for e in own))
        return [key for key, _ in packs], left_out


def _check_name(job: Job, found: Scan) -> None:
    if found.id_name in RESERVED or found.id_name.endswith("mask"):
        what = f"{found.id_name!r} is the name of a column of every pack"
        raise InputError(Problem(job.file, job.place("id.name"), what, "give the id another"))


def _refuse_unusable(job: Job, left_out: LeftOut) -> None:
    """Raise InputError if a set lacks too much."""
    about = Spectra.read(job.data)
    refuse_lost(job, left_out.lost)
    if not about.spectra:
        path, why = left_out.lost[0]
        what = f"none of its files can be used ({path}: {first_line(why)})"
        raise InputError(Problem(job.file, job.place("source"), what, "correct the files"))
    packed = {column.name for column in about.columns}
    named = job.spec.columns.model_dump(exclude_none=True) if job.spec.columns else {}
    for name in left_out.odd.keys() & named.keys() - packed:
        path, why, _ = left_out.odd[name]
        what = f"can be read from none of its files ({Path(path).name}: {why})"
        raise InputError(
            Problem(job.file, job.place(f"columns.{name}"), what, "name another column, or none")
        )
