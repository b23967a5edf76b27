"""Write the files that make a folder of Parquet partitions a HATS catalogue."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ...formats import Partition
from ...model import Release
from ...model.text import in_language
from ..values.fields import PIXEL

METADATA_BYTES = 1 << 20
"""`_metadata` repeats every footer; a larger file is not worth downloading and is not written."""


def partition_path(order: int, pixel: int) -> str:
    return f"dataset/Norder={order}/Dir={pixel // 10_000 * 10_000}/Npix={pixel}.parquet"


def write_common_metadata(out: Path, schema: pa.Schema, partitions: list[Partition]) -> None:
    """Write `_common_metadata`, and `_metadata` if it is small."""
    dataset = out / "dataset"
    dataset.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(dataset / "_common_metadata", schema, store_schema=False) as writer:
        writer.add_key_value_metadata(schema.metadata)
    if not partitions or sum(p.size - p.footer for p in partitions) > METADATA_BYTES:
        return
    whole: Any = None
    for partition in partitions:
        meta = pq.read_metadata(out / partition.path)
        meta.set_file_path(partition.path.removeprefix("dataset/"))
        if whole is None:
            whole = meta
        else:
            whole.append_row_groups(meta)
    whole.write_metadata_file(dataset / "_metadata")


def write_hats(
    out: Path,
    name: str,
    release: Release,
    position: tuple[str, str],
    pixels: list[tuple[int, int, int]],
    sky: NDArray[np.int64],
    sky_order: int,
    size: int,
) -> None:
    """Write `hats.properties`, `partition_info.csv` and the sky map as described in the IVOA note on HATS.

    pixels: (order, pixel, rows) of each partition, in the order of `_healpix_29`.
    sky: rows per nested pixel of `sky_order`. size: bytes of Parquet.

    Values are written without the escapes of Java properties, as HATS readers expect.
    """
    date = build_date(release)
    ra, dec = position
    properties = {
        "obs_collection": name,
        "dataproduct_type": "object",
        "hats_nrows": sum(rows for _, _, rows in pixels),
        "hats_col_ra": ra,
        "hats_col_dec": dec,
        "hats_col_healpix": PIXEL,
        "hats_col_healpix_order": 29,
        "hats_npix_suffix": ".parquet",
        "hats_skymap_order": sky_order,
        "hats_max_rows": max((rows for _, _, rows in pixels), default=0),
        "hats_estsize": size // 1024,
        "moc_sky_fraction": float(np.mean(sky > 0)),
        "obs_regime": "Optical",
        "obs_title": " ".join(in_language(release.title, "en", release.label).split()),
        "hats_release_date": release.published,
        "hats_creation_date": date,
        "hats_builder": "drportal",
        "hats_version": "v1.0",
    }
    text = "#HATS catalog\n" + "".join(f"{key}={value}\n" for key, value in properties.items())
    for file in ("hats.properties", "properties"):
        (out / file).write_text(text, encoding="utf-8", newline="\n")
    lines = [f"{order},{pixel}\n" for order, pixel, _ in pixels or [(0, 0, 0)]]
    (out / "partition_info.csv").write_text("Norder,Npix\n" + "".join(lines), encoding="utf-8", newline="\n")
    _write_skymap(sky, out / "skymap.fits")


def _write_skymap(sky: NDArray[np.int64], file: Path) -> None:
    """Write rows per pixel as HEALPix FITS: all pixels, or only those with rows if these are few."""
    from cdshealpix.skymap.skymap import SkymapImplicit  # slow: it imports astropy

    skymap = SkymapImplicit(sky, null_value=0)
    if np.mean(sky == 0) > 0.5:
        skymap = skymap.to_explicit()
    skymap.to_fits(str(file))


def build_date(release: Release) -> str:
    """Return the creation date: SOURCE_DATE_EPOCH if set, else the day the release was published."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%MUTC")
    year, month, day = [*release.published.split("-"), "01", "01"][:3]
    return f"{year}-{month}-{day}T00:00UTC"
