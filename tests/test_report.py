"""Progress of long stages: per cent and time left on a terminal, a line every ten seconds elsewhere."""

from __future__ import annotations

import io
import os
import pty
import re
import threading
from pathlib import Path

import pytest
from astropy.table import Table
from rich.console import Console

from drportal.report import EVERY, Report

from .commands import drportal


class Clock:
    """A clock set by the test."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def plain() -> tuple[Report, Clock, io.StringIO]:
    """A report that does not go to a terminal, and nobody but the test asks for lines."""
    clock, out = Clock(), io.StringIO()
    return Report(Console(file=out, width=40, highlight=False), clock), clock, out


def test_a_line_every_ten_seconds() -> None:
    report, clock, out = plain()
    report.step("DR1: catalogue stars")
    for second in range(1, 36):
        clock.now += 1
        report.progress("read", 1000 * second, 100_000)
    assert out.getvalue().splitlines() == [
        "DR1: catalogue stars",
        "DR1: catalogue stars: read, 10,000 of 100,000 (10 %), 2 min left",
        "DR1: catalogue stars: read, 20,000 of 100,000 (20 %), 80 s left",
        "DR1: catalogue stars: read, 30,000 of 100,000 (30 %), 70 s left",
    ]


@pytest.mark.parametrize(
    ("first", "after", "left"),
    [
        (0, 50, "10 s left"),  # half of it in 10 s
        (40, 50, "50 s left"),  # what a former run had done is no pace
        (0, 1, "16 min left"),
        (50, 50, "10 s so far"),  # no pace at all
        (0, 100, "10 s so far"),  # done, and what follows says nothing of itself
    ],
)
def test_the_time_left_follows_the_pace_of_the_stage(first: int, after: int, left: str) -> None:
    report, clock, out = plain()
    report.step("step")
    report.progress("pack", first, 100)
    clock.now += EVERY
    report.progress("pack", after, 100)
    assert out.getvalue().splitlines()[-1] == f"step: pack, {after} of 100 ({after} %), {left}"


def test_each_stage_has_its_own_pace() -> None:
    report, clock, out = plain()
    report.step("step")
    report.progress("read", 0, 10)
    clock.now += EVERY
    report.progress("write", 0, 10)
    clock.now += EVERY
    report.progress("write", 5, 10)
    assert out.getvalue().splitlines()[-1] == "step: write, 5 of 10 (50 %), 10 s left"


def test_stages_that_cannot_say_how_far_they_are() -> None:
    report, clock, out = plain()
    report.step("step")
    clock.now += 2 * EVERY
    report.tick()
    report.progress("find", 1200, 0)
    clock.now += EVERY
    report.tick()
    report.progress("order", 0, 0)
    clock.now += 3600
    report.tick()
    report.tick()
    assert out.getvalue().splitlines() == [
        "step",
        "step, 20 s so far",
        "step: find, 1,200, 30 s so far",
        "step: order, 60 min so far",
    ]


def test_lines_come_from_a_stage_that_says_nothing() -> None:
    """Without a call of `progress`: the report itself looks at the clock."""
    clock, out, came = Clock(), io.StringIO(), threading.Event()

    class Heard(io.StringIO):
        def write(self, text: str) -> int:
            if "so far" in text:
                came.set()
            return out.write(text)

    with Report(Console(file=Heard(), width=200), clock) as report:
        report.step("sorting")
        clock.now += EVERY
        assert came.wait(30)
    assert out.getvalue().startswith("sorting\nsorting, 10 s so far\n")


def test_steps_without_long_stages_are_one_line_each() -> None:
    report, clock, out = plain()
    for name in ("one", "two"):
        report.step(name)
        clock.now += 1
        report.progress("read", 1, 1)
        clock.now += 8
    assert out.getvalue() == "one\ntwo\n"


def test_what_begins_for_a_terminal_alone_is_no_line_elsewhere() -> None:
    """`check` and `new`, whose standard error has only faults."""
    report, clock, out = plain()
    report.begin("reading the table")
    clock.now += 3 * EVERY
    report.progress("read", 1, 10)
    report.tick()
    assert out.getvalue() == ""


def test_per_cent_and_time_left_on_a_terminal() -> None:
    here, there = pty.openpty()
    clock, seen = Clock(), bytearray()

    def listen() -> None:
        while True:
            try:
                seen.extend(os.read(here, 4096))
            except OSError:  # how a terminal of Linux ends
                return

    reader = threading.Thread(target=listen)
    reader.start()
    with os.fdopen(there, "w") as terminal:
        console = Console(file=terminal, width=80, highlight=False, color_system=None)
        with Report(console, clock) as report:
            report.step("DR1: catalogue [b]x[/b]")
            report.progress("read", 0, 1000)
            clock.now += 30
            report.progress("read", 250, 1000)
            assert report._bar
            report._bar.refresh()
            report.step("DR10 v1.0: a catalogue with a very long name in a release with one, too")
            report.progress("write", 99_999_999, 100_000_000)
            report._bar.refresh()
            report.progress("order", 0, 0)
            report._bar.refresh()
    reader.join()
    os.close(here)
    lines = re.split(r"[\r\n]|\x1b\[2K", re.sub(r"\x1b\[\?\d+[hl]|\x1b\[\d*A", "", seen.decode()))
    shown = [line for line in lines if "25 %" in line]
    assert shown and all(len(line) <= 80 for line in lines)
    assert "DR1: catalogue [b]x[/b]: read" in shown[-1] and "2 min left" in shown[-1]
    assert "0:00:" in shown[-1], "nothing is cut off"
    long = [line for line in lines if "DR10 v1.0: a c" in line and "…: " in line]
    assert any("…: write" in line and "99 %" in line and "0:00:" in line for line in long)
    assert all("%" not in line for line in long if "order" in line), "what cannot be known is not shown as 0"


def test_a_build_says_each_step_once_and_nothing_else(tmp_path: Path) -> None:
    """Elsewhere than on a terminal, short stages leave no line."""
    Table({"id": [1, 2], "ra": [1.0, 2.0], "dec": [1.0, 2.0]}).write(tmp_path / "t.fits")
    drportal("new", tmp_path / "p", "--source", tmp_path / "t.fits", check=True)
    done = drportal("build", "--portal", tmp_path / "p")
    lines = [line for line in done.stderr.splitlines() if " so far" not in line and " left" not in line]
    assert lines == [
        "DR1: catalogue catalogue",
        "DR1: statistics of catalogue catalogue",
        "DR1: ids of catalogue catalogue",
        "DR1: pages",
        "checksums",
    ]
