"""What counts as passed: a skip if its reason is listed here; with `--again`, of one or two failed tests,
those that pass by themselves, which the summary reports.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Generator

import pytest

from .processor import register
from .temporary import own_folder

SKIPS = {
    "the real data are not here": "tables and spectra of the survey are no part of this repository",
    "file systems cannot be mounted here": "only root may mount, and not in every container",
    "atheris is not made for this Python": "it has no wheels for the newest Python",
    "no other Python is here": "a machine may have one version alone",
    "another SAMP hub runs here": "its port is fixed by the standard",
}
"""Reasons for which a test may be skipped, and why each is accepted."""
LONG = 120
"""Seconds after which a test that still runs is printed."""
AGAIN = 2
"""Failed tests that are tried again, in all. A browser on a busy machine may miss a moment, but not often."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason not in SKIPS:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped ({reason}), which tests/verdicts.py does not list"
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--again", action="store_true", help=f"try up to {AGAIN} failed tests again, by themselves"
    )
    parser.addoption("--processor", metavar="FILE", help="write the processor time of each test to a file")


def pytest_configure(config: pytest.Config) -> None:
    register(config)
    own_folder(config)
    if hasattr(config, "workerinput"):
        return
    config.pluginmanager.register(AtOnce(config), "at once")
    if config.getoption("--again"):
        config.pluginmanager.register(Again(), "again")


class AtOnce:
    """Prints failures when they happen, and tests that take long: a run that is stopped has no summary."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.begun: dict[str, float] = {}

    def pytest_sessionstart(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.begun[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.begun.pop(nodeid, None)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            reason = (crash.message if crash else report.longreprtext).strip().partition("\n")[0]
            self._print(f"FAILED {report.nodeid} in {report.when}: {reason[:300]}")

    def _watch(self) -> None:
        while True:
            time.sleep(10)
            for nodeid, begun in list(self.begun.items()):
                if time.monotonic() - begun > LONG:
                    self.begun.pop(nodeid, None)
                    self._print(f"RUNNING {nodeid} for more than {LONG} s")

    def _print(self, line: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.ensure_newline()
            reporter.write_line(line)


class Again:
    """Runs what failed once more, one test after another, when all others are done."""

    def __init__(self) -> None:
        self.failed: dict[str, None] = {}
        self.said = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus != pytest.ExitCode.TESTS_FAILED or not 0 < len(self.failed) <= AGAIN:
            return
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *self.failed]
        result = subprocess.run(command, cwd=session.config.rootpath, capture_output=True, text=True)
        names = "\n".join(self.failed)
        if result.returncode == 0:
            session.exitstatus = pytest.ExitCode.OK
            self.said = f"Failed at first, passed by themselves: {len(self.failed)}\n{names}"
        else:
            self.said = f"Failed again by themselves, of {len(self.failed)}\n{result.stdout}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.said:
            terminalreporter.section("tried again")
            terminalreporter.write_line(self.said)
