"""Schemas written for sources without one, compared with those of sources that have one; roles of columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from drportal.ingest import write_schema
from drportal.ingest.roles import find_roles
from drportal.ingest.values.fields import Field
from drportal.model import Roles, load_schema
from drportal.problems import InputError

from ..ingest_fixtures import column, described, ingest, refused, release_in

COLUMNS = {"ra": "double", "dec": "double", "n": "int", "class": "string"}


def source(folder: Path) -> str:
    table = pa.table({"ra": [1.0], "dec": [2.0], "n": pa.array([3], pa.int64()), "class": ["STAR"]})
    pq.write_table(table, folder / "a.parquet")
    return "a.parquet"


def schema(folder: Path, columns: dict[str, Any], name: str = "t") -> str:
    entries = []
    for key, value in columns.items():
        entry = {"name": key, **(value if isinstance(value, dict) else {"datatype": value})}
        entry |= {"length": 8} if entry["datatype"] == "string" else {}
        entries.append(entry)
    text = yaml.safe_dump({"name": "s", "tables": [{"name": name, "columns": entries}]})
    (folder / "s.yaml").write_text(text)
    return "s.yaml"


def test_a_schema_gives_meaning(tmp_path: Path) -> None:
    columns = COLUMNS | {
        "n": {
            "datatype": "short",
            "ivoa:unit": "d",
            "ivoa:ucd": "time.epoch",
            "description": "When\n it was.",
        }
    }
    out = ingest(tmp_path, source(tmp_path), schema=schema(tmp_path, columns))
    about = next(c for c in described(out)["columns"] if c["name"] == "n")
    assert (about["unit"], about["ucd"], about["description"]) == ("d", "time.epoch", "When it was.")
    # What is stored is what the source has.
    assert about["datatype"] == "long"


def test_all_that_differs_is_reported_at_once(tmp_path: Path) -> None:
    columns = {"RA": "double", "dec": "string", "n": "boolean", "other": "int"}
    message = refused(tmp_path, source(tmp_path), schema=schema(tmp_path, columns))
    assert "column RA: a.parquet has no such column; rename it to 'ra' in the schema" in message
    assert "column other: a.parquet has no such column; take it out" in message
    assert "column ra: is in a.parquet and not in the schema" in message
    assert "column class: is in a.parquet and not in the schema" in message
    assert "column dec: is string in the schema, double in a.parquet" in message
    assert "column n: is boolean in the schema, int64 in a.parquet; write `datatype: long`" in message


def test_values_beyond_the_declared_width(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"ra": [1.0], "dec": [2.0], "n": [70_000], "class": ["x"]}), tmp_path / "a.parquet"
    )
    message = refused(tmp_path, "a.parquet", schema=schema(tmp_path, COLUMNS | {"n": "short"}))
    reported = "column n: numbers outside the range of short: 1 row of a.parquet (e.g. 70000)"
    reported += "; write `datatype: long`"
    assert reported in message


def test_the_table_of_a_schema(tmp_path: Path) -> None:
    file = schema(tmp_path, COLUMNS, name="other")
    assert described(ingest(tmp_path, source(tmp_path), schema=file))["rows"] == 1
    assert "no table 'x'" in refused(tmp_path, "a.parquet", schema=file, table="x")
    assert "no such file" in refused(tmp_path, "a.parquet", schema="none.yaml")


def test_arrays_have_to_be_declared(tmp_path: Path) -> None:
    pq.write_table(pa.table({"ra": [1.0], "dec": [2.0], "v": [[1.0, 2.0]]}), tmp_path / "a.parquet")
    plain = {"ra": "double", "dec": "double", "v": "double"}
    message = refused(tmp_path, "a.parquet", schema=schema(tmp_path, plain))
    assert 'votable:arraysize: "*"' in message
    declared = plain | {"v": {"datatype": "double", "votable:arraysize": "*"}}
    ingest(tmp_path, "a.parquet", schema=schema(tmp_path, declared))


def test_columns_without_values_take_their_type_from_the_schema(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ra,dec,n\n1,2,\n3,4,\n")
    columns = {"ra": "double", "dec": "double", "n": "int"}
    out = ingest(tmp_path, "a.csv", schema=schema(tmp_path, columns))
    assert column(out, "n")["datatype"] == "int"


def written(folder: Path, file: str, **settings: Any) -> tuple[dict[str, dict[str, Any]], list[str], str]:
    """Columns of the schema written for a source, the lines for the person, and the text."""
    from felis.datamodel import Schema as FelisSchema

    spec, release = release_in(folder, source=file, **settings)
    lines = write_schema(spec, release, folder / "new.yaml")
    text = (folder / "new.yaml").read_text(encoding="utf-8")
    FelisSchema.model_validate(yaml.safe_load(text), context={"id_generation": True})
    load_schema(folder / "new.yaml")
    columns = {c["name"]: c for c in yaml.safe_load(text)["tables"][0]["columns"]}
    ingest(folder, file, out="checked", **settings, schema="new.yaml")
    return columns, lines, text


def test_written_from_fits(tmp_path: Path) -> None:
    columns = [
        fits.Column("ra", "D", unit="deg", array=[1.0, 2, 3]),
        fits.Column("dec", "D", unit="degrees of arc", array=[1.0, 2, 3]),
        fits.Column("id", "K", array=[1, 2, 3]),
        fits.Column("mag", "E", unit="mag", array=[15.5, -9999, 99]),
        fits.Column("n", "I", array=[-9999, 5, 6]),
        fits.Column("near", "I", array=[99, 98, 100]),
        fits.Column("next", "I", array=[99, 97, 0]),
        fits.Column("sub", "7A", array=["G2", "Non", "K1"]),
        fits.Column("v", "3E", array=np.zeros((3, 3))),
        fits.Column("flag", "L", array=[True, False, True]),
        fits.Column("u", "J", bzero=2**31, array=np.array([0, 1, 2], np.uint32)),
    ]
    hdu = fits.BinTableHDU.from_columns(columns)
    hdu.header["TCOMM1"] = "Right ascension: of the target"
    hdu.header["TUCD1"] = "pos.eq.ra;meta.main"
    hdu.header["TUCD2"] = "POS_EQ_DEC"
    hdu.header.comments["TTYPE3"] = "Number of the spectrum"
    hdu.header.comments["TTYPE4"] = "label for field   4"
    hdu.writeto(tmp_path / "a.fits")
    found, lines, text = written(tmp_path, "a.fits")
    assert found["ra"]["ivoa:unit"] == "deg"
    assert found["ra"]["ivoa:ucd"] == "pos.eq.ra;meta.main"
    assert found["ra"]["description"] == "Right ascension: of the target"
    assert found["id"]["description"] == "Number of the spectrum"
    assert "description" not in found["mag"]
    assert "ivoa:unit" not in found["dec"]
    assert "ivoa:ucd" not in found["dec"]
    assert found["sub"] == {"name": "sub", "@id": "#t.sub", "datatype": "string", "length": 7}
    assert found["v"]["votable:arraysize"] == "3"
    assert [found[n]["datatype"] for n in ["id", "mag", "n", "flag", "u"]] == [
        "long",
        "float",
        "short",
        "boolean",
        "long",
    ]
    assert any("degrees of arc" in line for line in lines)
    assert any("POS_EQ_DEC" in line for line in lines)
    head = text.partition("\nname:")[0]
    assert all(f"# {line}" in head for line in lines)


@pytest.mark.parametrize("suffix", ["csv", "ecsv", "xml", "parquet"])
def test_written_from_other_formats(tmp_path: Path, suffix: str) -> None:
    table = Table(
        {"ra": [1.0, 2.0], "dec": [1.0, 2.0], "s": ["a", "bcd"], "select": [1, 2]}, units={"ra": "deg"}
    )
    if suffix != "csv":
        table["v"] = np.zeros((2, 2))
    formats = {"csv": "ascii.csv", "ecsv": "ascii.ecsv", "xml": "votable", "parquet": "parquet"}
    table.write(tmp_path / f"a.{suffix}", format=formats[suffix])
    found, _, _ = written(tmp_path, f"a.{suffix}")
    assert found["ra"]["datatype"] == "double"
    assert found["select"]["datatype"] == "long"
    assert found["ra"].get("ivoa:unit") == ("deg" if suffix in ("ecsv", "xml") else None)


def test_a_schema_that_cannot_be_written(tmp_path: Path) -> None:
    spec, release = release_in(tmp_path, source=source(tmp_path))
    with pytest.raises(InputError, match="cannot be written"):
        write_schema(spec, release, tmp_path / "no/such/folder.yaml")


def roles_of(names: str, **named: Any) -> dict[str, Any]:
    text = ("class", "subclass", "designation", "planid", "name", "obsdate")
    fields = [Field(n, pa.string() if n.lower() in text else pa.float64()) for n in names.split()]
    fields = [
        Field(f.name, pa.int64()) if f.name.lower().endswith("id") and f.type != pa.string() else f
        for f in fields
    ]
    return find_roles(fields, Roles.model_validate(named), Path("release.toml"), "c").members()


@pytest.mark.parametrize(
    ("names", "ra", "dec"),
    [
        ("ra dec", "ra", "dec"),
        ("RA DEC", "RA", "DEC"),
        ("RAJ2000 DEJ2000", "RAJ2000", "DEJ2000"),
        ("ra_obs dec_obs", "ra_obs", "dec_obs"),
        ("ra_obs dec_obs ra dec", "ra", "dec"),
        ("_RAJ2000 _DEJ2000", "_RAJ2000", "_DEJ2000"),
        ("ra x", None, None),
        ("x y", None, None),
    ],
)
def test_positions_by_usual_names(names: str, ra: str | None, dec: str | None) -> None:
    found = roles_of(names)
    assert (found["ra"], found["dec"]) == (ra, dec)


def test_roles_by_usual_names() -> None:
    found = roles_of("obsid designation lmjd mjd planid ra dec snru snrg snrz snr_x class subclass z")
    assert found == {
        "ra": "ra",
        "dec": "dec",
        "id": "obsid",
        "designation": "designation",
        "class": "class",
        "subclass": "subclass",
        "redshift": "z",
        "snr": ["snru", "snrg", "snrz"],
        "night": "lmjd",
        "plate": "planid",
    }


def test_roles_that_are_named() -> None:
    assert roles_of("ra dec ra_obs dec_obs", ra="ra_obs")["dec"] == "dec_obs"
    assert roles_of("ra dec x", snr=["x"])["snr"] == ["x"]
    for named, expected in [
        ({"id": "obs"}, "release.toml: c.roles.id: no column 'obs'; did you mean obsid?"),
        ({"ra": "class"}, "'class' is of type string"),
        ({"snr": ["q"]}, "c.roles.snr"),
    ]:
        with pytest.raises(InputError) as error:
            roles_of("ra dec obsid class", **named)
        assert expected in str(error.value)


def test_roles_by_ucd() -> None:
    fields = [
        Field("a", pa.float64(), ucd="pos.eq.ra"),
        Field("b", pa.float64(), ucd="pos.eq.dec"),
        Field("c", pa.float64(), ucd="pos.eq.ra;meta.main"),
        Field("d", pa.float64(), ucd="pos.eq.dec;meta.main"),
        Field("e", pa.int64(), ucd="meta.id;meta.main"),
        Field("f", pa.string(), ucd="src.class"),
        Field("g", pa.string(), ucd="src.spType"),
        Field("h", pa.float64(), ucd="src.redshift"),
        Field("i", pa.float64(), ucd="stat.snr"),
    ]
    found = find_roles(fields, Roles(), Path("x"), "c")
    assert (found.ra, found.dec, found.id, found.class_) == ("c", "d", "e", "f")
    assert (found.subclass, found.redshift, found.snr) == ("g", "h", ["i"])
