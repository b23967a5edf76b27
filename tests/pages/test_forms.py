"""Forms and SQL examples are generated for any catalogue: with every role, with none, with hostile names."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from drportal.formats import Catalogue, FoundRoles, Statistics
from drportal.formats.statistics import SkyMap
from drportal.pages.examples import sql_examples
from drportal.pages.forms import search_form


def facts(columns: list[dict[str, Any]], **rest: Any) -> tuple[Catalogue, Statistics]:
    """catalogue.json and statistics.json as ingest writes them, of two rows."""
    plain = {"unit": None, "ucd": None, "description": None, "missing": []}
    of_statistics = {"values", "min", "max"}
    described = [
        plain | {"arraysize": None, "marked": []} | {k: c[k] for k in c.keys() - of_statistics}
        for c in columns
    ]
    counted = plain | {"rows": 2, "nulls": 0, "min": None, "max": None, "distinct": None, "examples": []}
    measured = [counted | {k: c[k] for k in c.keys() - {"arraysize"}} for c in columns]
    whole = {"name": rest.pop("name", "lrs"), "rows": 2, "bytes": 0}
    position, roles = rest.pop("position", None), rest.pop("roles", {})
    meta = {"position": position, "id": None, "columns": described, "partitions": [], "ids": [], "chunks": []}
    statistics = {"left_out": 0, "columns": measured, "classes": [], "subclasses": [], "snr": []}
    statistics |= dict.fromkeys(("nights", "first_night", "last_night", "plates", "sky"))
    statistics |= {"per_night": [], "per_plate": [], "sources": []}
    statistics |= {"roles": FoundRoles.none().members() | roles}
    return Catalogue.model_validate(whole | meta), Statistics.model_validate(whole | statistics | rest)


USUAL = facts(
    [
        {"name": "obsid", "datatype": "long"},
        {"name": "class", "datatype": "string", "values": [["STAR", 2]]},
        {"name": "subclass", "datatype": "string", "values": [["G2", 1], ["K'0", 1]]},
        {"name": "ra", "datatype": "double"},
        {"name": "dec", "datatype": "double"},
        {"name": "snrg", "datatype": "float", "missing": [-9999]},
        {"name": "mag_ps_g", "datatype": "double", "unit": "mag"},
        {"name": "teff", "datatype": "double", "unit": "K"},
        {"name": "teff_err", "datatype": "double", "unit": "K"},
        {"name": "spid", "datatype": "int", "values": [[10, 1], [2, 1]]},
        {"name": "ok", "datatype": "boolean", "values": [[True, 2]]},
        {"name": "obsdate", "datatype": "string", "min": "2012-01-01", "max": "2013-01-01"},
        {"name": "flux", "datatype": "float", "arraysize": "3"},
        {"name": "names", "datatype": "string", "arraysize": "3"},
    ],
    position={"ra": "ra", "dec": "dec"},
    roles={
        "ra": "ra",
        "dec": "dec",
        "id": "obsid",
        "class": "class",
        "subclass": "subclass",
        "snr": ["snru", "snrg"],
    },
    classes=[["STAR", 2]],
    subclasses=[["G2", 1]],
    sky={"order": 5, "counts": {"100": 1, "7": 1}},
)
BARE = facts([{"name": "a", "datatype": "string"}], name="t")
NESTED = facts([{"name": "v", "datatype": "double", "arraysize": "*"}], name="t")
HOSTILE = facts(
    [
        {"name": 'a"; DROP TABLE "t', "datatype": "string", "values": [["it's", 1], ["<b>", 1]]},
        {"name": "select", "datatype": "double", "missing": [-9999, 99.5]},
        {"name": "order", "datatype": "int"},
    ],
    name="t",
    classes=[["it's", 1]],
    roles={"class": 'a"; DROP TABLE "t', "snr": []},
)
TYPES = {
    "long": "BIGINT",
    "int": "INTEGER",
    "double": "DOUBLE",
    "float": "FLOAT",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
}


def test_fields_find_their_groups_and_controls() -> None:
    form = search_form(*USUAL, "LRS")
    groups = {group.key: [field.name for field in group.fields] for group in form.groups}
    assert groups["identifiers"] == ["obsid"]
    assert groups["classification"] == ["class", "subclass"]
    assert groups["quality"] == ["snrg"]
    assert groups["photometry"][0] == "mag_ps_g"
    assert groups["parameters"] == ["teff", "teff_err"]
    assert sorted(name for names in groups.values() for name in names) == sorted(
        c.name for c in USUAL[0].columns
    )
    widgets = {field.name: field.widget for field in form.columns}
    expected = {"obsid": "ids", "class": "choices", "snrg": "range", "obsdate": "range"}
    expected |= {"ok": "choices", "spid": "choices", "flux": "none", "names": "none"}
    assert widgets | expected == widgets
    spid = next(field for field in form.columns if field.name == "spid")
    assert [choice.value for choice in spid.choices] == ["2", "10"]
    assert form.minimal == {"obsid", "ra", "dec"}
    assert form.minimal < form.typical
    assert "teff" in form.typical and "teff_err" not in form.typical
    assert form.starts


@pytest.mark.parametrize("catalogue", [BARE, NESTED, HOSTILE])
def test_any_catalogue_has_a_form(catalogue: tuple[Catalogue, Statistics]) -> None:
    form = search_form(*catalogue, "T")
    assert not form.position
    assert len(form.columns) == len(catalogue[0].columns)
    assert form.minimal


@pytest.mark.parametrize("catalogue", [USUAL, BARE, NESTED, HOSTILE])
def test_examples_run_on_any_catalogue(catalogue: tuple[Catalogue, Statistics]) -> None:
    meta, statistics = catalogue
    database = duckdb.connect()
    columns = ", ".join(
        '"{}" {}{}'.format(
            c.name.replace('"', '""'),
            TYPES[c.datatype],
            "[]" if c.arraysize else "",
        )
        for c in meta.columns
    )
    database.execute(f'CREATE TABLE "{meta.name}" ({columns})')
    database.execute("CREATE MACRO separation(a, b, c, d) AS a + b + c + d")
    database.execute("CREATE MACRO cone(a, b, c, d, e) AS a + b + c + d < e")
    database.execute("CREATE MACRO spectrum(id) AS 'spectrum.html?obsid=' || id")
    database.execute(
        "CREATE MACRO near(a, b, radius) AS TABLE (SELECT * FROM (SELECT l.*, r.*, 0 AS separation "
        "FROM query_table(a) l, query_table(b) r))"
    )
    other = meta.model_copy(update={"name": "other"})
    database.execute(f'CREATE VIEW other AS FROM "{meta.name}"')
    alone, among = sql_examples(meta, statistics), sql_examples(meta, statistics, [meta, other], spectra=True)
    assert len(among) == len({example.sql for example in among}) <= 6
    titles = [example.title for example in among]
    assert ("With {other} by {column}" in titles) == ("Links to spectra" in titles) == (meta.id is not None)
    examples = [*alone, *among]
    for example in examples:
        database.execute(example.sql).fetchall()
        assert "{" not in example.title.format(**example.values)


@pytest.mark.parametrize(("rows", "radius", "title"), [(49, 7200, "2 degrees"), (50, 1800, "30 arcmin")])
def test_the_example_of_a_cone_is_wide_where_rows_are_few(rows: int, radius: int, title: str) -> None:
    """A cone of 2 degrees contains the whole of the densest pixel, and so at least one row."""
    meta, statistics = USUAL
    sparse = statistics.model_copy(update={"sky": SkyMap(order=5, counts={"77": rows, "78": 1})})
    start = search_form(meta, sparse, "LRS").starts[0]
    assert start.query.endswith(f",{radius}")
    assert start.title.startswith(f"Within {title}")
