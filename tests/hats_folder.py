"""A folder in the HATS layout, written as its standard says: partitions, their list, properties."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cdshealpix
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.coordinates import Latitude, Longitude
from astropy.table import Table

PROPERTIES = """#HATS catalog
obs_collection = {name}
dataproduct_type = object
hats_nrows = {rows}
hats_col_ra = {ra}
hats_col_dec = {dec}
hats_order = {order}
hats_version = v0.4
"""


def pixels(table: Table, order: int, ra: str = "ra", dec: str = "dec") -> np.ndarray:
    return cdshealpix.lonlat_to_healpix(
        Longitude(table[ra], "deg"), Latitude(table[dec], "deg"), order
    ).astype("i8")


def write_hats(
    folder: Path,
    table: Table,
    *,
    order: int,
    ra: str = "ra",
    dec: str = "dec",
    whole: Callable[[int], bool] = lambda _: True,
) -> None:
    """Write the rows; partitions that are not `whole` have bytes that no reader accepts."""
    near, exact = pixels(table, order, ra, dec), pixels(table, 29, ra, dec)
    lines = ["Norder,Npix,num_rows"]
    for pixel in np.unique(near).tolist():
        chosen = np.flatnonzero(near == pixel)
        chosen = chosen[np.argsort(exact[chosen], kind="stable")]
        columns = {name: np.asarray(table[name])[chosen] for name in table.colnames}
        file = folder / f"dataset/Norder={order}/Dir={pixel // 10_000 * 10_000}/Npix={pixel}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = pa.table({"_healpix_29": exact[chosen], **columns})
        if whole(pixel):
            pq.write_table(rows, file, row_group_size=16)
        else:
            file.write_bytes(b"nothing that a reader accepts" * 10)
        lines.append(f"{order},{pixel},{len(chosen)}")
    pq.write_metadata(rows.schema, folder / "dataset" / "_common_metadata")
    (folder / "partition_info.csv").write_text("\n".join(lines) + "\n")
    text = PROPERTIES.format(name=folder.name, rows=len(table), ra=ra, dec=dec, order=order)
    (folder / "hats.properties").write_text(text)
