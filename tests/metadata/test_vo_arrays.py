"""Columns of arrays in the documents of the Virtual Observatory, by the IVOA's own schemas."""

from __future__ import annotations

import warnings
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import votable
from astropy.table import Table
from lxml import etree

from ..commands import drportal
from ..vo_schemas import registry_schemas

N = 5
ARRAYS: dict[str, tuple[list[Any], pa.DataType, str, str]] = {
    # an array, the type of its elements, VOTable datatype and arraysize
    "flags": ([True, None], pa.bool_(), "boolean", "*"),
    "int8": ([-1, 2], pa.int8(), "short", "*"),
    "uint8": ([1, 2], pa.uint8(), "unsignedByte", "*"),
    "int16": ([1], pa.int16(), "short", "*"),
    "uint16": ([2**16 - 1], pa.uint16(), "int", "*"),
    "uint32": ([2**32 - 1], pa.uint32(), "long", "*"),
    "int64": ([-(2**63)], pa.int64(), "long", "*"),
    "float16": ([np.float16(0.5)], pa.float16(), "float", "*"),
    "double": ([0.1], pa.float64(), "double", "*"),
    "decimal": ([Decimal("0.5")], pa.decimal128(38, 38), "double", "*"),
    "words": (["光", "<&>"], pa.string(), "unicodeChar", "*"),
    "days": ([date(2020, 1, 1)], pa.date32(), "unicodeChar", "*"),
    "times": ([datetime(2020, 1, 1)], pa.timestamp("us"), "unicodeChar", "*"),
    "bytes": ([b"x"], pa.binary(), "unsignedByte", "*"),
    "empty": ([], pa.float32(), "float", "*"),
}
FITS = {
    "cube": (np.zeros((N, 3, 2), "f4"), "float", "6"),
    "bits": (np.zeros((N, 4), bool), "boolean", "4"),
    "names": (np.full((N, 2), "ab"), "unicodeChar", "*"),
    "complex": (np.zeros((N, 3), "c8"), "float", "6"),
}


def test_columns_of_arrays_are_valid(tmp_path: Path) -> None:
    release = tmp_path / "releases" / "r"
    release.mkdir(parents=True)
    places = {"id": np.arange(N), "ra": np.arange(N) * 1.0, "dec": np.arange(N) * 1.0}
    columns: dict[str, Any] = places | {
        name: pa.array([values] * N, pa.list_(kind)) for name, (values, kind, *_) in ARRAYS.items()
    }
    columns["three"] = pa.array([[1.0, 2.0, 3.0]] * N, pa.list_(pa.float64(), 3))
    pq.write_table(pa.table(columns), release / "a.parquet")
    Table(places | {name: values for name, (values, *_) in FITS.items()}).write(release / "b.fits")
    (tmp_path / "portal.toml").write_text(
        'name = "T"\ntitle = "T"\nivoid = "ivo://example.survey"\nbase_url = "https://example.org"\n'
        'contact = "help@example.org"\n'
    )
    (release / "release.toml").write_text(
        'name = "R"\npublished = "2026"\n[[catalogues]]\nname = "a"\nsource = "a.parquet"\n'
        '[[catalogues]]\nname = "b"\nsource = "b.fits"\n'
    )
    drportal("build", "--portal", tmp_path, check=True)
    meta, schemas = tmp_path / "build/site/r/meta", tmp_path / "schemas"
    schemas.mkdir()
    valid = registry_schemas(schemas)
    assert valid("VOSITables-v1.1.xsd", meta / "tables.xml")
    assert valid("resource.xsd", meta / "voresource.xml")
    expected = {name: (datatype, size) for name, (_, _, datatype, size) in ARRAYS.items()}
    expected |= {name: (datatype, size) for name, (_, datatype, size) in FITS.items()}
    expected["three"] = ("double", "3")
    for name in ("tables.xml", "voresource.xml"):
        reported = {}
        for column in etree.parse(meta / name).iter("column"):
            kind = column.find("dataType")
            reported[column.findtext("name")] = (kind.text, kind.get("arraysize"))
        assert {column: reported[column] for column in expected} == expected
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = votable.parse(meta / "tableset.vot.xml")
    fields = {field.name: field for table in read.iter_tables() for field in table.fields}
    assert {name: (fields[name].datatype, fields[name].arraysize) for name in expected} == expected
    broken = schemas / "broken.xml"
    broken.write_text((meta / "tables.xml").read_text().replace('arraysize="3"', 'arraysize="(3)"'))
    assert not valid("VOSITables-v1.1.xsd", broken), "sizes are checked"
