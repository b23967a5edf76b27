"""`drportal build` and `drportal check` compare rows with what schema and release.toml say about columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.formats import Statistics
from drportal.ingest import open_input
from drportal.ingest.checks.rows import check_rows
from drportal.model import CatalogueSource, ColumnFacts, facts_of_column
from drportal.problems import InputError

from ..ingest_fixtures import column, ingest, refused, release_in

N = 1000


def table(folder: Path, **more: Any) -> str:
    """A catalogue without a fault, but for the columns given."""
    columns: dict[str, Any] = {
        "obsid": np.arange(2**60, 2**60 + N),
        "ra": np.linspace(0, 359, N),
        "dec": np.linspace(-80, 80, N),
        "z": np.linspace(0, 3, N),
        "kind": ["STAR", "QSO"] * (N // 2),
        "mask": np.arange(N) % 4,
    }
    pq.write_table(pa.table(columns | more), folder / "t.parquet")
    return "t.parquet"


def schema(folder: Path, key: str = "#t.obsid", **more: str) -> str:
    """Its schema; `more` adds keys to a column's."""
    kinds = {"obsid": "long", "ra": "double", "dec": "double", "z": "double", "kind": "string", "mask": "int"}
    lines = [
        "name: s",
        '"@id": "#s"',
        "tables:",
        "  - name: t",
        '    "@id": "#t"',
        f'    primaryKey: "{key}"',
        "    columns:",
    ]
    for name, kind in kinds.items():
        lines.append(f'      - {{ name: {name}, "@id": "#t.{name}", datatype: {kind}{more.get(name, "")} }}')
    (folder / "s.yaml").write_text("\n".join(lines))
    return "s.yaml"


def checked(folder: Path, source: str, **settings: Any) -> tuple[str, list[str]]:
    """What `drportal check` says of rows: problems, and lines."""
    spec, release = release_in(folder, source=source, **settings)
    try:
        notices, problems = check_rows(spec, release, open_input(spec, release, folder), folder)
        return "\n".join(map(str, problems)), [str(one) for one in notices]
    except InputError as error:
        return str(error), []


def changed(values: Any, **at: Any) -> Any:
    values = np.array(values)
    values[int(at["row"])] = at["to"]
    return values


FAULTS = [
    ("z", changed(np.linspace(0, 3, N), row=7, to=-2.5), {"columns": {"z": {"range": [0, ""]}}},
     "release.toml: catalogues[t].columns.z: z outside of 0 and more: 1 row of t.parquet "
     "(e.g. obsid = 1152921504606846983: -2.5); correct the rows or the range"),
    ("kind", ["STAR", "GALXY"] * (N // 2), {"columns": {"k*": {"values": ["STAR", "QSO"]}}},
     "columns.kind: values that `values` does not list: 500 rows of t.parquet "
     "(e.g. obsid = 1152921504606846977: GALXY)"),
    ("mask", changed(np.arange(N) % 4, row=3, to=2**40),
     {"columns": {"mask": {"bits": {"0": "A", "1": "B"}}}},
     "columns.mask: bits that `bits` does not describe: 1 row of t.parquet"),
    ("obsid", changed(np.arange(2**60, 2**60 + N), row=9, to=2**60 + 4), {"schema": "s.yaml"},
     "s.yaml: primaryKey: 2 rows of t.parquet share 1 value of obsid (e.g. 1152921504606846980)"),
    ("mask", changed(np.arange(N) % 4, row=3, to=2**40), {"schema": "s.yaml"},
     "column mask: numbers outside the range of int: 1 row of t.parquet "
     "(e.g. obsid = 1152921504606846979: 1099511627776); write `datatype: long`"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "settings", "reported"), FAULTS)
def test_rows_that_break_a_promise(
    tmp_path: Path, name: str, values: Any, settings: dict[str, Any], reported: str
) -> None:
    schema(tmp_path)
    good = table(tmp_path)
    assert checked(tmp_path, good, **settings) == ("", [])
    ingest(tmp_path, good, **settings)
    bad = table(tmp_path, **{name: values})
    assert reported in refused(tmp_path, bad, **settings)
    assert reported in checked(tmp_path, bad, **settings)[0]


def test_no_value_where_one_has_to_be(tmp_path: Path) -> None:
    source = table(tmp_path, z=changed(np.linspace(0, 3, N), row=5, to=-9999))
    file = schema(tmp_path, z=", nullable: false")
    ingest(tmp_path, source, schema=file, missing={"z": []})
    reported = refused(tmp_path, source, schema=file, missing={"z": [-9999]})
    assert (
        "column z: no value, which `nullable: false` forbids: 1 row of t.parquet (e.g. obsid = " in reported
    )


def test_texts_longer_than_declared(tmp_path: Path) -> None:
    source = table(tmp_path, kind=["光谱"] * (N - 1) + ["光谱学"])
    ingest(tmp_path, source, schema=schema(tmp_path, kind=", length: 3"))
    reported = refused(tmp_path, source, schema=schema(tmp_path, kind=", length: 2"))
    assert "texts of more than the 2 characters of `length`: 1 row of t.parquet" in reported


def test_positions_are_checked_without_a_build(tmp_path: Path) -> None:
    source = table(tmp_path, dec=changed(np.linspace(-80, 80, N), row=2, to=91.5))
    assert "roles.dec: dec outside of -90 to 90: 1 row" in checked(tmp_path, source)[0]
    source = table(tmp_path, ra=changed(np.linspace(0, 359, N), row=2, to=-3))
    assert "roles.ra: ra outside of 0 to 360: 1 row" in checked(tmp_path, source)[0]
    assert checked(tmp_path, source, wrap_ra=True)[0] == ""


def test_values_that_look_like_nothing(tmp_path: Path) -> None:
    """-9999 apart from all others is reported of; in the midst of its like, or declared, it is not."""
    z = np.linspace(0, 3, N)
    z[::10] = -9999
    near = np.arange(-10_000, -10_000 + N)
    flux = changed(np.linspace(0, 3, N, dtype=np.float32), row=7, to=-1e30)
    many = [f"{'N' if n % 2 else 'm'}{n}" for n in range(N - 1)] + ["NULL"]
    source = table(tmp_path, z=z, near=near, word=["Non"] * 3 + ["G2"] * (N - 3), flux=flux, many=many)
    reported = "column z: -9999 is in 100 rows, far from all other values, and may mean a missing value; "
    reported += "if it does, add missing = { z = [-9999] }; if not, z = []"
    _, lines = checked(tmp_path, source)
    assert len(lines) == 4
    assert reported in lines[0]
    assert 'column word: "Non" is in 3 rows' in lines[1]
    assert "column flux: -1e+30 is in 1 row" in lines[2]
    assert 'column many: "NULL" is in 1 row' in lines[3]
    out = ingest(tmp_path, source)
    assert [(c.name, value, count) for c in Statistics.read(out).columns for value, count in c.suspects] == [
        ("z", -9999, 100),
        ("word", "Non", 3),
        ("flux", -1e30, 1),
        ("many", "NULL", 1),
    ]
    for settings in (
        {"missing": {"z": [-9999], "word": [], "flux": [-1e30], "many": ["NULL"]}},
        {
            "columns": {"z": {"range": [-9999, 3]}, "word": {"values": ["Non", "G2"]}},
            "missing": {"flux": [], "many": []},
        },
    ):
        assert checked(tmp_path, source, **settings) == ("", [])


@pytest.mark.parametrize(
    ("columns", "reported"),
    [
        ({"zz": {"range": [0, 1]}}, "columns.zz: no such column; did you mean z?"),
        ({"kind": {"range": [0, 1]}}, "has a range, and kind is string"),
        ({"z": {"bits": {"0": "A"}}}, "has bits, and z is double"),
        ({"mask": {"values": ["a"]}}, "lists 'a', which mask of type long cannot represent"),
    ],
)
def test_what_cannot_be_said_of_a_column(tmp_path: Path, columns: dict[str, Any], reported: str) -> None:
    assert reported in refused(tmp_path, table(tmp_path), columns=columns)


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ({"range": [1, 0]}, "is reversed"),
        ({"range": [1]}, "is not a range"),
        ({"range": ["a", 1]}, "an end that is not a number"),
        ({"bits": {"64": "A"}}, "number bits from 0 to 62"),
        ({"bits": {"x": "A"}}, "number bits from 0 to 62"),
        ({"bits": {"0": "A"}, "values": [0]}, "has both `values` and `range` or `bits`"),
    ],
)
def test_what_says_nothing(said: dict[str, Any], reported: str) -> None:
    with pytest.raises(ValueError, match=reported):
        CatalogueSource.model_validate({"name": "t", "source": "a", "columns": {"x": said}})


def test_patterns_and_names() -> None:
    said = {
        "rv_*": ColumnFacts.model_validate({"range": [0, 1], "header": "RV"}),
        "rv_b": ColumnFacts.model_validate({"range": [2, 3]}),
    }
    assert facts_of_column("rv_b", said).range == (2, 3)
    assert facts_of_column("rv_b", said).header == "RV"
    assert facts_of_column("rv_r", said).range == (0, 1)
    assert facts_of_column("z", said) == ColumnFacts()


def test_bits_are_counted(tmp_path: Path) -> None:
    mask = np.array([0, 1, 3, -9999, 2**62 + 1, *([2] * (N - 5))])
    bits = {"0": "A", "1": "B", "62": "HIGH"}
    out = ingest(
        tmp_path, table(tmp_path, mask=mask), columns={"mask": {"bits": bits}}, missing={"mask": [-9999]}
    )
    there = mask[mask != -9999]
    assert column(out, "mask")["bits"] == [[b, int(((there >> b) & 1).sum())] for b in (0, 1, 62)]
    assert json.dumps(column(out, "mask")["examples"])
