"""Write the files that make a folder of Parquet partitions a HATS catalogue."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
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
from ..folders import MARGIN
from ..values.fields import PIXEL

PIXEL_OF = re.compile(r"Norder=(\d+)/.*Npix=(\d+)")
METADATA_BYTES = 1 << 20
"""`_metadata` repeats every footer; a larger file is not worth downloading and is not written."""


def partition_path(order: int, pixel: int, suffix: str = ".parquet") -> str:
    return f"dataset/Norder={order}/Dir={pixel // 10_000 * 10_000}/Npix={pixel}{suffix}"


def pixel_of(path: str) -> tuple[int, int]:
    """The order and the nested number of the pixel of a partition, from its path."""
    found = PIXEL_OF.search(path)
    assert found
    return int(found[1]), int(found[2])


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
    shown: Sequence[str] = (),
) -> None:
    """Write `hats.properties`, `partition_info.csv` and the sky map as described in the IVOA note on HATS.

    pixels: (order, pixel, rows) of each partition, in the order of `_healpix_29`.
    sky: rows per nested pixel of `sky_order`. size: bytes of Parquet. shown: the default columns.

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
        "hats_cols_default": spaced(shown),
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
    _write_properties(out, properties)
    write_partition_info(out, [(order, pixel) for order, pixel, _ in pixels] or [(0, 0)])
    _write_skymap(sky, out / "skymap.fits")


def spaced(names: Sequence[str]) -> str:
    """Return column names as a HATS property, whose separator is a space: names with one are left out."""
    return " ".join(name for name in names if not re.search(r"\s", name))


def write_margin_properties(
    out: Path, name: str, position: tuple[str, str], arcsec: float, rows: Sequence[int], size: int
) -> None:
    """Write `hats.properties` of the margins of a catalogue.

    arcsec: their width. rows: of each partition. size: bytes of Parquet.
    """
    ra, dec = position
    own = {
        "hats_col_ra": ra,
        "hats_col_dec": dec,
        "hats_primary_table_url": name,
        "hats_margin_threshold": float(arcsec),
    }
    write_properties(out, f"{name}_margin", "margin", own, rows, size)


def write_properties(
    out: Path, name: str, kind: str, own: Mapping[str, object], rows: Sequence[int], size: int
) -> None:
    """Write `hats.properties` of a catalogue that depends on another.

    own: the properties of its kind. rows: of each partition. size: bytes of Parquet.
    """
    properties = {
        "obs_collection": name,
        "dataproduct_type": kind,
        "hats_nrows": sum(rows),
        **own,
        "hats_col_healpix": PIXEL,
        "hats_col_healpix_order": 29,
        "hats_npix_suffix": ".parquet",
        "hats_max_rows": max(rows, default=0),
        "hats_estsize": size // 1024,
        "hats_builder": "drportal",
        "hats_version": "v1.0",
    }
    _write_properties(out, properties)


def write_collection(out: Path, name: str) -> None:
    """Write `collection.properties` of the catalogue in the folder `name` beside `out`, and its margins."""
    text = f"#HATS Collection\nobs_collection={name}\nhats_primary_table_url=../{name}\n"
    text += f"all_margins={MARGIN}\ndefault_margin={MARGIN}\n"
    (out / "collection.properties").write_text(text, encoding="utf-8", newline="\n")


def write_partition_info(out: Path, pixels: Sequence[tuple[int, int]]) -> None:
    """Write `partition_info.csv`; `pixels` are order and number of each partition."""
    lines = "".join(f"{order},{pixel}\n" for order, pixel in pixels)
    (out / "partition_info.csv").write_text(f"Norder,Npix\n{lines}", encoding="utf-8", newline="\n")


def _write_properties(out: Path, properties: Mapping[str, object]) -> None:
    text = "#HATS catalog\n" + "".join(f"{key}={value}\n" for key, value in properties.items())
    for file in ("hats.properties", "properties"):
        (out / file).write_text(text, encoding="utf-8", newline="\n")


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
