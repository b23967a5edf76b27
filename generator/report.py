"""Progress of a command: a bar on a terminal, otherwise a line for each step and every 10 s."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from .problems import clean

if TYPE_CHECKING:  # importing rich takes 0.1 s, and many commands do not need it
    from rich.console import Console
    from rich.progress import Progress

EVERY = 10.0
"""Seconds between progress lines of a long stage."""
BESIDE = 46
"""Terminal columns for bar, percentage and times, next to the description."""
SETTLED = 2.0
"""Seconds of a stage before the remaining time is estimated."""


def say(line: str, err: bool = False) -> None:
    """Print a line safely, even if it has text from external files. All output uses this or Report."""
    print(clean(line), file=sys.stderr if err else sys.stdout, flush=True)


def _on_terminal() -> Console | None:
    """The terminal that progress is shown on, or a stream that users declare to be one."""
    forced = os.environ.get("FORCE_COLOR") or os.environ.get("TTY_COMPATIBLE")
    if not forced and not sys.stderr.isatty():
        return None
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say_under(head: tuple[str, str], line: str) -> None:
    """Print a line after a word; on a terminal the word is coloured, and the line is wrapped next to it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    word, colour = head
    console = Console(highlight=False)
    if not console.is_terminal:
        return say(f"{word}: {line}" if word else line)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_row(Text(word, colour), Text(clean(line), overflow="fold"))
    console.print(table)
    return None


def say_text(text: str) -> None:
    """Print a text of several lines; control characters are escaped."""
    for line in text.split("\n")[: -1 if text.endswith("\n") else None]:
        print("\t".join(clean(part, len(part)) for part in line.split("\t")))


class Report:
    """Shows progress; a context manager. `step` names a new step, `progress` updates a stage."""

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console or _on_terminal()
        self._clock = clock
        self._bar: Progress | None = None
        self._what = self._stage = ""
        self._first = self._done = self._total = 0
        self._lock, self._ended = threading.RLock(), threading.Event()
        self.begin("")

    def __enter__(self) -> Report:
        self._ended.clear()
        if self._console and self._console.is_terminal:
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=12),
                TextColumn("{task.fields[left]}"),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, left="")
            self._bar.start()
        else:
            # Some stages, e.g. sorting, report no progress: lines are printed nevertheless.
            threading.Thread(target=self._ticking, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._bar:
            self._bar.stop()
            self._bar = None

    def step(self, what: str) -> None:
        """Name a new step; without a terminal this prints a line."""
        with self._lock:
            self.begin(what)
            self._aloud = True
        if not self._bar:
            self._print(what)

    def begin(self, what: str) -> None:
        """Name a new step on a terminal only: otherwise neither it nor its stages print lines."""
        with self._lock:
            self._aloud = False
            self._what, self._begun = what, self._clock()
            self._printed = self._begun
            self._start("", 0, 0)

    def running(self, names: Sequence[str]) -> None:
        """Show the names of simultaneous work; on a terminal only."""
        with self._lock:
            if self._bar and len(names) > 1:
                self._what = f"{len(names)} at once: {', '.join(names)}"
                self._show()

    def warn(self, line: str) -> None:
        """Print a warning; the work continues."""
        self._print(f"drportal: {line}")

    def _print(self, line: str) -> None:
        if self._console:
            self._console.print(clean(line), markup=False, emoji=False, soft_wrap=True)
        else:
            say(line, err=True)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Update a stage; can be called often. `total` is 0 if unknown."""
        with self._lock:
            if stage != self._stage or done < self._done:
                self._start(stage, done, total)
            self._done, self._total = done, total
            if self._bar:
                self._show()
        self.tick()

    def tick(self) -> None:
        """Without a terminal, print the progress of the stage if nothing was printed for a while."""
        with self._lock:
            now = self._clock()
            if self._bar or not self._aloud or now - self._printed < EVERY:
                return
            self._printed = now
            line = self._what + (f": {self._stage}" if self._stage else "")
            if self._total:
                line += f", {self._done:,} of {self._total:,} ({100 * self._done // self._total} %)"
            elif self._done:
                line += f", {self._done:,}"
            self._print(f"{line}, {self._left() or f'{_time(now - self._begun)} so far'}")

    def _ticking(self) -> None:
        while not self._ended.wait(1):
            self.tick()

    def _start(self, stage: str, done: int, total: int) -> None:
        self._stage, self._first, self._done, self._total = stage, done, done, total
        self._since = self._clock()
        if self._bar:
            self._show()

    def _show(self) -> None:
        assert self._bar and self._console
        stage = f": {self._stage}" if self._stage else ""
        room = max(self._console.width - BESIDE - len(stage), 12)
        what = self._what if len(self._what) <= room else f"{self._what[: room - 1]}…"
        share = f"{100 * self._done // self._total:>3} %" if self._total else ""
        self._bar.update(
            self._task,
            description=clean(what + stage),
            completed=self._done,
            total=self._total or None,
            left=f"{share} {self._left()}".strip(),
        )

    def _left(self) -> str:
        """Estimated remaining time of a stage, from its pace; work done before it began does not count."""
        spent, done = self._clock() - self._since, self._done - self._first
        if done <= 0 or self._done >= self._total or spent < SETTLED:
            return ""
        return f"{_time(spent * (self._total - self._done) / done)} left"


def _time(seconds: float) -> str:
    """A duration in words, rounded to a meaningful precision."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
