"""Text tables that are not CSV: read as astropy.io.ascii reads them, or refused by their format's name."""

from __future__ import annotations

import gzip
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from astropy.io import ascii as tables
from astropy.table import MaskedColumn, Table

from drportal.ingest import open_input, write_schema
from drportal.ingest.piece import CataloguePieces
from drportal.ingest.readers.open_source import open_source
from drportal.ingest.readers.read_text import AT_A_TIME
from drportal.ingest.readers.source import Source
from drportal.model import CatalogueSource, load_schema
from drportal.pieces import Store
from drportal.problems import InputError

from ..commands import drportal
from ..ingest_fixtures import release_in

BLANKS = """# obsid ra dec l b teff rv Mgb
75606117 337.46744 +6.01526 71.72230 -42.35691 4829 -3 0.94408
342809095 263.45129 +18.10553 41.34324 +25.01157 3870 -22 2.94251
9007199254740993 233.31128 +12.40625 19.81340 +49.41031 4386 172 8.69468
"""
IPAC = r"""\catalog='two stars'
\ ra (deg)
\ ___ right ascension
|   obsid |     ra  |    dec  |  name   | n   |
|   long  | double  |  double | char    | int |
|         |  deg    |  deg    |         |     |
|   null  |  null   |  -99.9  | none    | 0   |
        1   10.5      20.25     M 31      5
        2   null     -99.9      none      0
        3   12        2         007       7
"""
MRT = """Title: Two stars
Authors: A. Stronomer
Table: stars
================================================================================
Byte-by-byte Description of file: stars.mrt
--------------------------------------------------------------------------------
   Bytes Format Units    Label  Explanations
--------------------------------------------------------------------------------
   1-  3  I3    ---      Seq    Running number
   5- 12  F8.4  deg      RAdeg  Right ascension (J2000)
  14- 20  F7.3  km/s     RV     ?=-99.9 Radial
                                 velocity
  22- 27  A6    ---      Name   ? Name of the star
  29- 30  I2    h        Hour   ?="" Hour
--------------------------------------------------------------------------------
Note (1): made up.
--------------------------------------------------------------------------------
  1  10.5000  12.500 M 31   03
  2 359.9999 -99.9
  3   0.0001   -.125 0042   12
"""
SEXTRACTOR = """#   1 NUMBER          Running object number
#   2 ALPHA_J2000     Right ascension of barycenter (J2000)    [deg]
#   3 DELTA_J2000     Declination of barycenter (J2000)        [deg]
#   4 MAG_APER        Fixed aperture magnitude vector          [mag]
#   6 FLAGS           Extraction flags
         1   32.23222   10.1211  18.1  18.3    0
         2   38.12321  -88.1321  17.0  99.0   16
"""
DAOPHOT = """#K MERGERAD   = INDEF                   scaleunit  %-23.7g
#
#N ID    XCENTER   YCENTER   MAG         MERR          MSKY           NITER    \\
#U ##    pixels    pixels    magnitudes  magnitudes    counts         ##       \\
#F %-9d  %-10.3f   %-10.3f   %-12.3f     %-14.3f       %-15.7g        %-6d
#
#N         SHARPNESS   CHI         PIER  PERROR                                \\
#U         ##          ##          ##    perrors                               \\
#F         %-23.3f     %-12.3f     %-6d  %-13s
#
14       138.538     256.405   15.461      0.003         34.85955       4      \\
            -0.032      0.802       0     No_error
18       18.114      280.170   22.329      0.206         30.12784       4      \\
            -2.544      1.104       0     No_error
"""
FIXED = """|  Name  | ra    | n |
| M 31   | 10.68 | 3 |
|        | 11.5  | 4 |
"""
TWO_LINES = """Name    ra     n
------- ------ --
M 31    10.68   3
NGC 224 11.5   14
"""
RST = """======= ====== ==
Name    ra     n
======= ====== ==
M 31    10.68   3
NGC 224 11.5   14
======= ====== ==
"""
RDB = "# made up\nname\tra\tn\n8S\t8N\tN\n0012\t10.5\t3\n13\t11\t4\n"


def opened(folder: Path, text: str | bytes, name: str = "a.dat") -> Source:
    (folder / "scratch").mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_source(file, CatalogueSource(name="t", source=name), folder / "scratch")


def contents(source: Source) -> dict[str, list[Any]]:
    return pa.Table.from_batches(list(source.batches()), source.schema).to_pydict()


def refused(folder: Path, text: str, name: str = "a.dat") -> str:
    with pytest.raises(InputError) as error:
        contents(opened(folder, text, name))
    assert len(error.value.problems) == 1
    return str(error.value)


def lines(source: Source) -> list[str]:
    return source.notes.lines if source.notes else []


def plain(value: Any) -> Any:
    """A value of an astropy table as ours is: None where it is masked, NaN or an empty text."""
    if (
        value is np.ma.masked
        or value is None
        or value == ""
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    return value.item() if isinstance(value, np.generic) else value


def same_as_astropy(folder: Path, text: str, form: str, name: str = "a.dat", **more: Any) -> Source:
    source = opened(folder, text, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = tables.read(text if not more else str(folder / name), format=form, guess=False, **more)
    ours = contents(source)
    assert list(ours) == theirs.colnames
    for column, values in ours.items():
        assert [plain(v) for v in values] == [plain(v) for v in theirs[column]], column
        numbers = pa.types.is_integer(source.schema.field(column).type)
        assert numbers == (theirs[column].dtype.kind == "i"), column
    return source


def test_blanks_with_names_in_a_comment(tmp_path: Path) -> None:
    source = same_as_astropy(tmp_path, BLANKS, "commented_header")
    assert contents(source)["obsid"][2] == 9007199254740993
    assert not lines(source)
    assert source.rows == 3
    two = BLANKS.replace("# obsid", "# obsid").replace("Mgb\n", "Mgb\n# a b c d e f g h\n")
    assert list(contents(opened(tmp_path, two))) == list(contents(source))
    assert contents(opened(tmp_path, "# made up, by hand\n" + BLANKS)) == contents(source)
    assert contents(opened(tmp_path, BLANKS.replace("obsid ra dec", "obsid, ra, dec,"))) == contents(source)
    assert contents(opened(tmp_path, gzip.compress(BLANKS.encode()), "a.dat.gz")) == contents(source)


@pytest.mark.parametrize("name", ["a.dat", "a.txt", "a.cat", "a.ascii", "a.csv"])
def test_blanks_with_names_above(tmp_path: Path, name: str) -> None:
    text = (
        BLANKS.lstrip("# ")
        .replace("Mgb\n", "Mgb\n# of 2020\n\n")
        .replace(" ", "   ")
        .replace("71.72230", "\t71.72230 ")
    )
    assert contents(same_as_astropy(tmp_path, text, "basic", name))["rv"] == [-3, -22, 172]


def test_blanks_without_names(tmp_path: Path) -> None:
    text = BLANKS.partition("\n")[2]
    source = same_as_astropy(tmp_path, text, "no_header")
    (line,) = lines(source)
    assert "line 1 contains values, not names: the columns are called col1 to col8" in line
    source = opened(tmp_path, "# of 2020\n1 5 7\n2 6 8\n")
    assert contents(source) == {"col1": [1, 2], "col2": [5, 6], "col3": [7, 8]}
    assert "line 2 contains values" in lines(source)[0]


def test_commas_without_names_too(tmp_path: Path) -> None:
    source = opened(tmp_path, "1,10.5,x\n2,11.5,y\n", "a.csv")
    assert contents(source) == {"col1": [1, 2], "col2": [10.5, 11.5], "col3": ["x", "y"]}
    assert "line 1 contains values" in lines(source)[0]
    years = contents(opened(tmp_path, "name,2019,2020\nx,1,2\n", "a.csv"))
    assert years == {"name": ["x"], "2019": [1], "2020": [2]}


@pytest.mark.parametrize("quote", ['"', "'"])
def test_blanks_in_quotes_separate_nothing(tmp_path: Path, quote: str) -> None:
    text = f"name ra note\n{quote}M 31{quote} 10.5 {quote}{quote}\n{quote}O,B{quote} 3 x\n"
    source = same_as_astropy(tmp_path, text, "basic", quotechar=quote)
    assert contents(source)["name"] == ["M 31", "O,B"]


def test_uneven_rows_are_refused_with_their_line(tmp_path: Path) -> None:
    assert "seems to be separated by blanks, with 3 names and a row of 4 values" in refused(
        tmp_path, "name ra dec\nM 31 10 41\nM 33 23 30\n"
    )
    rows = "1 2 3\n" * 200
    message = refused(tmp_path, f"a b c\n{rows}1 2\n{rows}")
    assert "line 202: has 2 values, the table 3 columns: '1 2'" in message


def test_one_column_is_never_taken_without_a_word(tmp_path: Path) -> None:
    for text in ["name\nM 31\nNGC 224\nHD 1 A\n", "obsid\n1\n2\n", "my name\nx\ny\n"]:
        source = opened(tmp_path, text, "a.csv")
        assert len(source.fields) == 1
        (line,) = lines(source)
        assert "is read as a table of one column" in line
    assert contents(opened(tmp_path, "name\nM 31\nNGC 224\n")) == {"name": ["M 31", "NGC 224"]}


def test_ipac(tmp_path: Path) -> None:
    source = same_as_astropy(tmp_path, IPAC, "ipac", "a.tbl")
    assert contents(source)["name"] == ["M 31", None, "007"]
    assert contents(source)["ra"] == [10.5, None, 12.0]
    assert [(f.name, f.unit, f.description) for f in source.fields][:2] == [
        ("obsid", None, None),
        ("ra", "deg", "right ascension"),
    ]
    assert "has '9' as letter 21, where no column is" in refused(
        tmp_path, IPAC.replace("  12     ", "  12.999999")
    )


def test_mrt(tmp_path: Path) -> None:
    source = same_as_astropy(tmp_path, MRT, "mrt", "stars.mrt")
    assert contents(source)["RV"] == [12.5, None, -0.125]
    assert contents(source)["Name"][2] == "0042"
    assert contents(opened(tmp_path, MRT.replace("-99.9\n", "-99.900\n"))) == contents(source)
    assert contents(source)["Hour"] == [3, None, 12]
    assert [(f.unit, f.description) for f in source.fields][1:3] == [
        ("deg", "Right ascension (J2000)"),
        ("km / s", "Radial velocity"),
    ]
    described = MRT[: MRT.rindex("---\n") + 4]
    assert "describes a table but contains no rows" in refused(tmp_path, described)


def test_cds_with_a_readme_beside_it(tmp_path: Path) -> None:
    head, _, rows = MRT.rpartition("---\n")
    (tmp_path / "ReadMe").write_text(head.replace("stars.mrt", "stars.dat other.dat") + "---\n(End)\n")
    source = same_as_astropy(tmp_path, rows, "cds", "stars.dat", readme=str(tmp_path / "ReadMe"))
    assert source.fields[1].unit == "deg"
    assert contents(opened(tmp_path, rows, "stars.dat.01")) == contents(source)
    assert contents(opened(tmp_path, gzip.compress(rows.encode()), "stars.dat.gz")) == contents(source)
    message = refused(tmp_path, (tmp_path / "ReadMe").read_text(), "ReadMe")
    assert "is a ReadMe of the CDS" in message
    outside = opened(tmp_path, rows.replace("M 31  ", "M 31 x!"), "stars.dat")
    contents(outside)
    assert "line 1: has '!' as letter 28, where no column is by its description" in lines(outside)[0]


def test_a_changed_readme_is_a_changed_source(tmp_path: Path) -> None:

    head, _, rows = MRT.rpartition("---\n")
    (tmp_path / "stars.dat").write_text(rows)
    keys = set()
    for text in [None, head, head.replace("Radial", "radial")]:
        if text:
            (tmp_path / "ReadMe").write_text(text.replace("stars.mrt", "stars.dat") + "---\n")
        keys.add(
            CataloguePieces(*release_in(tmp_path, source="stars.dat"), Store(tmp_path / "cache")).rows().key
        )
    assert len(keys) == 3


def test_sextractor(tmp_path: Path) -> None:
    source = same_as_astropy(tmp_path, SEXTRACTOR, "sextractor", "a.cat")
    assert contents(source)["MAG_APER_1"] == [18.3, 99.0]
    found = {f.name: (f.unit, f.description) for f in source.fields}
    assert found["ALPHA_J2000"] == ("deg", "Right ascension of barycenter (J2000)")
    assert found["MAG_APER_1"] == ("mag", "Fixed aperture magnitude vector")
    assert found["FLAGS"] == (None, "Extraction flags")


def test_daophot(tmp_path: Path) -> None:
    source = same_as_astropy(tmp_path, DAOPHOT, "daophot", "a.als")
    assert source.fields[1].unit == "pixels"
    assert contents(source)["PERROR"] == ["No_error", "No_error"]


def test_fixed_width_and_rdb(tmp_path: Path) -> None:
    assert contents(same_as_astropy(tmp_path, FIXED, "fixed_width"))["Name"] == ["M 31", None]
    assert contents(opened(tmp_path, FIXED.replace("n |\n", "n |\n|--------|-------|---|\n")))["n"] == [3, 4]
    assert contents(same_as_astropy(tmp_path, TWO_LINES, "fixed_width_two_line"))["Name"] == [
        "M 31",
        "NGC 224",
    ]
    assert contents(same_as_astropy(tmp_path, RST, "rst"))["n"] == [3, 14]
    for text, border in [(FIXED, "+--------+-------+---+\n"), (FIXED, "# made up\n"), (RST, "# made up\n")]:
        assert contents(opened(tmp_path, border + text)) == contents(opened(tmp_path, text))
    assert contents(opened(tmp_path, "# made up\n\n" + TWO_LINES)) == contents(opened(tmp_path, TWO_LINES))
    source = opened(tmp_path, FIXED.partition("\n")[2])
    assert contents(source) == {"col1": ["M 31", None], "col2": [10.68, 11.5], "col3": [3, 4]}
    assert "line 1 contains values, not names" in lines(source)[0]
    assert "line 4: has '9' as letter 15" in refused(tmp_path, TWO_LINES.replace("11.5   14", "11.599914"))
    assert contents(same_as_astropy(tmp_path, RDB, "rdb", "a.rdb"))["name"] == ["0012", "13"]


def test_vizier(tmp_path: Path) -> None:
    text = "#RESOURCE=yCat\n#Column\tRAJ2000\t(F10.6)\tRight ascension (J2000)\t[ucd=pos.eq.ra;meta.main]\n\n"
    text += "RAJ2000   \tName  \tn\ndeg       \t      \t \n----------\t------\t-\n"
    text += "010.500000\tM 31  \t1\n 11.250000\t      \t \n\n"
    source = opened(tmp_path, text, "a.tsv")
    assert contents(source)["Name"] == ["M 31", None]
    assert contents(source)["n"] == [1, None]
    assert float(contents(source)["RAJ2000"][1]) == 11.25
    first = source.fields[0]
    assert (first.unit, first.ucd, first.description) == (
        "deg",
        "pos.eq.ra;meta.main",
        "Right ascension (J2000)",
    )


def test_bars_with_blanks_around(tmp_path: Path) -> None:
    text = "name  | ra   | n\nM 31  | 10.5 | 1\nM 33  | 23.4 | \n"
    assert contents(opened(tmp_path, text)) == {"name": ["M 31", "M 33"], "ra": [10.5, 23.4], "n": [1, None]}
    assert contents(opened(tmp_path, text.replace("n\nM", "n\n------+------+---\nM", 1))) == contents(
        opened(tmp_path, text)
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("\\begin{table}\n\\begin{tabular}{cc}\na & b \\\\\n1 & 2\n", "is a LaTeX table"),
        ("<!DOCTYPE html>\n<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
        ("stars\n\nn\tra\n-\t--\n1\t2\n[EOD]\n", "is a tab-separated table of Starlink"),
        ('[{"ra": 1}]', "is JSON"),
        ('{\n "ra": [1]}', "is JSON"),
        ("PK\x03\x04xx", "is a ZIP archive or a spreadsheet"),
        ("\x89HDF\r\n", "is an HDF5 file"),
        ("SQLite format 3\0", "is an SQLite database"),
    ],
)
def test_others_are_refused_by_name(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "a.dat"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=what):
        open_source(file, CatalogueSource(name="t", source="a.dat"), tmp_path)


def test_new_reports_what_readers_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_text(BLANKS.partition("\n")[2])
    command = ["new", tmp_path / "p", "--source", tmp_path / "a.dat", "--name", "stars"]
    done = drportal(*command, check=True)
    assert (done.stdout + done.stderr).count("line 1 contains values, not names") == 1
    (schema,) = (tmp_path / "p").rglob("stars.yaml")
    assert str(tmp_path) not in schema.read_text()
    assert [c.name for c in load_schema(schema).tables[0].columns] == [f"col{i}" for i in range(1, 9)]


def test_a_declared_number_that_is_none(tmp_path: Path) -> None:
    source = opened(tmp_path, MRT.replace("  2 359.9999", "  2      ***"), "a.mrt")
    assert contents(source)["RAdeg"] == ["10.5000", "***", "0.0001"]
    assert "column RAdeg: is declared as numeric but is not" in lines(source)[0]


@pytest.mark.parametrize("form", ["ipac", "basic", "mrt"])
def test_blocks_join_without_a_seam(tmp_path: Path, form: str) -> None:
    count = AT_A_TIME + 11
    text = [f"x {i}" if i % 3 else "" for i in range(count)]
    made = Table(
        {
            "i": np.arange(count),
            "f": np.arange(count) / 8,
            "t": MaskedColumn(text, mask=[not t for t in text]),
        }
    )
    if form == "basic":
        made["t"] = [f"x{i}" for i in range(count)]
    made.write(tmp_path / "a.txt", format=f"ascii.{form}")
    found = contents(opened(tmp_path, (tmp_path / "a.txt").read_bytes(), "b.txt"))
    assert found["i"] == list(range(count))
    assert found["f"] == [i / 8 for i in range(count)]
    assert [v or None for v in found["t"]] == [plain(v) for v in made["t"]]


def test_a_schema_has_what_the_header_says(tmp_path: Path) -> None:
    for name, text in [("a.mrt", MRT), ("b.tbl", IPAC), ("c.cat", SEXTRACTOR)]:
        (tmp_path / name).write_text(text)
        spec, release = release_in(tmp_path, source=name, positions="none")
        write_schema(spec, release, tmp_path / "t.yaml")
        columns = {c.name: c for c in load_schema(tmp_path / "t.yaml").tables[0].columns}
        for column, unit, description in [
            ("RAdeg", "deg", "Right ascension (J2000)"),
            ("RV", "km/s", "Radial velocity"),
            ("ra", "deg", "right ascension"),
            ("MAG_APER", "mag", "Fixed aperture magnitude vector"),
        ]:
            if column in columns:
                assert columns[column].description == description
                assert columns[column].ivoa_unit == unit
        with_schema, release = release_in(tmp_path, source=name, positions="none", schema="t.yaml")
        (tmp_path / "unpacked").mkdir(exist_ok=True)
        assert open_input(with_schema, release, tmp_path / "unpacked").fields


NAMED = {"obsid": [1, 2], "ra": [10.5, 11.5], "dec": [20.5, -21.5], "mag": [15.25, None]}


def test_commas_are_decimal_points_where_semicolons_separate(tmp_path: Path) -> None:
    """As spreadsheets of many countries write: what pandas reads with sep=";" and decimal=","."""
    source = opened(tmp_path, "obsid;ra;dec;mag\n1;10,5;20,5;15,25\n2;1,15e1;-21,5;NaN\n", "a.csv")
    assert contents(source) == NAMED
    assert "columns ra, dec, mag: commas are read as decimal points" in lines(source)[0]


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        ("1;10.5;20.5;1,2\n2;11.5;-21.5;3,4\n", ["1,2", "3,4"]),  # points elsewhere: commas are none
        ("1;10,5;20,5;1,234,567\n2;11,5;-21,5;3,4\n", ["1,234,567", "3,4"]),
        ("1;10,5;20,5;a,b\n2;11,5;-21,5;3,4\n", ["a,b", "3,4"]),
        ("1;10,5;20,5;007,5\n2;11,5;-21,5;3,4\n", ["007,5", "3,4"]),
    ],
)
def test_other_commas_stay(tmp_path: Path, rows: str, last: list[str]) -> None:
    found = contents(opened(tmp_path, f"obsid;ra;dec;parts\n{rows}", "a.csv"))
    assert found == {"obsid": [1, 2], "ra": [10.5, 11.5], "dec": [20.5, -21.5], "parts": last}


def test_a_late_row_decides_what_commas_are(tmp_path: Path) -> None:
    many = "".join(f"{n};1,5;{'x' * 90}\n" for n in range(60_000))  # more than a block
    found = contents(opened(tmp_path, f"obsid;v;note\n{many}60000;1.5;x\n", "a.csv"))
    assert found["v"][0] == "1,5" and found["v"][-1] == "1.5"
    assert set(contents(opened(tmp_path, f"obsid;v;note\n{many}", "b.csv"))["v"]) == {1.5}


@pytest.mark.parametrize(
    ("head", "units"),
    [
        ("# obsid ra dec mag\n# - deg deg mag\n", [None, "deg", "deg", "mag"]),
        ("# obsid ra dec mag\n# -- [deg] [deg] [mag]\n", [None, "deg", "deg", "mag"]),
        ("# a list of stars\n#\n# obsid RA dec mag\n", [None] * 4),
        ("# a list of stars\n# obsid ra dec mag\n# - deg deg mag\n", [None, "deg", "deg", "mag"]),
        ("# obsid ra dec mag\n# these are good stars\n", [None] * 4),
        ("# obsid x y mag\n# - - - -\n", [None] * 4),
    ],
)
def test_names_and_units_among_comments(tmp_path: Path, head: str, units: list[str | None]) -> None:
    source = opened(tmp_path, f"{head}1 10.5 20.5 15.5\n2 11.5 21.5 16.5\n")
    names = [name.lower() for name in contents(source)]
    assert names in (["obsid", "ra", "dec", "mag"], ["obsid", "x", "y", "mag"])
    assert [f.unit for f in source.fields] == units
    assert source.rows == 2
