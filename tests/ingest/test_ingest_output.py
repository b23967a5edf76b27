"""Output of ingest, read by other programs: DuckDB, astropy, hats, lsdb, pyarrow, numpy."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
import zlib
from pathlib import Path
from typing import Any

import cdshealpix
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from astropy.coordinates import Latitude, Longitude, SkyCoord
from astropy.io import fits
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drportal.carried import from_script

from ..ingest_fixtures import SHARED, column, described, ingest, measured, needs_shared, refused, rows

ROWS = 30_000


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of many tiles, some in a dense cluster."""
    folder = tmp_path_factory.mktemp("sky")
    random = np.random.default_rng(1)
    ra = np.where(np.arange(ROWS) % 3, random.uniform(0, 360, ROWS), random.normal(150, 0.2, ROWS))
    dec = np.where(
        np.arange(ROWS) % 3, np.degrees(np.arcsin(random.uniform(-1, 1, ROWS))), random.normal(2, 0.2, ROWS)
    )
    snr = random.lognormal(3, 1, ROWS)
    snr[::50] = -9999
    wide = {f"w{i}": random.normal(size=ROWS) for i in range(30)}
    table = pa.table(
        {
            "ra": ra,
            "dec": dec,
            "obsid": random.permutation(ROWS) + 2**60,
            "class": random.choice(["STAR", "GALAXY", "Non"], ROWS, p=[0.8, 0.15, 0.05]),
            "snrg": snr,
            "lmjd": random.integers(55000, 55100, ROWS).astype(np.int32),
            "text": [f"row {i}" for i in range(ROWS)],
            **wide,
        }
    )
    pq.write_table(table, folder / "a.parquet")
    ingest(folder, "a.parquet", missing={"*": [-9999], "class": ["Non"]}, title="A <title>")
    return folder / "out"


def test_every_row_once_in_order_of_the_sky(sky: Path) -> None:
    found = rows(sky)
    source = pq.read_table(sky.parent / "a.parquet")
    assert found.num_rows == ROWS
    pixel = found.column("_healpix_29").to_numpy()
    assert found.column_names[0] == "_healpix_29"
    assert (np.diff(pixel) >= 0).all()
    lon, lat = (Longitude(found["ra"].to_numpy(), "deg"), Latitude(found["dec"].to_numpy(), "deg"))
    assert (cdshealpix.lonlat_to_healpix(lon, lat, 29).astype(np.int64) == pixel).all()
    same = found.drop_columns(["_healpix_29"]).sort_by("obsid")
    assert same.cast(source.schema).equals(source.sort_by("obsid").replace_schema_metadata())


def test_rows_of_one_pixel_keep_the_order_of_the_source(tmp_path: Path) -> None:
    table = pa.table({"ra": [10.0] * 5000, "dec": [5.0] * 5000, "n": np.arange(5000)})
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(ingest(tmp_path, "a.parquet")).column("n").to_pylist() == list(range(5000))


def test_tiles_are_where_the_description_says(sky: Path) -> None:
    about = described(sky)
    assert about["rows"] == ROWS == sum(p["rows"] for p in about["partitions"])
    assert about["bytes"] == sum(p["size"] for p in about["partitions"])
    assert any(p["by_columns"] for p in about["partitions"])
    for partition in about["partitions"]:
        file = sky / partition["path"]
        meta = pq.read_metadata(file)
        assert file.stat().st_size == partition["size"]
        assert partition["size"] - partition["footer"] < 300_000
        assert meta.num_row_groups == len(partition["tiles"])
        end = 4
        for index, (offset, length, count, low, high) in enumerate(partition["tiles"]):
            group = meta.row_group(index)
            assert offset == end
            end = offset + length
            assert group.num_rows == count
            chunks = [group.column(c) for c in range(group.num_columns)]
            assert length == sum(chunk.total_compressed_size for chunk in chunks)
            if not partition["by_columns"]:
                assert offset == min(start_of(chunk) for chunk in chunks)
            pixels = pq.ParquetFile(file).read_row_group(index, ["_healpix_29"]).column(0).to_numpy() >> 10
            assert (low, high) == (pixels.min(), pixels.max())
        assert end == partition["footer"]
        if partition["by_columns"]:
            assert_by_columns(meta, end)
        order, pixel = map(int, re.findall(r"Norder=(\d+)/.*Npix=(\d+)", partition["path"])[0])
        inside = pq.read_table(file, columns=["_healpix_29"], partitioning=None).column(0).to_numpy()
        assert (inside >> (2 * (29 - order)) == pixel).all()


def start_of(chunk: pq.ColumnChunkMetaData) -> int:
    return min(chunk.data_page_offset, chunk.dictionary_page_offset or chunk.data_page_offset)


def assert_by_columns(meta: pq.FileMetaData, footer: int) -> None:
    """Each column is one range without gaps, with all row groups in order."""
    end = 4
    for number in range(meta.num_columns):
        for group in range(meta.num_row_groups):
            chunk = meta.row_group(group).column(number)
            assert start_of(chunk) == end
            end += chunk.total_compressed_size
    assert end == footer


def test_chunks_are_the_files_again(sky: Path) -> None:
    about = described(sky)
    files = [f["path"] for f in [*about["partitions"], *(f for i in about["ids"] for f in i["files"])]]
    data = [b""] * len(files)
    assert len(files) > len(about["partitions"])
    for number, (index, offset, length) in enumerate(about["chunks"]):
        call, piece = from_script((sky / f"chunks/{number:04d}.js").read_bytes()) or ("", b"")
        assert call == f'drportal.chunk("t",{number},'
        assert (len(data[index]), len(piece)) == (offset, length)
        assert length < 2_000_000
        data[index] += piece
    assert data == [(sky / path).read_bytes() for path in files]
    assert len(list((sky / "chunks").glob("[0-9]*.js"))) == len(about["chunks"])


def test_footers_are_in_one_file_too(sky: Path) -> None:
    about = described(sky)
    packed = (sky / "footers.bin").read_bytes()
    script = (sky / "chunks/footers.js").read_bytes()
    assert from_script(script) == ('drportal.chunk("t","footers",', packed)
    assert len(about["footers"]) == len(about["partitions"])
    at = 0
    for partition, length in zip(about["partitions"], about["footers"], strict=True):
        footer = zlib.decompress(packed[at : at + length])
        assert footer == (sky / partition["path"]).read_bytes()[partition["footer"] :]
        at += length
    assert at == len(packed)
    assert "footers.bin" in (sky / "SHA256SUMS").read_text()


def test_the_script_contains_the_json(sky: Path) -> None:
    script = (sky / "catalogue.js").read_text()
    assert script.startswith("drportal.catalogue({")
    assert script.endswith("});\n")
    assert script.count("\n") == 1
    assert json.loads(script[len("drportal.catalogue(") : -3]) == described(sky)


def test_statistics_are_numpys(sky: Path) -> None:
    source = pq.read_table(sky.parent / "a.parquet")
    for about in measured(sky)["columns"]:
        values = source.column(about["name"]).to_numpy()
        missing = np.isin(values, about["missing"]) if about["missing"] else np.zeros(ROWS, bool)
        there = values[~missing]
        assert about["rows"] == ROWS
        assert about["nulls"] == missing.sum()
        assert about["distinct"] == len(np.unique(there))
        if values.dtype.kind in "if":
            assert float(about["min"]) == there.min()
            assert float(about["max"]) == there.max()
            assert np.isclose(about["mean"], there.mean(), rtol=1e-12)
            histogram = about["histogram"]
            assert sum(histogram["counts"]) == len(there)
            edges = np.array(histogram["edges"])
            assert (np.diff(edges) > 0).all()
            assert histogram["counts"] == np.histogram(there, edges)[0].tolist()
        else:
            assert (about["min"], about["max"]) == (there.min(), there.max())


def test_summaries(sky: Path) -> None:
    source = pq.read_table(sky.parent / "a.parquet")
    about = measured(sky)
    counts = {e["values"]: e["counts"] for e in pc.value_counts(source["class"]).to_pylist()}
    assert about["classes"] == [["STAR", counts["STAR"]], ["GALAXY", counts["GALAXY"]]]
    snr = source["snrg"].to_numpy()
    assert about["snr"] == [
        {"column": "snrg", "thresholds": [[t, int((snr >= t).sum())] for t in [0, 5, 10, 20, 50, 100]]}
    ]
    assert (about["nights"], about["first_night"], about["last_night"]) == (100, 55000, 55099)
    assert about["plates"] is None
    assert about["roles"]["ra"] == "ra"
    assert about["roles"]["class"] == "class"
    assert sum(about["sky"]["counts"].values()) == ROWS
    data = (sky.parent / "a.parquet").read_bytes()
    assert about["sources"] == [
        {"file": "a.parquet", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    ]


def test_hats_and_lsdb_read_it(sky: Path) -> None:
    import lsdb
    from hats.io.validation import is_valid_catalog

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert is_valid_catalog(sky, strict=True)
        catalogue = lsdb.open_catalog(sky)
        cone = catalogue.cone_search(ra=150.0, dec=2.0, radius_arcsec=600).compute()
    source = pq.read_table(sky.parent / "a.parquet")
    here = SkyCoord(source["ra"].to_numpy(), source["dec"].to_numpy(), unit="deg")
    near = here.separation(SkyCoord(150, 2, unit="deg")).arcsec <= 600
    assert sorted(cone["obsid"]) == sorted(source["obsid"].to_numpy()[near])
    assert len(cone) > 50


def test_astropy_reads_units_and_ucds(tmp_path: Path) -> None:
    columns = [
        fits.Column("ra", "D", unit="deg", array=[1.0, 2]),
        fits.Column("dec", "D", unit="deg", array=[1.0, 2]),
        fits.Column("v", "E", unit="km/s", array=[1.0, 2]),
        fits.Column("name", "9A", array=["a", "b"]),
        fits.Column("flag", "L", array=[True, False]),
        fits.Column("pair", "2J", array=[[1, 2], [3, 4]]),
    ]
    hdu = fits.BinTableHDU.from_columns(columns)
    hdu.header["TUCD1"] = "pos.eq.ra;meta.main"
    hdu.header["TCOMM3"] = "Speed <of> light & sound"
    hdu.writeto(tmp_path / "a.fits")
    out = ingest(tmp_path, "a.fits")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.read(out / described(out)["partitions"][0]["path"], format="parquet.votable")
    assert str(table["v"].unit) == "km / s"
    assert table["ra"].meta["ucd"] == "pos.eq.ra;meta.main"
    assert table["v"].description == "Speed <of> light & sound"
    assert table["name"].tolist() == ["a", "b"]
    assert np.asarray(table["pair"]).tolist() == [[1, 2], [3, 4]]


@pytest.mark.not_quick
def test_the_same_input_gives_the_same_bytes(
    sky: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sums(folder: Path) -> dict[str, str]:
        files = (p for p in folder.rglob("*") if p.is_file())
        return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    again = ingest(
        sky.parent, "a.parquet", "again", missing={"*": [-9999], "class": ["Non"]}, title="A <title>"
    )
    assert sums(again) == sums(sky)
    assert "hats_creation_date=2020-05-01T00:00" in (sky / "hats.properties").read_text()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    pq.write_table(pa.table({"ra": [1.0], "dec": [1.0]}), tmp_path / "b.parquet")
    assert "hats_creation_date=1970-01-02" in (ingest(tmp_path, "b.parquet") / "hats.properties").read_text()


def test_crowded_places_are_split_as_far_as_the_sky_allows() -> None:
    from drportal.ingest.positions import COUNT_ORDER, split

    pixels = np.sort(np.random.default_rng(2).integers(2**40, 2**40 + 4**5, 5000)).astype(np.int64)
    counts = np.bincount(pixels >> (2 * (29 - COUNT_ORDER)), minlength=12 * 4**COUNT_ORDER).astype(np.int32)
    parts = split(counts, 1000, iter([pixels[:2000], pixels[2000:]]))
    assert sum(n for _, _, n in parts) == 5000
    assert max(n for _, _, n in parts) <= 1000
    assert min(order for order, _, _ in parts) > COUNT_ORDER
    starts = [pixel << (2 * (29 - order)) for order, pixel, _ in parts]
    assert starts == sorted(starts)
    one = np.full(5000, 7, np.int64)
    assert split(
        np.bincount([0] * 5000, minlength=12 * 4**COUNT_ORDER).astype(np.int32), 10, iter([one])
    ) == [(29, 7, 5000)]


@needs_shared
@pytest.mark.not_quick
def test_the_real_catalogue_to_the_last_bit(tmp_path: Path) -> None:
    file = SHARED / "data/lamost-dr10/lrs_catalogue.fits"
    out = ingest(tmp_path, file, missing={"*": [-9999, -999]})
    source = Table.read(file)
    found = rows(out)
    order = np.argsort(found["obsid"].to_numpy())
    source.sort("obsid")
    assert found.column_names[1:] == source.colnames
    for name in source.colnames:
        values = found[name].combine_chunks().take(pa.array(order))
        expected = np.asarray(source[name])
        if expected.dtype.kind in "SU":
            assert values.to_pylist() == [str(v) for v in expected.astype(str)], name
        else:
            assert values.type == pa.from_numpy_dtype(expected.dtype.newbyteorder("=")), name
            assert values.null_count == np.isnan(expected).sum() if expected.dtype.kind == "f" else True
            same = np.nan_to_num(values.to_numpy(zero_copy_only=False), nan=0.5)
            assert (same == np.nan_to_num(expected, nan=0.5)).all(), name
    assert measured(out)["roles"]["snr"] == ["snru", "snrg", "snrr", "snri", "snrz"]
    assert column(out, "mag_ps_g")["min"] > 0


@needs_shared
@pytest.mark.not_quick
def test_real_csv_and_parquet(tmp_path: Path) -> None:
    out = ingest(tmp_path, SHARED / "data/crossmatch/sdss_10k.csv", "csv")
    found = rows(out)
    source = Table.read(SHARED / "data/crossmatch/sdss_10k.csv", format="ascii.csv")
    for name in source.colnames:
        # Position and field distinguish the rows.
        a = sorted(
            zip(found["ra"].to_pylist(), found["dec"].to_pylist(), found[name].to_pylist(), strict=True)
        )
        b = sorted(zip(source["ra"].tolist(), source["dec"].tolist(), source[name].tolist(), strict=True))
        assert a == b, name
    assert dict(measured(out)["classes"]) == {"GALAXY": 4998, "STAR": 4152, "QSO": 850}


@needs_shared
@pytest.mark.slow
def test_two_million_positions(tmp_path: Path) -> None:
    file = SHARED / "data/crossmatch/tycho2_positions.parquet"
    out = ingest(tmp_path, file)
    source = pq.read_table(file)
    found = rows(out)
    keys = [(name, "ascending") for name in source.column_names]
    assert (
        found.select(source.column_names).sort_by(keys).equals(source.replace_schema_metadata().sort_by(keys))
    )
    assert max(p["rows"] for p in described(out)["partitions"]) <= 1 << 20
    assert (np.diff(found["_healpix_29"].to_numpy()) >= 0).all()


TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
CELLS = {
    "long": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "unsigned": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "short": (pa.int16(), st.integers(-(2**15), 2**15 - 1)),
    "double": (pa.float64(), st.floats(allow_nan=False)),
    "single": (pa.float32(), st.floats(width=32, allow_nan=False)),
    "flag": (pa.bool_(), st.booleans()),
    "text": (pa.string(), TEXT),
    "list": (pa.list_(pa.int32()), st.lists(st.integers(-(2**31), 2**31 - 1), max_size=3)),
    "pair": (pa.list_(pa.float64(), 2), st.lists(st.floats(allow_nan=False), min_size=2, max_size=2)),
}


@st.composite
def tables(draw: Any) -> pa.Table:
    count = draw(st.integers(1, 12))
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    arrays = {
        "ra": pa.array(draw(st.lists(st.floats(0, 360), min_size=count, max_size=count))),
        "dec": pa.array(draw(st.lists(st.floats(-90, 90), min_size=count, max_size=count))),
        "n": pa.array(range(count)),
    }
    for i, kind in enumerate(kinds):
        arrow, cell = CELLS[kind]
        cells = draw(st.lists(st.none() | cell, min_size=count, max_size=count))
        name = draw(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=4)) + f" {i}"
        arrays[name] = pa.array(cells, arrow)
    return pa.table(arrays)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables())
def test_any_table_comes_back_as_it_was(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("odd")
    pq.write_table(table, folder / "a.parquet")
    out = ingest(folder, "a.parquet")
    file = [out / p["path"] for p in described(out)["partitions"]]
    found = pa.concat_tables([pq.read_table(f, partitioning=None) for f in file]).sort_by("n")
    for name in table.column_names:
        assert repr(found.column(name).to_pylist()) == repr(table.column(name).to_pylist())


def test_nothing_is_left_when_the_end_goes_wrong(tmp_path: Path) -> None:
    lines = [f"{i % 360},{i % 90}" for i in range(100_000)] + ["400,0"]
    (tmp_path / "a.csv").write_text("ra,dec\n" + "\n".join(lines) + "\n")
    assert "row 100001, ra" in refused(tmp_path, "a.csv")
