"""TAP: answers in every format equal those of DuckDB on the files; STILTS and pyvo are satisfied."""

from __future__ import annotations

import io
import json
import math
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
import requests
from astropy.io.votable import parse
from astropy.table import Table
from lxml import etree

from ..conftest import Made, odd_table
from .running import Served


def ask(vo: str, adql: str, **more: object) -> requests.Response:
    return requests.post(f"{vo}tap/sync", data={"LANG": "ADQL", "QUERY": adql, **more}, timeout=120)


def rows(answer: requests.Response) -> list[tuple[Any, ...]]:
    """The rows of a VOTable; missing values are None."""
    assert answer.status_code == 200, answer.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = parse(io.BytesIO(answer.content)).get_first_table()
    columns = [
        [
            None if m is True else _python(v)
            for v, m in zip(table.array[n].data, table.array.mask[n], strict=True)
        ]
        for n in table.array.dtype.names
    ]
    return list(zip(*columns, strict=True))


def _python(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def files(made: Made, name: str) -> str:
    found = sorted((made.site / "test" / "v1" / "data" / name / "dataset").rglob("*.parquet"))
    return ", ".join(f"'{file}'" for file in found)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


@pytest.mark.parametrize("format", ["votable", "votable/td"])
def test_values_are_those_of_the_files(vo: str, made: Made, format: str) -> None:
    columns = [c for c in odd_table().colnames if c != "select"]  # NaN is NULL in TABLEDATA
    listed = ", ".join(f'"{c}"' for c in columns)
    found = rows(ask(vo, f'SELECT {listed} FROM odd ORDER BY "Id"', RESPONSEFORMAT=format))
    with duckdb.connect() as plain:
        wanted = plain.execute(
            f'SELECT {listed} FROM read_parquet([{files(made, "odd")}]) ORDER BY "Id"'
        ).fetchall()
    # VOTable has no character beyond the basic plane.
    wanted = [
        tuple(
            re.sub("[\U00010000-\U0010ffff]", "\ufffd", v)
            if isinstance(v, str) and format == "votable"
            else v
            for v in row
        )
        for row in wanted
    ]
    assert len(found) == len(wanted) == 12
    assert [r for r in zip(found, wanted, strict=True) if not all(map(same, *r))] == []


def test_every_format_has_the_same_numbers(vo: str, made: Made, tmp_path: Path) -> None:
    adql = "SELECT TOP 500 obsid, ra, dec, z, class FROM sim ORDER BY obsid"
    with duckdb.connect() as plain:
        wanted = plain.execute(
            "SELECT obsid, ra, dec, nullif(nullif(z, -9999), -999), class"
            f" FROM read_parquet([{files(made, 'sim')}]) ORDER BY obsid LIMIT 500"
        ).fetchall()
    assert [tuple(None if v != v else v for v in row) for row in rows(ask(vo, adql))] == wanted
    for name in ("csv", "tsv", "fits", "parquet", "json"):
        answer = ask(vo, adql, RESPONSEFORMAT=name)
        file = tmp_path / f"answer.{name}"
        file.write_bytes(answer.content)
        if name == "parquet":
            found = [tuple(r.values()) for r in pq.read_table(file).to_pylist()]
            assert b"IVOA.VOTable-Parquet.content" in pq.read_schema(file).metadata
        elif name == "json":
            found = [tuple(r) for r in json.loads(answer.text)["data"]]
        else:
            table = Table.read(file, format={"csv": "ascii.csv", "tsv": "ascii.tab"}.get(name, name))
            found = [
                (
                    int(r["obsid"]),
                    r["ra"],
                    r["dec"],
                    None if np.ma.is_masked(r["z"]) or np.isnan(r["z"]) else r["z"],
                    str(r["class"]).strip(),
                )
                for r in table
            ]
        assert found == wanted, name


def test_maxrec_and_overflow(vo: str) -> None:
    for format in ("votable", "votable/td"):
        answer = ask(vo, "SELECT obsid FROM sim", MAXREC=7, RESPONSEFORMAT=format)
        assert len(rows(answer)) == 7
        assert answer.text.index('"OVERFLOW"') > answer.text.index("</TABLE>")
    assert "OVERFLOW" not in ask(vo, "SELECT TOP 7 obsid FROM sim", MAXREC=7).text
    none = ask(vo, "SELECT obsid FROM sim", MAXREC=0)
    assert rows(none) == []
    assert 'name="obsid"' in none.text


def test_columns_are_described(vo: str) -> None:
    text = ask(vo, "SELECT TOP 1 ra AS r, z * 2 AS zz FROM sim").text
    field = re.search(r'<FIELD name="r"[^>]*>', text)
    assert field
    assert 'unit="deg"' in field[0]
    assert 'ucd="pos.eq.ra' in field[0]
    other = re.search(r'<FIELD name="zz"[^>]*>', text)
    assert other
    assert "ucd" not in other[0] and "ref=" not in other[0]
    assert 'ref="ICRS"' in field[0] and text.count('<COOSYS ID="ICRS" system="ICRS"/>') == 1


def test_answers_report_the_limits(vo: str, portal: Served) -> None:
    found = parse(io.BytesIO(ask(vo, "SELECT TOP 1 ra FROM sim").content)).resources[0].infos
    limits = {one.name: one.value for one in found}
    memory = portal.service.limits.memory
    assert (limits["memory_limit"], limits["time_limit"]) == (str(memory), "60")
    assert limits["maxrec"] == str(portal.service.limits.usual_rows)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"QUERY": "SELECT nope FROM sim"}, "there is no column nope"),
        ({"QUERY": "SELECT 1 FROM sim", "LANG": "SQL"}, "LANG is ADQL"),
        ({"QUERY": ""}, "QUERY is missing"),
        ({"QUERY": "SELECT 1 FROM sim", "REQUEST": "drop"}, "REQUEST is doQuery"),
        ({"QUERY": "SELECT 1 FROM sim", "MAXREC": "1;2"}, "MAXREC is a whole number"),
        ({"QUERY": "SELECT 1 FROM sim", "RESPONSEFORMAT": "<b>"}, "RESPONSEFORMAT"),
        ({"QUERY": "SELECT 1 FROM sim", "UPLOAD": "t,http://127.0.0.1/"}, "results of jobs of this service"),
        ({"QUERY": "SELECT 1 FROM sim", "UPLOAD": "t"}, "UPLOAD is a name"),
        ({"QUERY": "SELECT 1 FROM sim", "UPLOAD": "t,param:x"}, "no file of the form"),
        ({"QUERY": "SELECT class, z FROM sim GROUP BY class"}, "GROUP BY"),
        ({"QUERY": "SELECT CAST(class AS INTEGER) FROM sim"}, "Conversion Error"),
    ],
)
def test_errors_are_votables_with_status_400(vo: str, given: dict[str, str], what: str) -> None:
    answer = requests.post(f"{vo}tap/sync", data={"LANG": "ADQL", **given}, timeout=60)
    assert answer.status_code == 400
    (status,) = parse(io.BytesIO(answer.content)).resources[0].infos
    assert status.value == "ERROR"
    assert what in status.content


def upload(vo: str, adql: str, content: bytes) -> requests.Response:
    return requests.post(
        f"{vo}tap/sync",
        data={"LANG": "ADQL", "QUERY": adql, "UPLOAD": "mine,param:a"},
        files={"a": content},
        timeout=120,
    )


@pytest.mark.parametrize("format", ["tabledata", "binary", "binary2"])
def test_uploaded_tables_are_joined(vo: str, made: Made, format: str) -> None:
    source = Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")[:40]
    mine = Table({"key": source["obsid"] + 2**61, "a": source["ra"], "d": source["dec"], "word": ["ü<"] * 40})
    buffer = io.BytesIO()
    mine.write(buffer, format="votable", tabledata_format=format)
    found = rows(upload(
        vo, 'SELECT m."key", s.obsid, m.word FROM TAP_UPLOAD.mine AS m JOIN sim AS s'
        " ON 1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(m.a, m.d, 1e-6)) ORDER BY 1", buffer.getvalue(),
    ))  # fmt: skip
    pairs = {(k, o) for k, o, _ in found}
    assert {(int(i) + 2**61, int(i)) for i in source["obsid"]} <= pairs
    assert {w for *_, w in found} == {"ü<"}


def test_nonsense_is_no_table(vo: str, portal: Served) -> None:
    before = sorted(portal.service.scratch.iterdir())
    for content in (
        b"",
        b"nonsense" * 100_000,
        b"<VOTABLE>",
        b"<?xml version='1.0'?><html/>",
        b"\0" * 5_000_000,
    ):
        answer = upload(vo, "SELECT * FROM TAP_UPLOAD.mine", content)
        assert answer.status_code == 400
        assert 'value="ERROR"' in answer.text
    assert sorted(portal.service.scratch.iterdir()) == before


def test_tap_schema_is_what_vosi_says(vo: str) -> None:
    adql = "SELECT table_name, column_name, datatype, unit, ucd FROM TAP_SCHEMA.columns"
    found = [tuple(v or None for v in row) for row in rows(ask(vo, adql))]
    root = etree.fromstring(requests.get(f"{vo}tap/tables", timeout=60).content)
    listed = [
        (
            t.findtext("name"),
            c.findtext("name"),
            c.findtext("dataType"),
            c.findtext("unit"),
            c.findtext("ucd"),
        )
        for t in root.iter("table")
        for c in t.iter("column")
    ]
    assert sorted(map(str, found)) == sorted(map(str, listed))
    assert ("test_v1.odd", '"order"') in [row[:2] for row in found]
    assert ("test_v1.odd", '"Wörter"') in [row[:2] for row in found]
    one = etree.fromstring(requests.get(f"{vo}tap/tables/test_v1.odd", timeout=60).content)
    assert one.findtext("name") == "test_v1.odd"
    assert requests.get(f"{vo}tap/tables/nope", timeout=60).status_code == 404


def test_examples_are_queries_that_run(portal: Served, vo: str) -> None:
    from drportal.services.tap.examples import examples

    with portal.service.site.snapshot() as snapshot:
        found = examples(snapshot.scopes["test/v1"])
    assert len(found) > 3
    page = etree.fromstring(requests.get(f"{vo}tap/examples", timeout=60).content)
    queries = page.xpath("//*[@property='query']/text()")
    assert queries == [query for _, query in found]
    for query in queries:
        rows(ask(vo, query))


def test_pyvo_asks(vo: str, made: Made) -> None:
    from pyvo.dal import TAPService
    from pyvo.dal.exceptions import DALQueryError

    service = TAPService(f"{vo}tap")
    assert service.maxrec == 100_000
    assert "test_v1.sim" in service.tables
    assert service.run_sync("SELECT COUNT(*) AS n FROM sim").to_table()["n"][0] == 20_000
    with pytest.raises(DALQueryError, match="no column nope"):
        service.run_sync("SELECT nope FROM sim")


def test_stilts_asks(vo: str, tmp_path: Path) -> None:
    stilts = shutil.which("stilts")
    assert stilts
    command = [
        stilts,
        "tapquery",
        f"tapurl={vo}tap",
        'adql=SELECT "Id", "order" FROM odd ORDER BY "Id" DESC',
        "sync=true",
        f"out={tmp_path / 'out.fits'}",
        "ofmt=fits",
    ]
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(Table.read(tmp_path / "out.fits")["Id"]) == sorted(odd_table()["Id"])
