"""Processor time of each test, with that of its commands, servers and browsers; the summary shows the sum.

Times of a test are those of its process and of all processes below it, so they do not depend on what else the
computer does; of phases that follow each other within 10 ms the last has the time of all. What several tests
share (a site, the start of a browser) counts for the first that needs it.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

MOST_EXPENSIVE = 10
"""Tests that the summary names."""
PROC = Path("/proc")
SOON = 0.01
"""Seconds after the last measurement in which too little is used to look at all processes again."""


def below(pid: int) -> Iterator[int]:
    """All processes that a process, its threads and their descendants have started."""
    try:
        lists = [(task / "children").read_text() for task in (PROC / str(pid) / "task").iterdir()]
    except OSError:
        return
    for child in map(int, " ".join(lists).split()):
        yield child
        yield from below(child)


def used_by(pid: int) -> tuple[str, float] | None:
    """When a process began, and seconds of processor time of it and its ended children; None if it ended."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[19], sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Meter:
    """Runs where tests run: each report gets the time since the one before it."""

    def __init__(self) -> None:
        self.last = self.before = self.measured = 0.0
        self.known: dict[int, str] = {}

    def used(self) -> float:
        """Seconds of processor time of this process and all below it (without /proc: those that ended)."""
        # A list of children can lack some while others end, so those known before are asked too.
        there = set(below(os.getpid()))
        found = {pid: used_by(pid) for pid in there.union(self.known)}
        # The number of a process that ended may belong to another one now.
        ours = {pid: one for pid, one in found.items() if one and (pid in there or one[0] == self.known[pid])}
        self.known = {pid: began for pid, (began, _) in ours.items()}
        return sum(os.times()[:4]) + sum(time for _, time in ours.values())

    def lap(self) -> float:
        # With browsers it takes 7 ms, three times a test; what is used meanwhile counts for the next lap.
        if time.monotonic() - self.measured < SOON:
            return 0.0
        now = self.used()
        self.measured = time.monotonic()
        # Time of a child that ended without being waited for is lost: the sum becomes smaller.
        spent, self.last = max(0.0, now - self.last), now
        return spent

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        vars(report)["processor"] = self.lap()
        return report

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.before = self.lap()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["processor"] = self.before


class Bill:
    """Adds up the times of tests, prints the sum and the most expensive, and writes all to a file."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.tests: dict[str, dict[str, float]] = defaultdict(dict)
        self.collecting = 0.0

    def pytest_runtest_logreport(self, report: Any) -> None:
        phases = self.tests[report.nodeid]
        phases[report.when] = phases.get(report.when, 0) + getattr(report, "processor", 0.0)
        if self.file and report.when == "teardown":
            with Path(self.file).open("a") as out:
                out.write(json.dumps({"test": report.nodeid, **phases}) + "\n")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.collecting += getattr(node, "workeroutput", {}).get("processor", 0.0)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        if not self.tests:
            return
        meter = config.pluginmanager.get_plugin("meter")
        self.collecting += meter.before if meter else 0
        sums = {name: sum(phases.values()) for name, phases in self.tests.items()}
        whole = sum(sums.values())
        terminalreporter.section("processor time")
        terminalreporter.write_line(
            f"{whole / 60:.1f} minutes in {len(sums)} tests, {self.collecting / 60:.1f} to collect them"
        )
        for name in sorted(sums, key=lambda one: -sums[one])[:MOST_EXPENSIVE]:
            terminalreporter.write_line(f"{sums[name]:6.1f} s  {name}")


def register(config: pytest.Config) -> None:
    """Measure in each process that runs tests; report in the first."""
    config.pluginmanager.register(Meter(), "meter")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Bill(config.getoption("--processor")), "bill")
