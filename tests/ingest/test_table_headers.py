"""Lines above the rows of a text table: units are read or reported, no format is misread."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from astropy.table import Table

from drportal.ingest.readers import read_text

from .test_text_tables import DAOPHOT, IPAC, SEXTRACTOR, contents, lines, opened, refused, same_as_astropy

LONG = "y" * 150_000
ROWS = "1 2 a\n3 4 b\n"
COMMAS = ROWS.replace(" ", ",")
READ = {
    "comments": ("# ra dec name\n# deg deg -\n", ROWS),
    "a comment below the names": ("ra dec name\n# deg deg -\n", ROWS),
    "a row below the names": ("ra dec name\ndeg [deg] -\n", ROWS),
    "comments, commas": ("# ra,dec,name\n# deg,deg,\n", COMMAS),
    "a comment below the names, commas": ("ra,dec,name\n#deg,deg,\n", COMMAS),
    "a row below the names, commas": ("ra,dec,name\ndeg,(deg),-\n", COMMAS),
    "a row below the names, tabs": ("ra\tdec\tname\ndeg\tdeg\t\n", ROWS.replace(" ", "\t")),
}


@pytest.mark.parametrize("how", READ)
def test_units_are_read(tmp_path: Path, how: str) -> None:
    source = opened(tmp_path, "".join(READ[how]))
    assert contents(source) == {"ra": [1, 3], "dec": [2, 4], "name": ["a", "b"]}
    assert [f.unit for f in source.fields] == ["deg", "deg", None]
    said = [line.partition("dat: ")[2] for line in lines(source)]
    rows = ["line 2: is read as the units of the columns; see whether it is right"]
    assert said == (rows if "a row" in how else [])


@pytest.mark.parametrize("units", ["deg deg", "deg", "deg deg mag km/s"])
@pytest.mark.parametrize("head", ["# ra dec name\n# {}\n", "ra dec name\n# {}\n"])
def test_units_for_other_columns_are_reported(tmp_path: Path, head: str, units: str) -> None:
    source = opened(tmp_path, head.format(units) + ROWS)
    assert contents(source)["ra"] == [1, 3] and source.fields[0].unit is None
    count = len(units.split())
    said = [f"line 2: seems to contain units, {count} for 3 columns" in line for line in lines(source)]
    assert said == ([True] if count > 1 else [])  # one word may be any comment


def test_units_in_commas_for_other_columns_too(tmp_path: Path) -> None:
    source = opened(tmp_path, f"# ra,dec,name\n# deg,deg\n{COMMAS}")
    assert contents(source)["dec"] == [2, 4]
    assert "line 2: seems to contain units, 2 for 3 columns" in lines(source)[0]
    assert "line 2: seems to contain units" in refused(tmp_path, f"ra,dec,name\n# deg,deg\n{COMMAS}")


@pytest.mark.parametrize(
    "text",
    [
        "   ra   dec\n   1.5   2.5\n  13.5  -2.5\n",
        "ra,dec\n1.5,2.5\n13.5,-2.5\n",
        "ra dec\n1.5 2.5\n13.5 -2.5\n",
    ],
)
def test_a_first_row_of_numbers_is_no_row_of_units(tmp_path: Path, text: str) -> None:
    assert contents(opened(tmp_path, text)) == {"ra": [1.5, 13.5], "dec": [2.5, -2.5]}


@pytest.mark.parametrize("text", ["a,b\nm,s\nd,h\n", "a b\nm s\nd h\n"])
def test_letters_above_letters_are_no_units(tmp_path: Path, text: str) -> None:
    assert contents(opened(tmp_path, text)) == {"a": ["m", "d"], "b": ["s", "h"]}


def test_bars_that_do_not_stand_below_each_other(tmp_path: Path) -> None:
    text = "| ra | dec | name |\n|----|:---:|---|\n| 1.5 | 2 | a b |\n| 13.25 | 4 | c\\|d |\n"
    assert contents(opened(tmp_path, text)) == {"ra": [1.5, 13.25], "dec": [2, 4], "name": ["a b", "c|d"]}
    assert "line 5: has 4 values, the table 3 columns" in refused(tmp_path, f"{text}| 1 | 2 | 3 | 4 |\n")
    straight = "| ra  | n |\n| 1.5 | 2 |\n" + "| 2.5 | 3 |\n" * 25_000
    assert len(contents(opened(tmp_path, straight))["ra"]) == 25_001
    said = refused(tmp_path, f"{straight}| 12.5 | 3 |\n")
    assert "line 25003: has bars that are not below those of the header" in said


@pytest.mark.parametrize("sign", [",", " ", "\t"])
def test_a_comment_of_as_many_words_is_not_taken_for_the_names(tmp_path: Path, sign: str) -> None:
    text = "# made by Someone\nname ra dec\nM31 10.5 41.25\nVega 279.25 38.75\n".replace(" ", sign)
    assert contents(opened(tmp_path, text)) == {
        "name": ["M31", "Vega"], "ra": [10.5, 279.25], "dec": [41.25, 38.75]
    }  # fmt: skip
    text = "# name kind\nM31 galaxy\nVega star\n".replace(" ", sign).replace(f"#{sign}", "# ")
    assert contents(opened(tmp_path, text)) == {"name": ["M31", "Vega"], "kind": ["galaxy", "star"]}
    text = "# name ra\nM31 nan\nVega 3.5\n".replace(" ", sign).replace(f"#{sign}", "# ")
    assert contents(opened(tmp_path, text))["name"] == ["M31", "Vega"]


def test_tables_as_databases_print_them(tmp_path: Path) -> None:
    line = "+------+-----+\n"
    text = f"{line}| ra   | dec |\n{line}|  1.5 |   2 |\n| 13.5 |   4 |\n{line}"
    for end in ("", "2 rows in set (0.00 sec)\n"):
        assert contents(opened(tmp_path, text + end)) == {"ra": [1.5, 13.5], "dec": [2, 4]}


def test_tabs_and_blanks_together_are_reported(tmp_path: Path) -> None:
    source = opened(tmp_path, "ra\tdec name\n1\t2 a\n3 4\tb\n")
    assert "is read as 2 columns that tabs separate; blanks and tabs separate 3" in lines(source)[0]
    assert not lines(opened(tmp_path, "ra\tname\n1\tNGC 104\n2\tVega\n"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<!-- made up -->\n<table><tr><th>a</th></tr></table>\n", "is a web page"),
        ('<?xml version="1.0"?><!DOCTYPE html><html><table></table></html>\n', "is a web page"),
        ('<vod:tableset>\n <table type="x">\n <name>stars</name></table></vod:tableset>\n', "is XML and not"),
        ('<!-- made up -->\n<INSTANCE a="b"\n c="d"/>\n', "is XML and not a VOTable"),
        ('[{"id":1,"ra":10.5},' + '{"id":2,"ra":11.5},' * 20_000 + '{"id":3}]\n', "is JSON"),
        (f"x{'y' * 200_000}\n1\n", "line 1: is not a line of names"),
        ("a & b \\\\\n\\hline\n1 & 2 \\\\\n3 & 4 \\\\\n", "is a LaTeX table"),
        ("% made up\n\\begin{deluxetable*}{cc}\n\\startdata\n1 & 2\n\\enddata\n", "is a LaTeX table"),
    ],
)
def test_pages_are_refused_by_name(tmp_path: Path, text: str, what: str) -> None:
    assert what in refused(tmp_path, text)


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("ending", [*PACKED, "zst"])
@pytest.mark.parametrize(
    "text", [IPAC, SEXTRACTOR, DAOPHOT, f"ra dec name\n{ROWS}", f"ra,dec,name\n{COMMAS}"]
)
def test_packed_ones_are_the_same(tmp_path: Path, text: str, ending: str) -> None:
    content = text.encode()
    packed = pa.compress(content, codec="zstd", asbytes=True) if ending == "zst" else PACKED[ending](content)
    assert contents(opened(tmp_path, packed, f"b.dat.{ending}")) == contents(opened(tmp_path, text))
    said = refused(tmp_path, packed[: len(packed) // 2], f"c.dat.{ending}")  # type: ignore[arg-type]
    assert "is damaged or cut short" in said


@pytest.mark.parametrize("code", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [f"ra,dec,name\n{COMMAS}", f"ra dec name\n{ROWS}"])
def test_encodings_and_ends_of_lines(tmp_path: Path, text: str, end: str, code: str) -> None:
    found = contents(opened(tmp_path, text.replace("\n", end).replace("b", "光").encode(code)))
    assert found == {"ra": [1, 3], "dec": [2, 4], "name": ["a", "光"]}
    if code == "utf-16":
        assert "begins as UTF-16 but is invalid" in refused(tmp_path, text.encode(code)[:-1])  # type: ignore[arg-type]


@pytest.mark.parametrize("remark", ["taken from the paper", "id ra dec mag", "# NaN -- null -"])
def test_names_without_a_sign_outrank_remarks_above_them(tmp_path: Path, remark: str) -> None:
    """A remark may have as many words as the table has columns."""
    text = f"# {remark}\n# and from others too\nname x y mag\na 1 2 3.5\nb 2 3 4.5\n"
    source = opened(tmp_path, text)
    assert contents(source) == {"name": ["a", "b"], "x": [1, 2], "y": [2, 3], "mag": [3.5, 4.5]}


def test_a_first_row_without_values_is_a_row(tmp_path: Path) -> None:
    source = opened(tmp_path, "# name x y\na NaN --\nb 2 3\n")
    assert contents(source) == {"name": ["a", "b"], "x": [None, 2], "y": [None, 3]}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_comments_between_rows_are_reported(tmp_path: Path, sign: str) -> None:
    rows = ["id,mag,name", "1,3.5,a", "# more of them", "2,4.5,#b", "", "#3,5.5,c", "# at most 50 rows"]
    text = "\n".join(line.replace(",", sign) for line in rows[:-2]) + f"\n{rows[-1]}\n"
    source = opened(tmp_path, text, "a.csv")
    assert contents(source) == {"id": [1, 2], "mag": [3.5, 4.5], "name": ["a", "#b"]}
    assert "line 3: is a comment, not a row: '# more of them'" in lines(source)[0] and len(lines(source)) == 1
    source = opened(tmp_path, "\n".join(line.replace(",", sign) for line in rows) + "\n", "a.csv")
    assert contents(source)["id"] == ["1", "2", "#3"]
    assert any("row 3: begins with #, '#3', and is read as a row" in line for line in lines(source))


def test_values_longer_than_the_csv_module_takes(tmp_path: Path) -> None:
    """A header is found above, below and beside them."""
    for text in (f"id,name\n1,{LONG}\n2,b\n", f"# {LONG}\nid,name\n1,{LONG}\n2,b\n"):
        assert contents(opened(tmp_path, text, "a.csv")) == {"id": [1, 2], "name": [LONG, "b"]}


def test_blanks_at_the_ends_of_barred_lines_are_no_column(tmp_path: Path) -> None:
    source = opened(tmp_path, "| id |  mag | \n|  1 |  3.5 | \n|  2 |  4.5 |\n")
    assert contents(source) == {"id": [1, 2], "mag": [3.5, 4.5]}


def test_daophot_is_read_in_blocks(tmp_path: Path, monkeypatch) -> None:
    """Rows of several lines are not divided."""
    start = DAOPHOT.index("14 ")
    text = DAOPHOT[:start] + DAOPHOT[start:] * 7
    whole = contents(same_as_astropy(tmp_path, text, "daophot", "a.als"))
    for some in (1, 3, 4):
        monkeypatch.setattr(read_text, "AT_A_TIME", some)
        assert contents(opened(tmp_path, text, "a.als")) == whole


def test_every_format_that_astropy_writes_is_read_as_astropy_does_or_refused_by_name(tmp_path: Path) -> None:
    table = Table({"ra": [1.5, 2.5], "dec": [3, 4], "name": ["a b", "c"]})
    right = {name: np.asarray(table[name]).tolist() for name in table.colnames}
    read = (
        "csv",
        "tab",
        "rst",
        "fixed_width",
        "fixed_width_two_line",
        "commented_header",
        "basic",
        "ipac",
        "mrt",
        "ecsv",
    )
    for form in (*read, "latex", "aastex", "html"):
        out = io.StringIO()
        table.write(out, format=f"ascii.{form}")
        if form in read:
            assert contents(opened(tmp_path, out.getvalue())) == right, form
        else:
            assert "is a web page" in refused(tmp_path, out.getvalue()) or form != "html"
            assert "is a LaTeX table" in refused(tmp_path, out.getvalue()) or form == "html"
