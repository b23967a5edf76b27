"""What is known of the rows once all slices have been read, and where the rows are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..formats import Partition
from ..ingest.inputs import Input
from ..ingest.positions import COUNT_ORDER, ORDER, Positions
from ..ingest.values.fields import PIXEL
from ..ingest.withhold import ShownRows
from ..ingest.write.partitions import AT_ONCE, FITTED_TO, Piece, planned
from ..ingest.write.tiles import SAMPLE_ROWS, Plan
from .crew import Crew
from .runs import Portion, Run
from .shared import Shared
from .tasks import Part, SliceRead, rows_of_sky, sky_range, write_part

SHIFT = 2 * (ORDER - COUNT_ORDER)


class Gathered:
    """All rows, in sorted runs."""

    def __init__(self, shared: Shared, crew: Crew, schema: pa.Schema, positions: Positions) -> None:
        self._shared, self._crew = shared, crew
        self._schema = schema
        """Of the runs: the pixel and all columns."""
        self._runs: list[Run] = []
        self.positions: Positions | None = positions
        self._positions = positions
        self.rows = 0
        self.lengths: dict[str, int] = {}
        self.unicode: set[str] = set()
        self.noted: list[str] = []

    def add(self, one: SliceRead, of: int, source: Input, shown: ShownRows) -> None:
        """Add the next slice, of the source with number `of`."""
        self._runs += one.runs
        self.rows += one.rows
        self.lengths = {name: max(length, self.lengths.get(name, 0)) for name, length in one.lengths.items()}
        self.unicode |= one.unicode
        self._positions.left_out += one.left_out
        self._positions.counts[one.pixels] += one.counts
        if one.notes and (notes := source.sources[of].notes):
            notes.join(one.notes)
        shown.emptiness.join(one.emptiness)
        self.noted += one.noted

    def add_runs(self, runs: Sequence[Run], lengths: dict[str, int], unicode: set[str]) -> None:
        """Add rows that have been read before, whose positions are counted and whose texts are known."""
        self._runs += runs
        self.rows += sum(run.rows for run in runs)
        self.lengths |= lengths
        self.unicode |= unicode

    def sample(self) -> pa.Table:
        """Return the first rows in order."""
        before = np.cumsum(self._positions.counts, dtype=np.int64)
        last = int(np.searchsorted(before, min(SAMPLE_ROWS, self.rows), "left"))
        high = (last + 1) << SHIFT
        ask = partial(rows_of_sky, self._shared, self._schema, high=high, low=0, most=SAMPLE_ROWS)
        (table,) = self._crew.map("sample", ask, [self._portions(0, high)])
        return table

    def pixels(self, limit: int) -> Iterator[NDArray[np.int64]]:
        """Yield the order-29 pixels of all rows in pixels of COUNT_ORDER with more than `limit` rows."""
        for place in np.flatnonzero(self._positions.counts > limit).tolist():
            low, high = place << SHIFT, (place + 1) << SHIFT
            portions = self._portions(low, high)
            yield (
                rows_of_sky(self._shared, self._schema, portions, low, high, self.rows)
                .column(PIXEL)
                .to_numpy()
            )

    def write(self, pieces: list[Piece], plan: Plan) -> Iterator[Partition]:
        """Write the partitions, as many tasks together as there are workers."""
        first = FITTED_TO + AT_ONCE
        written: list[Partition] = []
        for some in (pieces[:first], pieces[first:]):
            if not some:
                continue
            fitted = planned(len(written), plan, written)
            task = partial(write_part, self._shared, self._schema, fitted)
            # The first are few, and all others wait for them.
            parts = [[one] for one in some] if not written else self._together(some)
            for partitions in self._crew.map("write", task, [self._part(part) for part in parts]):
                for one in partitions:
                    written.append(one)
                    yield one

    def _together(self, pieces: Sequence[Piece]) -> Iterable[list[Piece]]:
        """Yield consecutive partitions with about as many rows as a run: each part is read from every run."""
        most = max((run.rows for run in self._runs), default=0)
        together: list[Piece] = []
        for piece in pieces:
            if together and sum(p.rows for p in together) + piece.rows > most:
                yield together
                together = []
            together.append(piece)
        if together:
            yield together

    def _part(self, pieces: list[Piece]) -> Part:
        low, high = sky_range(pieces[0])[0], sky_range(pieces[-1])[1]
        return Part(pieces, self._portions(low, high), low, high)

    def _portions(self, low: int, high: int) -> list[Portion]:
        return [portion for run in self._runs if (portion := run.portion(low, high))]
