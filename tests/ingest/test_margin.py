"""Margins of a catalogue: hats and lsdb open them, and lose no pair across the edges of partitions."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from drportal.ingest.positions import sky_pixels
from drportal.ingest.write import tiles
from drportal.ingest.write.edges import Regions, margin_order

from ..ingest_fixtures import ingest, refused

Floats = NDArray[np.float64]


def all_over(count: int, seed: int = 1) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(seed)
    return draw.uniform(0, 360, count), np.degrees(np.arcsin(draw.uniform(-1, 1, count)))


def on_edges(order: int, count: int, arcsec: float) -> list[tuple[Floats, Floats]]:
    """Pairs of positions on both sides of edges of pixels of an order, at most `arcsec` apart."""
    import cdshealpix
    from astropy import units as u
    from astropy.coordinates import SkyCoord

    draw, deep = np.random.default_rng(5), 27
    inner = (1 << 2 * (deep - order)) - 1
    along, across = inner & 0x5555555555555555, inner & 0x2AAAAAAAAAAAAAAA
    swapped = draw.random(count) < 0.5
    side = np.where(draw.random(count) < 0.5, np.where(swapped, along, across), 0)
    place = draw.integers(0, inner, count, endpoint=True) & np.where(swapped, across, along)
    cells = draw.integers(0, 12 * 4**order, count) << 2 * (deep - order) | side | place
    centre = SkyCoord(*cdshealpix.healpix_to_lonlat(cells.astype(np.uint64), deep))
    angle, half = draw.uniform(0, 2 * np.pi, count), draw.uniform(0, arcsec * 0.499, count)
    two = [centre.directional_offset_by(a * u.rad, half * u.arcsec) for a in (angle, angle + np.pi)]
    return [(one.ra.deg, one.dec.deg) for one in two]


def write(file: Path, ra: Floats, dec: Floats) -> None:
    ids = np.arange(len(ra)) + 2**60
    pq.write_table(
        pa.table({"source_id": ids, "ra": ra, "dec": dec, "mag": np.sin(ids), "flag": ids % 7}), file
    )


def beside(out: Path) -> Path:
    """The collection of a catalogue."""
    return out.with_name(f"{out.name}_collection")


def partitions(folder: Path) -> dict[tuple[int, int], Path]:
    found = {}
    for file in (folder / "dataset").rglob("*.parquet"):
        numbers = re.search(r"Norder=(\d+)/.*Npix=(\d+)", str(file))
        assert numbers
        found[int(numbers[1]), int(numbers[2])] = file
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a hundred rows at most."""
    monkeypatch.setattr(tiles, "PARTITION_ROWS", 100)


@pytest.mark.parametrize("arcsec", [1.0, 30.0, 3600.0])
def test_margins_have_every_row_near_a_partition(tmp_path: Path, small: None, arcsec: float) -> None:
    from astropy import units as u
    from astropy.coordinates import SkyCoord, search_around_sky

    (ra, dec), (ra_2, dec_2) = on_edges(2, 1500, arcsec)
    ra, dec = np.concatenate([ra, ra_2, [0, 0, 45]]), np.concatenate([dec, dec_2, [90, -90, 41.8103]])
    write(tmp_path / "t.parquet", ra, dec)
    out = ingest(tmp_path, "t.parquet", margin=arcsec)
    pixel = sky_pixels(ra, dec)
    files = partitions(out)
    margins = partitions(beside(out) / "margin")
    own = np.full(len(ra), -1)
    for number, (order, one) in enumerate(files):
        own[pixel >> 2 * (29 - order) == one] = number
    assert (own >= 0).all() and len(files) > 40
    ids = [
        set() if p not in margins else set(pq.read_table(margins[p])["source_id"].to_pylist()) for p in files
    ]
    places = SkyCoord(ra, dec, unit="deg")
    one, other, _, _ = search_around_sky(places, places, arcsec * u.arcsec)
    across = own[one] != own[other]
    assert across.sum() > 1000
    for mine, theirs in zip(own[one[across]].tolist(), other[across].tolist(), strict=True):
        assert theirs + 2**60 in ids[mine]
    for (order, number), file in margins.items():
        outside = pq.read_table(file, partitioning=None)["_healpix_29"].to_numpy()
        assert (outside >> 2 * (29 - order) != number).all(), "its own rows are not repeated"
        assert (np.diff(outside) >= 0).all()


def test_rows_of_margins_are_those_of_the_catalogue(tmp_path: Path, small: None) -> None:
    write(tmp_path / "t.parquet", *all_over(4000))
    out = ingest(tmp_path, "t.parquet", margin=3600)
    rows = pq.read_table(out / "dataset", partitioning=None)
    known = {row["source_id"]: row for row in rows.to_pylist()}
    files = list(partitions(beside(out) / "margin").values())
    assert files
    for file in files:
        table = pq.read_table(file, partitioning=None)
        assert table.schema.equals(rows.select(table.schema.names).schema, check_metadata=False)
        assert all(known[row["source_id"]] == row for row in table.to_pylist())


def test_hats_and_lsdb_open_the_collection(tmp_path: Path, small: None) -> None:
    import hats
    import lsdb

    write(tmp_path / "t.parquet", *all_over(3000))
    out = ingest(tmp_path, "t.parquet", margin=1800, default_columns=["mag", "source_id"])
    collection = hats.read_hats(beside(out))
    assert collection.all_margins == ["margin"] and collection.get_margin_thresholds() == {"margin": 1800}
    margin = hats.read_hats(beside(out) / "margin")
    assert isinstance(margin, hats.catalog.MarginCatalog)
    assert margin.catalog_info.primary_catalog == "t"
    files = partitions(beside(out) / "margin").values()
    assert margin.catalog_info.total_rows == sum(pq.read_metadata(file).num_rows for file in files)
    opened = lsdb.open_catalog(beside(out))
    # lsdb adds the position, which it needs itself.
    assert set(opened.columns) == {"source_id", "mag", "ra", "dec"}
    assert opened.margin is not None and set(opened.margin.compute().columns) == set(opened.columns)
    assert collection.main_catalog.catalog_info.default_columns == ["source_id", "mag"]
    assert len(opened.compute()) == 3000
    whole = lsdb.open_catalog(out, columns="all")
    assert list(whole.columns) == ["source_id", "ra", "dec", "mag", "flag"]


@pytest.mark.slow  # lsdb opens a collection above
@pytest.mark.parametrize("count", [4000, 1_000_000])
def test_lsdb_loses_no_pair_across_an_edge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    import lsdb

    monkeypatch.setattr(tiles, "PARTITION_ROWS", count // 60)
    one, other = on_edges(2, count, 3.0)
    for name, place in (("one", one), ("other", other)):
        write(tmp_path / f"{name}.parquet", *place)
        ingest(tmp_path, f"{name}.parquet", out=name, margin=3.0)
    left, right = (lsdb.open_catalog(tmp_path / f"{name}_collection") for name in ("one", "other"))
    assert len(right.get_healpix_pixels()) >= 48
    found = left.crossmatch(right, radius_arcsec=3.0, n_neighbors=50, suffixes=("_1", "_2"))
    pairs = found.compute()[["source_id_1", "source_id_2"]].astype("int64").to_numpy()
    planted = pairs[pairs[:, 0] == pairs[:, 1], 0]
    assert len(np.unique(planted)) == count
    alone = left.crossmatch(
        lsdb.open_catalog(tmp_path / "other"), radius_arcsec=3.0, n_neighbors=50, suffixes=("_1", "_2")
    )
    without = alone.compute()[["source_id_1", "source_id_2"]].astype("int64").to_numpy()
    assert (without[:, 0] == without[:, 1]).sum() < count, "the pairs are across edges"


def test_a_pair_in_sky_without_a_partition(tmp_path: Path) -> None:
    """The other catalogue has no partition where the object is, only a row beyond the edge."""
    import lsdb

    (ra, dec), (ra_2, dec_2) = on_edges(0, 400, 3.0)
    pixel, pixel_2 = (sky_pixels(*one) >> 58 for one in ((ra, dec), (ra_2, dec_2)))
    lone = (pixel == 4) & (pixel_2 != 4)
    assert lone.any()
    write(tmp_path / "one.parquet", ra[lone], dec[lone])
    write(tmp_path / "other.parquet", ra_2[lone], dec_2[lone])
    for name in ("one", "other"):
        ingest(tmp_path, f"{name}.parquet", out=name)
    left, right = (lsdb.open_catalog(tmp_path / f"{name}_collection") for name in ("one", "other"))
    found = left.crossmatch(right, radius_arcsec=3.0, suffixes=("_1", "_2")).compute()
    assert len(found) == lone.sum()


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows(tmp_path: Path, count: int) -> None:
    import lsdb

    write(tmp_path / "t.parquet", *(axis[:count] for axis in all_over(5)))
    out = ingest(tmp_path, "t.parquet")
    opened = lsdb.open_catalog(beside(out))
    assert len(opened.compute()) == count
    assert opened.margin is not None and len(opened.margin.compute()) == 0


def test_catalogues_without_margins(tmp_path: Path) -> None:
    write(tmp_path / "t.parquet", *all_over(50))
    for number, settings in enumerate(({"margin": 0}, {"positions": "none"})):
        out = ingest(tmp_path, "t.parquet", out=str(number), **settings)
        assert not list(beside(out).iterdir())


def test_default_columns_that_are_not_there(tmp_path: Path) -> None:
    write(tmp_path / "t.parquet", *all_over(50))
    words = refused(tmp_path, "t.parquet", default_columns=["source_id", "magn"])
    assert "catalogues[t].default_columns: no such column: 'magn'; did you mean mag" in words


@pytest.mark.parametrize("arcsec", [0.001, 1, 10, 3600])
def test_cells_are_not_narrower_than_the_margin(arcsec: float) -> None:
    from hats.pixel_math.healpix_shim import order2mindist

    assert order2mindist(margin_order(arcsec)) * 60 >= arcsec


def test_regions_are_the_whole_sky() -> None:
    partitions = [(0, 1), (3, 200), (3, 201), (29, 12 * 4**29 - 2)]
    regions = Regions.around(partitions)
    assert [regions.pixels[n] for n in regions.partitions] == partitions
    ends = [(pixel + 1) << 2 * (29 - order) for order, pixel in regions.pixels]
    assert [*regions.first.tolist(), 12 * 4**29] == [0, *ends]
    assert len(Regions.around([]).pixels) == 12
