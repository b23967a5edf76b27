"""Ingest a table in a test, and read back what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from drportal.ingest import ingest_catalogue
from drportal.model import CatalogueSource, Release
from drportal.problems import InputError

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real data are not here")


def release_in(folder: Path, **settings: Any) -> tuple[CatalogueSource, Release]:
    spec = CatalogueSource.model_validate({"name": "t", **settings})
    release = Release(name="DR1", published="2020-05", catalogues=[spec])
    release.file = folder / "release.toml"
    return spec, release


def ingest(folder: Path, source: str | Path | None, out: str = "out", **settings: Any) -> Path:
    """Ingest a file of `folder` (settings as in release.toml); the folder written."""
    if source is not None:
        settings["source"] = str(source)
    spec, release = release_in(folder, **settings)
    collection = folder / f"{out}_collection"
    ingest_catalogue(
        spec, release, folder / out, progress=lambda stage, done, total: None, collection=collection
    )
    return folder / out


def refused(folder: Path, source: str | Path | None, **settings: Any) -> str:
    """The message about an unusable source; no files are left behind."""
    with pytest.raises(InputError) as error:
        ingest(folder, source, out="refused", **settings)
    left = list((folder / "refused").iterdir()) if (folder / "refused").exists() else []
    assert not left
    assert not [p for p in folder.iterdir() if p.name.startswith(".t-")]
    for problem in error.value.problems:
        assert problem.file and problem.what and problem.fix
    return str(error.value)


def described(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / "catalogue.json").read_bytes())
    return value


def measured(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / "statistics.json").read_bytes())
    return value


def column(out: Path, name: str) -> dict[str, Any]:
    """Statistics of a column."""
    return next(c for c in measured(out)["columns"] if c["name"] == name)


def rows(out: Path) -> pa.Table:
    """All rows written, in the order of the files, read by DuckDB."""
    files = [str(out / p["path"]) for p in described(out)["partitions"]]
    relation = duckdb.sql(f"SELECT * FROM read_parquet({files!r}, hive_partitioning = false)")
    return relation.to_arrow_table() if hasattr(relation, "to_arrow_table") else relation.arrow()


def values(out: Path, name: str) -> list[Any]:
    found: list[Any] = rows(out).column(name).to_pylist()
    return found
