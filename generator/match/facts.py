"""What a match has found: counts, separations and pairs by chance, read again from the written rows."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..checksums import Progress
from ..formats import Position
from ..formats.crossmatches import (
    Crossmatched,
    Crossmatches,
    MatchCitation,
    MatchedColumns,
    MatchedFile,
    OtherCatalogue,
)
from ..ingest.kept_rows import KeptRows
from ..ingest.readers.addresses import is_address
from ..ingest.values.database import connect
from ..ingest.values.fields import PIXEL, Field, floats, is_number
from ..model import Release
from ..model.crossmatch import Crossmatch, EpochColumn
from ..standards.vounits import is_mas_per_year
from .card import Card
from .join import matched
from .other import Other
from .other_columns import result_name
from .sources import OtherFiles
from .walk import BATCH, Match

ORDER = 6
"""HEALPix order of the pixels in which densities are taken: 0.84 square degrees."""
BINS, FINE = 40, 400
"""Bins of the histogram, and of the finer one in each of them, which the median is read from."""
SPHERE = 4 * np.pi * (180 / np.pi * 3600) ** 2
"""Area of the sky in square arcseconds."""


@dataclass(frozen=True)
class Subject:
    """A match and what is known of its other catalogue without reading rows."""

    match: Match
    card: Card | None
    sources: list[MatchedFile]


def sources_of(match: Crossmatch, release: Release, files: OtherFiles) -> list[MatchedFile]:
    """The files of the other catalogue by name: readers do not learn where the team keeps them."""
    found = []
    for source in match.sources:
        if is_address(source) or (release.folder / source).is_dir():
            last = source.rstrip("/").rpartition("/")[2]
            found.append(MatchedFile(file=last, bytes=None, sha256=None))
    for name in files.names:
        if sha256 := None if is_address(name) else files.inputs.get(os.path.relpath(name, release.folder)):
            path = Path(name)
            found.append(MatchedFile(file=path.name, bytes=path.stat().st_size, sha256=sha256))
    return found


def write_facts(subjects: list[Subject], rows: Path, catalogue: str, file: Path, progress: Progress) -> None:
    """Write the facts of all matches of a catalogue, whose matched rows are in the folder `rows`."""
    kept = KeptRows(rows)
    about = kept.about
    files = [kept.data / partition.path for partition in about.partitions]
    names = {column.name for column in about.columns}
    made = []
    # Of a match whose separations are withheld from these readers, nothing is said.
    shown = [one for one in subjects if one.match.spec.separation in names]
    for number, one in enumerate(shown):
        assert about.position is not None, "without a position there are no separations"
        measured = _Measured(one.match, Other.open(one.match.other))
        with tempfile.TemporaryDirectory(prefix=".facts-", dir=file.parent) as scratch:
            measured.read(files, about.position, Path(scratch))
        progress("match", number + 1, len(shown))
        made.append(_facts(one, measured, names))
    written = Crossmatches(catalogue=catalogue, rows=about.rows, matches=made)
    file.write_text(written.text(), encoding="utf-8", newline="\n")


@dataclass
class _Measured:
    """What is counted in the rows of a match."""

    match: Match
    other: Other
    rows: int = 0
    ambiguous: int = 0
    pairs: int = 0
    objects: int = 0
    repeated: int = 0
    sharing: int = 0
    fine: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS * FINE, np.int64))
    own: NDArray[np.int64] = field(default_factory=lambda: np.zeros(12 * 4**ORDER, np.int64))
    """Rows of the catalogue per pixel of ORDER."""

    def read(self, files: list[Path], position: Position, scratch: Path) -> None:
        """Read the rows once. Nearest objects are counted by DuckDB, which needs no memory for each."""
        schema = pa.schema([("nearest", pa.int64())])
        nearest = pa.RecordBatchReader.from_batches(schema, self._nearest(files, position, schema))
        with connect(scratch) as database:
            database.register("nearest", nearest)
            found = database.execute(
                "SELECT count(*), count(*) FILTER (n > 1), coalesce(sum(n) FILTER (n > 1), 0)::BIGINT "
                "FROM (SELECT count(*) AS n FROM nearest GROUP BY nearest)"
            ).fetchone()
        assert found
        self.objects, self.repeated, self.sharing = map(int, found)

    def _nearest(self, files: list[Path], position: Position, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """The nearest objects of matched rows, while everything else is counted."""
        separation = self.match.spec.separation
        columns = [PIXEL, position.ra, position.dec, separation]
        for file in files:
            with pq.ParquetFile(file) as opened:
                for batch in opened.iter_batches(BATCH, columns=columns):
                    pixels = batch.column(PIXEL).to_numpy()
                    self.own += np.bincount(pixels >> 2 * (29 - ORDER), minlength=len(self.own))
                    there = batch.filter(batch.column(separation).is_valid())
                    if not there.num_rows:
                        continue
                    self._count(floats(there.column(separation)))
                    found = matched(there, (position.ra, position.dec), self.other, self.match.radius)
                    self.ambiguous += int((found.within > 1).sum())
                    self.pairs += int(found.within.sum())
                    yield pa.record_batch([pa.array(found.nearest)], schema=schema)

    def _count(self, separations: NDArray[np.float64]) -> None:
        self.rows += len(separations)
        bins = (separations / self.match.radius * len(self.fine)).astype(np.int64)
        self.fine += np.bincount(np.minimum(bins, len(self.fine) - 1), minlength=len(self.fine))

    @property
    def median(self) -> float | None:
        """To the width of a fine bin."""
        if not self.rows:
            return None
        at = int(np.searchsorted(np.cumsum(self.fine), (self.rows + 1) // 2))
        return float(f"{(at + 0.5) / len(self.fine) * self.match.radius:.4g}")

    @property
    def counts(self) -> list[int]:
        return [int(n) for n in self.fine.reshape(BINS, FINE).sum(axis=1)]

    @property
    def edges(self) -> list[float]:
        return [float(f"{edge:.6g}") for edge in np.linspace(0, self.match.radius, BINS + 1)]

    @property
    def chance(self) -> list[float]:
        """Expected rows per bin if the other objects were anywhere in their pixel.

        The nearest of n objects in a pixel of area A is farther than r with the probability
        exp(-n pi r^2 / A).
        """
        ends = np.searchsorted(
            self.other.positions.pixel, np.arange(len(self.own) + 1, dtype=np.int64) << 2 * (29 - ORDER)
        )
        there = np.flatnonzero(self.own)
        density = np.diff(ends)[there] / (SPHERE / len(self.own))
        edges = np.linspace(0, self.match.radius, BINS + 1)
        beyond = [float(self.own[there] @ np.exp(-density * np.pi * edge**2)) for edge in edges]
        return [float(f"{max(before - after, 0):.6g}") for before, after in itertools.pairwise(beyond)]


def _facts(subject: Subject, measured: _Measured, names: set[str]) -> Crossmatched:
    match, card = subject.match, subject.card
    spec = match.spec
    return Crossmatched(
        name=spec.name,
        other=_other(subject, measured.other),
        columns=_columns(subject, measured.other.fields, names),
        radius=match.radius,
        radius_reason=dict(card.radius.reason) if card and spec.radius is None else {},
        match=spec.match,
        to_epoch=spec.to_epoch if measured.other.notes.moved else None,
        matched=measured.rows,
        ambiguous=measured.ambiguous,
        pairs=measured.pairs,
        objects=measured.objects,
        repeated=measured.repeated,
        sharing=measured.sharing,
        median=measured.median,
        edges=measured.edges,
        counts=measured.counts,
        chance=measured.chance,
    )


def _other(subject: Subject, other: Other) -> OtherCatalogue:
    card, spec = subject.card, subject.match.spec
    epoch = spec.epoch if spec.epoch is not None else card.epoch if card else None
    column = epoch.column if isinstance(epoch, EpochColumn) else None
    return OtherCatalogue(
        title=dict(spec.title) or {"": subject.match.title},
        card=spec.card,
        about=dict(card.about) if card else {},
        simulated=spec.simulate is not None,
        sources=subject.sources,
        rows=other.notes.rows,
        positions=len(other.positions),
        moved=other.notes.moved,
        published_rows=card.rows if card else None,
        frame=spec.frame or (card.frame if card else "icrs"),
        epoch=None if isinstance(epoch, EpochColumn) else epoch,
        epoch_column=column,
        vizier=card.vizier if card else None,
        citations=[MatchCitation(**one.model_dump()) for one in card.citations] if card else [],
        licence=card.licence if card else None,
        get=dict(card.get) if card else {},
        checked=list(card.checked) if card else [],
        unchecked=dict(card.unchecked) if card else {},
    )


def _columns(subject: Subject, carried: list[Field], names: set[str]) -> MatchedColumns:
    """The columns of a match, those whose audience may see them."""
    spec = subject.match.spec
    separation, matches = spec.separation, spec.matches
    there = [f for f in carried if f.name in names]
    return MatchedColumns(
        names=[name for name in (separation, matches, *(f.name for f in there)) if name in names],
        separation=separation,
        matches=matches if matches in names else None,
        position=_pair(subject, there, "position"),
        motion=_pair(subject, there, "motion"),
    )


def _pair(subject: Subject, carried: list[Field], what: str) -> tuple[str, str] | None:
    """The carried columns of the position, in degrees of ICRS or FK5, or of the proper motion."""
    spec, card = subject.match.spec, subject.card
    frame = spec.frame or (card.frame if card else "icrs")
    roles = spec.roles
    pair: tuple[str | None, str | None] = (None, None)
    if what == "position":
        if frame not in ("icrs", "fk5"):
            return None
        pair = (roles.ra, roles.dec) if roles else card.position if card else pair
    elif roles:
        pair = (roles.pmra, roles.pmdec)
    elif card and card.motion:
        pair = (card.motion.ra, card.motion.dec)
    fits = _is_degrees if what == "position" else is_mas_per_year
    found = [_carried(name, spec.name, card, [f for f in carried if fits(f.unit)]) for name in pair]
    return (found[0], found[1]) if found[0] and found[1] else None


def _is_degrees(unit: str | None) -> bool:
    """Whether a unit of positions is degrees, which it is if there is none."""
    return unit in (None, "", "deg")


def _carried(name: str | None, prefix: str, card: Card | None, carried: list[Field]) -> str | None:
    """The column of the result that a column of the other catalogue has become."""
    if name is None:
        return None
    on_card = (
        next((c for c in card.columns if name.lower() in map(str.lower, c.names)), None) if card else None
    )
    names = {f"{prefix}_{result_name(one)}".lower() for one in (on_card.names if on_card else (name,))}
    return next((f.name for f in carried if f.name.lower() in names and is_number(f.type)), None)
