"""Read source tables in bounded memory; order, partition, write and measure them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..checksums import Progress, digest, silent
from ..model import CatalogueSource, Release, facts_of
from ..problems import InputError, Problem
from .checks.doubts import doubts
from .checks.rules import broken_promises, check_columns, column_facts
from .describe import described, schema_table, shown_table
from .inputs import Input
from .measure.statistics import measure, write_statistics
from .readers.open_source import open_source
from .readers.simulated import simulated_source
from .readers.source import unified
from .readers.unpack import source_files
from .role_limits import is_degrees
from .roles import find_roles, position_names
from .schema_file import write_schema
from .values.as_json import plain
from .values.database import connect, one_row, view_rows
from .values.fields import Field, element_type, is_array, is_text, is_whole, settled
from .values.missing import Sentinel, missing_by_column
from .withhold import ShownRows, shown_fields, without_hidden_rows
from .write.hats_files import partition_path, write_common_metadata, write_hats
from .write.ids import check_index, folder_names, index_columns, write_index
from .write.order import ordered
from .write.positions import Positions, split
from .write.scripts import write_chunks, write_description
from .write.tiles import SAMPLE_ROWS, Partition, Rows, make_plan, write_partition
from .write.votable_footer import parquet_metadata, votable_header

__all__ = ["FORMAT", "ingest_catalogue", "open_input", "source_files", "write_schema"]

FORMAT = 8
"""Raised when the files that ingest writes change, so that what was ingested before is not used again."""

PIXEL = "_healpix_29"
ROW = "_row"
SKY_ORDER = 5
MAP_ORDER = 6


def ingest_catalogue(
    spec: CatalogueSource, release: Release, out: Path, *, progress: Progress, note: Path | None = None
) -> list[Problem]:
    """Write one catalogue of a release into the folder `out`, which is empty or does not exist yet.

    Returns what to report of what was read.

    `progress(stage, done, total)` is called as work goes on, in rows. `note` is the file that is told the
    ids of withheld rows, if any are. Raises InputError; `out` is then empty.
    """
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=out.parent))
    try:
        source = open_input(spec, release, scratch, progress)
        with ShownRows(spec, release, source, note) as shown:
            _write(spec, release, source, shown, out, scratch, progress)
            return shown.notes()
    except BaseException:
        for path in out.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def open_input(spec: CatalogueSource, release: Release, scratch: Path, progress: Progress = silent) -> Input:
    """Open the sources of a catalogue, check them against its schema and find the roles of its columns.

    `scratch` is a folder for unpacked files; `progress` hears of their bytes. Raises InputError.
    """
    place = f"catalogues[{spec.name}]"
    missing = dict(spec.missing)
    if spec.simulate is not None:
        from ..simulate import missing_values, simulated_table

        made = spec.simulate
        sources = [simulated_source(made.kind, made.rows, made.seed, made.revised)]
        table, schema_file = simulated_table(made.kind, made.revised)
        schema: tuple[Any, Path] | None = schema_table(spec, release) or (
            shown_table(spec, table),
            schema_file,
        )
        usual = missing_values(spec.simulate.kind)
        missing = {**{k: v for k, v in usual.items() if not spec.hides(k)}, **missing}
    else:
        files = source_files(spec, release)
        sources = [open_source(file, spec, scratch, progress) for file in files]
        schema = schema_table(spec, release)
    fields = unified(sources)
    datatypes = {c.name: c.datatype for c in schema[0].columns} if schema else {}
    every = settled(fields, datatypes, position_names(fields, spec.roles))
    check_columns(spec, every, release.file, place)
    whole = find_roles(every, spec.roles, release.file, place) if spec.hidden else None
    sources = without_hidden_rows(spec, release, sources, every)
    fields = shown_fields(spec, settled(unified(sources), datatypes, position_names(fields, spec.roles)))
    if not fields:
        mend = "withhold the catalogue itself"
        raise InputError(Problem(str(release.file), f"{place}.columns", "all columns are withheld", mend))
    if schema is not None:
        fields = described(fields, *schema, sources[0].file)
    reserved = [f.name for f in fields if f.name.lower() in (PIXEL, ROW)]
    if reserved:
        mend = "rename it, the name is used for the catalogue's own index"
        raise InputError(Problem(str(sources[0].file), f"column {reserved[0]}", "cannot be used", mend))
    parts = find_roles(fields, spec.roles, release.file, place)
    position_hidden = (
        whole is not None
        and parts.ra is None
        and (whole.ra is not None or not spec.lost.isdisjoint(("ra", "dec")))
    )
    if spec.positions == "none" or position_hidden:
        parts = find_roles(
            fields, spec.roles.model_copy(update={"ra": None, "dec": None}), release.file, place
        )
    elif parts.ra is None:
        what = f"no right ascension and declination among the columns of {sources[0].file.name}"
        named = [f for f in fields if f.name in position_names(fields, spec.roles)]
        unfit = [f"{f.name}: {'text' if is_text(f.type) else f.unit}" for f in named if not is_degrees(f)]
        what += f" ({', '.join(unfit)}, where degrees are needed)" if unfit else ""
        mend = "give degrees, " if unfit else ""
        mend += 'name them as roles.ra and roles.dec, or set positions = "none"'
        raise InputError(Problem(str(release.file), f"{place}.roles", what, mend))
    by_column = missing_by_column(fields, missing, release.file, place)
    check_index(spec, fields, release.file, place)
    return Input(
        sources,
        every,
        fields,
        parts,
        by_column,
        # Those of a file with more in it than is shown would tell of the rest.
        checksums=spec.simulate is None and not spec.lacks,
        id_hidden="id" in spec.lost or bool(whole and whole.id and spec.hides(whole.id)),
        position_hidden=position_hidden,
    )


def _write(
    spec: CatalogueSource,
    release: Release,
    source: Input,
    shown: ShownRows,
    out: Path,
    scratch: Path,
    progress: Progress,
) -> None:
    parts = source.parts
    positions = None
    if spec.positions != "none" and not source.position_hidden:
        assert parts.ra is not None and parts.dec is not None
        positions = Positions(parts.ra, parts.dec, spec.positions, spec.wrap_ra, source.missing)
    reading = _Reading(source, shown, positions, scratch / "pixels", progress)
    keys = [PIXEL, ROW] if positions else [parts.id, ROW] if parts.id else [ROW]
    stream = ordered(reading.batches(), reading.schema, keys, scratch, SAMPLE_ROWS // 4)
    fields = (
        [Field(PIXEL, pa.int64(), ucd="pos.healpix", description=_PIXEL_TEXT)] if positions else []
    ) + source.fields
    stored = pa.schema([(f.name, f.type) for f in fields])
    rows = Rows((b.select(stored.names) for b in stream), stored)
    try:
        sample = rows.peek(SAMPLE_ROWS)
    except Exception:
        # What goes wrong in reading comes out of DuckDB as an error of its own.
        if reading.error is not None:
            raise reading.error from None
        raise
    total = reading.rows
    header = votable_header(spec.name, fields, total, reading.lengths, reading.unicode)
    schema = stored.with_metadata(parquet_metadata(header))
    plan = make_plan(sample, len(header) + 40 * len(fields), reading.lengths)
    pieces: list[tuple[str, int]]
    pixels: list[tuple[int, int, int]] = []
    if positions:
        pixels = split(positions.counts, plan.partition_rows, reading.pixels()) or [(0, 0, 0)]
        pieces = [(partition_path(order, pixel), n) for order, pixel, n in pixels]
    else:
        step = plan.partition_rows
        pieces = [
            (f"dataset/part-{i:04d}.parquet", min(step, total - i * step))
            for i in range(max(-(-total // step), 1))
        ]
    partitions: list[Partition] = []
    done = 0
    for path, count in pieces:
        progress("write", done, total)
        partitions.append(write_partition(rows, count, plan, schema, out, path, PIXEL if positions else None))
        done += count
        plan = plan.fitted(partitions)
    progress("write", done, total)
    size = sum(p.size for p in partitions)
    sky: NDArray[np.int64] | None = None
    write_common_metadata(out, schema, partitions if total else [])
    if positions:
        sky = positions.counts.astype(np.int64).reshape(12 * 4**MAP_ORDER, -1).sum(axis=1)
        assert parts.ra is not None and parts.dec is not None
        write_hats(out, spec.name, release, (parts.ra, parts.dec), pixels, sky, MAP_ORDER, size)
    facts = column_facts(spec)
    bits = {f.name: sorted(facts_of(f.name, facts).bits) for f in source.fields if is_whole(f.type)}
    statistics = measure(
        out, partitions, source.fields, source.missing, parts, scratch, progress, bits,
        PIXEL if positions else None,
    )  # fmt: skip
    progress("check", 0, 0)
    suspects = _check(spec, release, source, out, partitions, scratch)
    for column in statistics["columns"]:
        if column["name"] in suspects:
            column["suspects"] = suspects[column["name"]]
    ids, files = _write_ids(
        spec, source, partitions, statistics["columns"], reading.lengths, out, scratch, progress
    )
    chunks = write_chunks(out, spec.name, [*partitions, *files], progress)
    columns = [
        {
            "name": f.name,
            "datatype": f.datatype,
            "unit": f.unit,
            "ucd": f.ucd,
            "description": f.description,
            "missing": [plain(v, element_type(f.type)) for v in source.missing.get(f.name, [])],
            "marked": _marked(f, source.missing.get(f.name, []), statistics["columns"][index]),
            "arraysize": f.arraysize,
            **({"unsigned": True} if pa.types.is_uint64(f.type) else {}),
            **_scale(element_type(f.type)),
        }
        for index, f in enumerate(source.fields)
    ]
    write_description(
        out,
        {
            "name": spec.name,
            "rows": total,
            "position": {"ra": parts.ra, "dec": parts.dec} if positions else None,
            "id": parts.id,
            "columns": columns,
            "partitions": [
                {"path": p.path, "size": p.size, "rows": p.rows, "footer": p.footer, "tiles": p.tiles}
                for p in partitions
            ],
            "ids": ids,
            "chunks": chunks,
            "bytes": size,
        },
    )
    counts = {} if sky is None else _sparse(sky.reshape(12 * 4**SKY_ORDER, -1).sum(axis=1))
    write_statistics(
        out,
        {
            "name": spec.name,
            "rows": total,
            "bytes": size,
            "left_out": positions.left_out if positions else 0,
            **statistics,
            "roles": parts.as_json(),
            "sources": [_checksum(s.file) for s in source.sources] if source.checksums else [],
            "sky": {"order": SKY_ORDER, "counts": counts} if positions else None,
        },
    )


def _check(
    spec: CatalogueSource,
    release: Release,
    source: Input,
    out: Path,
    partitions: list[Partition],
    scratch: Path,
) -> dict[str, list[list[Any]]]:
    """Hold what was written to what the release promises; by column, values that look like "nothing".

    Raises InputError.
    """
    with connect(scratch) as database:
        view_rows(database, (out / p.path for p in partitions))

        def ask(question: str) -> tuple[Any, ...]:
            return one_row(database, question)

        if problems := broken_promises(ask, spec, release, source):
            raise InputError(problems)
        result: dict[str, list[list[Any]]] = {}
        for doubt in doubts(ask, spec, source):
            result.setdefault(doubt.column, []).append([doubt.value, doubt.count])
    return result


def _write_ids(
    spec: CatalogueSource,
    source: Input,
    partitions: list[Partition],
    measured: list[dict[str, Any]],
    lengths: dict[str, int],
    out: Path,
    scratch: Path,
    progress: Progress,
) -> tuple[list[dict[str, Any]], list[Partition]]:
    """Write the indexes of all columns of ids; what catalogue.json says of them, and all their files."""
    columns = index_columns(spec, source.fields, source.parts, measured)
    about, files = [], []
    for field, folder in zip(columns, folder_names(columns), strict=True):
        sentinels, longest = source.missing.get(field.name, []), lengths.get(field.name, 0)
        one, own = write_index(out, partitions, field, sentinels, longest, folder, scratch, progress)
        about.append(one)
        files += own
    return about, files


_PIXEL_TEXT = "HEALPix pixel of the position: nested, order 29, ICRS"


class _Reading:
    """The sources as one stream of batches, each row with its pixel and its number.

    What is known only when all have been read: `rows` and the pixels of all rows, kept in a file.
    """

    def __init__(
        self, source: Input, shown: ShownRows, positions: Positions | None, spool: Path, progress: Progress
    ) -> None:
        self._shown = shown
        self._source, self._positions, self._spool, self._progress = source, positions, spool, progress
        own = [(PIXEL, pa.int64())] if positions else []
        self.schema = pa.schema([*own, *shown.schema, (ROW, pa.int64())])
        self.rows = 0
        self.lengths = {f.name: 0 for f in source.fields if is_text(f.type)}
        self.unicode: set[str] = set()
        self.error: BaseException | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            with self._spool.open("wb") as spool:
                for source in self._source.sources:
                    for batch, numbers in self._shown.batches(source):
                        self._measure_texts(batch)
                        own: list[pa.Array] = []
                        if self._positions is not None:
                            batch, pixels = self._positions.pixels(batch, source.file, numbers)
                            pixels.tofile(spool)
                            own = [pa.array(pixels)]
                        order = pa.array(np.arange(self.rows, self.rows + batch.num_rows))
                        self.rows += batch.num_rows
                        self._progress("read", self.rows, self._source.rows)
                        yield pa.RecordBatch.from_arrays([*own, *batch.columns, order], schema=self.schema)
            self._progress("order", 0, 0)  # DuckDB does not say how far it is with sorting
        except BaseException as error:  # Ctrl+C too
            self.error = error
            raise

    def _measure_texts(self, batch: pa.RecordBatch) -> None:
        for name in self.lengths:
            column = batch.column(name)
            characters = pc.max(pc.utf8_length(column)).as_py() or 0
            self.lengths[name] = max(self.lengths[name], characters)
            if name not in self.unicode and pc.all(pc.string_is_ascii(column)).as_py() not in (True, None):
                self.unicode.add(name)

    def pixels(self) -> Iterator[NDArray[np.int64]]:
        """Order-29 pixels of all rows, a million at a time."""
        with self._spool.open("rb") as spool:
            while len(piece := np.fromfile(spool, np.int64, 1 << 20)):
                yield piece


def _scale(kind: pa.DataType) -> dict[str, int]:
    """Digits behind the point, where the datatype does not say: of decimals, and of seconds in nanoseconds.

    DuckDB has no nanoseconds in a time zone.
    """
    if pa.types.is_decimal(kind):
        return {"scale": kind.scale}
    return {"scale": 9} if kind == pa.timestamp("ns") else {}


def _marked(field: Field, missing: list[Sentinel], measured: dict[str, Any]) -> list[Any]:
    """Those values that mean "nothing" which the column has; elements of arrays are not counted."""
    if is_array(field.type):
        return [plain(v, element_type(field.type)) for v in missing]
    return [value for value, count in measured.get("marked", []) if count]


def _sparse(counts: NDArray[np.int64]) -> dict[str, int]:
    return {str(pixel): int(counts[pixel]) for pixel in np.flatnonzero(counts)}


def _checksum(file: Path) -> dict[str, Any]:
    return {"file": file.name, "bytes": file.stat().st_size, "sha256": digest(file)}
