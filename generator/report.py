"""What a command tells while it works: a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Report:
    """Use as a context manager; `step` names what begins, `progress` says how far a stage is."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._bar: Progress | None = None

    def __enter__(self) -> Report:
        if self.console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self.console, transient=True)
            self._task = self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None

    def step(self, what: str) -> None:
        """Name what begins; elsewhere than on a terminal this is a line."""
        self.begin(what)
        if not self._bar:
            self.console.print(what, markup=False)

    def begin(self, what: str) -> None:
        """Name what begins, without a line of its own."""
        self._what = what
        if self._bar:
            self._bar.update(self._task, description=what, completed=0, total=None)

    def warn(self, line: str) -> None:
        """Something the reader should know although the work goes on."""
        self.console.print(f"drportal: {line}", markup=False, soft_wrap=True)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Called often; `total` is 0 where it is not known."""
        if self._bar:
            self._bar.update(
                self._task, description=f"{self._what}: {stage}", completed=done, total=total or None
            )
