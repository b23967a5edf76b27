"""The packs of a set: take a sample, plan all packs in the order of ids, write those that do not exist."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..pieces import Damaged, Kept, Lines, Piece, damage, make_in, read_record, write_record
from .grids import Grid, find_grids
from .job import Job
from .left_out import refuse_lost
from .pack import MoreColumns, Pack, original_folder, read_note, safe_name
from .read import read_spectrum
from .scan import Item, Scan
from .spectrum import Unreadable
from .table import Arrays, Shape, arrays_of, merged

PACK_SPECTRA = 256
PACK_BYTES = 24_000_000
"""Bytes of source files per pack: static hosts accept files of up to 25 MB."""
PLAIN = 0.4
"""Weight of an uncompressed FITS file, which shrinks in a pack; others are already compressed."""
SAMPLE = 48
COLUMNS = "columns"
"""File with the columns that a set needs and its sample does not show."""


@dataclass(frozen=True)
class Sample:
    """Properties of a set, determined from spectra taken evenly from it."""

    arrays: Arrays
    """The array columns that they need."""
    grids: list[Grid]
    """Wavelength grids that several of them share."""
    largest: int
    """Bytes of the largest spectrum."""


def take_sample(job: Job, found: Scan) -> Sample:
    """Read a sample of the spectra of a set."""
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


Packs = list[tuple[str, Kept]]
"""The packs of a set in order: keys of their pieces, and the folders in which they are stored."""


def write_packs(job: Job, found: Scan, sample: Sample) -> tuple[Shape, Packs]:
    """Write the packs of a set that are not stored yet; return the common columns, and the packs.

    All packs have the same columns, those that any spectrum of the set needs. The sample may not show one,
    and the last build may have needed one that this build does not. Raises InputError.
    """
    arrays = merged(sample.arrays, _remembered(job))
    while True:
        shape = Shape(found.id_name, "int64" if found.whole else "string", arrays)
        writing = _Writing(job, found.count)
        whole = writing.write(_Plan(job, shape, sample).packs(found))
        needed = merged(sample.arrays, writing.needed)
        if whole and needed == arrays:
            write_record(job.memory / COLUMNS, json.dumps(arrays))
            return shape, writing.packs
        writing.forget()
        arrays = needed if whole else merged(arrays, needed)
        write_record(job.memory / COLUMNS, json.dumps(arrays))


def _remembered(job: Job) -> Arrays:
    """Return the columns needed by the last build of the set, complete or interrupted."""
    try:
        return dict(json.loads(read_record(job.memory / COLUMNS) or "{}"))
    except Damaged:
        job.report_damage(damage(job.memory / COLUMNS))
        return {}


class _Writing:
    """Finds stored packs of one shape, and writes the others, several at a time."""

    def __init__(self, job: Job, spectra: int) -> None:
        self._job, self._spectra = job, spectra
        self.packs: Packs = []
        self.needed: Arrays = {}
        """The columns that the spectra need."""
        self._lost: list[Any] = []
        self._done = 0
        self._missing = False
        self._written: list[Piece] = []
        self._pending: deque[tuple[Pack, Piece, Callable[[], Kept | None]]] = deque()

    def write(self, planned: Iterable[Pack]) -> bool:
        """Write all packs; return False if a spectrum needs more columns. Raises InputError."""
        for pack in planned:
            self._begin(pack)
            while len(self._pending) > 2 * self._job.jobs:
                self._finish(*self._pending.popleft())
            if self._missing or (self._lost and not self._job.keep_going):
                break
        while self._pending:
            self._finish(*self._pending.popleft())
        refuse_lost(self._job, self._lost)
        return not self._missing

    def forget(self) -> None:
        """Remove the packs written so far: the set needs other columns."""
        for piece in self._written:
            self._job.store.forget(piece)

    def _begin(self, pack: Pack) -> None:
        store, pool = self._job.store, self._job.pool
        piece = pack.piece
        if kept := store.kept(piece.key):
            self._pending.append((pack, piece, lambda: kept))
            return
        folder = store.unfinished(piece)
        run = pool.submit(make_in, folder, piece).result if pool else partial(make_in, folder, piece)
        self._pending.append((pack, piece, partial(self._made, piece, run)))

    def _made(self, piece: Piece, run: Callable[[], Lines]) -> Kept | None:
        """Store a written pack; None if one of its spectra needs more columns."""
        try:
            lines = run()
        except MoreColumns as more:
            self.needed = merged(self.needed, more.arrays)
            self._missing = True
            self._job.store.clear(piece)
            return None
        self._written.append(piece)
        return self._job.store.keep(piece, lines)

    def _finish(self, pack: Pack, piece: Piece, made: Callable[[], Kept | None]) -> None:
        if kept := made():
            note = read_note(kept.folder)
            self.packs.append((piece.key, kept))
            self.needed = merged(self.needed, note["arrays"])
            self._lost += note["left_out"]
        self._done += len(pack.items)
        self._job.progress("pack", self._done, self._spectra)


class _Plan:
    """Packs in the order of ids, limited by the number of spectra and the bytes of source files.

    File sizes reveal something about withheld content; if there is any, the largest spectrum counts instead.
    """

    def __init__(self, job: Job, shape: Shape, sample: Sample) -> None:
        self._job, self._shape, self._sample = job, shape, sample
        self._homes_of: dict[int, str] = {}
        """Published folders of originals with several spectra, by the position of the first."""

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
        name, folder = f"spectra/{job.spec.name}", job.release.folder
        return Pack(
            number, job.name, name, job.spec, folder, items, homes,
            self._shape, self._sample.grids, job.version,
        )  # fmt: skip

    def _homes(self, number: int, items: list[Item]) -> dict[str, str]:
        """Return the published paths of a pack's originals by source path, unique even if case is ignored."""
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
    """Return the estimated bytes of a source file in a pack."""
    return item.size if item.path.lower().endswith((".gz", ".fz")) else item.size * PLAIN
