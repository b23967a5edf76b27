"""Statistics equal those computed by astropy and numpy from the source files."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from drportal.simulate import missing_values, write

from ..ingest_fixtures import SHARED, ingest, measured

MISSING: dict[str, list[Any]] = {"*": [-9999, -999], "subclass": ["Non"]}


def true_values(table: Table, name: str, sentinels: list[Any]) -> tuple[np.ndarray[Any, Any], dict[Any, int]]:
    """The valid values of a column, and the number of rows with each missing value."""
    column = table[name]
    values = np.ma.getdata(column)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    there = ~np.ma.getmaskarray(column)
    if values.dtype.kind == "f":
        there &= ~np.isnan(values)
    marked = {}
    for sentinel in sentinels:
        if isinstance(sentinel, str) == (values.dtype.kind == "U"):
            marked[sentinel] = int((values[there] == sentinel).sum())
            there &= values != sentinel
    return values[there], marked


def agree(source: Path, out: Path, missing: dict[str, list[Any]]) -> None:
    """Compare every column of a FITS table with what was measured of it."""
    table = Table.read(source)
    statistics = measured(out)
    assert statistics["rows"] == len(table)
    assert [c["name"] for c in statistics["columns"]] == table.colnames
    for found in statistics["columns"]:
        name = found["name"]
        wanted = [v for key in ("*", name) if key in missing for v in missing[key]]
        values, marked = true_values(table, name, wanted)
        text = values.dtype.kind == "U"
        finite = values if text or values.dtype.kind != "f" else values[np.isfinite(values)]
        assert found["nulls"] == len(table) - len(values), name
        assert dict(found.get("marked", [])) == marked, name
        counts = Counter(values.tolist())
        assert found["distinct"] == len(counts), name
        ends = (min(finite.tolist()), max(finite.tolist())) if len(finite) else (None, None)
        if not text and len(finite):
            assert math.isclose(found["mean"], math.fsum(finite.tolist()) / len(finite), rel_tol=1e-9), name
            low, high = ends
            # Beyond 2^53, where JSON readers round, whole numbers are written as text.
            assert (type(low)(found["min"]), type(high)(found["max"])) == ends, name
            edges, bars = found["histogram"]["edges"], found["histogram"]["counts"]
            assert sum(bars) == len(finite), name
            assert edges[0] <= float(low) and float(high) <= edges[-1], name
            assert bars == np.histogram(finite.astype("f8"), edges)[0].tolist(), name
        else:
            assert (found["min"], found["max"]) == ends, name
        listed = found.get("values") or found.get("common") or []
        most = sorted(((n, v) for v, n in counts.items()), key=lambda pair: (-pair[0], str(pair[1]).encode()))
        if text:
            assert [[v, n] for n, v in most[: len(listed)]] == listed, name
        else:
            assert {str(v): n for v, n in listed} == (
                {str(v): n for v, n in counts.items()} if listed else {}
            )
        for example in found["examples"]:
            assert (str(example) if isinstance(example, str) and not text else example) in (
                {str(v) for v in counts} | set(counts)
            ), name
        assert len(found["examples"]) == min(3, len(counts)), name


@pytest.mark.parametrize(("kind", "rows"), [("lrs", 3000), ("lrs_stellar", 800), ("mrs", 1200)])
def test_simulated_fits(tmp_path: Path, kind: str, rows: int) -> None:
    write(kind, rows, 5, tmp_path / "s.fits")
    missing = {k: v for k, v in missing_values(kind).items() if "?" not in k}
    agree(tmp_path / "s.fits", ingest(tmp_path, "s.fits", missing=missing), missing)


def test_masks_of_fits(tmp_path: Path) -> None:
    """TNULL, NaN and infinities."""
    n = 60
    x = np.linspace(-1, 1, n)
    x[[3, 4]] = np.nan
    columns = [
        fits.Column("ra", "D", array=np.linspace(0, 300, n)),
        fits.Column("dec", "D", array=np.linspace(-50, 50, n)),
        fits.Column("x", "D", array=x),
        fits.Column("f", "E", array=np.where(np.arange(n) % 7 == 0, -9999, x).astype("f4")),
        fits.Column("k", "J", array=np.where(np.arange(n) % 5 == 0, -1, np.arange(n)), null=-1),
        fits.Column("s", "4A", array=np.array(["K0", "Non", "", "G2"] * (n // 4))),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "m.fits")
    missing = {"*": [-9999], "s": ["Non"]}
    agree_all = ingest(tmp_path, "m.fits", missing=missing)
    found = {c["name"]: c for c in measured(agree_all)["columns"]}
    table = Table.read(tmp_path / "m.fits")
    assert found["k"]["nulls"] == int(table["k"].mask.sum()) == 12
    assert found["x"]["nulls"] == 2
    assert found["f"]["marked"] == [[-9999, 9]]
    assert found["f"]["nulls"] == 9 + int(np.isnan(np.where(np.arange(n) % 7 == 0, -9999, x)).sum())


def test_examples_of_a_column_with_hardly_a_value(tmp_path: Path) -> None:
    n = 20_000
    x = np.full(n, np.nan)
    x[[777, 15_001]] = [1.5, 2.5]
    Table({"ra": np.linspace(0, 359, n), "dec": np.linspace(-80, 80, n), "x": x}).write(tmp_path / "x.fits")
    found = {c["name"]: c for c in measured(ingest(tmp_path, "x.fits"))["columns"]}
    assert sorted(found["x"]["examples"]) == [1.5, 2.5]
    assert len(found["ra"]["examples"]) == 3


REAL = SHARED / "data" / "lamost-dr10" / "lrs_catalogue.fits"


@pytest.mark.skipif(not REAL.is_file(), reason="the real data are not here")
@pytest.mark.not_quick
def test_the_real_catalogue(tmp_path: Path) -> None:
    (tmp_path / "real.fits").symlink_to(REAL)
    agree(REAL, ingest(tmp_path, "real.fits", missing=MISSING), MISSING)
