"""The folder of a service on this computer: what is under way, of which each process has its own part, and
jobs, which all of them share.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from ..problems import InputError, Problem
from .jobs.jobs import new_worker

MOST = 64
"""Processes on one folder."""
JOBS = "jobs"
WORKER = "worker"
"""A file with the name under which processes of this part run jobs."""


class State:
    """A part of the folder that no other process uses; that of a process that was killed is used again."""

    def __init__(self, folder: Path) -> None:
        self.jobs = folder / JOBS
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(MOST):
                self._lock = FileLock(folder / f"{number}.lock", timeout=0)
                try:
                    self._lock.acquire()
                except Timeout:
                    continue
                self.folder = folder / str(number)
                self.folder.mkdir(exist_ok=True)
                self._clean()
                self.worker = self._worker()
                return
        except OSError as error:
            fix = "choose another with --state"
            raise InputError(Problem(str(folder), "", str(error.strerror or error), fix)) from None
        raise InputError(
            Problem(str(folder), "", f"{MOST} processes use it already", "choose another with --state")
        )

    def _clean(self) -> None:
        """Remove what a process that was killed had under way; its jobs stay."""
        for place in self.folder.iterdir():
            if place.name == WORKER:
                continue
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)

    def _worker(self) -> str:
        file = self.folder / WORKER
        if not file.is_file() or not file.read_text().isalnum():
            file.write_text(new_worker())
        return file.read_text()

    def close(self) -> None:
        self._lock.release()
