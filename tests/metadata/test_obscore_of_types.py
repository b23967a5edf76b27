"""ObsCore describes spectra whose catalogue has any types and any names, and values that mean "missing"."""

from __future__ import annotations

import csv
import json
import subprocess
import urllib.parse
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import astropy.io.votable
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from astropy.time import Time
from lxml import etree

from ..browser import Browser
from ..client.search.test_search_pages import search
from ..client.spectrum.test_gallery import DRAWN
from ..client.spectrum.test_spectrum_exports import handed, open_spectra, unpacked
from ..commands import drportal
from ..conftest import once
from ..spectra_fixtures import write_plain
from ..vo_schemas import registry_schemas
from ..ways import few

RA, DEC = [10.5, 200.25, 359.75], [-30.25, 0.0, 60.5]
MJD = [57001, 0, 60000]
NAMES = ["J1+2", "光谱 <b>'\"", ""]
IDS = [1, 2, 3]
DICTIONARY = pa.dictionary(pa.int8(), pa.string())


def whole(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([Decimal(v) for v in values] if pa.types.is_decimal(kind) else values, kind)


def real(values: list[float], kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind):
        return pa.array([Decimal(repr(v)).quantize(Decimal(1).scaleb(-kind.scale)) for v in values], kind)
    return pa.array(np.array(values, np.float16) if pa.types.is_float16(kind) else values, kind)


# By name of the catalogue: id, ra, dec, designation, and their types; the type of mjd.
KINDS: dict[str, tuple[list[str], list[pa.DataType], pa.DataType]] = {
    "decimals": (
        ['say "no" 光谱 & x=1', "filename", "a'b", "光谱"],
        [pa.decimal128(18, 0), pa.decimal128(9, 5), pa.decimal256(38, 10), pa.string_view()],
        pa.decimal128(9, 0),
    ),
    "large": (
        ["select", "group", "order", "rowid"],
        [pa.uint64(), pa.float16(), pa.float32(), DICTIONARY],
        pa.uint64(),
    ),
    "small": (
        ["id", "c", "i", "name"],
        [pa.uint8(), pa.int16(), pa.int8(), pa.large_string()],
        pa.uint16(),
    ),
    "texts": (
        ["h", "rows", "ids", "s"],
        [pa.large_string(), pa.float64(), pa.float64(), DICTIONARY],
        pa.int32(),
    ),
    "dictionaries": (
        ["__proto__", "a.b", "a,b", " b"],
        [pa.dictionary(pa.int8(), pa.int64()), pa.float64(), pa.float64(), pa.string()],
        pa.int64(),
    ),
    "moments": (
        ["/*", "$1", "::", "\\"],
        [pa.int32(), pa.float64(), pa.float64(), pa.string()],
        pa.timestamp("ns", "UTC"),
    ),
    "bytes": (
        ["obsid", "ra", "dec", "k"],
        [pa.int64(), pa.float64(), pa.float64(), pa.string()],
        pa.binary(),
    ),
    "missing": (["q", "r", "d", "w"], [pa.int64(), pa.float64(), pa.float64(), pa.string()], pa.int32()),
}
LOOKED_UP = {"decimals": pa.string(), "dictionaries": pa.binary(), "moments": DICTIONARY}
"""Sets whose ids come from a column of file names, and are called after the id; the type of that column."""
DATED = [name for name, (*_, day) in KINDS.items() if pa.types.is_integer(day) or pa.types.is_decimal(day)]


def days(kind: pa.DataType) -> pa.Array:
    if pa.types.is_binary(kind):
        return pa.array([b"\x00\xff", b"<b>", b""], kind)
    if pa.types.is_timestamp(kind):
        return pa.array(["2020-02-29T23:59:59.5Z", "2020-02-29T01:00:00Z", "2021-01-01T00:00:00Z"]).cast(kind)
    return whole(MJD, kind)


def table(name: str) -> pa.Table:
    names, kinds, day = KINDS[name]
    ident, ra, dec, called = names
    texts = pa.types.is_large_string(kinds[0])
    ids = pa.array(["001", "2", "not a number"], kinds[0]) if texts else whole(IDS, kinds[0])
    small = name == "small"
    places = [[1, 2, 3], [4, 5, 6]] if small else [RA, DEC]
    columns = {
        called: pa.array(NAMES).cast(kinds[3]) if kinds[3] != DICTIONARY else pa.array(NAMES, DICTIONARY),
        ident: ids.dictionary_encode().cast(kinds[0]) if pa.types.is_dictionary(kinds[0]) else ids,
        ra: whole(places[0], kinds[1]) if small else real(places[0], kinds[1]),
        dec: whole(places[1], kinds[2]) if small else real(places[1], kinds[2]),
        "MJD": days(day),
    }
    if name == "missing":
        columns |= {called: pa.array(["Non", "b", None]), "MJD": pa.array([-9999, 5, None], pa.int32())}
    if name in LOOKED_UP:
        columns["file"] = pa.array([f"{i}.fits" for i in IDS]).cast(LOOKED_UP[name])
    made = pa.table(columns)
    unit = pa.field("MJD", made.schema.field("MJD").type, metadata={"unit": "d"})
    return made.cast(made.schema.set(made.schema.get_field_index("MJD"), unit))


PORTAL = """
name = "T"
title = "T"
contact = "help@survey.example"
base_url = "https://sky.example.org/"
ivoid = "ivo://example.sky"
license = "CC-BY-4.0"
"""
RELEASE = """
name = "T1"
version = "t1"
published = "2026-01"
phase = "v2"
"""
EACH = """
[[catalogues]]
name = "{name}"
source = "{name}.parquet"
roles = {{ id = {id}, ra = {ra}, dec = {dec}, designation = {called} }}
{missing}

[[spectra]]
name = "{name}"
catalogue = "{name}"
source = "files"
layout = "columns"
columns = {{ wavelength = "WAVE", flux = "F", error = "ERR" }}
id = {{ {how} }}
ship_originals = {ships}
"""


def make(folder: Path) -> Path:
    home = folder / "portal/releases/t1"
    (home / "files").mkdir(parents=True)
    (folder / "portal/portal.toml").write_text(PORTAL)
    for ident in IDS:
        write_plain(home / f"files/{ident}.fits", ident, np.arange(5.0))
    text = RELEASE
    for name in KINDS:
        pq.write_table(table(name), home / f"{name}.parquet")
        words = dict(zip(("id", "ra", "dec", "called"), map(json.dumps, KINDS[name][0]), strict=True))
        missing = 'missing = { "*" = [-9999], "w" = ["Non"] }' if name == "missing" else ""
        how = 'lookup = "file"' if name in LOOKED_UP else 'file = "([0-9]+)"'
        text += EACH.format(name=name, missing=missing, how=how, ships=str(name == "large").lower(), **words)
    (home / "release.toml").write_text(text, encoding="utf-8")
    for command in ("check", "build"):
        done = drportal(command, "--portal", folder / "portal")
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    return folder / "portal/build/site/t1"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "obscore-of-types", make)


def reported(catalogue: str) -> dict[int, dict[str, Any]]:
    """The values of the catalogue's own file for each id."""
    names = KINDS[catalogue][0]
    found = {}
    for row in table(catalogue).select([*names, "MJD"]).to_pylist():
        ident, ra, dec, called = (row[name] for name in names)
        if not str(ident).isdecimal() or str(int(ident)) != str(ident):
            continue  # texts that no id of the set is written as
        day = float(row["MJD"]) if catalogue in DATED and row["MJD"] not in (-9999, None) else None
        name = "" if called in ("Non", None) else called
        found[int(ident)] = {
            "s_ra": float(ra), "s_dec": float(dec), "target_name": name,
            "t_min": day, "t_max": None if day is None else day + 1,
        }  # fmt: skip
    return found


@pytest.mark.parametrize("catalogue", KINDS)
def test_each_spectrum_has_what_its_catalogue_says(release: Path, catalogue: str) -> None:
    rows = pq.read_table(release / "meta/obscore.parquet").to_pylist()
    mine = {int(r["obs_id"]): r for r in rows if r["obs_collection"] == f"T1 t1: {catalogue}"}
    assert list(mine) == IDS
    nothing = {"s_ra": None, "s_dec": None, "target_name": "", "t_min": None, "t_max": None}
    its = reported(catalogue)
    assert its
    for ident, row in mine.items():
        assert {name: row[name] for name in nothing} == its.get(ident, nothing)


def test_the_documents_of_such_a_release_are_valid(release: Path, tmp_path: Path) -> None:
    import mlcroissant

    meta = release / "meta"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = Table.read(meta / "obscore.vot.xml", format="votable")
        tables = astropy.io.votable.parse(meta / "tableset.vot.xml", verify="exception")
    parquet = pq.read_table(meta / "obscore.parquet")
    for name in ("obs_id", "target_name", "s_ra", "t_min", "access_url"):
        assert [None if v is np.ma.masked else v for v in found[name]] == parquet.column(name).to_pylist()
    names = {t.name: [f.name for f in t.fields] for t in tables.iter_tables()}
    assert names == {name: table(name).column_names for name in KINDS}
    valid = registry_schemas(tmp_path)
    assert valid("VOSITables-v1.1.xsd", meta / "tables.xml")
    assert valid("resource.xsd", meta / "voresource.xml")
    dataset = mlcroissant.Dataset(jsonld=release / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors and not dataset.metadata.ctx.issues.warnings
    ids = {str(row["large/select"]) for row in dataset.records(record_set="large")}
    assert ids == set(map(str, IDS))


def test_nights_are_days_whatever_their_type(release: Path) -> None:
    """Nights of moments are dates; a record has the dates alone, as other catalogues begin at day 0."""
    record = etree.parse(release / "meta/voresource.xml")
    first, last = (str(int(Time(day).mjd) + n) for day, n in (("2020-02-29", 0), ("2021-01-01", 1)))
    assert record.findtext("coverage/temporal") == f"{first} {last}"
    reported = {
        name: json.loads((release / f"data/{name}/statistics.json").read_text(encoding="utf-8"))
        for name in KINDS
    }
    moments = reported["moments"]
    assert (moments["nights"], moments["per_night"]) == (2, [["2020-02-29", 2], ["2021-01-01", 1]])
    assert [m["year"] for m in moments["sky_by_year"]["maps"]] == [2020, 2021]
    assert reported["bytes"]["roles"]["night"] is None  # bytes are no nights
    assert reported["decimals"]["nights"] == 3


@pytest.mark.browser
@pytest.mark.parametrize("catalogue", few(LOOKED_UP, "decimals"))
def test_pages_of_a_spectrum_whose_id_has_any_name(watched: Browser, release: Path, catalogue: str) -> None:
    """From SQL, and from a row of a search, to the spectrum and its object."""
    ident = KINDS[catalogue][0][0]
    base = release.as_uri() + "/"
    address = f"spectrum.html?{urllib.parse.quote(ident, safe='')}=2"
    sql = f"SELECT spectrum(2, '{catalogue}') AS link"
    assert search(watched, base, "sql.html", sql=sql) == 1
    href = watched.evaluate("document.querySelector('#results td[data-column=link] a').getAttribute('href')")
    assert urllib.parse.unquote(href) == urllib.parse.unquote(f"{address}&set={catalogue}")
    for page in (href, address.replace("spectrum.html", "object.html")):
        watched.goto(base + page)
        said = watched.wait("/\\b2\\b/.test(document.querySelector('h1')?.textContent) && document.title")
        assert "2" in said
        if page.startswith("object"):  # decimals are a place, too
            watched.wait("/200\\.250000/.test(document.querySelector('main').innerText)")
        else:
            watched.wait("!!document.querySelector('canvas, svg.spectrum, #plot svg')")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("catalogue", ["decimals", "dictionaries"])
def test_spectra_of_a_result_whose_id_has_any_name(
    watched: Browser, release: Path, catalogue: str, tmp_path: Path
) -> None:
    """They are seen as pictures and saved, with the links and scripts that go with them."""
    ident = KINDS[catalogue][0][0]
    assert search(watched, release.as_uri() + "/", catalogue=catalogue, sky="all") == len(IDS)
    watched.click("#results-as [value=spectra]")
    watched.wait(f"{DRAWN} === {len(IDS)}")
    links = watched.evaluate(
        "[...document.querySelectorAll('.thumb-link')].map((a) => a.getAttribute('href'))"
    )
    found = sorted(urllib.parse.parse_qs(link.partition("?")[2])[ident][0] for link in links)
    assert found == [str(i) for i in IDS]
    assert open_spectra(watched).startswith(f"{len(IDS)} spectra, about ")
    inner = unpacked(handed(watched, "[data-spectra=zip]"), tmp_path)
    with (inner / "MANIFEST.csv").open(newline="") as stream:
        assert sorted(row["id"] for row in csv.DictReader(stream)) == found
    for tool in ("wget", "curl"):
        subprocess.run(["sh", "-n"], input=handed(watched, f"[data-script={tool}]"), check=True)
