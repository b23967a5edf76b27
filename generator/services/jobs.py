"""Jobs of asynchronous queries, each a folder with its description and its result.

    jobs/<id>/job.json     what was asked, the phase and times
    jobs/<id>/result       the answer, from when it is complete
    jobs/<id>/error.xml    or what went wrong
    jobs/<id>/uploads/     tables that came with the request, until the job has ended

A job outlives the process: what ran when the process was killed is an error afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..formats.base import write_whole
from .database import Running
from .faults import Busy, NotFound
from .limits import Limits

PENDING, QUEUED, EXECUTING = "PENDING", "QUEUED", "EXECUTING"
COMPLETED, ERROR, ABORTED = "COMPLETED", "ERROR", "ABORTED"
ACTIVE = (QUEUED, EXECUTING)
ENDED = (COMPLETED, ERROR, ABORTED)
DAY = 86_400.0
KILLED = "the service was stopped while the job ran: run it again"


@dataclass
class Job:
    """A job; times are seconds since 1970."""

    ident: str
    scope: str
    base: str
    parameters: list[list[str]]
    phase: str = PENDING
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    destruction: float = 0.0
    duration: float = 0.0
    """Seconds that it may run."""
    run: str | None = None
    """The client's own name for it (RUNID)."""
    error: str | None = None
    media: str | None = None
    rows: int | None = None
    overflow: bool = False
    uploads: dict[str, str] = field(default_factory=dict)
    """Names of files by those of tables."""


class Jobs:
    """The jobs of a service."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, Running] = {}
        self._changed: dict[str, asyncio.Event] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        for place in folder.iterdir():
            self._take_up(place)

    def _take_up(self, place: Path) -> None:
        """Take up a job of an earlier process."""
        try:
            job = Job(**json.loads((place / "job.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            shutil.rmtree(place, ignore_errors=True)  # unfinished
            return
        self._jobs[job.ident] = job
        if job.phase in ACTIVE:
            self.end(job, ERROR, KILLED)

    def create(self, job: Job) -> Job:
        """Keep a new job. Raises Busy."""
        self.clean()
        if len(self._jobs) >= self._limits.jobs:
            raise Busy("too many jobs are kept here: delete yours that have ended, or try again later")
        job.created = time.time()
        job.destruction = job.created + self._limits.job_days * DAY
        job.duration = self._limits.job_seconds
        self.save(job)
        self._jobs[job.ident] = job
        return job

    def new_folder(self) -> tuple[str, Path]:
        """The id and folder of a job to be; the id cannot be guessed."""
        ident = secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")
        place = self._folder / ident
        (place / "uploads").mkdir(parents=True)
        return ident, place

    def folder(self, job: Job) -> Path:
        return self._folder / job.ident

    def result(self, job: Job) -> Path:
        """The file of the answer."""
        return self.folder(job) / "result"

    def find(self, ident: str, scope: str) -> Job:
        """A job of a service. Raises NotFound."""
        self.clean()
        job = self._jobs.get(ident)
        if job is None or job.scope != scope:
            raise NotFound("there is no such job; it may have been deleted after its time")
        return job

    def listed(self, scope: str) -> Iterator[Job]:
        """Jobs of a service, the latest first."""
        self.clean()
        yield from sorted((j for j in self._jobs.values() if j.scope == scope), key=lambda j: -j.created)

    def phases(self) -> Counter[str]:
        """How many jobs are in each phase."""
        return Counter(job.phase for job in self._jobs.values())

    def save(self, job: Job) -> None:
        """Write the description, and wake those who wait for a change."""
        try:
            write_whole(self.folder(job) / "job.json", json.dumps(asdict(job)).encode())
        finally:
            event = self._changed.pop(job.ident, None)
            if event:
                event.set()

    def changed(self, job: Job) -> asyncio.Event:
        """An event that is set when the job changes."""
        return self._changed.setdefault(job.ident, asyncio.Event())

    def begin(self, job: Job) -> Running:
        """Put the job into the queue; returns what can stop it."""
        job.phase = QUEUED
        try:
            self.save(job)
        except OSError:
            job.phase = PENDING
            raise
        return self._running.setdefault(job.ident, Running())

    def end(self, job: Job, phase: str, error: str | None = None) -> None:
        """Note how the job has ended."""
        self._running.pop(job.ident, None)
        if job.ident not in self._jobs:
            return  # deleted meanwhile
        job.phase, job.error, job.ended = phase, error, time.time()
        if phase != COMPLETED:
            (self.folder(job) / "result").unlink(missing_ok=True)
        shutil.rmtree(self.folder(job) / "uploads", ignore_errors=True)
        with contextlib.suppress(OSError):  # of a full disc; a later process finds that the job did not end
            self.save(job)

    def abort(self, job: Job) -> None:
        """Stop the job, or do not begin it."""
        running = self._running.get(job.ident)
        if running is not None:
            running.stop("aborted")
        if job.phase not in ENDED:
            self.end(job, ABORTED)

    def delete(self, job: Job) -> None:
        """Stop the job and remove all of it."""
        running = self._running.pop(job.ident, None)
        if running is not None:
            running.stop("deleted")
        self._jobs.pop(job.ident, None)
        shutil.rmtree(self.folder(job), ignore_errors=True)

    def clean(self) -> None:
        """Remove jobs whose time is over."""
        now = time.time()
        for job in [j for j in self._jobs.values() if j.destruction <= now]:
            self.delete(job)
