"""Tables for tests of distributed ingest, and the comparison of two catalogues."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from drportal.checksums import silent
from drportal.cluster import runs, walk
from drportal.cluster.shared import Shared
from drportal.ingest import ingest_catalogue
from drportal.ingest.write import tiles
from drportal.model import CatalogueSource, Release

from ..ingest_fixtures import release_in
from ..steps.test_build import tree

T = TypeVar("T")
R = TypeVar("R")


class Here:
    """A crew of this process alone."""

    def map(self, _what: str, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        return map(function, items)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many slices, runs and partitions of few rows."""
    monkeypatch.setattr(walk, "RUN_BYTES", 1_000_000)
    monkeypatch.setattr(runs.cut, "__defaults__", (1_000_000,))
    monkeypatch.setattr(tiles, "PARTITION_BYTES", 60_000)
    monkeypatch.setattr(tiles, "TILE_BYTES", (40_000, 400_000))


def on_one(folder: Path, settings: dict[str, Any]) -> dict[str, str]:
    """The files of a catalogue that one process makes, with their checksums."""
    spec, release = release_in(folder, **settings)
    ingest_catalogue(spec, release, folder / "one", progress=silent)
    return tree(folder / "one")


def on_many(
    folder: Path,
    settings: dict[str, Any],
    crew: Any = None,
    names: Sequence[str] = (),
    progress: Callable[[str, int, int], None] = silent,
) -> dict[str, str]:
    """The same of a catalogue that a crew makes."""
    spec, release = release_in(folder, **settings)
    spool = folder / "spool"
    spool.mkdir()
    make(spec, release, spool, folder / "many", crew or Here(), names, progress)
    return tree(folder / "many")


def make(
    spec: CatalogueSource,
    release: Release,
    spool: Path,
    out: Path,
    crew: Any,
    names: Sequence[str] = (),
    progress: Callable[[str, int, int], None] = silent,
) -> None:
    walk.ingest_on(crew, Shared(str(spool)), spec, release, names, out, progress)
    assert not (spool / "runs").exists()
