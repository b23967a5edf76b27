"""Tools of others open what a release has, and find the rows, values, NULLs and units of its sources."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from astropy.io import fits, votable
from astropy.table import Table, vstack

from drportal.formats import Catalogue

from ..conftest import odd_table
from ..described_portal import Described
from ..services.running import serving_vo
from .cells import opens

LARGEST = 2**63 - 1
ODD = odd_table()
"""The source: ids of 19 digits, texts of any kind, and a number that is not there."""
IDS = sorted(int(one) for one in ODD["Id"])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def release(described: Described) -> Path:
    return described.release


def files_of(release: Path, name: str = "odd") -> list[Path]:
    """The Parquet files of a catalogue, of which that with odd rows has several."""
    folder = release / "data" / name
    return [folder / one.path for one in Catalogue.read(folder).partitions]


def check(ids: Iterable[Any], unknown: Iterable[Any]) -> None:
    """The ids of all rows, and in which a value is not there."""
    rows = sorted((int(ident), bool(gone)) for ident, gone in zip(ids, unknown, strict=True))
    assert [ident for ident, _ in rows] == IDS and IDS[-1] == LARGEST
    assert [ident for ident, gone in rows if gone] == [int(ODD["Id"][0])] and np.isnan(ODD["select"][0])


def stars(described: Described) -> set[int]:
    """The ids of a catalogue of several thousand rows."""
    return {int(one) for one in Table.read(described.source / "stars.fits")["obsid"]}


def pack_of(release: Path) -> Path:
    """A pack of spectra, whose fluxes are 0, 1, 2 … and 1 more in each spectrum."""
    return next((release / "data/spectra/packed/packs").rglob("*.parquet"))


def check_fluxes(rows: Iterable[Any]) -> None:
    assert sorted(list(map(float, one)) for one in rows) == [
        [float(start + step) for step in range(5)] for start in range(3)
    ]


def original(described: Described) -> tuple[Path, Path]:
    """A spectrum as the release has it, and its source."""
    shipped = sorted(p for p in (described.release / "data/spectra/shipped/fits").rglob("*") if p.is_file())[
        0
    ]
    sources = list((described.source / "files").rglob(f"{shipped.name.removesuffix('.gz')}*"))
    return shipped, sources[0]


# Astropy


@opens("astropy", "partition", '`Table.read(file, format="parquet.votable")`: ids, NULL, units, descriptions')
def test_astropy_reads_a_partition(release: Path) -> None:
    tables = [Table.read(file, format="parquet.votable") for file in files_of(release)]
    rows = vstack(tables, metadata_conflicts="silent")
    check(rows["Id"], np.isnan(np.ma.filled(rows["select"], np.nan)))
    assert rows["RAJ2000"].unit == "deg" and "HEALPix" in rows["_healpix_29"].description


@opens("astropy", "catalogue", "`vstack` of the files that `catalogue.json` lists: ids of all rows")
def test_astropy_reads_a_catalogue(described: Described) -> None:
    files = files_of(described.release, "stars")
    rows = vstack([Table.read(file, format="parquet.votable") for file in files])
    assert {int(one) for one in rows["obsid"]} == stars(described) and rows["ra"].unit == "deg"


@opens("astropy", "twin", '`Table.read("data/<catalogue>.fits")`: ids, NULL, units, all values of a source')
def test_astropy_reads_the_fits_file(described: Described) -> None:
    rows = Table.read(described.release / "data" / "odd.fits")
    check(rows["Id"], np.isnan(np.ma.filled(rows["select"], np.nan)))
    assert rows["RAJ2000"].unit == "deg"
    found = Table.read(described.release / "data" / "stars.fits")
    source = Table.read(described.source / "stars.fits")
    found.sort("obsid")
    source.sort("obsid")
    assert found.colnames == source.colnames and len(found) == len(source)
    for name in source.colnames:
        if source[name].dtype.kind in "fiu":
            np.testing.assert_array_equal(
                np.ma.filled(found[name].astype(float), np.nan),
                np.ma.filled(source[name].astype(float), np.nan),
                err_msg=name,
            )
        assert (found[name].unit or None) == (source[name].unit or None)


@opens(
    "astropy",
    "spectra",
    '`fits.open` of an original file, as the survey has it; `Table.read(pack, format="parquet", '
    'include_names=["flux"])`: fluxes',
)
def test_astropy_opens_spectra(described: Described) -> None:
    shipped, source = original(described)
    with fits.open(shipped) as found, fits.open(source) as true:
        assert found[0].header["OBSID"] == true[0].header["OBSID"] and len(found) == len(true)
        assert not fits.FITSDiff(found, true).diff_hdus
    check_fluxes(Table.read(pack_of(described.release), format="parquet", include_names=["flux"])["flux"])


@opens("astropy", "moc", '`fits.open("meta/<catalogue>.moc.fits")`: as many cells as in the JSON')
def test_astropy_opens_the_moc(release: Path) -> None:
    with fits.open(release / "meta" / "stars.moc.fits") as hdus:
        header, rows = hdus[1].header, hdus[1].data
    assert header["ORDERING"] == "NUNIQ" and header["MOCORD_S"] <= 10
    assert len(rows) == cells(release)


@opens(
    "astropy",
    "schema",
    '`votable.parse("meta/tableset.vot.xml")`; `meta/cds/ReadMe` describes the first rows for `ascii.cds`: '
    "ids, units",
)
def test_astropy_reads_the_schema(release: Path) -> None:
    read = votable.parse(release / "meta" / "tableset.vot.xml")
    fields = {one.name: one for one in next(t for t in read.iter_tables() if t.name == "odd").fields}
    assert list(fields) == ODD.colnames and fields["RAJ2000"].unit == "deg"
    folder = release / "meta" / "cds"
    rows = Table.read(folder / "odd.dat", format="ascii.cds", readme=folder / "ReadMe")
    check(rows["Id"], np.ma.getmaskarray(rows["select"]) & ~np.isin(rows["Id"], IDS[-3:-1]))
    assert rows["RAJ2000"].unit == "deg"


# DuckDB


def rows_sql(file: Path) -> str:
    return f'SELECT "Id", "select" IS NULL AS unknown FROM \'{file}\''


def of_catalogue(release: Path) -> str:
    return f"read_parquet('{release}/data/stars/dataset/**/*.parquet', hive_partitioning = false)"


def spectra_sql(release: Path) -> str:
    return f"SELECT flux FROM '{release}/data/spectra/packed/packs/*/*.parquet'"


def moc_sql(release: Path) -> str:
    """The number of cells of all orders."""
    place = f"{release}/meta/stars.moc.json"
    return (
        "SELECT sum(json_array_length(cells.value)) AS cells "
        f"FROM read_text('{place}') AS file, json_each(file.content) AS cells"
    )


def schema_sql(release: Path) -> str:
    return (
        "SELECT c.name, c.unit FROM (SELECT unnest(columns) AS c "
        f"FROM read_json('{release}/data/odd/catalogue.json'))"
    )


def cells(release: Path) -> int:
    """Of the MOC, by Python's own JSON."""
    return sum(map(len, json.loads((release / "meta" / "stars.moc.json").read_text()).values()))


@opens("duckdb", "partition", "`duckdb.read_parquet(file)`: ids, NULL")
def test_duckdb_reads_a_partition(release: Path) -> None:
    rows = [row for file in files_of(release) for row in duckdb.sql(rows_sql(file)).fetchall()]
    check([ident for ident, _ in rows], [gone for _, gone in rows])


@opens("duckdb", "catalogue", "`read_parquet('data/<catalogue>/dataset/**/*.parquet')`: ids of all rows")
def test_duckdb_reads_a_catalogue(described: Described) -> None:
    found = duckdb.sql(f"SELECT obsid FROM {of_catalogue(described.release)}").fetchall()
    assert {ident for (ident,) in found} == stars(described)


@opens("duckdb", "spectra", "`FROM 'data/spectra/<set>/packs/*/*.parquet'`: fluxes")
def test_duckdb_reads_spectra(release: Path) -> None:
    check_fluxes(flux for (flux,) in duckdb.sql(spectra_sql(release)).fetchall())


@opens("duckdb", "moc", "`<catalogue>.moc.json` as JSON: the number of cells")
def test_duckdb_reads_the_moc(release: Path) -> None:
    assert duckdb.sql(moc_sql(release)).fetchall() == [(cells(release),)]


@opens("duckdb", "schema", "`read_json('data/<catalogue>/catalogue.json')`: names and units of columns")
def test_duckdb_reads_the_schema(release: Path) -> None:
    found = dict(duckdb.sql(schema_sql(release)).fetchall())
    assert list(found) == ODD.colnames and found["RAJ2000"] == "deg"


def by_command(statement: str) -> list[dict[str, Any]]:
    """What DuckDB's command line answers, as JSON."""
    program = Path(sys.executable).with_name("duckdb")
    done = subprocess.run([program, "-json", "-c", statement], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@opens("cli", "partition", "`duckdb -c \"FROM 'file.parquet'\"`: ids, NULL")
def test_the_command_line_reads_a_partition(release: Path) -> None:
    rows = by_command(" UNION ALL ".join(map(rows_sql, files_of(release))))
    check([row["Id"] for row in rows], [row["unknown"] in (True, "true") for row in rows])


@opens("cli", "catalogue", "`read_parquet('data/<catalogue>/dataset/**/*.parquet')`: ids of all rows")
def test_the_command_line_reads_a_catalogue(described: Described) -> None:
    rows = by_command(f"SELECT obsid FROM {of_catalogue(described.release)}")
    assert {row["obsid"] for row in rows} == stars(described)


@opens("cli", "spectra", "`FROM 'data/spectra/<set>/packs/*/*.parquet'`: fluxes")
def test_the_command_line_reads_spectra(release: Path) -> None:
    rows = by_command(f"SELECT to_json(flux) AS flux FROM ({spectra_sql(release)})")
    check_fluxes(json.loads(row["flux"]) if isinstance(row["flux"], str) else row["flux"] for row in rows)


@opens("cli", "moc", "`<catalogue>.moc.json` as JSON: the number of cells")
def test_the_command_line_reads_the_moc(release: Path) -> None:
    assert [int(row["cells"]) for row in by_command(moc_sql(release))] == [cells(release)]


@opens("cli", "schema", "`read_json('data/<catalogue>/catalogue.json')`: names and units of columns")
def test_the_command_line_reads_the_schema(release: Path) -> None:
    found = {row["name"]: row["unit"] for row in by_command(schema_sql(release))}
    assert list(found) == ODD.colnames and found["RAJ2000"] == "deg"


# pandas and Polars


@opens("pandas", "partition", '`read_parquet(file, dtype_backend="pyarrow")`: ids, NULL')
def test_pandas_reads_a_partition(release: Path) -> None:
    import pandas as pd

    rows = pd.concat(pd.read_parquet(file, dtype_backend="pyarrow") for file in files_of(release))
    assert str(rows["Id"].dtype) == "int64[pyarrow]"
    check(rows["Id"], rows["select"].isna())


@opens("pandas", "catalogue", "`read_parquet` of the files that `catalogue.json` lists: ids of all rows")
def test_pandas_reads_a_catalogue(described: Described) -> None:
    import pandas as pd

    rows = pd.concat(map(pd.read_parquet, files_of(described.release, "stars")))
    assert set(rows["obsid"]) == stars(described)


@opens("pandas", "spectra", "`read_parquet` of a pack: fluxes")
def test_pandas_reads_spectra(release: Path) -> None:
    import pandas as pd

    check_fluxes(pd.read_parquet(pack_of(release))["flux"])


@opens("pandas", "schema", '`DataFrame(json["columns"])` of `catalogue.json`: names and units of columns')
def test_pandas_reads_the_schema(release: Path) -> None:
    import pandas as pd

    said = json.loads((release / "data/odd/catalogue.json").read_text(encoding="utf-8"))
    columns = pd.DataFrame(said["columns"]).set_index("name")
    assert list(columns.index) == ODD.colnames and columns.unit["RAJ2000"] == "deg"


@opens("polars", "partition", "`read_parquet(file)`: ids, NULL")
def test_polars_reads_a_partition(release: Path) -> None:
    import polars as pl

    rows = pl.concat(pl.read_parquet(file, hive_partitioning=False) for file in files_of(release))
    assert rows["Id"].dtype == pl.Int64
    check(rows["Id"], rows["select"].is_null())


@opens("polars", "catalogue", '`scan_parquet("data/<catalogue>/dataset/**/*.parquet")`: ids of all rows')
def test_polars_reads_a_catalogue(described: Described) -> None:
    import polars as pl

    place = f"{described.release}/data/stars/dataset/**/*.parquet"
    rows = pl.scan_parquet(place, hive_partitioning=False).select("obsid").collect()
    assert set(rows["obsid"]) == stars(described)


@opens("polars", "spectra", '`scan_parquet("data/spectra/<set>/packs/*/*.parquet")`: fluxes')
def test_polars_reads_spectra(release: Path) -> None:
    import polars as pl

    place = f"{release}/data/spectra/packed/packs/*/*.parquet"
    check_fluxes(pl.scan_parquet(place).select("flux").collect()["flux"].to_list())


@opens("polars", "schema", '`DataFrame(json["columns"])` of `catalogue.json`: names and units of columns')
def test_polars_reads_the_schema(release: Path) -> None:
    import polars as pl

    said = json.loads((release / "data/odd/catalogue.json").read_text(encoding="utf-8"))
    columns = pl.DataFrame([{k: one[k] for k in ("name", "unit")} for one in said["columns"]])
    assert dict(columns.iter_rows())["RAJ2000"] == "deg" and list(columns["name"]) == ODD.colnames


# LSDB and coverages


@pytest.mark.slow
@opens("lsdb", "catalogue", '`lsdb.open_catalog("data/<catalogue>")`, or its collection: ids, NULL')
def test_lsdb_opens_a_catalogue(described: Described) -> None:
    import lsdb

    rows = lsdb.open_catalog(described.release / "data" / "odd", columns="all").compute()
    check(rows["Id"], rows["select"].isna())
    whole = lsdb.open_catalog(described.release / "data" / "stars_collection").compute()
    assert set(whole["obsid"]) == stars(described)


@pytest.mark.slow
@opens("lsdb", "moc", "`catalog.moc_search` with the MOC of the release: all rows are in it")
def test_lsdb_searches_by_the_moc(described: Described) -> None:
    import lsdb
    from mocpy import MOC

    moc = MOC.load(described.release / "meta" / "stars.moc.fits", "fits")
    catalogue = lsdb.open_catalog(described.release / "data" / "stars", columns=["obsid", "ra", "dec"])
    assert set(catalogue.moc_search(moc).compute()["obsid"]) == stars(described)


@opens("mocpy", "moc", '`MOC.load("meta/<catalogue>.moc.fits")`, `.json`: the same, and every row is in it')
def test_mocpy_loads_the_moc(described: Described) -> None:
    from astropy import units as u
    from mocpy import MOC

    meta = described.release / "meta"
    moc = MOC.load(meta / "stars.moc.fits", "fits")
    rows = Table.read(described.source / "stars.fits")
    assert moc == MOC.load(meta / "stars.moc.json", "json")
    assert moc.contains_lonlat(rows["ra"].data * u.deg, rows["dec"].data * u.deg).all()


# STILTS


def stilts(*arguments: str) -> str:
    program = shutil.which("stilts")
    assert program
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@opens("stilts", "twin", "`stilts tpipe in=data/<catalogue>.fits`; TOPCAT opens it: ids, NULL, units")
def test_stilts_reads_the_fits_file(release: Path) -> None:
    place = f"in={release}/data/odd.fits"
    rows = list(csv.DictReader(io.StringIO(stilts("tpipe", "ifmt=fits", place, "ofmt=csv"))))
    check([row["Id"] for row in rows], [row["select"] == "" for row in rows])
    about = csv.DictReader(
        io.StringIO(stilts("tpipe", "ifmt=fits", place, "cmd=meta name units", "ofmt=csv"))
    )
    assert {row["Name"]: row["Units"] for row in about}["RAJ2000"] == "deg"


@pytest.mark.slow
@opens("stilts", "spectra", "an original file; `meta/obscore.vot.xml` lists all, with their addresses")
def test_stilts_reads_spectra(described: Described) -> None:
    shipped, source = original(described)
    assert stilts("tpipe", "ifmt=fits", f"in={shipped}", "omode=count") == stilts(
        "tpipe", "ifmt=fits", f"in={source}", "omode=count"
    )
    text = stilts("tpipe", f"in={described.release}/meta/obscore.vot.xml", "ofmt=csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len([p for p in (described.source / "files").rglob("*") if p.is_file()]) + 3


@pytest.mark.slow
@opens("stilts", "moc", '`inMoc("meta/<catalogue>.moc.fits", ra, dec)`: every row is in it')
@opens("aladin", "moc", "STILTS reads coverages with the same library of Debian: every row is in it")
def test_stilts_reads_the_moc(described: Described) -> None:
    moc = described.release / "meta" / "stars.moc.fits"
    test = f'cmd=select "inMoc(\\"{moc}\\", ra, dec)"'
    text = stilts("tpipe", "ifmt=fits", f"in={described.release}/data/stars.fits", test, "omode=count")
    assert int(text.split()[-1].replace(",", "")) == len(stars(described))


@pytest.mark.slow
@opens("stilts", "schema", "`stilts votlint meta/tableset.vot.xml`: no complaint")
def test_stilts_reads_the_schema(release: Path) -> None:
    place = release / "meta" / "tableset.vot.xml"
    assert stilts("votlint", str(place)) == ""


# PyVO


@pytest.mark.slow
@opens("pyvo", "catalogue", "`TAPService` of `drportal serve --vo`: ids, NULL, units")
@opens("pyvo", "spectra", "`SSAService` of `drportal serve --vo`: a row for each spectrum of the set")
@opens("pyvo", "schema", '`io.vosi.parse_tables("meta/tables.xml")`: names and units of columns')
def test_pyvo_asks_services_and_reads_the_schema(release: Path) -> None:
    import pyvo
    from pyvo.io.vosi import parse_tables

    tables = {one.name: one for one in parse_tables(str(release / "meta" / "tables.xml")).iter_tables()}
    columns = {one.name.strip('"'): one for one in tables["odd"].columns}
    assert list(columns) == ODD.colnames and str(columns["RAJ2000"].unit) == "deg"
    with serving_vo(release) as served:
        tap = pyvo.dal.TAPService(f"{served.address}vo/tap")
        rows = tap.search('SELECT "Id", "select", "RAJ2000" FROM odd').to_table()
        check(rows["Id"], np.isnan(np.ma.filled(rows["select"], np.nan)))
        assert rows["RAJ2000"].unit == "deg"
        obscore = Table.read(release / "meta" / "obscore.parquet", format="parquet.votable")
        found = pyvo.dal.SSAService(f"{served.address}vo/ssa").search(maxrec=10_000)
        assert 0 < len(found) <= len(obscore)
