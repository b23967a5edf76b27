"""Jobs of asynchronous queries. Each is a folder on a shelf:

    job.json               what was asked, and what the client changed since; any process writes it
    upload-…               tables that came with the request, until the job has ended
    run-<process>.json     how a process runs it: phase and times. The process that does so writes it, again
                           and again while it is alive
    result-<process>       its answer, which is complete before the phase says so
    aborted                the client wants no result

The phase follows from these files, so every process reports the same. A process that was killed reports no
longer that it is alive: after a while (`Limits.lease`) its jobs are errors.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from ..database import Running
from ..faults import Busy, NotFound
from ..limits import Limits
from .shelf import FIRST, IDENT, Shelf

PENDING, QUEUED, EXECUTING = "PENDING", "QUEUED", "EXECUTING"
COMPLETED, ERROR, ABORTED = "COMPLETED", "ERROR", "ABORTED"
ACTIVE = (QUEUED, EXECUTING)
ENDED = (COMPLETED, ERROR, ABORTED)
DAY = 86_400.0
KILLED = "the service was stopped while the job ran: run it again"
NONE = "there is no such job; it may have been deleted after its time"
RUN, RESULT, UPLOAD, MARK = "run-", "result-", "upload-", "aborted"
SWEEP = 600.0
"""Seconds between searches for jobs whose time is over."""


@dataclass
class Job:
    """A job; times are seconds since 1970."""

    ident: str
    scope: str
    base: str
    parameters: list[list[str]]
    created: float = 0.0
    destruction: float = 0.0
    duration: float = 0.0
    """Seconds that it may run."""
    run: str | None = None
    """The client's own name for it (RUNID)."""
    uploads: dict[str, str] = field(default_factory=dict)
    """Names of files by those of tables."""
    state: State = field(default_factory=lambda: State())
    """What has become of it; not in its file."""

    @property
    def phase(self) -> str:
        return self.state.phase


@dataclass
class State:
    """How a process runs a job."""

    phase: str = PENDING
    alive: float = 0.0
    """When the process last wrote this."""
    started: float | None = None
    ended: float | None = None
    error: str | None = None
    media: str | None = None
    rows: int | None = None
    overflow: bool = False
    result: str | None = None
    """The file of the answer."""


class Jobs:
    """The jobs of a service, as one of its processes sees them. `worker` is the name of this process."""

    def __init__(self, shelf: Shelf, limits: Limits, worker: str) -> None:
        self.shelf, self._limits, self._worker = shelf, limits, worker
        self._running: dict[str, tuple[Running, State]] = {}
        self._ended: Counter[str] = Counter()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._swept = 0.0
        self._end_former()

    def _end_former(self) -> None:
        """Jobs that ran when the process before this one was killed are errors."""
        for ident in self.shelf.idents():
            own = f"{RUN}{self._worker}.json"
            names = self.shelf.names(ident)
            if own in names and (state := self._state(ident, own)) and state.phase in ACTIVE:
                state.phase, state.error, state.ended = ERROR, KILLED, time.time()
                self._write(ident, state)
                self._tidy(ident)

    # ---- what clients do

    def create(self, job: Job, uploads: Mapping[str, Path]) -> Job:
        """Keep a new job with its tables, by their names in `job.uploads`. Raises Busy, OSError."""
        self.sweep()
        if len(self.shelf.idents()) >= self._limits.jobs:
            raise Busy("too many jobs are kept here: delete yours that have ended, or try again later")
        job.created = time.time()
        job.destruction = job.created + self._limits.job_days * DAY
        job.duration = self._limits.job_seconds
        try:
            self.save(job)
            for name, file in uploads.items():
                self.shelf.put(job.ident, job.uploads[name], file)
        except BaseException:
            self.shelf.clear(job.ident)
            raise
        return job

    def find(self, ident: str, scope: str) -> Job:
        """A job of a service, as it is now. Raises NotFound."""
        job = self._read(ident) if IDENT.fullmatch(ident) else None
        if job is None or job.scope != scope:
            raise NotFound(NONE)
        if job.destruction <= time.time():
            self.delete(job)
            raise NotFound(NONE)
        return job

    def save(self, job: Job) -> None:
        """Write what the client has changed."""
        kept = {name: value for name, value in asdict(job).items() if name != "state"}
        self.shelf.write(job.ident, FIRST, json.dumps(kept).encode())

    def abort(self, job: Job) -> None:
        """Stop the job, or do not begin it."""
        if job.phase in ENDED:
            return
        self.shelf.write(job.ident, MARK, json.dumps(time.time()).encode())
        self._stop(job.ident, "aborted")
        if job.phase == PENDING:
            self._tidy(job.ident)

    def delete(self, job: Job) -> None:
        """Stop the job and remove all of it."""
        self._stop(job.ident, "deleted")
        self.shelf.clear(job.ident)

    def _stop(self, ident: str, reason: str) -> None:
        with self._lock:
            running = self._running.get(ident)
        if running is not None:  # of another process: it looks itself
            running[0].stop(reason)

    def copy_result(self, job: Job, into: IO[bytes]) -> None:
        """Copy the answer into an open file."""
        assert job.state.result
        try:
            self.shelf.fetch(job.ident, job.state.result, into)
        except FileNotFoundError:
            raise NotFound(NONE) from None

    def copy_upload(self, job: Job, name: str, file: Path) -> None:
        """Copy a table that came with the job."""
        with file.open("xb") as into:
            self.shelf.fetch(job.ident, name, into)

    # ---- how a job runs

    def begin(self, job: Job) -> Running | None:
        """Put the job into the queue; returns what can stop it. None if it is there already."""
        with self._lock:
            if job.phase != PENDING or job.ident in self._running:
                return None
            running = Running()
            self._running[job.ident] = running, State(QUEUED)
        try:
            self._write(job.ident, self._running[job.ident][1])
        except BaseException:
            self._running.pop(job.ident, None)
            raise
        return running

    def start(self, job: Job) -> None:
        """Note that the job runs."""
        state = self._running[job.ident][1]
        state.phase, state.started = EXECUTING, time.time()
        self._write(job.ident, state)

    def renew(self, job: Job) -> None:
        """Note that this process is alive, and stop the job if its client has said so to another one."""
        found = self._running.get(job.ident)
        if found is None:
            return
        running, state = found
        names = self.shelf.names(job.ident)
        if MARK in names or FIRST not in names:
            running.stop("aborted" if MARK in names else "deleted")
        elif time.time() - state.alive > self._limits.lease / 4:
            self._write(job.ident, state, only_running=True)

    def complete(self, job: Job, answer: Path, media: str, rows: int, overflow: bool) -> None:
        """Keep the answer. Raises OSError."""
        state = self._running[job.ident][1]
        name = f"{RESULT}{self._worker}"
        self.shelf.put(job.ident, name, answer)
        if time.time() - state.alive > self._limits.lease:  # others say already that it is lost
            self.shelf.remove(job.ident, name)
            raise OSError("the job was not reported as running for too long: run it again")
        state.media, state.rows, state.overflow, state.result = media, rows, overflow, name
        self.end(job, COMPLETED)

    def end(self, job: Job, phase: str, error: str | None = None) -> None:
        """Note how the job has ended."""
        with self._lock:
            found = self._running.pop(job.ident, None)
        if found is None:
            return
        running, state = found
        self._ended[phase] += 1
        if running.reason == "deleted" or FIRST not in self._names(job.ident):
            self.shelf.clear(job.ident)
            return
        state.phase, state.error, state.ended = phase, error, time.time()
        with contextlib.suppress(OSError):  # of a full disk: others find that the job did not end
            self._write(job.ident, state)
        self._tidy(job.ident)

    def phases(self) -> Counter[str]:
        """How many jobs of this process are in each phase, or ended so since it began."""
        with self._lock:
            return self._ended + Counter(state.phase for _, state in self._running.values())

    def sweep(self) -> None:
        """Remove jobs whose time is over, and what is left of deleted ones, at most once in a while."""
        with self._lock:
            if time.monotonic() - self._swept < SWEEP and self._swept:
                return
            self._swept = time.monotonic()
        now = time.time()
        for ident in self.shelf.idents():
            job = self._read(ident)
            if job is None:
                self.shelf.clear(ident)
            elif job.destruction <= now:
                self.delete(job)

    # ---- files

    def _names(self, ident: str) -> list[str]:
        try:
            return self.shelf.names(ident)
        except OSError:
            return [FIRST]

    def _tidy(self, ident: str) -> None:
        """Remove the tables of a job that has ended."""
        with contextlib.suppress(OSError):
            for name in self.shelf.names(ident):
                if name.startswith(UPLOAD):
                    self.shelf.remove(ident, name)

    def _write(self, ident: str, state: State, *, only_running: bool = False) -> None:
        with self._writing:
            if only_running and ident not in self._running:
                return  # it has ended meanwhile, which must not be overwritten
            now = time.time()
            data = json.dumps(asdict(state) | {"alive": now}).encode()
            self.shelf.write(ident, f"{RUN}{self._worker}.json", data)
            state.alive = now

    def _state(self, ident: str, name: str) -> State | None:
        try:
            return State(**_known(State, json.loads(self.shelf.read(ident, name))))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _read(self, ident: str) -> Job | None:
        """A job as its files describe it; None if there is none."""
        names = self.shelf.names(ident)
        if FIRST not in names:
            return None
        try:
            job = Job(**_known(Job, json.loads(self.shelf.read(ident, FIRST))))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        runs = [self._state(ident, name) for name in names if name.startswith(RUN) and name.endswith(".json")]
        job.state = self._merged([state for state in runs if state])
        if MARK in names and job.state.phase != COMPLETED:
            job.state.phase, job.state.error = ABORTED, None
            with contextlib.suppress(FileNotFoundError, ValueError):
                job.state.ended = float(json.loads(self.shelf.read(ident, MARK)))
        return job

    def _merged(self, runs: list[State]) -> State:
        """What has become of a job. If two processes began it at once, their answers are the same."""
        for state in runs:
            if state.phase in ACTIVE and time.time() - state.alive > self._limits.lease:
                state.phase, state.error, state.ended = ERROR, KILLED, state.alive
        order = (COMPLETED, EXECUTING, QUEUED, ERROR, ABORTED)
        return min(runs, key=lambda state: (order.index(state.phase), state.ended or 0), default=State())


def new_ident() -> str:
    """The id of a job, which cannot be guessed."""
    return secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")


def new_worker() -> str:
    """A name for a process."""
    return secrets.token_hex(8)


def _known(kind: type[Any], members: dict[str, Any]) -> dict[str, Any]:
    """Members that this version knows."""
    names = {one.name for one in fields(kind)} - {"state"}
    return {name: value for name, value in members.items() if name in names}
