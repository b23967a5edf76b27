"""Files that the search page saves, read as astronomers read them, against the source tables."""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

from ...browser import Browser
from ...conftest import Made
from ..search.test_search_pages import cells, odd_source, search

pytestmark = pytest.mark.browser

# A file the page hands out is a Blob behind an object URL; this keeps its bytes where the test can read them.
KEEP = """(() => {
  globalThis.handedOut = [];
  if (globalThis.makesUrls) return;
  globalThis.makesUrls = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const reader = new FileReader();
    reader.onload = () => handedOut.push(reader.result);
    reader.readAsDataURL(blob);
    return makesUrls(blob);
  };
})()"""


@pytest.fixture(scope="module")
def base(made: Made) -> str:
    return made.moved.as_uri() + "/"


MENU = ["fits", "parquet", "json", "votable-text", "csv-safe"]


def saved(browser: Browser, kind: str) -> bytes:
    """The file the page saves, chosen from the menu by keyboard if it is there."""
    browser.evaluate(KEEP)
    if kind in ("csv", "votable"):
        browser.click(f"#download-{kind}")
    else:
        browser.evaluate("document.getElementById('save-as').focus()")
        browser.press("Enter")
        for choice in ("all", "marked", "screen"):
            browser.wait(f"document.activeElement.dataset.scope === '{choice}'", 10)
            browser.press("ArrowDown")
        for item in MENU[: MENU.index(kind) + 1]:
            if item != MENU[0]:
                browser.press("ArrowDown")
            browser.wait(f"document.activeElement.id === 'download-{item}'", 10)
        browser.press("Enter")
        browser.wait("document.activeElement.id === 'save-as'", 10)
    return base64.b64decode(browser.wait("handedOut[0]").partition(",")[2])


def escaped(text: str) -> str:
    """Text as in FITS files: characters that are not printable ASCII are written as codes."""
    out = "".join(
        c if " " <= c <= "~" else f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}" for c in text
    )
    return out.rstrip(" ")


def missing(value: Any) -> bool:
    return bool(np.ma.is_masked(value)) or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


@pytest.fixture
def odd(watched: Browser, base: str, made: Made) -> Table:
    table = odd_source(made)
    found = search(
        watched, base, catalogue="odd", order="0..", columns=",".join(table.colnames), sort="order"
    )
    assert found == len(table)
    return table


def test_fits_of_odd_values(watched: Browser, odd: Table) -> None:
    content = saved(watched, "fits")
    assert len(content) % 2880 == 0
    with fits.open(io.BytesIO(content)) as hdus:
        hdus.verify("exception")
        header, data = hdus[1].header, hdus[1].data
        assert header["RELEASE"] == "test/v1"
        assert header["EXTNAME"] == "odd"
        assert header["QUERY"].startswith("catalogue=odd&order=0..")
        assert header["CITE"] == "TEST TEST v1"
        assert "Worter" in data.names
        for name in odd.colnames:
            read = data["Worter" if name == "Wörter" else name]
            if name in ("Wörter", "class"):
                assert [str(v) for v in read] == [escaped(str(v)) for v in odd[name]]
            else:
                assert read.dtype.kind == np.asarray(odd[name]).dtype.kind
                assert read.dtype.itemsize == np.asarray(odd[name]).dtype.itemsize
                np.testing.assert_array_equal(np.asarray(read), np.asarray(odd[name]))
        at = data.names.index("Worter") + 1
        assert header[f"TCOMM{at}"] == "<script>alert(3)</script> & more"
        assert header[f"TUNIT{data.names.index('RAJ2000') + 1}"] == "deg"


@pytest.mark.parametrize("kind", ["votable", "votable-text", "parquet"])
def test_tables_of_odd_values(watched: Browser, odd: Table, kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"odd.{kind}"
    file.write_bytes(saved(watched, kind))
    read = Table.read(file, format="parquet.votable" if kind == "parquet" else "votable")
    assert read["RAJ2000"].unit == u.deg
    if kind != "parquet":
        assert (b"<BINARY2>" in file.read_bytes()) == (kind == "votable")
    if kind == "votable" and shutil.which("stilts"):
        lint = subprocess.run(["stilts", "votlint", file], capture_output=True, text=True, check=True)
        assert "ERROR" not in lint.stdout + lint.stderr, lint.stdout + lint.stderr
        assert "WARNING" not in lint.stdout + lint.stderr, lint.stdout + lint.stderr
        command = ["stilts", "tpipe", f"in={file}", "ifmt=votable", "omode=out", "ofmt=csv"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        ids = [int(row["Id"]) for row in csv.DictReader(io.StringIO(text))]
        assert ids == [int(i) for i in odd["Id"]]
    if kind == "parquet":
        read = Table.read(file, format="parquet")
        said = pyarrow.parquet.ParquetFile(file).metadata.metadata
        assert said[b"cite"] == b"TEST TEST v1"
        assert said[b"release"] == b"test/v1"
    names = [n for n in read.colnames if n in odd.colnames]
    assert len(names) >= len(odd.colnames) - (kind != "parquet")
    for name in names:
        for left, right in zip(read[name], odd[name], strict=True):
            assert (missing(left) and missing(right)) or left == right, name


def test_json_of_odd_values(watched: Browser, odd: Table) -> None:
    content = json.loads(saved(watched, "json"))
    assert content["release"] == "test/v1"
    assert content["count"] == len(odd)
    columns = {c["name"]: c for c in content["columns"]}
    assert columns["Id"]["written"] == "text"
    assert columns["RAJ2000"]["unit"] == "deg"
    assert columns["Wörter"]["description"] == "<script>alert(3)</script> & more"
    for row, original in zip(content["rows"], odd, strict=True):
        assert list(row) == odd.colnames
        assert row["Id"] == str(original["Id"])
        assert row["Wörter"] == str(original["Wörter"])
        assert row["flag"] is bool(original["flag"])
        assert np.float32(row["f32"]) == original["f32"]
        for name in ("RAJ2000", "order"):
            assert row[name] == original[name]
        if missing(original["select"]):
            assert row["select"] is None
        else:
            assert float(row["select"]) == original["select"]


def test_part_of_a_result(watched: Browser, base: str) -> None:
    search(watched, base, catalogue="sim", snrg="0..", columns="obsid,snrg", sort="-snrg", limit="60")
    watched.evaluate("document.getElementById('results-scroll').scrollTop = 400")
    watched.wait("!/^1–/.test(document.getElementById('page-at').textContent)")
    at = watched.evaluate("document.getElementById('page-at').textContent")
    first, last = (int(number) for number in at.split(" ")[0].split("–"))
    shown = [row["obsid"] for row in cells(watched)][first - 1 : last]
    watched.evaluate("document.querySelector('[data-scope=screen]').click()")
    content = json.loads(saved(watched, "json"))
    assert [str(row["obsid"]) for row in content["rows"]] == shown
    assert content["scope"] == f"rows {first} to {last} of 60"
    assert content["count"] == last - first + 1 < 60
    watched.evaluate("document.querySelector('[data-scope=all]').click()")
    content = json.loads(saved(watched, "json"))
    assert content["count"] == 60 and content["scope"].startswith("the first 60 rows of ")


def test_no_cell_is_a_formula(watched: Browser, base: str) -> None:
    sql = "select '=1+1' as a, '@x' as b, -5 as c, -1.5::decimal(5,2) as d, '+' as e, 'plain' as f, "
    sql += "9223372036854775807 as g, date '2020-01-01' as h, '-inf'::float as i, '007' as j"
    assert search(watched, base, "sql.html", sql=sql) == 1
    [row] = csv.DictReader(io.StringIO(saved(watched, "csv-safe").decode(), newline=""))
    assert row == {
        "a": "'=1+1", "b": "'@x", "c": "-5", "d": "-1.50", "e": "'+", "f": "plain",
        "g": "'9223372036854775807", "h": "2020-01-01", "i": "'-Infinity", "j": "'007",
    }  # fmt: skip
    [row] = csv.DictReader(io.StringIO(saved(watched, "csv").decode(), newline=""))
    assert row["a"] == "=1+1"


def test_nulls_of_every_type_from_sql(watched: Browser, base: str) -> None:
    sql = """select i::tinyint as t, i::smallint as s, i::integer as i, i::bigint as b, i::float as f,
    i::double as d, i % 2 = 0 as l, 'x' || i as v, i::utinyint as u, date '2020-01-01' as day, [i, 2] as list,
    i * 1.5 as dec, case when i is null then null else 9223372036854775807 - i end as top,
    'nan'::double as nothing
    from (values (1), (null), (3), (0)) as rows(i)"""
    assert search(watched, base, "sql.html", sql=sql) == 4
    read = Table.read(io.BytesIO(saved(watched, "fits")), format="fits")
    for name in ("t", "s", "i", "b", "f", "d", "v", "u", "dec", "top"):
        assert [bool(np.ma.is_masked(v)) for v in read[name]] == [False, True, False, False], name
    assert list(read["i"].filled(-1)) == [1, -1, 3, 0]
    assert int(read["top"][0]) == 2**63 - 2
    assert list(read["day"]) == ["2020-01-01"] * 4
    table = Table.read(io.BytesIO(saved(watched, "votable")), format="votable")
    for name in ("t", "s", "i", "b", "u", "top", "l"):
        assert [bool(np.ma.is_masked(v)) for v in table[name]] == [False, True, False, False], name
    assert [str(v) for v in table["l"]] == ["False", "--", "False", "True"]
    assert int(table["top"][0]) == 2**63 - 2
    rows = json.loads(saved(watched, "json"))["rows"]
    assert {k: v for k, v in rows[1].items() if v is not None} == {
        "day": "2020-01-01",
        "list": [None, 2],
        "nothing": "NaN",
    }
    assert rows[0]["b"] == 1 and rows[0]["dec"] == 1.5 and rows[0]["top"] == str(2**63 - 2)


@pytest.mark.slow
def test_a_real_table_in_every_format(watched: Browser, base: str, made: Made, tmp_path: Path) -> None:
    source = Table.read(made.portal / "releases/test/v1/sim.fits")
    inside = np.asarray(source["snrg"]) >= 30
    by_id = {int(row["obsid"]): row for row in source[inside]}
    found = search(watched, base, catalogue="sim", snrg="30..", columns="*")
    assert found == len(by_id) > 100
    for kind, form in [("fits", "fits"), ("votable", "votable"), ("parquet", "parquet.votable")]:
        file = tmp_path / f"sim.{kind}"
        file.write_bytes(saved(watched, kind))
        read = Table.read(file, format=form)
        assert len(read) == found
        assert read["ra"].unit == u.deg
        if kind == "fits":
            header = fits.getheader(file, 1)
            assert header[f"TUCD{read.colnames.index('ra') + 1}"] == "pos.eq.ra;meta.main"
        else:
            assert read["ra"].meta["ucd"] == "pos.eq.ra;meta.main"
        for row in read:
            original = by_id[int(row["obsid"])]
            for name in source.colnames:
                left, right = row[name], original[name]
                if isinstance(left, bytes):
                    left = left.decode()
                if isinstance(right, bytes):
                    right = right.decode()
                same = str(left).rstrip() == str(right).rstrip() if isinstance(right, str) else left == right
                assert np.ma.is_masked(left) or missing(right) or same, (kind, name)
                # what is masked is NULL, empty text, or a value that stands for "missing"
                if np.ma.is_masked(left):
                    assert missing(right) or right in ("", "Non", -9999, -999, 99), (kind, name, right)
