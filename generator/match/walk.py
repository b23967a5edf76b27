"""Write the rows of a catalogue again with the columns of its cross-matches."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..checksums import Progress, link_tree
from ..formats import Catalogue, Partition
from ..ingest.job import Job
from ..ingest.kept_rows import KeptRows, RowNotes
from ..ingest.opening import known_columns
from ..ingest.positions import MAP_ORDER, Positions, rows_of_pixels
from ..ingest.schema_columns import schema_table
from ..ingest.values.fields import PIXEL, Field, with_pixel
from ..ingest.walk import describe_rows, rows_job, scratch_beside
from ..ingest.withhold import names_beside, withheld_ids
from ..ingest.write.partitions import Written, write_in_turn, write_partitions
from ..ingest.write.tiles import SAMPLE_ROWS, Rows
from ..model import CatalogueSource, Release
from ..model.crossmatch import Crossmatch
from ..pieces import DATA
from ..problems import InputError, Problem
from .association import PairFile, has_association, refuse_hidden_ids
from .join import MANY_PAIRS, MOST_PAIRS, expected_pairs, joined, own_fields
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
class Known:
    """What is known of the rows, as `write_partitions` needs it."""

    rows: int
    lengths: dict[str, int]
    unicode: set[str]
    positions: Positions | None
    data: Path
    """Folder of the partitions."""
    partitions: list[Partition]

    @property
    def files(self) -> list[Path]:
        return [self.data / one.path for one in self.partitions]

    def pixels(self, _limit: int) -> Iterator[NDArray[np.int64]]:
        for file in self.files:
            yield pq.read_table(file, columns=[PIXEL]).column(0).to_numpy()


@dataclass(frozen=True)
class Joining:
    """How rows get the columns of their cross-matches; it can be sent to other processes."""

    spec: CatalogueSource
    matches: list[Match]
    position: tuple[str, str]
    own: Field | None
    """What identifies rows; None for their HEALPix pixel."""
    source: pa.Schema
    """Of the rows."""
    stored: pa.Schema
    """Of the result that this edition shows."""

    def rows(
        self, batches: Iterator[pa.RecordBatch], pairs: Path, others: list[Other] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield rows with the columns of all cross-matches, and write the pairs below the folder `pairs`."""
        schema = self.source
        with ExitStack() as files:
            for match, other in zip(self.matches, others or self.others(), strict=True):
                fields = own_fields(match.spec, other, match.title, match.radius)
                schema = pa.schema([*schema, *((f.name, f.type) for f in fields)])
                keep = None
                if has_association(self.spec, match.spec):
                    keep = files.enter_context(PairFile(pairs, match.spec, self.own, other)).add
                batches = joined(batches, self.position, other, match.spec, match.radius, schema, keep)
            for batch in batches:
                yield batch.select(self.stored.names)

    def others(self) -> list[Other]:
        """Open the other catalogues."""
        return [Other.open(match.other) for match in self.matches]


Writer = Callable[[Job, "Known", Joining, Path], Written]
"""Writes the joined rows into a folder of the piece."""


def in_turn(job: Job, read: Known, joining: Joining, folder: Path) -> Written:
    """Match and write all rows in this process."""
    counted = _counted(rows_of(read.files), read.rows, job.progress)
    stream = Rows(joining.rows(counted, folder), joining.stored)
    sample = stream.peek(SAMPLE_ROWS)
    return write_partitions(job, read, sample, partial(write_in_turn, job, stream), folder / DATA)


def make_joined(
    spec: CatalogueSource,
    release: Release,
    rows: Path,
    matches: list[Match],
    folder: Path,
    progress: Progress,
    write: Writer = in_turn,
) -> list[Problem]:
    """Write the rows in the folder `rows` into `folder`, with the columns of cross-matches.

    Returns remarks about the matches. Raises InputError.
    """
    kept = KeptRows(rows)
    about, notes = kept.about, kept.notes
    if about.position is None and spec.hidden and spec.positions != "none":
        link_tree(rows, folder)  # positions are withheld, so nothing may depend on them
        return []
    if about.position is None:
        what = f"matches {spec.name}, whose rows have no positions"
        fix = "remove it, or name the columns of the position in the catalogue's `roles`"
        raise InputError(Problem(str(release.file), f"crossmatch[{matches[0].spec.name}]", what, fix))
    others = [Other.open(match.other) for match in matches]
    added = [own_fields(m.spec, o, m.title, m.radius) for m, o in zip(matches, others, strict=True)]
    more = [field for fields in added for field in fields]
    _refuse_same_names(release, [f.name for f in kept.every], matches, more)
    for match, other in zip(matches, others, strict=True):
        refuse_hidden_ids(spec, release, match.spec, other.ident)
    shown = [*kept.shown, *(field for field in more if not spec.hides(field.name))]
    columns = known_columns(
        spec, release, schema_table(spec, release), Path(notes.first), notes.more, [*kept.every, *more], shown
    )
    joining = Joining(
        spec,
        matches,
        (about.position.ra, about.position.dec),
        next((f for f in kept.shown if f.name == about.id), None),
        pa.schema([(f.name, f.type) for f in with_pixel(kept.shown, True)]),
        pa.schema([(f.name, f.type) for f in with_pixel(shown, True)]),
    )
    with scratch_beside(spec, folder) as scratch:
        job = rows_job(spec, release, columns, folder, scratch, progress)
        read, counts = _read(kept, about, notes, [other.notes for other in others])
        remarks = _refuse_too_many(release, matches, others, counts)
        written = write(job, read, joining, folder)
        describe_rows(job, columns, read, written, folder, notes)
    _copy_withheld(rows / DATA, folder / DATA)
    return remarks


def rows_of(files: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of partitions, some at a time."""
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
) -> tuple[Known, NDArray[np.int32]]:
    """What is known of the rows, and their number per pixel of COUNT_ORDER."""
    assert about.position is not None
    positions = Positions(about.position.ra, about.position.dec, "drop_missing", False, {})
    positions.left_out = notes.left_out
    read = Known(
        about.rows,
        notes.lengths | {name: n for one in others for name, n in one.lengths.items()},
        set(notes.unicode) | {name for one in others for name in one.unicode},
        positions,
        kept.data,
        about.partitions,
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
) -> list[Problem]:
    """Return remarks about many pairs; `counts` are rows per pixel of COUNT_ORDER.

    Raises InputError for too many.
    """
    remarks = []
    own = rows_of_pixels(counts, MAP_ORDER)
    for match, other in zip(matches, others, strict=True):
        about = expected_pairs(own, other.positions, match.radius)
        if about > MANY_PAIRS * max(int(own.sum()), 1):
            what = f"makes about {about:,.0f} pairs within {match.radius:g} arcsec"
            place = f"crossmatch[{match.spec.name}].radius"
            remarks.append(Problem(str(release.file), place, what, "use a smaller radius"))
            if about > MOST_PAIRS:
                raise InputError(remarks[-1])
    return remarks


def _copy_withheld(source: Path, target: Path) -> None:
    """Keep the note of withheld rows beside the rows."""
    note, copy = withheld_ids(source), withheld_ids(target)
    for file, there in ((note, copy), (names_beside(note), names_beside(copy))):
        if file.is_file():
            shutil.copy2(file, there)
