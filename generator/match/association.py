"""The pairs of a cross-match as a HATS association catalogue, beside the release's catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..checksums import Progress
from ..ingest.kept_rows import KeptRows
from ..ingest.positions import COUNT_ORDER, ORDER, split
from ..ingest.values.fields import PIXEL, Field
from ..ingest.write.hats_files import write_common_metadata, write_partition_info, write_properties
from ..ingest.write.parts import write_part
from ..ingest.write.tiles import PARTITION_BYTES, Rows
from ..ingest.write.votable_footer import parquet_metadata, votable_header
from ..model import CatalogueSource, Release
from ..model.crossmatch import Crossmatch
from ..pieces import DATA
from ..problems import InputError, Problem
from .join import Matched, separation_field
from .other import Other, OtherNotes

PRIMARY, JOIN, APART = "primary_id", "join_id", "_dist_arcsec"
"""Columns of pairs: lsdb calls separations so, and no column of either catalogue should."""
PAIRS = "pairs"
"""Folder beside the matched rows: a file of pairs for each cross-match."""


class PairFile:
    """Writes the pairs of a cross-match, in order of the release's rows."""

    def __init__(self, folder: Path, match: Crossmatch, own: Field | None, other: Other) -> None:
        """`own` identifies rows of the release; without it their HEALPix pixel does."""
        self._match, self._own, self._other = match, own, other
        kinds = [(PIXEL, pa.int64()), (PRIMARY, own.type if own else pa.int64())]
        kinds += [(JOIN, other.ident.type), (APART, pa.float64())]
        file = pair_file(folder, match)
        file.parent.mkdir(exist_ok=True)
        self._writer = pair_writer(file, pa.schema(kinds))

    def __enter__(self) -> PairFile:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def add(self, batch: pa.RecordBatch, found: Matched) -> None:
        """Write the pairs of a batch: those of the nearest objects, or all."""
        if self._match.match == "all":
            own, other, apart = found.pairs.other, found.pairs.one, found.pairs.separation
        else:
            own = np.flatnonzero(found.nearest >= 0)
            other, apart = found.nearest[own], found.separation[own]
        rows = pa.array(own)
        pixels = batch.column(PIXEL).take(rows)
        ids = batch.column(self._own.name).take(rows) if self._own else pixels
        (theirs,) = self._other.taken(other, [self._other.ident.name])
        columns = [pixels, ids, theirs, pa.array(apart)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._writer.schema))


def pair_writer(file: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Begin a file of pairs."""
    return pq.ParquetWriter(file, schema, compression="zstd", store_schema=True)


def pair_file(folder: Path, match: Crossmatch) -> Path:
    """The file of pairs of a cross-match, in the folder of the matched rows."""
    return folder / PAIRS / f"{match.name}.parquet"


def has_association(spec: CatalogueSource, match: Crossmatch) -> bool:
    """Whether readers of the edition see the pairs: they do if they see the separations."""
    return not spec.hides(match.separation)


def refuse_hidden_ids(spec: CatalogueSource, release: Release, match: Crossmatch, ident: Field) -> None:
    """Raises InputError where pairs would show a withheld column."""
    if has_association(spec, match) and spec.hides(ident.name):
        what = f"{ident.name}, which identifies the objects of its pairs, is withheld"
        fix = f"withhold {match.separation} too, or set `audience` of the cross-match"
        raise InputError(Problem(str(release.file), f"crossmatch[{match.name}]", what, fix))


def make_association(
    match: Crossmatch,
    title: str,
    radius: float,
    other: Path,
    rows: Path,
    folder: Path,
    progress: Progress,
) -> None:
    """Write the pairs in the folder `rows` of matched rows as a catalogue.

    `other` is the folder of the other catalogue, `radius` is in arcsec.
    """
    kept, out = KeptRows(rows), folder / DATA
    (out / "dataset").mkdir(parents=True)
    about, notes = kept.about, OtherNotes.read(other)
    source = pair_file(rows, match)
    own = next((f for f in kept.shown if f.name == about.id), None)
    pixel, ident = Field(PIXEL, pa.int64()), Other.open(other).ident
    fields = [
        pixel,
        replace(own or pixel, name=PRIMARY),
        replace(ident, name=JOIN),
        replace(separation_field(match, title), name=APART),
    ]
    names = {PRIMARY: about.id or "", JOIN: ident.name}
    known = kept.notes.lengths | notes.lengths
    lengths = {name: known[column] for name, column in names.items() if column in known}
    unicode = {name for name, column in names.items() if column in (*kept.notes.unicode, *notes.unicode)}
    total = pq.read_metadata(source).num_rows
    header = votable_header(match.folder, fields, total, lengths, unicode)
    schema = pq.read_schema(source).with_metadata(parquet_metadata(header))
    pixels, counts, size = [], [], 0
    for part, table in _tables(source):
        size += write_part(out, part, table.cast(schema))
        pixels.append(part)
        counts.append(table.num_rows)
        progress("pairs", sum(counts), total)
    write_common_metadata(out, schema, [])
    write_partition_info(out, pixels)
    properties = {
        "hats_primary_table_url": about.name,
        "hats_col_assn_primary": own.name if own else PIXEL,
        "hats_col_assn_primary_assn": PRIMARY,
        "hats_assn_join_table_url": match.card or match.name,
        "hats_col_assn_join": notes.ident,
        "hats_col_assn_join_assn": JOIN,
        "hats_assn_max_separation": float(radius),
        "hats_assn_leaf_files": "true",
    }
    write_properties(out, match.folder, "association", properties, counts, size)


def _parts(source: Path) -> list[tuple[int, int, int]]:
    """Divide the sky so that no file of pairs is too large: order, pixel and number of pairs of each part."""
    shift = 2 * (ORDER - COUNT_ORDER)
    counts = np.zeros(12 * 4**COUNT_ORDER, np.int32)
    for pixels in _pixels(source):
        some, found = np.unique(pixels >> shift, return_counts=True)
        counts[some] += found.astype(np.int32)
    total = int(counts.sum(dtype=np.int64))
    per_pair = max(source.stat().st_size / max(total, 1), 1)
    return split(counts, max(int(PARTITION_BYTES / per_pair), 1), _pixels(source))


def _pixels(source: Path) -> Iterator[NDArray[np.int64]]:
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(columns=[PIXEL]):
            yield batch.column(0).to_numpy()


def _tables(source: Path) -> Iterator[tuple[tuple[int, int], pa.Table]]:
    """Yield the pairs of each part of the sky, which are in order."""
    with pq.ParquetFile(source) as file:
        rows = Rows(file.iter_batches(), file.schema_arrow)
        for order, pixel, count in _parts(source):
            yield (order, pixel), rows.take(count)
