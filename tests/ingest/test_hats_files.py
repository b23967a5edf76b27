"""The metadata files of a HATS catalogue have the same bytes as those of the hats library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drportal.ingest.write.hats_files import build_date, write_hats
from drportal.model import Release

ORDER = 6


@pytest.mark.parametrize(
    ("pixels", "share"),
    [([(1, 3, 10), (0, 2, 7), (3, 700, 5)], 0.01), ([(0, i, 3) for i in range(12)], 0.9), ([], 0.0)],
    ids=["few pixels", "most of the sky", "no rows"],
)
@pytest.mark.parametrize("title", ["DR1", "Süß = a: #1! C:\\data 光谱"])
def test_files_are_those_of_the_hats_library(
    tmp_path: Path, pixels: list[tuple[int, int, int]], share: float, title: str
) -> None:
    from hats.catalog import PartitionInfo, TableProperties
    from hats.io.skymap import write_skymap
    from hats.pixel_math import HealpixPixel

    draw = np.random.default_rng(1)
    sky = (draw.random(12 * 4**ORDER) < share) * draw.integers(1, 99, 12 * 4**ORDER)
    release = Release.model_construct(title={"en": title}, name="T", version="v1", published="2026-03")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    write_hats(ours, "stars", release, ("ra", "dec"), pixels, sky, ORDER, 123_456, ["id", "ra"])
    TableProperties(
        catalog_name="stars",
        catalog_type="object",
        total_rows=sum(rows for _, _, rows in pixels),
        ra_column="ra",
        dec_column="dec",
        default_columns=["id", "ra"],
        healpix_column="_healpix_29",
        healpix_order=29,
        npix_suffix=".parquet",
        skymap_order=ORDER,
        hats_max_rows=max((rows for _, _, rows in pixels), default=0),
        hats_estsize=123_456 // 1024,
        moc_sky_fraction=float(np.mean(sky > 0)),
        obs_regime="Optical",
        obs_title=title,
        hats_release_date="2026-03",
        hats_creation_date=build_date(release),
        hats_builder="drportal",
        hats_version="v1.0",
    ).to_properties_file(theirs)
    parts = [HealpixPixel(order, pixel) for order, pixel, _ in pixels] or [HealpixPixel(0, 0)]
    PartitionInfo.from_healpix(parts).write_to_file(catalog_path=theirs)
    write_skymap(sky, theirs)
    files = sorted(file.name for file in theirs.iterdir())
    assert sorted(file.name for file in ours.iterdir()) == files
    for name in files:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
