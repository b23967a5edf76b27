"""Ctrl+C while columns are measured by several threads: the command ends at once, the next one goes on."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from drportal.ingest.values.database import Stoppable

from ..commands import FORKS, drportal, until
from ..stages import before

TOML = 'name = "T"\npublished = "2020"\n[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'
FOREVER = "SELECT count(*) FROM range(1000000000000) a"
PATIENCE = 20
"""Seconds in which the command must end: a second or two on a machine with nothing else to do."""


def _slow_build(portal: str, log: str, begun: str) -> None:
    """A build in which each column takes hours: a statement in the database of its thread."""
    from drportal import cli
    from drportal.ingest.measure import statistics

    def wait(database: Any, *_: object) -> None:
        with Path(begun).open("a") as file:
            file.write("x")
        database.execute(FOREVER)

    before(statistics, "measure_column", wait)
    statistics.FEW_VALUES = 0  # so that even these are measured by two threads
    os.setsid()
    sys.argv = ["drportal", "build", "--portal", portal]
    with Path(log).open("w") as said:
        sys.stdout = sys.stderr = said
        cli.main()


def test_ctrl_c_while_columns_are_measured(tmp_path: Path) -> None:
    portal, log, begun = tmp_path / "portal", tmp_path / "log", tmp_path / "begun"
    release = portal / "releases" / "dr1"
    release.mkdir(parents=True)
    (portal / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    (release / "release.toml").write_text(TOML)
    (release / "stars.csv").write_text(
        "obsid,ra,dec,z\n" + "".join(f"{i},{i},{i / 9},0.{i}\n" for i in range(99))
    )
    begun.touch()
    process = FORKS.Process(target=_slow_build, args=(str(portal), str(log), str(begun)))
    process.start()
    until(lambda: begun.stat().st_size == 2)  # both threads
    assert process.pid
    os.killpg(process.pid, signal.SIGINT)
    sent = time.monotonic()
    process.join(PATIENCE)
    assert process.exitcode == 130, f"{time.monotonic() - sent:.0f} s after Ctrl+C: {log.read_text()}"
    *_, last = log.read_text().splitlines()
    assert last == "drportal: stopped by Ctrl+C"
    assert "Traceback" not in log.read_text()
    cache = portal / "build" / "cache"
    assert list((cache / "unfinished").iterdir()) == [] and not (portal / "build" / "site").exists()
    # The rows are kept; what was stopped is made again.
    explained = drportal("build", "--portal", portal, "--explain", check=True).stdout
    assert "statistics of catalogue stars" in explained and "rows of catalogue stars" not in explained
    drportal("build", "--portal", portal, check=True)
    assert (portal / "build" / "site" / "dr1" / "data" / "stars" / "statistics.json").is_file()


def test_a_thread_that_begins_too_late_is_stopped_too(tmp_path: Path) -> None:
    stop = Stoppable()
    with stop.connect(tmp_path, threads=1, memory="100MB") as database:
        stop.set()
        with pytest.raises(duckdb.InterruptException):
            database.execute(FOREVER)
    with pytest.raises(duckdb.InterruptException), stop.connect(tmp_path, threads=1, memory="100MB"):
        pytest.fail("it was stopped before")
