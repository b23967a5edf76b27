"""A catalogue in parts has the same bytes as one from one process, whatever its source and settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.checksums import link_tree
from drportal.cluster.cached import ingest_into_cache
from drportal.cluster.join import matcher_of
from drportal.cluster.shared import Shared
from drportal.cluster.walk import local_sources, makers_of
from drportal.ingest.piece import known_data
from drportal.pieces import Store
from drportal.problems import InputError
from drportal.report import Report
from drportal.simulate import write

from ..every_type import single_types
from ..ingest_fixtures import release_in
from ..steps.test_build import tree
from .tables import Here, on_many, on_one, small

__all__ = ["small"]
pytestmark = pytest.mark.not_quick
ROWS = 6_000


def stars(rows: int = ROWS, seed: int = 1, crowded: bool = False) -> pa.Table:
    """Rows in no order; some at the same place, some without a position."""
    random = np.random.default_rng(seed)
    ra, dec = random.uniform(0, 360, rows), random.uniform(-90, 90, rows)
    if crowded:
        ra, dec = 10 + random.uniform(0, 1e-3, rows), 41 + random.uniform(0, 1e-3, rows)
        ra[: rows // 3], dec[: rows // 3] = 10, 41
    ra[-5:] = np.nan
    return pa.table(
        {
            "obsid": random.permutation(rows),
            "ra": ra,
            "dec": dec,
            "mag": pa.array(np.round(random.normal(15, 2, rows), 2), mask=random.random(rows) < 0.1),
            "note": [f"été {n}" if n % 7 else None for n in range(rows)],
            "flags": [[n, None] if n % 3 else None for n in range(rows)],
            "empty": pa.nulls(rows, pa.float32()),
        }
    )


def same(folder: Path, partitions: int, **settings: Any) -> None:
    one, many = on_one(folder, settings), on_many(folder, settings)
    assert one == many
    about = json.loads((folder / "one" / "catalogue.json").read_bytes())
    assert len(about["partitions"]) >= partitions


def test_parquet_in_parts(tmp_path: Path, small: None) -> None:
    pq.write_table(stars(40_000), tmp_path / "t.parquet", row_group_size=700)
    same(tmp_path, 6, source="t.parquet", positions="drop_missing", missing={"mag": [15.0]})


@pytest.mark.slow
def test_fits_in_parts(tmp_path: Path, small: None) -> None:
    write("lrs", 80_000, 2, tmp_path / "t.fits")
    same(tmp_path, 6, source="t.fits")


def test_rows_at_one_place_keep_their_order(tmp_path: Path, small: None) -> None:
    pq.write_table(stars(20_000, crowded=True), tmp_path / "t.parquet", row_group_size=900)
    same(tmp_path, 2, source="t.parquet", positions="drop_missing", roles={"id": "obsid"})


def test_several_files_and_withheld_rows(tmp_path: Path, small: None) -> None:
    for number in range(3):
        lines = [
            f"{number + 1}{n:05d},{n % 360},{n % 90},{'x' * (n % 5) if n % 4 else ''}" for n in range(2000)
        ]
        (tmp_path / f"{number}.csv").write_text("\n".join(["id,ra,dec,text", *lines]) + "\n")
    withheld = [{"rows": "dec > 80", "audience": "team", "public_from": "2999-01-01"}]
    same(tmp_path, 1, source="*.csv", withheld=withheld)


def test_every_type(tmp_path: Path) -> None:
    types = single_types()
    table = pa.table(
        {name: pa.array([None, *values], kind) for name, (kind, values) in types.items()}
        | {"ra": [1.0, 2, 3, 4, 5, 6], "dec": [0.0] * 6}
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    same(tmp_path, 1, source="t.parquet", roles={"ra": "ra", "dec": "dec"})


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows(tmp_path: Path, rows: int) -> None:
    pq.write_table(stars(20).slice(0, rows), tmp_path / "t.parquet")
    same(tmp_path, 1, source="t.parquet")


def test_rows_without_positions(tmp_path: Path, small: None) -> None:
    pq.write_table(stars().drop_columns(["ra", "dec"]), tmp_path / "t.parquet", row_group_size=900)
    same(tmp_path, 1, source="t.parquet", positions="none", roles={"id": "obsid"})


def test_simulated_rows(tmp_path: Path) -> None:
    same(tmp_path, 1, simulate={"kind": "mrs", "rows": 300})


def test_a_build_finds_what_workers_have_made(tmp_path: Path, small: None) -> None:
    pq.write_table(stars(), tmp_path / "t.parquet", row_group_size=900)
    settings = {"source": "t.parquet", "positions": "drop_missing"}
    spec, release = release_in(tmp_path, **settings)
    (tmp_path / "spool").mkdir()
    crew, shared = Here(), Shared(str(tmp_path / "spool"))
    makers = makers_of(crew, shared, local_sources(spec, release))
    with Report() as report:
        ingest_into_cache(makers, matcher_of(crew, shared), spec, release, tmp_path / "cache", report)
    data = known_data(spec, release, Store(tmp_path / "cache"))
    assert data
    for layer in data.layers:
        link_tree(layer.data, tmp_path / "built")
    # The build that finds the pieces makes the script twins.
    one = {path: sum for path, sum in on_one(tmp_path, settings).items() if not path.startswith("chunks/")}
    assert tree(tmp_path / "built") == one


def test_the_first_fault_of_the_rows_is_reported(tmp_path: Path, small: None) -> None:
    pq.write_table(stars(20_000), tmp_path / "t.parquet", row_group_size=900)
    said = []
    for ingest in (on_one, on_many):
        with pytest.raises(InputError) as error:
            ingest(tmp_path, {"source": "t.parquet"})
        said.append(str(error.value))
    assert said[0] == said[1]
    assert "row 19996, ra, dec: has no position" in said[0]
