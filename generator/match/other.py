"""Read the catalogue that a release is matched with, in order of the sky."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..checksums import Progress, silent
from ..formats.base import Format, Rows
from ..ingest.positions import sky_pixels
from ..ingest.readers.remote_source import AddressInMessages, complete, open_named
from ..ingest.readers.source import Source, unified
from ..ingest.values.database import connect
from ..ingest.values.fields import Field, described_schema, fields_of, floats, is_number, is_text, settled
from ..ingest.write.order import sort_batches
from ..model import CatalogueSource
from ..model.crossmatch import Crossmatch, EpochColumn
from .card import Card
from .other_columns import MOTION_UNITS, ROW, Known, MatchColumns
from .pairs import Positions
from .places import Motions, julian_years, moved, to_icrs
from .sources import OtherFiles

PIXEL, RA, DEC, COLUMNS = "pixel", "ra", "dec", "columns.arrow"
"""Files, and names of columns while rows are sorted."""
SORTED = 65_536
"""Rows per batch of the sorted table."""


class OtherNotes(Format):
    """What is known of the other catalogue beside its rows."""

    FILE: ClassVar[str] = "other.json"

    rows: Rows
    """Rows of the sources, including those without a position."""
    moved: Rows
    """Those that were moved by their proper motions."""
    lengths: dict[str, int]
    """Length in characters of the longest value, by text column."""
    unicode: list[str]
    """Text columns with characters beyond ASCII."""
    ident: str
    """The column that identifies its rows, as in the sources; `row` for their number from 0."""
    ident_column: str
    """The same among the stored columns."""
    extra: bool
    """Whether that column is stored for the pairs alone, as the last one."""


@dataclass(frozen=True)
class Other:
    """The other catalogue, in order of the sky; its arrays and columns are mapped files."""

    positions: Positions
    columns: pa.Table
    """The carried columns, under their names in the result, and what identifies the rows."""
    fields: list[Field]
    """The carried columns, described."""
    notes: OtherNotes

    @classmethod
    def open(cls, folder: Path) -> Other:
        """The catalogue that `read_other` has written."""
        ra, dec = (np.asarray(_mapped(folder / name, np.float64), np.float64) for name in (RA, DEC))
        positions = Positions(ra, dec, np.asarray(_mapped(folder / PIXEL, np.int64), np.int64))
        columns = pa.ipc.open_file(pa.memory_map(str(folder / COLUMNS))).read_all()
        notes, fields = OtherNotes.read(folder), fields_of(columns.schema)
        return cls(positions, columns, fields[:-1] if notes.extra else fields, notes)

    @property
    def ident(self) -> Field:
        """The column that identifies its rows."""
        every = fields_of(self.columns.schema)
        return next(field for field in every if field.name == self.notes.ident_column)

    def taken(self, numbers: NDArray[np.int64], names: Sequence[str] | None = None) -> list[pa.Array]:
        """The carried columns of some rows, or others by name; -1 stands for no row, whose values are null.

        Only the batches in which the rows are are read.
        """
        columns = self.columns.select([f.name for f in self.fields] if names is None else names)
        batches = columns.to_batches()
        ends = np.cumsum([len(batch) for batch in batches], dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        ordered = numbers[order]
        parts: list[pa.RecordBatch] = [_nulls(columns.schema, int(np.searchsorted(ordered, 0)))]
        for number, batch in enumerate(batches):
            first, last = np.searchsorted(ordered, [ends[number] - len(batch), ends[number]])
            if last > first:
                parts.append(batch.take(pa.array(ordered[first:last] - (ends[number] - len(batch)))))
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        table = pa.Table.from_batches(parts, columns.schema).combine_chunks()
        return [column.combine_chunks() for column in table.take(pa.array(back)).columns]


def _nulls(schema: pa.Schema, count: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(count, f.type) for f in schema], schema=schema)


def read_other(
    match: Crossmatch,
    card: Card | None,
    files: OtherFiles,
    release_file: Path,
    folder: Path,
    progress: Progress = silent,
) -> None:
    """Read and sort the other catalogue into files in `folder`, for `Other.open`. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix=".other-", dir=folder.parent) as made:
        scratch = Path(made)
        opening = _Opening(files, CatalogueSource(name=match.name, source="x", hdu=match.hdu), scratch)
        fields = settled(unified(opening.first), {})
        first = Path(files.names[0])
        known = MatchColumns(match, card, fields, first, release_file).known()
        stored = [field for _, field in known.stored]
        reading = _Reading(match, known, opening, progress)
        try:
            with connect(scratch) as database:
                keys = [0, len(reading.schema) - 1]  # pixel and row: names that the catalogue may have too
                batches = sort_batches(database, reading.batches(), reading.schema, keys, SORTED)
                _write_sorted(batches, stored, folder)
        except Exception:
            if reading.error is not None:  # DuckDB replaces it by one of its own
                raise reading.error from None
            raise
    OtherNotes(
        rows=reading.rows,
        moved=reading.moved,
        lengths=reading.lengths,
        unicode=sorted(reading.unicode),
        ident=known.ident[0] or ROW,
        ident_column=known.ident[1].name,
        extra=known.extra,
    ).write(folder)


def _write_sorted(batches: Iterator[pa.RecordBatch], stored: list[Field], folder: Path) -> None:
    names = described_schema(stored)
    with (
        (folder / PIXEL).open("wb") as pixels,
        (folder / RA).open("wb") as ras,
        (folder / DEC).open("wb") as decs,
        pa.OSFile(str(folder / COLUMNS), "wb") as sink,
        pa.ipc.new_file(sink, names) as writer,
    ):
        for batch in batches:
            for column, target in zip(batch.columns[:3], (pixels, ras, decs), strict=True):
                column.to_numpy().tofile(target)
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns[3:-1], schema=names))


def _mapped(file: Path, kind: type[np.generic]) -> NDArray[Any]:
    """A file as an array that is read when used; there is no map of an empty file."""
    return np.memmap(file, kind, "r") if file.stat().st_size else np.empty(0, kind)


class _Opening:
    """Opens files, those on stores by copies that are there while they are read."""

    def __init__(self, files: OtherFiles, spec: CatalogueSource, scratch: Path) -> None:
        self._files, self._spec, self._scratch = files, spec, scratch
        shown = files.names[:1] if files.alike else files.names
        self.first = [self._open(number) for number in range(len(shown))]
        """The sources that show which columns there are."""

    def _open(self, number: int) -> Source:
        folder = self._scratch / str(number)
        folder.mkdir(exist_ok=True)
        return open_named(self._files.names[number], self._spec, folder)

    def all(self) -> Iterator[tuple[str, Source]]:
        """Yield each file, opened with its rows, and its name."""
        for number, name in enumerate(self._files.names):
            source = self.first[number] if number < len(self.first) else self._open(number)
            complete(name, source, self._scratch / str(number), 0)
            yield name, source
            shutil.rmtree(self._scratch / str(number), ignore_errors=True)


class _Reading:
    """The rows of the sources as one stream, with ICRS positions and without rows that have none."""

    def __init__(
        self,
        match: Crossmatch,
        known: Known,
        opening: _Opening,
        progress: Progress,
    ) -> None:
        self._match, self._known, self._opening = match, known, opening
        stored = [(field.name, field.type) for _, field in known.stored]
        self.schema = pa.schema(
            [(PIXEL, pa.int64()), (RA, pa.float64()), (DEC, pa.float64()), *stored, (ROW, pa.int64())]
        )
        self._progress = progress
        self.rows = self.moved = 0
        self.lengths = {field.name: 0 for _, field in known.stored if is_text(field.type)}
        self.unicode: set[str] = set()
        self.error: BaseException | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for name, source in self._opening.all():
                with AddressInMessages(name):
                    for batch in source.batches():
                        yield self._placed(batch)
                        self._progress("match", self.rows, 0)
        except BaseException as error:  # including Ctrl+C
            self.error = error
            raise

    def _placed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        numbers = np.arange(self.rows, self.rows + batch.num_rows)
        self.rows += batch.num_rows
        batch = self._without_missing(batch)
        ra, dec = to_icrs(self._known.lon.degrees(batch), self._known.lat.degrees(batch), self._known.frame)
        ra, dec = self._moved(batch, ra, dec)
        there = np.isfinite(ra) & np.isfinite(dec)
        ra, dec = ra[there], dec[there]
        own = [pa.array(sky_pixels(ra, dec)), pa.array(ra), pa.array(dec)]
        chosen = pa.array(there)
        number = pa.array(numbers[there])
        names = [name for name, _ in self._known.stored]
        if not names[-1]:
            stored = [*(batch.column(name).filter(chosen) for name in names[:-1]), number]
        else:
            stored = [batch.column(name).filter(chosen) for name in names]
        self._measure_texts(stored)
        columns = [*own, *stored, number]
        return pa.RecordBatch.from_arrays(
            [c if c.type == f.type else c.cast(f.type) for c, f in zip(columns, self.schema, strict=True)],
            schema=self.schema,
        )

    def _measure_texts(self, stored: list[pa.Array]) -> None:
        for (_, field), column in zip(self._known.stored, stored, strict=True):
            if field.name in self.lengths:
                self.lengths[field.name] = max(
                    self.lengths[field.name], pc.max(pc.utf8_length(column)).as_py() or 0
                )
                if pc.all(pc.string_is_ascii(column)).as_py() is False:
                    self.unicode.add(field.name)

    def _without_missing(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with null where a value means "no value"; so does NaN."""
        columns = []
        for field, column in zip(batch.schema, batch.columns, strict=True):
            sentinels = self._known.missing.get(field.name)
            if sentinels and (is_number(field.type) or is_text(field.type)):
                no = pc.is_in(column, pa.array(sentinels).cast(field.type))
                column = pc.if_else(no, pa.scalar(None, field.type), column)
            if pa.types.is_floating(field.type):
                column = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
            columns.append(column)
        return pa.RecordBatch.from_arrays(columns, schema=batch.schema)

    def _moved(
        self, batch: pa.RecordBatch, ra: NDArray[np.float64], dec: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The positions at the epoch of the release's own, where motions and epochs are known."""
        known, to_epoch = self._known, self._match.to_epoch
        if to_epoch is None or known.epoch is None or "pmra" not in known.motion:
            return ra, dec
        if isinstance(known.epoch, EpochColumn):
            epoch = julian_years(floats(batch.column(known.epoch.column)), known.epoch)
        else:
            epoch = np.full(batch.num_rows, float(known.epoch))
        values = {role: self._in_units(batch, role) for role in MOTION_UNITS}
        self.moved += int(
            np.isfinite(ra + dec + values["pmra"] + values["pmdec"] + epoch).sum()
        )  # the others stay where they are
        return moved(ra, dec, Motions(**values), epoch, to_epoch)

    def _in_units(self, batch: pa.RecordBatch, role: str) -> NDArray[np.float64]:
        import astropy.units as u

        field = self._known.motion.get(role)
        if field is None:
            return np.full(batch.num_rows, np.nan)
        values = floats(batch.column(field.name))
        unit = u.Unit(field.unit or MOTION_UNITS[role])
        return values if str(unit) == MOTION_UNITS[role] else (values * unit).to_value(MOTION_UNITS[role])
