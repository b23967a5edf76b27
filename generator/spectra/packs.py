"""The packs of a set: look at a sample, plan all in the order of ids, write those that are not there."""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from .. import __version__
from ..kept import Damaged, damage, read_record, write_record
from .grids import Grid, find_grids
from .job import FORMAT, Job
from .left_out import refuse_lost
from .pack import Pack, chunk_folder, note_of, original_folder, pack_path, safe_name, write_pack
from .read import read_spectrum
from .scan import Item, Scan
from .spectrum import Unreadable
from .table import Arrays, Shape, arrays_of, merged

PACK_SPECTRA = 256
PACK_BYTES = 24_000_000
"""Of source files in a pack: hosts of static sites take files of up to 25 MB."""
PLAIN = 0.4
"""What a plain FITS file counts, which shrinks in a pack; others are compressed already."""
SAMPLE = 48


@dataclass(frozen=True)
class Sample:
    """What spectra taken evenly from a set show of all."""

    arrays: Arrays
    """The columns of arrays that they need."""
    grids: list[Grid]
    """The wavelengths that several of them share."""
    largest: int
    """Bytes of the largest."""


def take_sample(job: Job, found: Scan) -> Sample:
    """Read some spectra of a set."""
    arrays: Arrays = {}
    largest = 1
    parts = []
    step = max(found.count / SAMPLE, 1.0)
    for position in sorted({int(n * step) for n in range(min(SAMPLE, found.count))}):
        item = next(found.items(position))
        file = job.release.folder / item.path
        try:
            spectrum, _ = read_spectrum(job.spec, file, item.row, item.size, item.mtime)
        except Unreadable:
            continue  # reported when its pack is written
        arrays = merged(arrays, arrays_of(spectrum))
        largest = max(largest, sum(part.bytes for part in spectrum.parts))
        parts += spectrum.parts
    return Sample(arrays, find_grids(parts), largest)


def write_packs(job: Job, found: Scan, sample: Sample, key: str) -> tuple[Shape, int]:
    """Write the packs of a set that are not there yet: the columns of all, and how many there are.

    `key` is all that decides which columns there must be. Raises InputError.
    """
    arrays = merged(sample.arrays, _remembered(job, key))
    while True:
        shape = Shape(found.id_name, "int64" if found.whole else "string", arrays)
        plan = _Plan(job, shape, sample)
        count, need = _write_planned(job, plan.packs(found), found.count)
        if not need:
            return shape, count
        # A column or a wider type that the sample did not show: all packs have the same columns.
        arrays = merged(arrays, need)
        write_record(job.work / "columns.json", json.dumps([key, arrays]))


def _remembered(job: Job, key: str) -> Arrays:
    """Columns that a broken-off build of the same files has found to be needed."""
    try:
        of, arrays = json.loads(read_record(job.work / "columns.json") or "[null, {}]")
    except Damaged:
        job.tell(damage(job.work / "columns.json"))
        return {}
    return dict(arrays) if of == key else {}


def _write_planned(job: Job, planned: Iterator[Pack], spectra: int) -> tuple[int, Arrays]:
    """Write the packs that are not there yet; how many there are, and columns that were missing."""
    need: Arrays = {}
    lost: list[Any] = []
    done = count = 0
    pending: deque[tuple[Pack, Any]] = deque()

    def finish(pack: Pack, result: tuple[dict[str, Any] | None, Arrays]) -> None:
        nonlocal need, done
        note, missing = result
        need = merged(need, missing)
        lost.extend(note["left_out"] if note else [])
        done += len(pack.items)
        job.progress("pack", done, spectra)

    for pack in planned:
        count += 1
        if note := note_of(pack, job.tell):
            finish(pack, (note, {}))
        elif job.pool is None:
            finish(pack, write_pack(pack))
        else:
            pending.append((pack, job.pool.submit(write_pack, pack)))
            while len(pending) > 2 * job.jobs:
                first, result = pending.popleft()
                finish(first, result.result())
        if need or (lost and not job.keep_going):
            break
    for pack, result in pending:
        finish(pack, result.result())
    refuse_lost(job, lost)
    return count, need


class _Plan:
    """Packs in the order of ids: so many spectra, or so many bytes of source files.

    Sizes of files tell of what is withheld in them; where something is, the largest spectrum counts instead.
    """

    def __init__(self, job: Job, shape: Shape, sample: Sample) -> None:
        job.notes.mkdir(exist_ok=True)
        self._job, self._shape, self._sample = job, shape, sample
        self._homes_of: dict[int, str] = {}
        """Where originals of several spectra ship, by the position of the first."""

    def packs(self, found: Scan) -> Iterator[Pack]:
        hides, number = bool(self._job.spec.without), 0
        most = PACK_SPECTRA
        if hides:
            most = max(min(int(PACK_BYTES / (PLAIN * self._sample.largest)), PACK_SPECTRA), 1)
        some: list[Item] = []
        size = 0.0
        for item in found.items():
            large = not hides and size + _packed(item) > PACK_BYTES
            if some and (len(some) >= most or (large and some[-1].path != item.path)):
                yield self._pack(number, some)
                number += 1
                some, size = [], 0.0
            if not some or some[-1].path != item.path:
                size += _packed(item)
            some.append(item)
        if some:
            yield self._pack(number, some)

    def _pack(self, number: int, items: list[Item]) -> Pack:
        job = self._job
        homes = self._homes(number, items) if job.spec.ship_originals else {}
        key = f"{__version__} {pa.__version__} {FORMAT}"
        name, folder = f"spectra/{job.spec.name}", job.release.folder
        return Pack(
            number, name, job.spec, folder, job.data, job.notes, items, homes,
            self._shape, self._sample.grids, key,
        )  # fmt: skip

    def _homes(self, number: int, items: list[Item]) -> dict[str, str]:
        """Where the originals of a pack ship, by their path; names differ whatever the case of letters."""
        homes: dict[str, str] = {}
        taken: set[str] = set()
        for item in items:
            if not item.ships:
                continue
            if item.home == item.position:
                name = safe_name(item.path.rpartition("/")[2])
                name = f"{item.position}-{name}" if name.lower() in taken else name
                taken.add(name.lower())
                homes[item.path] = f"{original_folder(number)}/{name}"
                if item.several:
                    self._homes_of[item.home] = homes[item.path]
            else:
                homes[item.path] = self._homes_of[item.home]
        return homes


def _packed(item: Item) -> float:
    """Bytes that a source file may take in a pack."""
    return item.size if item.path.lower().endswith((".gz", ".fz")) else item.size * PLAIN


def prune(job: Job, count: int) -> None:
    """Take away what a former build of more files left."""
    out = job.data
    for note in job.notes.glob("*.json"):
        if (number := int(note.stem)) >= count:
            (out / pack_path(number)).unlink(missing_ok=True)
            shutil.rmtree(out / chunk_folder(number), ignore_errors=True)
            shutil.rmtree(out / original_folder(number), ignore_errors=True)
            note.unlink()
    for stray in out.glob("**/*.part"):
        stray.unlink()
