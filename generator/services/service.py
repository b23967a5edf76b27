"""What all protocols share: the site, limits, the threads in which statements run, and counts of what
happened.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import duckdb

from ..problems import InputError
from ..standards.arrow_columns import Column
from .database import Running
from .faults import Busy, Refused, Stopped
from .jobs.jobs import Jobs
from .limits import Limits
from .parameters import Parameters
from .results.writers import Form, Outcome, write_answer
from .scopes import Scope
from .sites.held import Place
from .sites.snapshot import Site, Snapshot

T = TypeVar("T")
FULL = "the disk of the service is full: ask for fewer rows or columns, or try again later"
TRIES = 3
"""How often a statement is run while builds replace the site."""
LOOK = 0.2
"""Seconds between looks at a statement that runs: whether its time is over or its client is gone."""


class Service:
    """A site that is served."""

    def __init__(
        self, place: Place, scratch: Path, limits: Limits, jobs: Jobs, address: str | None = None
    ) -> None:
        self.limits, self.scratch, self.address = limits, scratch, address
        self.site = Site(place, scratch, limits.memory, limits.statements)
        self.began = time.time()
        self.counts: Counter[str] = Counter()
        self.jobs = jobs
        self.tasks: set[asyncio.Task[None]] = set()
        """Jobs under way."""
        self.running = 0
        self.waiting = 0
        self._pool = ThreadPoolExecutor(limits.statements, thread_name_prefix="statement")
        self._turn = asyncio.Semaphore(limits.statements)

    async def run(
        self, work: Callable[[Running], T], seconds: float, gone: Callable[[], Awaitable[bool]] | None = None,
        running: Running | None = None,
    ) -> T:  # fmt: skip
        """Run work in a thread, when it is its turn. Raises Busy, Stopped, and what the work raises."""
        if self.waiting >= self.limits.waiting:
            self.counts["refused"] += 1
            raise Busy("too many requests are waiting: try again in a minute")
        running = running or Running()
        self.waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            if gone is not None and await gone():
                raise Stopped("the client is gone")
            return await self._watched(work, seconds, gone, running)
        finally:
            self.running -= 1
            self._turn.release()

    async def _watched(
        self,
        work: Callable[[Running], T],
        seconds: float,
        gone: Callable[[], Awaitable[bool]] | None,
        running: Running,
    ) -> T:
        future = asyncio.get_running_loop().run_in_executor(self._pool, work, running)
        end = time.monotonic() + seconds
        try:
            while True:
                wait = 0.05 if running.reason else min(LOOK, max(end - time.monotonic(), 0.01))
                done, _ = await asyncio.wait({future}, timeout=wait)
                if done:
                    return future.result()
                if time.monotonic() >= end:
                    self.counts["stopped"] += not running.reason
                    running.stop(f"the statement took longer than {seconds:g} s and was stopped")
                elif running.reason:
                    running.stop(running.reason)
                elif gone is not None and await gone():
                    running.stop("the client is gone")
        except asyncio.CancelledError:
            while not future.done():
                running.stop("the service is being stopped")
                await asyncio.sleep(0.02)
            raise

    async def renew(self) -> None:
        """Look whether the site has changed."""
        with contextlib.suppress(InputError, OSError, duckdb.Error):  # the former site stays
            await asyncio.to_thread(self.site.renew)

    def new_file(self) -> IO[bytes]:
        """A file without a name, which is gone when it is closed, however the process ends."""
        return tempfile.TemporaryFile(dir=self.scratch)

    async def end_jobs(self) -> None:
        """Stop the jobs under way; they are errors."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        self.site.close()


@dataclass(frozen=True)
class Asked:
    """A request to a service: where it was made, and its parameters."""

    service: Service
    snapshot: Snapshot
    scope: Scope
    base: str
    """The address below which vo/ is."""
    given: Parameters
    gone: Callable[[], Awaitable[bool]]

    @property
    def limits(self) -> Limits:
        return self.service.limits

    async def answer(
        self, sql: str, columns: Sequence[Column], form: Form, uploads: dict[str, Path] | None = None
    ) -> tuple[IO[bytes], Outcome]:
        """Run a statement and write its answer into a file. Raises Refused."""
        file = self.service.new_file()
        try:
            outcome = await self.service.run(
                lambda running: write(self.snapshot, sql, columns, form, file, running, self.base, uploads),
                self.limits.seconds, self.gone,
            )  # fmt: skip
        except BaseException:
            file.close()
            raise
        self.service.counts["rows"] += outcome.rows
        return file, outcome


def write(
    snapshot: Snapshot,
    sql: str,
    columns: Sequence[Column],
    form: Form,
    file: IO[bytes],
    running: Running,
    base: str,
    uploads: dict[str, Path] | None = None,
) -> Outcome:
    """Run a statement and write its answer. Raises Refused, Stale."""
    limited = f"SELECT * FROM ({sql}) LIMIT {form.limit + 1}"
    began = snapshot.held.now()
    try:
        with snapshot.database.answer(limited, running, base, uploads) as answer:
            outcome = write_answer(answer, columns, file, form)  # type: ignore[arg-type]
    except duckdb.Error as error:
        snapshot.explain(began)
        raise Refused(explained(error)) from None
    except OSError as error:
        raise unwritten(error) from None
    snapshot.check(began)
    return outcome


def unwritten(error: OSError) -> Busy:
    """The answer to a request when the disk is full or cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return Busy(
        FULL if full else f"the service cannot write its files: {error.strerror or 'try again later'}"
    )


def explained(error: duckdb.Error) -> str:
    """An error of the database on one line, without the statement that it shows."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return "the statement needs more memory than there is (memory_limit): select fewer rows or columns"
    if isinstance(error, duckdb.IOException):  # its text has paths
        full = "No space left" in str(error)
        return FULL if full else "the service cannot read or write its files: try again later"
    said = str(error).split("\n\n")[0].split("\nLINE ")[0]
    return " ".join(said.split())[:500]
