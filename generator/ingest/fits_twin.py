"""A catalogue as one FITS file beside its folder, for programs that do not read Parquet."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from ..checksums import Progress
from ..pieces import DATA, Kept, Lines, Piece

MAKER = 1
"""Increased when the file is written in another way."""


def fits_name(catalogue: str) -> str:
    """Return the name of the file."""
    return f"{catalogue}.fits"


def fits_twin(name: str, catalogue: str, words: Kept) -> Piece:
    """Return the piece of the file; it is made from the finished Parquet files of the catalogue."""
    inputs = {"maker": str(MAKER), "description": words.content}
    return Piece(name, inputs, partial(_make, catalogue, words.data), aloud=False)


def _make(catalogue: str, data: Path, folder: Path, _progress: Progress) -> Lines:
    (folder / DATA).mkdir()
    write_fits_twin(data, folder / DATA / fits_name(catalogue))
    return Lines()


def write_fits_twin(data: Path, out: Path) -> None:
    """Write the rows of a catalogue in the order of its files: values as they are stored.

    Decimals are doubles; times and unsigned 64-bit numbers are texts, as FITS has neither.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ..formats import Catalogue
    from ..standards.arrow_columns import Column
    from ..standards.arrow_values import plain
    from ..standards.fits_table import write_fits

    meta = Catalogue.read(data)
    names = [column.name for column in meta.columns]
    kinds: list[pa.DataType] = []
    with tempfile.TemporaryFile() as kept:
        stream = None
        for partition in meta.partitions:
            with pq.ParquetFile(data / partition.path) as file:
                kinds = [file.schema_arrow.field(name).type for name in names]
                for batch in file.iter_batches(columns=names):
                    arrays = [plain(batch.column(name)) for name in names]
                    made = pa.RecordBatch.from_arrays(arrays, names=[str(n) for n in range(len(names))])
                    stream = stream or pa.ipc.new_stream(kept, made.schema)
                    stream.write_batch(made)
        if stream is None:
            stream = pa.ipc.new_stream(kept, pa.schema([]))
        stream.close()
        columns = [
            Column(one.name, unit=one.unit, ucd=one.ucd, description=one.description).typed(kind)
            for one, kind in zip(meta.columns, kinds, strict=False)
        ]
        with out.open("wb") as file_out:
            write_fits(file_out, kept, columns, meta.name)
