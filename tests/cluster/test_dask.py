"""Worker processes of Dask write the same files, also if one is killed, or if a store replaces disks."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from drportal.cluster.crew import DaskCrew, dask_crew
from drportal.cluster.shared import Shared
from drportal.ingest.readers.addresses import fetch, put, size_of, store_of
from drportal.problems import InputError
from drportal.simulate import write

from ..commands import drportal
from ..hosting.test_store import BIN, store
from ..steps.test_build import tree
from .tables import on_many, on_one, small
from .test_same_files import stars

__all__ = ["small", "store"]
SETTINGS = {"source": "t.parquet", "positions": "drop_missing"}


@pytest.fixture(scope="module")
def crew() -> Iterator[DaskCrew]:
    """Two worker processes."""
    with dask_crew(None, 2) as crew:
        yield crew


def executed(crew: DaskCrew, kind: str) -> int:
    """How many tasks of a kind the workers have finished, those done again included."""
    return sum(one["key"].startswith(f"{kind}-") for one in crew._client.get_task_stream())


def test_two_processes_write_the_same_files(crew: DaskCrew, tmp_path: Path, small: None) -> None:
    pq.write_table(stars(12_000), tmp_path / "t.parquet", row_group_size=3_000)
    assert on_many(tmp_path, SETTINGS, crew) == on_one(tmp_path, SETTINGS)


@pytest.mark.slow
def test_a_fault_of_the_rows_comes_as_one_line(crew: DaskCrew, tmp_path: Path, small: None) -> None:
    pq.write_table(stars(20_000), tmp_path / "t.parquet", row_group_size=900)
    with pytest.raises(InputError, match=r"t\.parquet: row 19996, ra, dec: has no position \(and 4 more"):
        on_many(tmp_path, {"source": "t.parquet"}, crew)
    assert not list((tmp_path / "many").iterdir())


def test_a_folder_that_workers_do_not_see(
    crew: DaskCrew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "t.fits").touch()
    monkeypatch.chdir(tmp_path)  # the workers are elsewhere
    crew.check(Shared(str(tmp_path / "spool")), [str(tmp_path / "t.fits")])
    why = (
        r"cannot be read by the Dask worker tcp://\S+ and 1 other \(No such file or directory\); all workers"
    )
    with pytest.raises(InputError, match=f"/proc/self/cwd/spool: --spool: {why}"):
        crew.check(Shared("/proc/self/cwd/spool"), [])
    with pytest.raises(InputError, match=f"/proc/self/cwd/t.fits: {why}"):
        crew.check(Shared(str(tmp_path / "spool")), ["/proc/self/cwd/t.fits"])


def test_other_versions_are_refused(crew: DaskCrew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drportal.ingest.FORMAT", -1, raising=False)
    with pytest.raises(
        InputError, match=r"dask: worker tcp://\S+: has format \d+, here -1; install the same"
    ):
        crew.check(Shared(str(tmp_path)), [])


def test_without_dask_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"needs Dask, which is not installed; pip install 'drportal\[dask\]'"
    ):
        dask_crew(None, 2).__enter__()


def test_other_commands_do_not_import_dask() -> None:
    question = (
        "import sys, drportal.cli; print({'dask', 'distributed', 'fsspec', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.slow
def test_a_scheduler_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"--dask tcp://127.0.0.1:9: cannot be reached"):
        dask_crew("tcp://127.0.0.1:9", 2).__enter__()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["t.fits", "t.parquet"])
def test_a_survey(crew: DaskCrew, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drportal.cluster.walk.RUN_BYTES", 20_000_000)
    monkeypatch.setattr("drportal.ingest.write.tiles.PARTITION_BYTES", 2_000_000)
    write("lrs", 200_000, 3, tmp_path / name)
    if name.endswith("parquet"):
        pq.write_table(pq.read_table(tmp_path / name), tmp_path / name, row_group_size=20_000)
    settings = {"source": name, "missing": {"*": [-9999]}}
    assert on_many(tmp_path, settings, crew) == on_one(tmp_path, settings)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["read", "write", "measure"])
def test_a_killed_worker_costs_its_task(crew: DaskCrew, tmp_path: Path, stage: str, small: None) -> None:
    pq.write_table(stars(60_000), tmp_path / "t.parquet", row_group_size=3_000)
    killed: list[int] = []
    before = executed(crew, stage)

    def progress(now: str, done: int, _total: int) -> None:
        if now == stage and done and not killed:
            pids = crew._client.run(os.getpid)
            killed.append(next(iter(pids.values())))
            os.kill(killed[0], signal.SIGKILL)

    calls: list[int] = []
    counted = Counted(crew, stage, calls)
    assert on_many(tmp_path, SETTINGS, counted, progress=progress) == on_one(tmp_path, SETTINGS)
    assert killed and killed[0] not in crew._client.run(os.getpid).values()
    assert len(calls) > 1
    assert executed(crew, stage) - before <= sum(calls) + 1


class Counted:
    """A crew that notes how many tasks of a kind it is given."""

    def __init__(self, crew: DaskCrew, kind: str, calls: list[int]) -> None:
        self._crew, self._kind, self._calls = crew, kind, calls

    def map(self, what: str, function: Any, items: Any) -> Any:
        if what == self._kind:
            self._calls += [1] * len(items)
        return self._crew.map(what, function, items)


@pytest.mark.slow
@pytest.mark.skipif(not (BIN / "moto_server").exists(), reason="make .venv/store/installed")
def test_a_store_in_place_of_disks(
    store: tuple[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in store[1].items():
        monkeypatch.setenv(name, value)
    make = [BIN / "aws", "--endpoint-url", store[0], "s3", "mb", "s3://survey"]
    subprocess.run(make, env=store[1], check=True, capture_output=True)
    write("mrs", 3_000, 3, tmp_path / "t.fits")
    pq.write_table(stars(3_000).slice(0, 2_900), tmp_path / "t.parquet", row_group_size=1_000)
    for name in ("t.fits", "t.parquet"):
        put(tmp_path / name, f"s3://survey/in/{name}")
        done = drportal(
            "ingest", f"s3://survey/in/{name}", "--catalogue", "t", "--out", f"s3://survey/{name}/out",
            "--spool", "s3://survey/work", env=store[1],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = files(f"s3://survey/{name}/out", tmp_path / "fetched" / name)
        local = drportal("ingest", tmp_path / name, "--catalogue", "t", "--out", tmp_path / "local" / name)
        assert local.returncode == 0, local.stderr
        assert found == tree(tmp_path / "local" / name)
    assert not store_of("s3://survey/work")[0].find("survey/work")
    again = drportal("ingest", "s3://survey/in/t.fits", "--out", "s3://survey/t.fits/out", env=store[1])
    assert again.returncode == 2
    assert again.stderr == (
        "drportal: s3://survey/t.fits/out: --out: has files already; name a new folder or address\n"
    )
    gone = drportal("ingest", "s3://survey/in/none.fits", "--out", tmp_path / "none", env=store[1])
    assert re.fullmatch(r"drportal: s3://survey/in/none.fits: cannot be read or written: .*\n", gone.stderr)


def files(address: str, folder: Path) -> dict[str, str]:
    """All files of an address, with their checksums."""
    found, path = store_of(address)
    for name in found.find(path):
        target = folder / name.removeprefix(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        fetch(f"s3://{name}", target, [(0, size_of(f"s3://{name}"))])
    return tree(folder)
