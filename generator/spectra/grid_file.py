"""grids.parquet: wavelength grids shared by spectra, one row group per grid."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..formats.spectra import SpectraGrid, SpectraGrids
from .grids import Grid
from .table import list_of


def write_grids(out: Path, grids: list[Grid]) -> SpectraGrids | None:
    """Write grids.parquet, one row group per grid; return its description."""
    file = out / "grids.parquet"
    file.unlink(missing_ok=True)
    if not grids:
        return None
    wide = any(g.values.dtype.itemsize == 8 for g in grids)
    kind = list_of(pa.float64() if wide else pa.float32())
    schema = pa.schema(
        [
            pa.field("grid", pa.int32(), nullable=False),
            pa.field("scale", pa.string(), nullable=False),
            pa.field("wavelength", kind),
        ]
    )
    small, leaf = ("grid", "scale"), "wavelength.list.element"
    with pq.ParquetWriter(
        file,
        schema,
        compression=dict.fromkeys(small, "none") | {leaf: "zstd"},
        compression_level={leaf: 9},
        use_dictionary=False,
        column_encoding={leaf: "BYTE_STREAM_SPLIT"},
        write_statistics=False,
        store_schema=False,
        version="2.6",
        data_page_size=1 << 30,
    ) as writer:
        for number, grid in enumerate(grids):
            values = pa.array(grid.values.astype("f8" if wide else "f4"))
            offsets = pa.array([0, len(values)], pa.int32())
            scale = "log10" if grid.log else "linear"
            columns = [
                pa.array([number], pa.int32()),
                pa.array([scale]),
                pa.ListArray.from_arrays(offsets, values, type=kind),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return _described(file, grids, wide)


def _described(file: Path, grids: list[Grid], wide: bool) -> SpectraGrids:
    """Return the description of the file: the bytes of each grid."""
    meta = pq.read_metadata(file)
    groups, start = [], 4
    for index, grid in enumerate(grids):
        last = meta.row_group(index).column(2)
        end = last.data_page_offset + last.total_compressed_size
        groups.append(SpectraGrid(offset=start, bytes=end - start, pixels=len(grid.values)))
        start = end
    return SpectraGrids(
        path="grids.parquet",
        size=file.stat().st_size,
        footer=start,
        type="DOUBLE" if wide else "FLOAT",
        grids=groups,
    )
