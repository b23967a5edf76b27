"""Every format and kind of column: the Parquet files have the values that astropy reads from the source."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.votable import from_table, writeto
from astropy.table import MaskedColumn, Table
from astropy.time import Time

from ..ingest_fixtures import column, described, ingest, refused, rows, values

N = 5
RA = np.array([10.0, 350.5, 0.0, 180.25, 359.999999])
DEC = np.array([-10.0, 20.5, 90.0, -90.0, 0.0])


def rich_fits(file: Path) -> None:
    """A binary table with every kind of column FITS has."""
    jagged = np.empty(N, object)
    jagged[:] = [np.arange(i, dtype=np.float32) for i in range(N)]
    names = np.array(["plain", "trailing   ", "", "nul\0after", "café"[:3]])
    columns = [
        fits.Column("ra", "D", unit="deg", array=RA),
        fits.Column("dec", "D", unit="deg", array=DEC),
        fits.Column("row", "K", array=[1, 2, 3, 4, 2**63 - 1], null=3),
        fits.Column("u16", "I", bzero=2**15, array=np.array([0, 1, 2, 3, 65535], np.uint16)),
        fits.Column("u32", "J", bzero=2**31, array=np.array([0, 1, 2, 3, 2**32 - 1], np.uint32)),
        fits.Column("u64", "K", bzero=2**63, array=np.array([0, 1, 2, 2**63, 2**64 - 1], np.uint64)),
        fits.Column("i8", "B", array=np.array([0, 127, 128, 129, 255], np.uint8)),
        fits.Column("byte", "B", array=np.array([0, 1, 2, 3, 255], np.uint8)),
        fits.Column("scaled", "I", array=np.array([0, 1, 2, -20, 20], np.int16)),
        fits.Column("flag", "L", array=[True, False, True, False, True]),
        fits.Column("single", "E", array=np.array([1.5, np.nan, -0.0, np.inf, 1e-40], np.float32)),
        fits.Column("name", "12A", array=names),
        fits.Column("vector", "3J", array=np.arange(3 * N).reshape(N, 3)),
        fits.Column("matrix", "4E", dim="(2,2)", array=np.arange(4 * N, dtype=np.float32).reshape(N, 2, 2)),
        fits.Column("jagged", "PE()", array=jagged),
        fits.Column("words", "8A", dim="(4,2)", array=np.array([["ab", "cd"]] * N)),
        fits.Column("bits", "10X", array=np.tile([True, False], (N, 5))),
        fits.Column("complex", "C", array=np.arange(N, dtype=np.complex64) * 1j),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="RICH")
    table.header.comments["TTYPE1"] = "Right ascension"
    table.header["TCOMM2"] = "Declination"
    table.header["TUCD1"] = "pos.eq.ra;meta.main"
    other = fits.BinTableHDU.from_columns([fits.Column("x", "J", array=[1])], name="OTHER")
    fits.HDUList([fits.PrimaryHDU(), table, other]).writeto(file, overwrite=True)
    # Set afterwards, because astropy does not write all of these itself.
    for key, value in [("TZERO7", -128), ("TSCAL9", 0.5), ("TZERO9", 10)]:
        fits.setval(file, key, value=value, ext=1)


def test_fits(tmp_path: Path) -> None:
    rich_fits(tmp_path / "a.fits")
    out = ingest(tmp_path, "a.fits")
    table = rows(out)
    order = [RA.tolist().index(v) for v in table.column("ra").to_pylist()]

    def check(name: str, expected: list[Any], kind: pa.DataType | None = None) -> None:
        assert table.column(name).to_pylist() == [expected[i] for i in order]
        if kind is not None:
            assert table.column(name).type == kind

    check("dec", DEC.tolist(), pa.float64())
    check("row", [1, 2, None, 4, 2**63 - 1], pa.int64())
    check("u16", [0, 1, 2, 3, 65535], pa.uint16())
    check("u32", [0, 1, 2, 3, 2**32 - 1], pa.uint32())
    check("u64", [0, 1, 2, 2**63, 2**64 - 1], pa.uint64())
    check("i8", [-128, -1, 0, 1, 127], pa.int8())
    check("byte", [0, 1, 2, 3, 255], pa.uint8())
    check("scaled", [10.0, 10.5, 11, 0, 20], pa.float64())
    check("flag", [True, False, True, False, True], pa.bool_())
    check("single", [1.5, None, -0.0, np.inf, float(np.float32(1e-40))], pa.float32())
    check("name", ["plain", "trailing", "", "nul", "caf"], pa.string())
    check("vector", np.arange(3 * N).reshape(N, 3).tolist())
    check("matrix", np.arange(4.0 * N).reshape(N, 4).tolist())
    check("jagged", [list(map(float, range(i))) for i in range(N)])
    check("words", [["ab", "cd"]] * N)
    check("bits", [[True, False] * 5] * N)
    check("complex", [[0.0, float(i)] for i in range(N)])
    assert np.signbit(table.column("single").to_numpy()[order.index(2)])
    known = {c["name"]: c for c in described(out)["columns"]}
    assert known["ra"]["description"] == "Right ascension"
    assert known["ra"]["ucd"] == "pos.eq.ra;meta.main"
    assert known["dec"]["description"] == "Declination"
    assert known["vector"]["arraysize"] == "3"
    assert known["jagged"]["arraysize"] == "*"
    assert known["u64"]["datatype"] == "long"
    assert column(out, "u64")["max"] == str(2**64 - 1)
    assert column(out, "row")["max"] == str(2**63 - 1)


def test_fits_equals_astropy_also_packed(tmp_path: Path) -> None:
    rich_fits(tmp_path / "a.fits")
    packed = gzip.compress((tmp_path / "a.fits").read_bytes())
    (tmp_path / "b.fits.gz").write_bytes(packed)
    one, two = ingest(tmp_path, "a.fits", "one"), ingest(tmp_path, "b.fits.gz", "two")
    assert rows(one).equals(rows(two))


def test_fits_by_extension(tmp_path: Path) -> None:
    rich_fits(tmp_path / "a.fits")
    assert values(ingest(tmp_path, "a.fits", "a", hdu="OTHER", positions="none"), "x") == [1]
    assert values(ingest(tmp_path, "a.fits", "b", hdu=2, positions="none"), "x") == [1]
    message = refused(tmp_path, "a.fits", hdu="NONE")
    assert "1 (RICH), 2 (OTHER)" in message


@pytest.mark.parametrize("tabledata_format", ["tabledata", "binary", "binary2"])
def test_votable(tmp_path: Path, tabledata_format: str) -> None:
    table = Table(
        {
            "ra": RA,
            "dec": DEC,
            "id": MaskedColumn([1, 2, 2**53 + 1, 4, 5], mask=[0, 0, 0, 1, 0]),
            "small": np.arange(N, dtype=np.float32),
            "text": ["a", "b<c>", "光", "", '"q"'],
            "flag": [True, False, True, False, True],
            "vector": np.arange(2.0 * N).reshape(N, 2),
            "complex": MaskedColumn(np.arange(N) * (1 - 2j), mask=[0, 0, 1, 0, 0]),
            "pairs": np.arange(2 * N).reshape(N, 2) * (1 + 1j),
        },
        units={"ra": "deg"},
        descriptions={"ra": "place"},
    )
    document = from_table(table)
    document.get_first_table().fields[2].ucd = "meta.id;meta.main"
    document.get_first_table().fields[2].values.null = -1
    writeto(document, str(tmp_path / "a.xml"), tabledata_format=tabledata_format)
    out = ingest(tmp_path, "a.xml")
    by_id = {r["ra"]: r for r in rows(out).to_pylist()}
    for i in range(N):
        row = by_id[RA[i]]
        assert row["id"] == (None if i == 3 else int(table["id"][i]))
        assert (row["dec"], row["small"], row["flag"]) == (DEC[i], float(i), i % 2 == 0)
        assert row["text"] == str(table["text"][i])
        assert row["vector"] == [2.0 * i, 2.0 * i + 1]
        if i != 2:
            assert row["complex"] == [i, -2 * i]
        elif tabledata_format == "binary":  # which has no way to leave it out: astropy writes NaN
            assert np.isnan(row["complex"][0])
        else:
            assert row["complex"] is None
        assert row["pairs"] == [2 * i, 2 * i, 2 * i + 1, 2 * i + 1]
    assert rows(out).schema.field("small").type == pa.float32()
    assert described(out)["id"] == "id"
    assert described(out)["columns"][0]["unit"] == "deg"
    assert described(out)["columns"][0]["description"] == "place"


def test_ecsv(tmp_path: Path) -> None:
    table = Table(
        {
            "ra": RA,
            "dec": DEC,
            "n": MaskedColumn([1, 2, 3, 2**63 - 1, 5], mask=[1, 0, 0, 0, 0]),
            "f": np.arange(N, dtype=np.float32),
            "s": ["a b", 'q"q', "", "é", "x,y"],
            "v": np.arange(2 * N).reshape(N, 2),
        },
        units={"ra": "deg"},
    )
    table.write(tmp_path / "a.ecsv")
    out = ingest(tmp_path, "a.ecsv")
    found = {r["ra"]: r for r in rows(out).to_pylist()}
    assert [found[v]["n"] for v in RA] == [None, 2, 3, 2**63 - 1, 5]
    assert [found[v]["s"] for v in RA][:2] == ["a b", 'q"q']
    assert [found[v]["v"] for v in RA] == np.arange(2 * N).reshape(N, 2).tolist()
    assert rows(out).schema.field("f").type == pa.float32()
    assert described(out)["columns"][0]["unit"] == "deg"


def test_ecsv_of_times_and_positions(tmp_path: Path) -> None:
    """Mixin columns are read as the columns of the file."""
    when = Time(["2020-01-02T03:04:05", "2021-01-01T00:00:00"])
    when[1] = np.ma.masked
    sky = SkyCoord([10, 20], [1, 2], unit="deg")
    Table({"sky": sky, "when": when, "mjd": Time([59000.5, 59001], format="mjd")}).write(tmp_path / "a.ecsv")
    out = ingest(tmp_path, "a.ecsv", roles={"ra": "sky.ra", "dec": "sky.dec"})
    found = sorted(rows(out).drop_columns("_healpix_29").to_pylist(), key=lambda r: r["mjd"])
    assert found == [
        {"sky.ra": 10.0, "sky.dec": 1.0, "when": "2020-01-02T03:04:05.000", "mjd": 59000.5},
        {"sky.ra": 20.0, "sky.dec": 2.0, "when": None, "mjd": 59001.0},
    ]
    assert described(out)["columns"][0]["unit"] == "deg"
    objects = np.array([{"a": 1}, [{}]], object)
    Table({"ra": [1.0, 2], "dec": [1.0, 2], "o": objects}).write(tmp_path / "b.ecsv")
    assert "column o: contains compound objects" in refused(tmp_path, "b.ecsv")


@pytest.mark.parametrize("delimiter", [",", "|", "\t", ";"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = [
        ["obsid", "ra", "dec", "class"],
        ["9007199254740993", "1.5", "-2.5", "STAR"],
        ["2", "3", "", "x"],
    ]
    lines[2][2] = "4"
    (tmp_path / "a.csv").write_text("\n".join(delimiter.join(line) for line in lines) + "\n")
    out = ingest(tmp_path, "a.csv")
    assert values(out, "obsid") == [9007199254740993, 2] or values(out, "obsid") == [2, 9007199254740993]
    assert rows(out).schema.field("ra").type == pa.float64()


def one(tmp_path: Path, name: str, cells: list[str]) -> pa.ChunkedArray:
    """A column read from CSV cells, in the order given."""
    lines = [f"{i},{c}" for i, c in enumerate(cells)]
    (tmp_path / f"{name}.csv").write_text("\n".join(["n,x", *lines]) + "\n", encoding="utf-8")
    out = ingest(tmp_path, f"{name}.csv", f"out-{name}", positions="none", roles={"id": "n"})
    return rows(out).column("x")


@pytest.mark.parametrize(
    ("name", "cells", "kind", "expected"),
    [
        ("int", ["1", "", "-3"], pa.int64(), [1, None, -3]),
        ("uint", ["1", "18446744073709551615"], pa.uint64(), [1, 2**64 - 1]),
        ("beyond", ["1", "18446744073709551616"], pa.string(), ["1", "18446744073709551616"]),
        ("zeros", ["0012", "3"], pa.string(), ["0012", "3"]),
        ("float", ["1", "2.5", "nan", "-0.0"], pa.float64(), [1, 2.5, None, -0.0]),
        ("spoilt", ["9007199254740993", "1.5"], pa.float64(), [9007199254740992.0, 1.5]),
        ("longid", ["12345678901234567891", "1.5"], pa.string(), ["12345678901234567891", "1.5"]),
        ("padded", ["005.25", "-00.5"], pa.float64(), [5.25, -0.5]),
        ("letters", ["F", "T"], pa.string(), ["F", "T"]),
        ("bool", ["true", "False", ""], pa.bool_(), [True, False, None]),
        ("null", ["NULL", "3", "n/a"], pa.int64(), [None, 3, None]),
        ("text", ["1", "two", ""], pa.string(), ["1", "two", None]),
        ("quoted", ['"a,b"', '"say ""x"""', '""'], pa.string(), ["a,b", 'say "x"', ""]),
        ("lines", ['"a\nb"', "c"], pa.string(), ["a\nb", "c"]),
        ("date", ["2020-01-02", "2021-03-04"], pa.string(), ["2020-01-02", "2021-03-04"]),
        ("inf", ["inf", "-inf", "1e400"], pa.float64(), [np.inf, -np.inf, np.inf]),
        ("blank", [" 7 ", "8"], pa.int64(), [7, 8]),
        ("plus", ["+7", "8"], pa.int64(), [7, 8]),
        ("emoji", ["🔭", "<script>"], pa.string(), ["🔭", "<script>"]),
    ],
)
def test_csv_types(
    tmp_path: Path, name: str, cells: list[str], kind: pa.DataType, expected: list[Any]
) -> None:
    found = one(tmp_path, name, cells)
    assert found.type == kind
    assert found.to_pylist() == expected


@pytest.mark.not_quick
def test_csv_types_are_decided_by_the_last_row_too(tmp_path: Path) -> None:
    cells = [str(i) for i in range(600_000)]
    cells[-1] = "x"
    assert one(tmp_path, "late", cells).type == pa.string()


@pytest.mark.parametrize("head", ["# a comment\nra,dec\n", "#ra,dec\n", "\ufeffra,dec\n", "ra,dec\r\n"])
def test_csv_headers(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.csv").write_text(head + "1,2\n3,4\n", encoding="utf-8", newline="")
    assert sorted(values(ingest(tmp_path, "a.csv"), "dec")) == [2, 4]


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "ra": RA,
            "dec": pa.array(DEC, pa.float32()),
            "cat": pa.array(["x", "y", "x", None, "y"]).dictionary_encode(),
            "large": pa.array(["a", "b", "c", "d", "e"], pa.large_string()),
            "half": pa.array(np.arange(N, dtype=np.float16)),
            "when": pa.array([0, 1, 2, 3, None], pa.timestamp("ms", "UTC")),
            "day": pa.array([0, 1, 2, 3, None], pa.date32()),
            "dec128": pa.array([1, 2, 3, 4, 5]).cast(pa.decimal128(22, 2)),
            "list": pa.array([[1], [], None, [2, 3], [4]], pa.list_(pa.int16())),
            "raw": pa.array([b"\0\xff", b"", None, b"x", b"y"]),
            "nothing": pa.nulls(N),
            "hollow": pa.array([[], None, [], [], []]),
            "_healpix_29": pa.array(np.zeros(N, np.int64)),
            "nul": ["a\0b", "", "\0", "x", "y"],
        },
    )
    table = table.replace_schema_metadata({})
    table = table.cast(
        pa.schema([f.with_metadata({"unit": "deg"}) if f.name == "ra" else f for f in table.schema])
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    out = ingest(tmp_path, "a.parquet")
    found = {r["ra"]: r for r in rows(out).to_pylist()}
    for name in ["cat", "large", "list", "raw", "nothing", "hollow", "nul", "day"]:
        assert [found[v][name] for v in RA] == table.column(name).to_pylist(), name
    assert [found[v]["half"] for v in RA] == [0, 1, 2, 3, 4]
    assert rows(out).schema.field("dec").type == pa.float32()
    assert len([c for c in rows(out).column_names if c == "_healpix_29"]) == 1
    assert len(set(values(out, "_healpix_29"))) == N
    assert described(out)["columns"][0]["unit"] == "deg"


def test_a_catalogue_made_here_is_a_source_too(tmp_path: Path) -> None:
    rich_fits(tmp_path / "a.fits")
    first = ingest(tmp_path, "a.fits", "first")
    (tmp_path / "parts").mkdir()
    for file in (first / "dataset").rglob("Npix*"):
        shutil.copy(file, tmp_path / "parts" / file.name.replace("=", ""))
    second = ingest(tmp_path, "parts/*.parquet", "second")
    assert rows(first).equals(rows(second))
    known = {c["name"]: c for c in described(second)["columns"]}
    assert known["ra"]["unit"] == "deg"
    assert known["dec"]["description"] == "Declination"


def test_several_files_are_one_catalogue(tmp_path: Path) -> None:
    Table({"ra": [1.0], "dec": [1.0], "n": np.array([1], np.int16)}).write(tmp_path / "part1.fits")
    Table({"ra": [2.0], "dec": [2.0], "n": np.array([2**40])}).write(tmp_path / "part2.fits")
    out = ingest(tmp_path, "part*.fits")
    assert sorted(values(out, "n")) == [1, 2**40]
    assert rows(out).schema.field("n").type == pa.int64()
    Table({"ra": [2.0], "dec": [2.0], "m": [1]}).write(tmp_path / "part3.fits")
    message = refused(tmp_path, "part*.fits")
    assert "part3.fits" in message
    assert "lacks n" in message
    assert "has m" in message
