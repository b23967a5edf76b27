"""The simulator: the survey's columns, plausible contents, the same rows each time, any number of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from astropy.coordinates import SkyCoord
from astropy.table import Table

from drportal.simulate import KINDS, schema_of, simulate, simulated_table, write

from ..ingest_fixtures import SHARED, described, ingest, measured, needs_shared, rows
from ..ways import few


@pytest.fixture(scope="module")
def lrs() -> pa.Table:
    return pa.Table.from_batches(simulate("lrs", 20_000, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_felis_and_complete(kind: str) -> None:
    from felis.datamodel import Schema as FelisSchema

    table, file = simulated_table(kind)
    FelisSchema.model_validate(yaml.safe_load(file.read_text()), context={"check_description": False})
    for column in table.columns:
        assert column.description and column.description.endswith(".")
        assert column.ucd
    assert {c.unit for c in table.columns} >= {"deg", "d", "mag", "arcsec"}


@needs_shared
@pytest.mark.parametrize(
    ("kind", "name"), [("lrs", "LRS_catalogue"), ("lrs_stellar", "LRS_stellar"), ("mrs", "MRS_catalogue")]
)
def test_columns_are_the_surveys(kind: str, name: str) -> None:
    lines = (SHARED / "data/datamodel/LAMOST_DR8_tables_columns.tsv").read_text().splitlines()
    assert schema_of(kind).names == [x.split("\t")[1] for x in lines if x.startswith(name + "\t")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_any_number_of_rows(kind: str, count: int) -> None:
    assert sum(b.num_rows for b in simulate(kind, count, 3)) == count


@pytest.mark.parametrize("kind", few(KINDS, "lrs_stellar"))
def test_the_same_rows_each_time(kind: str) -> None:
    one, two = (pa.Table.from_batches(simulate(kind, 3000, 5)) for _ in range(2))
    assert one.equals(two)
    assert not one.equals(pa.Table.from_batches(simulate(kind, 3000, 6)))


def test_the_first_rows_stay_the_same_from_release_to_release(lrs: pa.Table) -> None:
    row = lrs.slice(0, 1).to_pylist()[0]
    assert (row["obsid"], row["spid"], row["fiberid"]) == (101_000 + row["fiberid"], 1, row["fiberid"])


def test_ids_are_unique_and_contain_the_fibre(lrs: pa.Table) -> None:
    obsid = lrs["obsid"].to_numpy()
    assert len(np.unique(obsid)) == len(obsid)
    assert (obsid // 1000 % 100 == lrs["spid"].to_numpy()).all()
    assert (obsid % 1000 == lrs["fiberid"].to_numpy()).all()
    assert set(lrs["spid"].to_pylist()) == set(range(1, 17))
    assert 1 <= min(lrs["fiberid"].to_pylist()) <= max(lrs["fiberid"].to_pylist()) <= 250


def test_plates_are_compact_and_designations_true(lrs: pa.Table) -> None:
    ra, dec = lrs["ra"].to_numpy(), lrs["dec"].to_numpy()
    assert -10 <= dec.min() < dec.max() <= 60
    sky = SkyCoord(ra, dec, unit="deg")
    for plan in lrs["planid"].unique().to_pylist()[:5]:
        inside = sky[np.array(lrs["planid"].to_pylist()) == plan]
        assert inside[0].separation(inside).deg.max() < 5.1
    text = lrs["designation"].to_pylist()[:500]
    named = SkyCoord(
        [f"{d[1:3]} {d[3:5]} {d[5:10]} {d[10:13]} {d[13:15]} {d[15:]}" for d in text],
        unit=("hourangle", "deg"),
    )
    assert named.separation(sky[:500]).arcsec.max() < 0.2


def test_contents_are_plausible(lrs: pa.Table) -> None:
    share = {k: lrs["class"].to_pylist().count(k) / len(lrs) for k in ["STAR", "GALAXY", "QSO", "Unknown"]}
    assert abs(sum(share.values()) - 1) < 1e-12
    assert share["STAR"] > 0.85
    assert min(share.values()) > 0.002
    snr = np.log(lrs["snrr"].to_numpy()[lrs["snrr"].to_numpy() > 0])
    assert 1.5 < snr.mean() < 4.5
    assert abs(((snr - snr.mean()) ** 3).mean() / snr.std() ** 3) < 1
    again = len(lrs) - len(lrs["uid"].unique())
    assert 0.1 < again / len(lrs) < 0.5
    assert "Non" in lrs["subclass"].to_pylist()
    for name, value in [
        ("mag_ps_g", 99),
        ("mag_ps_g", -999),
        ("z", -9999),
        ("ps_id", -9999),
        ("snrg", -9999),
    ]:
        assert value in lrs[name].to_pylist(), (name, value)


def test_epochs_of_a_target_agree(lrs: pa.Table) -> None:
    table = lrs.select(["uid", "ra", "dec", "class", "mjd"]).to_pandas()
    epochs = table.groupby("uid").agg({"ra": "nunique", "class": "nunique", "mjd": "count"})
    assert (epochs["ra"] == 1).all()
    assert (epochs["class"] == 1).all()
    assert (epochs["mjd"] > 1).any()


def test_the_hertzsprung_russell_diagram() -> None:
    stars = pa.Table.from_batches(simulate("lrs_stellar", 10_000, 1))
    teff, logg = stars["teff"].to_numpy(), stars["logg"].to_numpy()
    giants = logg < 3.5
    assert 0.1 < giants.mean() < 0.5
    assert teff[giants].mean() < 5300 < teff[~giants].mean() + 800
    assert set(stars["class"].to_pylist()) == {"STAR"}
    assert "Non" not in stars["subclass"].to_pylist()


def test_exposures_of_the_medium_resolution() -> None:
    mrs = pa.Table.from_batches(simulate("mrs", 4000, 1))
    assert len(mrs["mobsid"].unique()) == 4000
    assert len(mrs["obsid"].unique()) == 500
    assert set(mrs["band"].to_pylist()) == {"B", "R"}
    blue = np.array(mrs["band"].to_pylist()) == "B"
    assert (mrs["rv_b0"].to_numpy()[~blue] == -9999).all()
    assert (mrs["rv_b0"].to_numpy()[blue] != -9999).any()


@pytest.mark.parametrize("kind", few(KINDS, "lrs"))
def test_files(kind: str, tmp_path: Path) -> None:
    for suffix in ["fits", "parquet"]:
        write(kind, 900, 2, tmp_path / f"a.{suffix}")
    expected = pa.Table.from_batches(simulate(kind, 900, 2))
    assert pq.read_table(tmp_path / "a.parquet").equals(expected)
    table = Table.read(tmp_path / "a.fits")
    for name in table.colnames:
        assert table[name].tolist() == expected[name].to_pylist(), name
    assert str(table["ra"].unit) == "deg"
    direct = ingest(tmp_path, None, "direct", simulate={"kind": kind, "rows": 900, "seed": 2})
    through = ingest(tmp_path, "a.fits", "through")
    assert rows(direct).equals(rows(through))
    assert [c["ucd"] for c in described(direct)["columns"]] == [
        c["ucd"] for c in described(through)["columns"]
    ]


@pytest.mark.parametrize("kind", few(KINDS, "mrs"))
@pytest.mark.not_quick
def test_simulated_catalogues_need_no_settings(kind: str, tmp_path: Path) -> None:
    out = ingest(tmp_path, None, simulate={"kind": kind, "rows": 500})
    about = measured(out)
    assert about["rows"] == 500
    assert about["sources"] == []
    columns = {c["name"]: c for c in about["columns"]}
    assert columns["ra"]["description"]
    assert columns["gaia_source_id"]["missing"] == ["-9999"]
    assert all(c["min"] is None or float(c["min"]) > -900 for c in about["columns"] if "mean" in c)
    assert about["roles"]["id"] == ("mobsid" if kind == "mrs" else "obsid")
    assert (about["roles"]["ra"], about["roles"]["dec"]) == ("ra", "dec")


def test_ids_mean_the_same_in_all_kinds() -> None:
    lrs = pa.Table.from_batches(simulate("lrs", 1000, 8)).to_pandas().set_index("obsid")
    stars = pa.Table.from_batches(simulate("lrs_stellar", 600, 8)).to_pandas().set_index("obsid")
    medium = pa.Table.from_batches(simulate("mrs", 800, 8))
    shared = [name for name in stars.columns if name in lrs.columns]
    assert "designation" in shared and len(stars) == 600
    assert stars[shared].equals(lrs.loc[stars.index, shared])
    assert not set(medium["obsid"].to_pylist()) & set(lrs.index)
