"""First stage of the walk: read the rows of all sources and give each a sky pixel and a number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .inputs import Input
from .job import Job
from .positions import Positions
from .values.fields import PIXEL, ROW, is_text
from .withhold import ShownRows


class Reading:
    """The sources as one stream of batches, with the pixel and number of each row.

    After all rows are read, `rows`, the longest texts and the pixels of all rows (kept in a file) are
    available.
    """

    def __init__(self, job: Job, opened: Input, shown: ShownRows) -> None:
        self._source, self._shown, self._progress = opened, shown, job.progress
        self._spool = job.scratch / "pixels"
        self.positions: Positions | None = None
        if job.position and job.spec.positions != "none":
            self.positions = Positions(
                *job.position, job.spec.positions, job.spec.wrap_ra, job.source.missing
            )
        own = [(PIXEL, pa.int64())] if self.positions else []
        self.schema = pa.schema([*own, *shown.schema, (ROW, pa.int64())])
        self.rows = 0
        self.lengths = {f.name: 0 for f in job.source.fields if is_text(f.type)}
        """Length in characters of the longest value, by text column."""
        self.unicode: set[str] = set()
        """Text columns with characters beyond ASCII."""
        self.error: BaseException | None = None
        """Error raised while reading; DuckDB would replace it by one of its own."""

    @property
    def keys(self) -> list[str]:
        """The columns by which rows are sorted."""
        ident = self._source.roles.id
        return [PIXEL, ROW] if self.positions else [ident, ROW] if ident else [ROW]

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            with self._spool.open("wb") as spool:
                for source in self._source.sources:
                    for batch, numbers in self._shown.batches(source):
                        self._measure_texts(batch)
                        own: list[pa.Array] = []
                        if self.positions is not None:
                            batch, pixels = self.positions.pixels(batch, source.file, numbers)
                            pixels.tofile(spool)
                            own = [pa.array(pixels)]
                        order = pa.array(np.arange(self.rows, self.rows + batch.num_rows))
                        self.rows += batch.num_rows
                        self._progress("read", self.rows, self._source.rows)
                        yield pa.RecordBatch.from_arrays([*own, *batch.columns, order], schema=self.schema)
            self._progress("order", 0, 0)  # DuckDB does not report the progress of sorting
        except BaseException as error:  # including Ctrl+C
            self.error = error
            raise

    def _measure_texts(self, batch: pa.RecordBatch) -> None:
        for name in self.lengths:
            column = batch.column(name)
            characters = pc.max(pc.utf8_length(column)).as_py() or 0
            self.lengths[name] = max(self.lengths[name], characters)
            if name not in self.unicode and pc.all(pc.string_is_ascii(column)).as_py() not in (True, None):
                self.unicode.add(name)

    def pixels(self, _limit: int) -> Iterator[NDArray[np.int64]]:
        """Yield the order-29 pixels of all rows, a million at a time."""
        with self._spool.open("rb") as spool:
            while len(piece := np.fromfile(spool, np.int64, 1 << 20)):
                yield piece
