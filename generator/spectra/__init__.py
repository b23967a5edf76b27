"""Know the layouts of spectrum files, and pack spectra so that one can be fetched without the others.

`make_spectra` walks from the files of a set to its folder below data/spectra/: find the ids (scan), look
at a sample (columns and shared grids), write packs in the order of ids (pack), index them. What was done
is remembered, so a build that was stopped goes on where it was, and files that are as they were are not
read again.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa

from .. import __version__, simulate
from ..checksums import digest
from ..files import Entry
from ..formats import Spectra
from ..kept import Damaged, Tell, damage, damage_in, read_record, sums_file, unsound, write_record, write_sums
from ..model import Release, SpectraSet, SpectrumColumns, SpectrumId
from ..problems import InputError, Problem
from .describe import all_sums, write_grids, write_set
from .grids import Grid, find_grids
from .index import write_index
from .model import Unreadable, first_line
from .pack import Job, chunk_folder, note_file, note_of, original_folder, pack_path, safe_name, write_pack
from .read import read_spectrum
from .scan import Item, Scan, forget, scan, unreadable
from .shown import without_of
from .table import RESERVED, Arrays, Shape, arrays_of, merged

__all__ = ["FORMAT", "PACK_SPECTRA", "make_spectra"]

FORMAT = 7
"""Raised when the files that are written change, so that what was packed before is not used again."""
PACK_SPECTRA = 256
PACK_BYTES = 24_000_000
"""Of source files in a pack: hosts of static sites take files of up to 25 MB."""
PLAIN = 0.4
"""What a plain FITS file counts, which shrinks in a pack; others are compressed already."""
SAMPLE = 48
LEFT_OUT = "left_out.json"
"""What a set lacks of its files, and why: beside its folder, as no part of a site."""

Progress = Callable[[str, int, int], None]


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
    simulated = _simulated(spec, release, work) if spec.simulate else None
    if simulated is not None and _finished(work, simulated, lines, progress):
        return work / "data", lines
    if simulated is not None:
        given = _simulate(spec, release, work / "source")
        spec = spec.model_copy(update={"source": str((work / "source").resolve()), **given})
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        found = scan(spec, release, work, catalogue, pool, keep_going, progress, lines.append)
        _check_name(spec, release, found)
        key = simulated or _key(spec, release, found)
        if not _finished(work, key, lines, progress):
            (work / "finished").unlink(missing_ok=True)
            _write(spec, release, work, found, jobs, pool, keep_going, progress, lines.append)
            write_record(work / "finished", key)
    if simulated is not None:
        shutil.rmtree(work / "source")
        forget(work)
    about = Spectra.read(work / "data")
    left_out = json.loads(read_record(work / LEFT_OUT) or "")
    lost = left_out["lost"]
    if lost and not keep_going:
        raise InputError(unreadable(release, lost))
    if not about.spectra:
        what = f"none of its files can be used ({lost[0][0]}: {first_line(lost[0][1])})"
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}].source", what, "mend the files"))
    _check_arrays(spec, release, about, left_out["odd"])
    found_odd = [*unreadable(release, lost, fix="left out"), *_without_arrays(release, left_out["odd"])]
    return work / "data", [*dict.fromkeys(lines), *map(str, found_odd)]


def _without_arrays(release: Release, odd: dict[str, list[Any]]) -> Iterator[Problem]:
    """A line for each array that spectra are packed without."""
    for name, (path, why, count) in odd.items():
        more = f", as {count - 1:,} more of the set are" if count > 1 else ""
        yield Problem(str(release.folder / path), "", why, f"packed without {name}{more}")


def _check_arrays(spec: SpectraSet, release: Release, about: Spectra, odd: dict[str, list[Any]]) -> None:
    """Refuse a column that release.toml names and none of the files has."""
    packed = {column.name for column in about.columns}
    named = spec.columns.model_dump(exclude_none=True) if spec.columns else {}
    for name in odd.keys() & named.keys() - packed:
        path, why, _ = odd[name]
        what = f"can be read from none of its files ({Path(path).name}: {why})"
        place = f"spectra[{spec.name}].columns.{name}"
        raise InputError(Problem(str(release.file), place, what, "name another column, or none"))


def _check_name(spec: SpectraSet, release: Release, found: Scan) -> None:
    if found.id_name in RESERVED or found.id_name.endswith("mask"):
        what = f"{found.id_name!r} is the name of a column of every pack"
        raise InputError(
            Problem(str(release.file), f"spectra[{spec.name}].id.name", what, "give the id another")
        )


def _settings(spec: SpectraSet, release: Release) -> str:
    return repr((__version__, pa.__version__, FORMAT, release.label, spec, spec.without))


def _key(spec: SpectraSet, release: Release, found: Scan) -> str:
    """Everything that decides the bytes of a set's folder."""
    text = f"{_settings(spec, release)} {found.digest()} {found.left_out}"
    return hashlib.sha256(text.encode()).hexdigest()


def _simulated(spec: SpectraSet, release: Release, _work: Path) -> str:
    catalogue = next((c for c in release.catalogues if c.name == spec.catalogue), None)
    files = sorted(p for p in Path(simulate.__file__).parent.iterdir() if p.is_file())
    rows = catalogue and catalogue.simulate
    withheld = catalogue and [w.rows for w in catalogue.withheld]
    text = f"{_settings(spec, release)} {rows} {withheld} {[digest(p) for p in files]}"
    return hashlib.sha256(text.encode()).hexdigest()


def _simulate(spec: SpectraSet, release: Release, folder: Path) -> dict[str, Any]:
    """Draw the files of a set; what a set says that reads them."""
    from ..simulate.spectra import write_spectra
    from ..simulate.templates import write_templates

    shutil.rmtree(folder, ignore_errors=True)
    assert spec.simulate
    if spec.simulate.templates:
        write_templates(folder)
        columns = SpectrumColumns(flux="FLUX", wavelength="WAVELENGTH")
        return {"layout": "columns", "columns": columns, "id": SpectrumId(header="TEMPLATE")}
    catalogue = next(c for c in release.catalogues if c.name == spec.catalogue)
    assert catalogue.simulate
    rows = catalogue.simulate
    write_spectra(rows.kind, rows.rows, rows.seed, spec.simulate.spectra, folder)
    return {}


def _finished(work: Path, key: str, lines: list[str], progress: Progress) -> bool:
    """Whether the folder is complete, made of the same, and every byte is as it was written.

    Damage gets a line; what is too much goes, and all else that is damaged will be made anew.
    """
    data = work / "data"
    try:
        if (known := read_record(work / "finished")) is None:
            return False
    except Damaged:
        lines.append(damage(work / "finished"))
        return False
    if known == key and not (found := unsound(data, progress)):
        return True
    if known == key:
        lines.append(damage_in(data, found))
        for fault in found:
            if fault.kind == "extra":
                (data / fault.path).unlink(missing_ok=True)
    return False


def _write(
    spec: SpectraSet,
    release: Release,
    work: Path,
    found: Scan,
    jobs: int,
    pool: Executor | None,
    keep_going: bool,
    progress: Progress,
    tell: Tell,
) -> None:
    out = work / "data"
    arrays, grids, largest = _sample(spec, release, found)
    key = hashlib.sha256(f"{_settings(spec, release)} {found.digest()}".encode()).hexdigest()
    arrays = merged(arrays, _remembered(work, key, tell))
    while True:
        shape = Shape(found.id_name, "int64" if found.whole else "string", arrays)
        planned = _jobs(spec, release, work, found, shape, grids, largest)
        count, need = _write_packs(release, planned, found.count, jobs, pool, keep_going, progress, tell)
        if not need:
            break
        # A column or a wider type that the sample did not show: all packs have the same columns.
        arrays = merged(arrays, need)
        write_record(work / "columns.json", json.dumps([key, arrays]))
    _prune(out, work / "notes", count)

    def remembered() -> Iterator[tuple[int, dict[str, Any]]]:
        for number in range(count):
            yield number, json.loads(read_record(note_file(work / "notes", number)) or "")

    shutil.rmtree(out / "index", ignore_errors=True)
    about = write_grids(out, grids)
    index = write_index(out, remembered(), found.whole, found.count)
    lost = write_set(spec, release, out, found, shape, grids, about, index, remembered)
    write_record(work / LEFT_OUT, json.dumps(lost))
    beside = Entry(f"../{LEFT_OUT}", 0, digest(work / LEFT_OUT))
    write_sums(sums_file(out), itertools.chain([beside], all_sums(out, remembered)))


def _sample(spec: SpectraSet, release: Release, found: Scan) -> tuple[Arrays, list[Grid], int]:
    """The columns and the shared grids of spectra taken evenly from the set, and the bytes of the largest."""
    arrays: Arrays = {}
    largest = 1
    parts = []
    step = max(found.count / SAMPLE, 1.0)
    for position in sorted({int(n * step) for n in range(min(SAMPLE, found.count))}):
        item = next(found.items(position))
        try:
            spectrum, _ = read_spectrum(spec, release.folder / item.path, item.row, item.size, item.mtime)
        except Unreadable:
            continue  # told when its pack is written
        arrays = merged(arrays, arrays_of(spectrum))
        largest = max(largest, sum(part.bytes for part in spectrum.parts))
        parts += spectrum.parts
    return arrays, find_grids(parts), largest


def _remembered(work: Path, key: str, tell: Tell) -> Arrays:
    """Columns that a broken-off build of the same files has found to be needed."""
    try:
        of, arrays = json.loads(read_record(work / "columns.json") or "[null, {}]")
    except Damaged:
        tell(damage(work / "columns.json"))
        return {}
    return dict(arrays) if of == key else {}


def _write_packs(
    release: Release,
    planned: Iterator[Job],
    spectra: int,
    jobs: int,
    pool: Executor | None,
    keep_going: bool,
    progress: Progress,
    tell: Tell,
) -> tuple[int, Arrays]:
    """Write the packs that are not there yet; how many there are, and columns that were missing."""
    need: Arrays = {}
    lost: list[Any] = []
    done = count = 0
    pending: deque[tuple[Job, Any]] = deque()

    def finish(job: Job, result: tuple[dict[str, Any] | None, Arrays]) -> None:
        nonlocal need, done
        note, missing = result
        need = merged(need, missing)
        lost.extend(note["left_out"] if note else [])
        done += len(job.items)
        progress("pack", done, spectra)

    for job in planned:
        count += 1
        if note := note_of(job, tell):
            finish(job, (note, {}))
        elif pool is None:
            finish(job, write_pack(job))
        else:
            pending.append((job, pool.submit(write_pack, job)))
            while len(pending) > 2 * jobs:
                first, result = pending.popleft()
                finish(first, result.result())
        if need or (lost and not keep_going):
            break
    for job, result in pending:
        finish(job, result.result())
    if lost and not keep_going:
        raise InputError(unreadable(release, lost))
    return count, need


def _jobs(
    spec: SpectraSet,
    release: Release,
    work: Path,
    found: Scan,
    shape: Shape,
    grids: list[Grid],
    largest: int,
) -> Iterator[Job]:
    """Packs in the order of ids: so many spectra, or so many bytes of source files.

    Sizes of files tell of what is withheld in them; where something is, the largest spectrum counts instead.
    """
    (work / "notes").mkdir(exist_ok=True)
    most = max(min(int(PACK_BYTES / (PLAIN * largest)), PACK_SPECTRA), 1) if spec.without else PACK_SPECTRA
    number = 0
    homes_of: dict[int, str] = {}

    def job(items: list[Item]) -> Job:
        homes: dict[str, str] = {}
        if spec.ship_originals:
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
                        homes_of[item.home] = homes[item.path]
                else:
                    homes[item.path] = homes_of[item.home]
        key = f"{__version__} {pa.__version__} {FORMAT}"
        out, notes = work / "data", work / "notes"
        return Job(
            number, f"spectra/{spec.name}", spec, release.folder, out, notes, items, homes, shape, grids, key
        )

    held: list[Item] = []
    size = 0.0
    for item in found.items():
        large = not spec.without and size + _packed(item) > PACK_BYTES
        if held and (len(held) >= most or (large and held[-1].path != item.path)):
            yield job(held)
            number += 1
            held, size = [], 0.0
        if not held or held[-1].path != item.path:
            size += _packed(item)
        held.append(item)
    if held:
        yield job(held)


def _packed(item: Item) -> float:
    """Bytes that a source file may take in a pack."""
    return item.size if item.path.lower().endswith((".gz", ".fz")) else item.size * PLAIN


def _prune(out: Path, notes: Path, count: int) -> None:
    """Take away what a former build of more files left."""
    for note in notes.glob("*.json"):
        if (number := int(note.stem)) >= count:
            (out / pack_path(number)).unlink(missing_ok=True)
            shutil.rmtree(out / chunk_folder(number), ignore_errors=True)
            shutil.rmtree(out / original_folder(number), ignore_errors=True)
            note.unlink()
    for stray in out.glob("**/*.part"):
        stray.unlink()
