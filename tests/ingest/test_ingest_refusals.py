"""Unusable and barely usable tables: messages have the file, the place, the problem and the fix."""

from __future__ import annotations

import contextlib
import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table

from drportal.problems import InputError

from ..ingest_fixtures import column, described, ingest, measured, refused, rows, values


def csv(folder: Path, text: str) -> str:
    (folder / "a.csv").write_text(text, encoding="utf-8", newline="")
    return "a.csv"


def parquet(folder: Path, **columns: Any) -> str:
    pq.write_table(pa.table(columns), folder / "a.parquet")
    return "a.parquet"


def test_missing_sources(tmp_path: Path) -> None:
    assert "no file 'x.fits'" in refused(tmp_path, "x.fits")
    assert "no file matches 'x*.fits'" in refused(tmp_path, "x*.fits")
    (tmp_path / "folder").mkdir()
    assert "is a folder" in refused(tmp_path, "folder")
    assert "release.toml: catalogues[t].source" in refused(tmp_path, "x.fits")


@pytest.mark.parametrize("size", [0, 100, 2880, 4000, 8000, 30_000])
def test_truncated_fits(tmp_path: Path, size: int) -> None:
    Table({"ra": np.arange(2000) / 10, "dec": np.zeros(2000)}).write(tmp_path / "whole.fits")
    whole = (tmp_path / "whole.fits").read_bytes()
    (tmp_path / "cut.fits").write_bytes(whole[:size])
    assert "cut.fits" in refused(tmp_path, "cut.fits")
    packed = gzip.compress(whole)
    (tmp_path / "cut.fits.gz").write_bytes(packed[: min(size // 10, len(packed) - 20)])
    assert "cut.fits.gz" in refused(tmp_path, "cut.fits.gz")


def test_a_fits_file_cut_in_the_data_says_so(tmp_path: Path) -> None:
    Table({"ra": np.arange(2000) / 10, "dec": np.zeros(2000)}).write(tmp_path / "a.fits")
    (tmp_path / "a.fits").write_bytes((tmp_path / "a.fits").read_bytes()[:20_000])
    assert "is cut short: 2000 rows of 16 bytes announced" in refused(tmp_path, "a.fits")


@pytest.mark.parametrize("suffix", ["parquet", "xml", "ecsv", "csv"])
def test_damaged_files_of_other_formats(tmp_path: Path, suffix: str) -> None:
    table = Table({"ra": np.arange(500.0) / 10, "dec": np.zeros(500)})
    formats = {"parquet": "parquet", "xml": "votable", "ecsv": "ascii.ecsv", "csv": "ascii.csv"}
    table.write(tmp_path / f"a.{suffix}", format=formats[suffix])
    data = (tmp_path / f"a.{suffix}").read_bytes()
    (tmp_path / f"a.{suffix}").write_bytes(data[: len(data) // 2 + 1].rsplit(b"\n", 1)[0] + b"\n5 5 5,5,5")
    assert f"a.{suffix}" in refused(tmp_path, f"a.{suffix}")


def test_no_table_at_all(tmp_path: Path) -> None:
    fits.PrimaryHDU(np.zeros((3, 3))).writeto(tmp_path / "image.fits")
    assert "contains no table" in refused(tmp_path, "image.fits")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 10)
    assert "is not a table of a known format" in refused(tmp_path, "noise.bin")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "is empty" in refused(tmp_path, "empty.csv")


@pytest.mark.parametrize(("bad", "line"), [("7,8", 4), ("7,8,9,10", 4), ('"x\ny",8', 4)])
def test_ragged_csv_names_the_line(tmp_path: Path, bad: str, line: int) -> None:
    message = refused(tmp_path, csv(tmp_path, f"ra,dec,n\n1,2,3\n4,5,6\n{bad}\n1,2,3\n"))
    assert f"line {line}:" in message
    assert "the header 3" in message


def test_ragged_csv_far_down(tmp_path: Path) -> None:
    lines = [f'{i % 360},{i % 90},"a\nb"' for i in range(200_000)]
    lines[150_000] = "1,2"
    message = refused(tmp_path, csv(tmp_path, "ra,dec,n\n" + "\n".join(lines) + "\n"))
    assert "line 300002:" in message


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    """It would include all lines after it."""
    message = refused(tmp_path, csv(tmp_path, 'ra,dec,n\n1,2,"a\nb"\n4,5,"6\n7,8,9\n'))
    assert "line 4: opens a quote that is never closed" in message
    out = ingest(tmp_path, csv(tmp_path, 'ra,dec,n\n1,2,6" tube\n4,5,"6\n7,8,9"\n'))
    assert sorted(values(out, "n")) == ["6\n7,8,9", '6" tube']


def test_csv_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"ra,dec,n\n1,2,x\n1,2,\xe9\n")
    assert "UTF-8" in refused(tmp_path, "a.csv")


@pytest.mark.parametrize(
    ("ra", "dec", "expected"),
    [
        (400.0, 0.0, "row 2, ra: = 400.0 is outside 0 to 360 degrees"),
        (-10.0, 0.0, "wrap_ra = true"),
        (np.inf, 0.0, "is outside 0 to 360"),
        (10.0, 90.5, "row 2, dec: = 90.5 is outside -90 to 90 degrees"),
        (np.nan, 0.0, 'positions = "drop_missing"'),
        (10.0, np.nan, "row 2, ra, dec: has no position"),
        (-9999.0, -9999.0, "has no position"),
    ],
)
def test_positions_that_are_nowhere(tmp_path: Path, ra: float, dec: float, expected: str) -> None:
    file = parquet(tmp_path, ra=[1.0, ra, 3.0], dec=[1.0, dec, 3.0])
    assert expected in refused(tmp_path, file, missing={"*": [-9999]})


def test_rows_without_a_position_can_be_left_out(tmp_path: Path) -> None:
    file = parquet(tmp_path, ra=[1.0, np.nan, -9999, 4], dec=[1.0, 2, -9999, None], n=[1, 2, 3, 4])
    out = ingest(tmp_path, file, positions="drop_missing", missing={"*": [-9999]})
    assert values(out, "n") == [1]
    assert (measured(out)["left_out"], measured(out)["rows"]) == (3, 1)


def test_right_ascensions_can_be_wrapped(tmp_path: Path) -> None:
    out = ingest(tmp_path, parquet(tmp_path, ra=[-10.0, 10.0, -180.0], dec=[0.0, 0, 0]), wrap_ra=True)
    assert sorted(values(out, "ra")) == [10, 180, 350]
    same = ingest(tmp_path, parquet(tmp_path, ra=[350.0, 10.0, 180.0], dec=[0.0, 0, 0]), "same")
    assert values(out, "_healpix_29") == values(same, "_healpix_29")
    assert "is outside" in refused(tmp_path, parquet(tmp_path, ra=[-181.0], dec=[0.0]), wrap_ra=True)


def test_the_edges_of_the_sky(tmp_path: Path) -> None:
    out = ingest(
        tmp_path, parquet(tmp_path, ra=[0.0, 360.0, -0.0, 5.0, 5.0], dec=[0.0, 0.0, 0.0, 90.0, -90.0])
    )
    found = {(r["ra"], r["dec"]): r["_healpix_29"] for r in rows(out).to_pylist()}
    assert found[0.0, 0.0] == found[360.0, 0.0]


def test_catalogues_without_positions(tmp_path: Path) -> None:
    file = parquet(tmp_path, n=[3, 1, 2], x=["c", "a", "b"])
    message = refused(tmp_path, file)
    assert "roles.ra" in message
    assert 'positions = "none"' in message
    out = ingest(tmp_path, file, positions="none", roles={"id": "n"})
    assert values(out, "n") == [1, 2, 3]
    assert described(out)["position"] is None
    assert "_healpix_29" not in rows(out).column_names
    assert described(out)["partitions"][0]["path"] == "dataset/part-0000.parquet"
    assert described(out)["partitions"][0]["tiles"][0][3:] == [None, None]
    assert not (out / "hats.properties").exists()


@pytest.mark.parametrize("header", ["ra,dec,x,x", "ra,dec,x,X", "ra,dec,Ra,y"])
def test_columns_that_sql_cannot_distinguish(tmp_path: Path, header: str) -> None:
    message = refused(tmp_path, csv(tmp_path, f"{header}\n1,2,3,4\n"))
    assert "is there twice" in message or "only by case" in message


def test_a_column_without_a_name(tmp_path: Path) -> None:
    assert "column 3: has no name" in refused(tmp_path, csv(tmp_path, "ra,dec,\n1,2,3\n"))


def test_nested_parquet(tmp_path: Path) -> None:
    assert "struct" in refused(tmp_path, parquet(tmp_path, ra=[1.0], dec=[1.0], s=[{"a": 1}]))


def test_numbers_wider_than_any_database_has(tmp_path: Path) -> None:
    wide = pa.array([Decimal(1)], pa.decimal256(50, 2))
    assert "column x: is of type decimal256" in refused(
        tmp_path, parquet(tmp_path, ra=[1.0], dec=[1.0], x=wide)
    )


def test_files_of_one_catalogue_that_disagree(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("ra,dec,x\n1,2,3\n")
    (tmp_path / "2.csv").write_text("ra,dec,x\n1,2,word\n")
    assert "2.csv: column x: is string, in 1.csv int64" in refused(tmp_path, "?.csv")


def test_our_own_names(tmp_path: Path) -> None:
    assert "cannot be used" in refused(tmp_path, csv(tmp_path, "ra,dec,_row\n1,2,3\n"))


@pytest.mark.parametrize("suffix", ["csv", "fits", "parquet"])
def test_a_table_of_no_rows(tmp_path: Path, suffix: str) -> None:
    empty = Table({"ra": np.zeros(0), "dec": np.zeros(0), "n": np.zeros(0, int)})
    empty.write(tmp_path / f"a.{suffix}")
    out = ingest(tmp_path, f"a.{suffix}")
    assert rows(out).num_rows == 0
    about = described(out)
    assert about["rows"] == 0
    assert len(about["partitions"]) == 1
    assert about["partitions"][0]["tiles"] == []
    assert sum(c[2] for c in about["chunks"]) == about["partitions"][0]["size"]
    found = column(out, "n")
    assert (found["rows"], found["nulls"], found["min"]) == (0, 0, None)
    plain = ingest(tmp_path, f"a.{suffix}", "plain", positions="none")
    assert rows(plain).num_rows == 0


def test_a_header_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ra,dec,x")
    out = ingest(tmp_path, "a.csv", positions="none")
    assert described(out)["rows"] == 0


def test_one_row(tmp_path: Path) -> None:
    out = ingest(tmp_path, csv(tmp_path, "ra,dec\n1,2\n"))
    assert rows(out).num_rows == 1
    assert column(out, "ra")["histogram"] == {"edges": [0.5, 1.5], "counts": [1]}


NAMES = [
    "select",
    "group",
    'quo"te',
    "it's",
    "with space",
    "Größe",
    "光谱",
    "semi;colon",
    "a.b",
    "%s",
    "t",
    "v",
    "c0",
]


def test_odd_column_names(tmp_path: Path) -> None:
    table = pa.table({"ra": [1.0, 2.0], "dec": [1.0, 2.0], **{n: [i, None] for i, n in enumerate(NAMES)}})
    pq.write_table(table, tmp_path / "a.parquet")
    out = ingest(tmp_path, "a.parquet", missing={"select": [0]})
    assert rows(out).column_names == ["_healpix_29", "ra", "dec", *NAMES]
    assert sorted(rows(out).column("光谱").to_pylist(), key=str) == [6, None]
    assert column(out, "select")["nulls"] == 2
    assert [c["name"] for c in measured(out)["columns"]] == ["ra", "dec", *NAMES]


def test_odd_values(tmp_path: Path) -> None:
    words = ["", "'", '"', "<script>", "🔭", "a\0b", "\\", "\u2028", "</script>", None]
    n = len(words)
    ids = [2**63 - 1, -(2**63), 2**53 + 1, *range(n - 3)]
    file = parquet(
        tmp_path,
        ra=np.arange(n, dtype=float),
        dec=np.zeros(n),
        words=words,
        ids=ids,
        u=pa.array([2**64 - 1, 2**63, *range(n - 2)], pa.uint64()),
        f=[-0.0, np.inf, -np.inf, np.nan, 5e-324, 1.7e308, *[None] * (n - 6)],
    )
    out = ingest(tmp_path, file)
    found = {r["ra"]: r for r in rows(out).to_pylist()}
    assert [found[i]["words"] for i in range(n)] == words
    assert [found[i]["ids"] for i in range(n)] == ids
    assert [found[i]["u"] for i in range(2)] == [2**64 - 1, 2**63]
    assert str(found[0]["f"]) == "-0.0"
    assert [found[i]["f"] for i in range(1, 6)] == [np.inf, -np.inf, None, 5e-324, 1.7e308]
    about = column(out, "f")
    assert (about["nulls"], about["max"]) == (5, 1.7e308)
    assert sum(count for _, count in about["infinite"]) == 2
    assert column(out, "ids")["max"] == str(2**63 - 1)
    assert column(out, "u")["max"] == str(2**64 - 1)
    assert b"<" not in (out / "catalogue.js").read_bytes()


def test_mostly_nulls(tmp_path: Path) -> None:
    mostly = np.where(np.arange(4000) % 10, np.nan, 7.0)
    out = ingest(
        tmp_path, parquet(tmp_path, ra=np.arange(4000) / 20, dec=np.zeros(4000), x=mostly, y=pa.nulls(4000))
    )
    assert column(out, "x")["nulls"] == 3600
    assert column(out, "x")["values"] == [[7.0, 400]]
    assert column(out, "y")["nulls"] == 4000


def test_any_folder_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] {b} *?光"
    folder.mkdir()
    file = parquet(folder, ra=[1.0], dec=[2.0], n=[3])
    assert column(ingest(folder, file), "n")["max"] == 3
    assert column(ingest(folder, "*.parquet", "again"), "n")["max"] == 3
    assert column(ingest(tmp_path, folder / "a.parquet", "absolute"), "n")["max"] == 3


def test_long_texts_do_not_fatten_the_footer(tmp_path: Path) -> None:
    count = 40_000
    long = [f"{i:05d}" + "x" * 500 + str(i * 7919 % 1000) for i in range(count)]
    out = ingest(tmp_path, parquet(tmp_path, ra=np.arange(count) / 200, dec=np.zeros(count), long=long))
    for part in described(out)["partitions"]:
        assert part["size"] - part["footer"] < 20_000


def test_ids_closer_than_doubles_are(tmp_path: Path) -> None:
    ids = [2**60 + i for i in range(6)]
    out = ingest(tmp_path, parquet(tmp_path, ra=np.arange(6.0), dec=np.zeros(6), id=ids))
    histogram = column(out, "id")["histogram"]
    assert sum(histogram["counts"]) == 6
    assert column(out, "id")["values"][0] == [str(2**60), 1]


def test_positions_as_text(tmp_path: Path) -> None:
    message = refused(tmp_path, csv(tmp_path, "ra,dec\n12:00:00,+01:00:00\n"))
    assert "(ra: text, dec: text, where degrees are needed)" in message


@pytest.mark.parametrize("unit", ["hourangle", "h", "rad", "arcmin", "mas"])
def test_positions_in_other_units(tmp_path: Path, unit: str) -> None:
    table = Table({"ra": [1.0], "dec": [2.0]}, units={"ra": unit, "dec": unit})
    table.write(tmp_path / "a.ecsv")
    assert "where degrees are needed" in refused(tmp_path, "a.ecsv")


def test_missing_values_that_cannot_be(tmp_path: Path) -> None:
    file = parquet(tmp_path, ra=[1.0], dec=[2.0], snrg=[3.0])
    assert "did you mean snrg?" in refused(tmp_path, file, missing={"snr_g": [-1]})


def test_missing_values_by_pattern(tmp_path: Path) -> None:
    file = parquet(
        tmp_path,
        ra=[1.0, 2.0, 3.0],
        dec=[1.0, 2.0, 3.0],
        f=pa.array([99.9, -999, 1], pa.float32()),
        n=pa.array([-999, 3, 4], pa.int16()),
        b=pa.array([0, 255, 4], pa.uint8()),
        s=["Non", "-999", "G2"],
        keep=[-999, 1, 2],
    )
    missing = {
        "*": [-999, -9999, float("nan"), float("inf")],
        "f": [99.9],
        "s": ["Non"],
        "keep": [],
        "?": ["x"],
        "b": [70000],
    }
    out = ingest(tmp_path, file, missing=missing)
    known = {c["name"]: c["missing"] for c in described(out)["columns"]}
    assert known == {
        "ra": [-999, -9999],
        "dec": [-999, -9999],
        "f": [-999, -9999, 99.9],
        "n": [-999, -9999],
        "b": [],
        "s": ["Non", "x"],
        "keep": [],
    }
    nulls = {c["name"]: c["nulls"] for c in measured(out)["columns"]}
    assert nulls == {"ra": 0, "dec": 0, "f": 2, "n": 1, "b": 0, "s": 1, "keep": 0}
    assert -999 in values(out, "n")


def test_missing_values_beyond_javascript(tmp_path: Path) -> None:
    file = parquet(tmp_path, ra=[1.0, 2.0], dec=[2.0, 3.0], n=[-(2**63), 5])
    out = ingest(tmp_path, file, missing={"n": [-(2**63)]})
    assert described(out)["columns"][2]["missing"] == [str(-(2**63))]
    assert (column(out, "n")["nulls"], column(out, "n")["min"]) == (1, 5)


def test_a_votable_whose_rows_are_elsewhere(tmp_path: Path) -> None:
    """Nothing is fetched while a portal is built."""
    text = '<VOTABLE version="1.4"><RESOURCE><TABLE><FIELD name="ra" datatype="double"/><DATA><BINARY>'
    text += '<STREAM\nhref="file:///dev/null"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>'
    (tmp_path / "a.xml").write_text(text)
    assert "keeps its rows elsewhere" in refused(tmp_path, "a.xml")


def test_a_votable_around_a_fits_file(tmp_path: Path) -> None:
    text = '<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
    text += '<FIELD name="ra" datatype="double"/><DATA><FITS extnum="1"><STREAM encoding="base64">'
    text += "AAAA</STREAM></FITS></DATA></TABLE></RESOURCE></VOTABLE>"
    (tmp_path / "a.xml").write_text(text)
    assert "use the FITS file as the source" in refused(tmp_path, "a.xml")


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_reported_or_harmless(tmp_path: Path, seed: int) -> None:
    """Random changes in header and data give a catalogue or a clear error, nothing else."""
    table = Table({"ra": np.arange(50.0), "dec": np.zeros(50), "s": ["ab"] * 50, "n": np.arange(50)})
    table.write(tmp_path / "a.fits")
    data = bytearray((tmp_path / "a.fits").read_bytes())
    random = np.random.default_rng(seed)
    for place in random.integers(0, len(data), 6):
        data[place] = random.choice(list(b"0123456789 AKD=',\0\xff"))
    for place in random.integers(2880, 4500, 3):
        data[place] = random.choice(list(b"0123456789 AKD=',"))
    (tmp_path / "a.fits").write_bytes(data)
    with contextlib.suppress(InputError):
        ingest(tmp_path, "a.fits")
