"""Cross-matches made by worker processes of Dask: files are those of a build by one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from drportal.cluster.cached import ingest_into_cache
from drportal.cluster.join import matcher_of
from drportal.cluster.shared import Shared
from drportal.cluster.walk import local_sources, makers_of
from drportal.model import load_portal
from drportal.report import Report

from ..commands import drportal
from ..match.test_built_match import write
from ..steps.test_build import tree
from .tables import Here


def built_again(portal: Path) -> dict[str, str]:
    """Build from what is in the cache: the files of the site."""
    lines = drportal("build", "--portal", portal, "--explain", check=True).stdout
    assert "other catalogue" not in lines and "cross-matches" not in lines
    drportal("build", "--portal", portal, check=True)
    return tree(portal / "build" / "site")


def test_tasks_make_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "many"):
        write(tmp_path / name)
    drportal("build", "--portal", tmp_path / "one", check=True)
    (tmp_path / "spool").mkdir()
    (release,) = load_portal(tmp_path / "many").releases
    (spec,) = release.catalogues
    crew, shared = Here(), Shared(str(tmp_path / "spool"))
    with Report() as report:
        makers = makers_of(crew, shared, local_sources(spec, release))
        cache = tmp_path / "many" / "build" / "cache"
        ingest_into_cache(makers, matcher_of(crew, shared), spec, release, cache, report)
    found = built_again(tmp_path / "many")
    assert found == tree(tmp_path / "one" / "build" / "site")
    assert any("stars_x_near/dataset" in path for path in found)


@pytest.mark.slow
def test_a_release_matched_by_two_processes(tmp_path: Path) -> None:
    from distributed import LocalCluster

    for name in ("one", "many"):
        write(tmp_path / name)
    drportal("build", "--portal", tmp_path / "one", check=True)
    ask = ["ingest", "--catalogue", "t/v1/stars", "--portal", tmp_path / "many", "--dask"]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        drportal(*ask, cluster.scheduler_address, "--spool", tmp_path, check=True)
    assert built_again(tmp_path / "many") == tree(tmp_path / "one" / "build" / "site")
