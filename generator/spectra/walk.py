"""The walk of a set of spectra, from its files to the folder that pages read.

Find the ids (scan), look at a sample (columns and shared grids), write packs in the order of ids, index them.
What was done is remembered, so a build that was stopped goes on where it was, and files that are as they were
are not read again.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..checksums import digest
from ..files import Entry
from ..formats import Spectra
from ..kept import Damaged, damage, damage_in, read_record, sums_file, unsound, write_record, write_sums
from ..model import Release, SpectraSet
from ..problems import InputError, Problem
from .describe import all_sums, write_set
from .grid_file import write_grids
from .index import write_index
from .job import Job, Progress
from .known_files import forget
from .left_out import FILE as LEFT_OUT
from .left_out import LeftOut, refuse_lost
from .pack import note_file
from .packs import prune, take_sample, write_packs
from .scan import Scan, scan
from .shown import without_of
from .simulated import drawn, simulated_key
from .spectrum import first_line
from .table import RESERVED


def make_spectra(
    spec: SpectraSet,
    release: Release,
    cache: Path,
    catalogue: Path | None,
    jobs: int,
    keep_going: bool,
    progress: Progress,
) -> tuple[Path, list[str]]:
    """Folder of a set's data as they go into the site, and lines about files that were left out.

    `catalogue` is the data of the set's catalogue, where it has one. Raises InputError.
    """
    work = cache / release.id / "spectra" / spec.kept_as
    if (work / "files.jsonl").exists():  # of an earlier version, which took no checksums
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    spec.without = without_of(spec, release, catalogue)
    lines: list[str] = []
    job = Job(spec, release, work, jobs, None, keep_going, progress, lines.append)
    if spec.simulate is None:
        _pack(job, catalogue)
    elif not _finished(job, key := simulated_key(job)):
        _pack(drawn(job, work / "source"), catalogue, key)
        shutil.rmtree(work / "source")
        forget(work)
    else:
        return job.data, lines
    return job.data, [*dict.fromkeys(lines), *map(str, _usable(job).lines(release))]


def _pack(job: Job, catalogue: Path | None, key: str = "") -> None:
    """Scan, sample, pack, index, describe; nothing where the folder is already made of the same."""
    with ProcessPoolExecutor(job.jobs) if job.jobs > 1 else nullcontext() as pool:
        job = replace(job, pool=pool)
        found = scan(job, catalogue)
        _check_name(job, found)
        key = key or _digest(f"{job.settings} {found.digest()} {found.left_out}")
        if _finished(job, key):
            return
        (job.work / "finished").unlink(missing_ok=True)
        sample = take_sample(job, found)
        shape, count = write_packs(job, found, sample, _digest(f"{job.settings} {found.digest()}"))
        prune(job, count)

        def notes() -> Iterator[tuple[int, dict[str, Any]]]:
            for number in range(count):
                yield number, json.loads(read_record(note_file(job.notes, number)) or "")

        shutil.rmtree(job.data / "index", ignore_errors=True)
        grids = write_grids(job.data, sample.grids)
        index = write_index(job.data, notes(), found.whole, found.count)
        write_set(job, found, shape, grids, index, notes).write(job)
        beside = Entry(f"../{LEFT_OUT}", 0, digest(job.work / LEFT_OUT))
        write_sums(sums_file(job.data), itertools.chain([beside], all_sums(job.data, notes)))
        write_record(job.work / "finished", key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _finished(job: Job, key: str) -> bool:
    """Whether the folder is complete, made of the same, and every byte is as it was written.

    Damage gets a line; what is too much goes, and all else that is damaged will be made anew.
    """
    try:
        if (known := read_record(job.work / "finished")) is None:
            return False
    except Damaged:
        job.tell(damage(job.work / "finished"))
        return False
    if known == key and not (found := unsound(job.data, job.progress)):
        return True
    if known == key:
        job.tell(damage_in(job.data, found))
        for fault in found:
            if fault.kind == "extra":
                (job.data / fault.path).unlink(missing_ok=True)
    return False


def _check_name(job: Job, found: Scan) -> None:
    if found.id_name in RESERVED or found.id_name.endswith("mask"):
        what = f"{found.id_name!r} is the name of a column of every pack"
        raise InputError(Problem(job.file, job.place("id.name"), what, "give the id another"))


def _usable(job: Job) -> LeftOut:
    """What the set lacks. Raises InputError where that is too much."""
    about = Spectra.read(job.data)
    left_out = LeftOut.read(job)
    refuse_lost(job, left_out.lost)
    if not about.spectra:
        path, why = left_out.lost[0]
        what = f"none of its files can be used ({path}: {first_line(why)})"
        raise InputError(Problem(job.file, job.place("source"), what, "mend the files"))
    packed = {column.name for column in about.columns}
    named = job.spec.columns.model_dump(exclude_none=True) if job.spec.columns else {}
    for name in left_out.odd.keys() & named.keys() - packed:
        path, why, _ = left_out.odd[name]
        what = f"can be read from none of its files ({Path(path).name}: {why})"
        raise InputError(
            Problem(job.file, job.place(f"columns.{name}"), what, "name another column, or none")
        )
    return left_out
