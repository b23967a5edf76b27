"""Numbers of distinct values: counted up to a bound, estimated beyond, counted for columns with an index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.differences.stored_catalogue import StoredCatalogue
from drportal.documents.facts import Fact
from drportal.i18n import Language
from drportal.ingest.measure import distinct

from ..ingest_fixtures import ingest, measured

ROWS, BOUND = 40_000, 500


@pytest.fixture
def few_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "EXACT_TO", BOUND)
    monkeypatch.setattr(distinct, "SAMPLED", 4096)


def source(folder: Path) -> tuple[Path, dict[str, int]]:
    """Write columns with known numbers of distinct values; return those numbers."""
    random = np.random.default_rng(5)
    pick = random.integers(0, 30_000, ROWS)
    columns = {
        "obsid": pa.array(random.permutation(ROWS) + 7),
        "unique": pa.array(random.permutation(ROWS) / 8),
        "many": pa.array(pick.astype("f4"), mask=pick < 100),
        "texts": pa.array([f"t{n}" for n in pick]),
        "few": pa.array(pick % BOUND),
    }
    file = folder / "source.parquet"
    pq.write_table(pa.table(columns), file)
    return file, {name: len(pa.chunked_array([c]).drop_null().unique()) for name, c in columns.items()}


def test_many_are_estimated(tmp_path: Path, few_exact: None) -> None:
    file, true = source(tmp_path)
    out = ingest(tmp_path, file, positions="none", index=["obsid"])
    found = {c["name"]: c for c in measured(out)["columns"]}
    for name in ("few", "obsid"):  # the second from its index
        assert not found[name].get("estimated", False)
        assert found[name]["distinct"] == true[name]
    for name in ("unique", "many", "texts"):
        assert found[name]["estimated"] is True
        assert found[name]["distinct"] == pytest.approx(true[name], rel=0.06)
        assert found[name]["distinct"] <= found[name]["rows"] - found[name]["nulls"]
    stored = StoredCatalogue.read(out)
    assert stored.is_unique("obsid") and stored.is_unique("unique")
    assert not stored.is_unique("many") and not stored.is_unique("texts")


def test_an_estimate_is_marked_in_texts() -> None:
    assert Fact(1998640, "count", estimated=True).text(Language("en")) == "≈ 1,998,640"
