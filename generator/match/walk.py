"""Write the rows of a catalogue again with the columns of its cross-matches."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..checksums import Progress
from ..formats import Catalogue
from ..ingest.folders import WORDS
from ..ingest.kept_rows import KeptRows, RowNotes
from ..ingest.opening import known_columns
from ..ingest.positions import MAP_ORDER, Positions, rows_of_pixels
from ..ingest.schema_columns import schema_table
from ..ingest.values.fields import PIXEL, Field, with_pixel
from ..ingest.walk import rows_job, scratch_beside
from ..ingest.withhold import names_beside, withheld_ids
from ..ingest.words import leave_open
from ..ingest.write.description import bare_description
from ..ingest.write.partitions import write_in_turn, write_partitions
from ..ingest.write.tiles import SAMPLE_ROWS, Rows
from ..model import CatalogueSource, Release
from ..model.crossmatch import Crossmatch
from ..pieces import DATA
from ..problems import InputError, Problem
from .join import MOST_PAIRS, expected_pairs, joined, own_fields
from .other import Other, OtherNotes

BATCH = 1 << 16
"""Rows that are matched at a time."""


@dataclass(frozen=True)
class Match:
    """A cross-match with everything that its card or release.toml says."""

    spec: Crossmatch
    title: str
    radius: float
    """In arcsec."""
    other: Path
    """Folder of the other catalogue as `read_other` has written it."""


@dataclass
class _Read:
    """What is known of the rows, as `write_partitions` needs it."""

    rows: int
    lengths: dict[str, int]
    unicode: set[str]
    positions: Positions | None
    files: list[Path]

    def pixels(self, _limit: int) -> Iterator[NDArray[np.int64]]:
        for file in self.files:
            yield pq.read_table(file, columns=[PIXEL]).column(0).to_numpy()


def make_joined(
    spec: CatalogueSource,
    release: Release,
    rows: Path,
    matches: list[Match],
    folder: Path,
    progress: Progress,
) -> None:
    """Write the rows in the folder `rows` into `folder`, with the columns of cross-matches.

    Raises InputError.
    """
    kept, data = KeptRows(rows), folder / DATA
    about, notes = kept.about, kept.notes
    if about.position is None:
        what = f"matches {spec.name}, whose rows have no positions"
        fix = "remove it, or name the columns of the position in the catalogue's `roles`"
        raise InputError(Problem(str(release.file), f"crossmatch[{matches[0].spec.name}]", what, fix))
    others = [Other.open(match.other) for match in matches]
    added = [own_fields(m.spec, o, m.title, m.radius) for m, o in zip(matches, others, strict=True)]
    more = [field for fields in added for field in fields]
    _refuse_same_names(release, [f.name for f in kept.every], matches, more)
    columns = known_columns(
        spec,
        release,
        schema_table(spec, release),
        Path(notes.first),
        notes.more,
        [*kept.every, *more],
        [*kept.shown, *more],
    )
    with scratch_beside(spec, folder) as scratch:
        job = rows_job(spec, release, columns, folder, scratch, progress)
        read, counts = _read(kept, about, notes, [other.notes for other in others])
        _refuse_too_many(release, matches, others, counts)
        batches = _rows(read.files)
        schema = pa.schema([(f.name, f.type) for f in with_pixel(kept.shown, True)])
        for match, other, fields in zip(matches, others, added, strict=True):
            schema = pa.schema([*schema, *((f.name, f.type) for f in fields)])
            position = (about.position.ra, about.position.dec)
            batches = joined(batches, position, other, match.spec, match.radius, schema)
        stream = Rows(_counted(batches, about.rows, progress), schema)
        sample = stream.peek(SAMPLE_ROWS)
        written = write_partitions(job, read, sample, partial(write_in_turn, job, stream), data)
        leave_open(data, folder / WORDS)
        result = bare_description(job, written.partitions, written.rows)
        update = {"lengths": read.lengths, "unicode": sorted(read.unicode)}
        KeptRows(folder).write(notes.model_copy(update=update), columns, result)
    _copy_withheld(rows / DATA, data)


def _rows(files: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    for file in files:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(BATCH)


def _counted(batches: Iterable[pa.RecordBatch], total: int, progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        done += batch.num_rows
        progress("match", done, total)
        yield batch


def _read(
    kept: KeptRows, about: Catalogue, notes: RowNotes, others: list[OtherNotes]
) -> tuple[_Read, NDArray[np.int32]]:
    """What is known of the rows, and their number per pixel of COUNT_ORDER."""
    assert about.position is not None
    positions = Positions(about.position.ra, about.position.dec, "drop_missing", False, {})
    positions.left_out = notes.left_out
    files = [kept.data / partition.path for partition in about.partitions]
    read = _Read(
        about.rows,
        notes.lengths | {name: n for one in others for name, n in one.lengths.items()},
        set(notes.unicode) | {name for one in others for name in one.unicode},
        positions,
        files,
    )
    for pixels in read.pixels(0):
        positions.count(pixels)
    return read, positions.counts


def _refuse_same_names(release: Release, names: list[str], matches: list[Match], added: list[Field]) -> None:
    seen = {name.lower() for name in names}
    for field in added:
        if field.name.lower() in seen:
            place = f"crossmatch[{field.match}]"
            what = f"adds a column {field.name}, which is there already"
            raise InputError(Problem(str(release.file), place, what, "give the cross-match another name"))
        seen.add(field.name.lower())


def _refuse_too_many(
    release: Release, matches: list[Match], others: list[Other], counts: NDArray[np.int32]
) -> None:
    """Raises InputError; `counts` are rows per pixel of COUNT_ORDER."""
    own = rows_of_pixels(counts, MAP_ORDER)
    for match, other in zip(matches, others, strict=True):
        about = expected_pairs(own, other.positions, match.radius)
        if about > MOST_PAIRS:
            what = f"makes about {about:,.0f} pairs within {match.radius:g} arcsec"
            place = f"crossmatch[{match.spec.name}].radius"
            raise InputError(Problem(str(release.file), place, what, "use a smaller radius"))


def _copy_withheld(source: Path, target: Path) -> None:
    """Keep the note of withheld rows beside the rows."""
    note, copy = withheld_ids(source), withheld_ids(target)
    for file, there in ((note, copy), (names_beside(note), names_beside(copy))):
        if file.is_file():
            shutil.copy2(file, there)
