"""Values of cells that a page shows as tables: of astropy, pandas and numpy."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table

from drportal.notebook.page.drportal._shown import table_of


def shown(value: Any) -> tuple[list[tuple[str, str, str | None]], list[list[str | None]]]:
    """Heads and cells, as they arrive in the page."""
    found = table_of(value)
    assert found is not None
    found = json.loads(json.dumps(found, allow_nan=False))
    assert found["rows"] == len(value)
    return [(one["name"], one["type"], one["unit"]) for one in found["columns"]], found["cells"]


def test_tables_of_astropy() -> None:
    table = Table({"id": np.array([1234567890123456789, 2]), "z": np.array([0.1, 2], ">f4")})
    table["z"].description = "redshift"
    table["v"] = MaskedColumn([3.5, 0], mask=[False, True], unit="km/s", meta={"type": "DOUBLE"})
    table["at"] = SkyCoord([1, 2], [3, 4], unit="deg")
    heads, cells = shown(table)
    assert heads == [
        ("id", "int64", None),
        ("z", "float32", None),
        ("v", "DOUBLE", "km / s"),
        ("at", "SkyCoord", None),
    ]
    assert [row[:3] for row in cells] == [["1234567890123456789", "0.1", "3.5"], ["2", "2.0", None]]
    assert "SkyCoord" in str(cells[0][3])
    found = table_of(table)
    assert found and found["columns"][1]["description"] == "redshift"
    heads, cells = shown(QTable({"d": [1.5, 2.5] * u.Mpc, "n": ["a", "b"]}))
    assert heads == [("d", "float64", "Mpc"), ("n", "str", None)]
    assert cells == [["1.5", "a"], ["2.5", "b"]]


def test_arrays_with_a_unit_a_mask_or_fields() -> None:
    assert shown(np.array([1, 2], "f4") * u.AA) == ([("", "float32", "Angstrom")], [["1.0"], ["2.0"]])
    masked = np.ma.array([1, 2, 3], mask=[0, 1, 0], dtype="i2")
    assert shown(masked) == ([("", "int16", None)], [["1"], [None], ["3"]])
    fields = np.array([(1, "a", [1, 2])], [("n", "u1"), ("t", "U3"), ("xy", "f4", 2)])
    expected = [("n", "uint8", None), ("t", "str", None), ("xy", "float32[2]", None)]
    assert shown(fields) == (expected, [["1", "a", "[1.0, 2.0]"]])
    hidden = np.ma.array(fields, mask=[(1, 0, [1, 1])])
    assert shown(hidden)[1] == [[None, "a", None]]
    # a long one: both ends, and how many there are
    found = table_of(np.ma.arange(1000))
    assert found and found["rows"] == 1000 and found["shown"] == [*range(10), *range(990, 1000)]
    for other in (np.arange(3), np.float64(1), 3 * u.m, [1], "a", None, np.ma.masked, Table):
        assert table_of(other) is None


@pytest.mark.parametrize("named", [False, True])
def test_frames_of_pandas(named: bool) -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "id": pd.array([1, None], "Int64"),
            "t": pd.to_datetime(["2020-01-01", None]).astype("datetime64[us]"),
            "x": np.array([0.1, np.nan], "f4"),
            "s": pd.Series(["a", None], dtype=object),
        }
    )
    frame.insert(4, "x", [1, 2], allow_duplicates=True)
    heads = [("id", "Int64"), ("t", "datetime64[us]"), ("x", "float32"), ("s", "object"), ("x", "int64")]
    cells: list[list[str | None]] = [["1", "2020-01-01 00:00:00", "0.1", "a", "1"]]
    cells.append([None, None, "nan", None, "2"])
    if named:
        frame.index = pd.Index([7, 8], name="key")
        heads, cells = [("key", "int64"), *heads], [["7", *cells[0]], ["8", *cells[1]]]
    found, values = shown(frame)
    assert [one[:2] for one in found] == heads
    assert values == cells
    assert shown(frame["s"])[1] == [[*row[:named], row[3 + named]] for row in cells]
