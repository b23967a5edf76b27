"""Asynchronous queries: the addresses of jobs, as UWS 1.1 defines them."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..database import Running
from ..faults import Busy, NotFound, Refused, Stale
from ..jobs.jobs import ABORTED, COMPLETED, ENDED, ERROR, KILLED, PENDING, UPLOAD, Job, Jobs, new_ident
from ..parameters import Parameters
from ..results.votable import MEDIA, error_document
from ..results.writers import Outcome
from ..sending import ALWAYS, FileResponse, text
from ..service import TRIES, Asked, unwritten, write
from .query import read_query, read_uploads
from .uploads import keep_uploads, read_upload, view
from .uws_xml import job_document, jobs_document, parameters_document, results_document, stamp

LONGEST_WAIT = 60.0
"""Seconds that a request with WAIT takes."""
LOOK = {True: (0.05, 0.5), False: (0.5, 3.0)}
"""Seconds between looks at a job, at first and at most: in a folder, and on a store."""
PLAIN = "text/plain; charset=utf-8"


async def jobs(request: Request, asked: Asked, words: list[str]) -> Response:
    """Answer at an address below `async`. Raises Refused."""
    kept = asked.service.jobs
    if not words:
        if request.method == "POST":
            return await _create(asked, kept)
        return _list(asked)
    job = await asyncio.to_thread(kept.find, words[0], asked.scope.path)
    if request.method == "DELETE" or (
        request.method == "POST" and len(words) == 1 and asked.given.one("ACTION") == "DELETE"
    ):
        if len(words) > 1:
            raise Refused("only a whole job can be deleted")
        await asyncio.to_thread(kept.delete, job)
        return _redirect(f"{asked.base}vo/tap/async")
    if request.method == "POST":
        return await _change(asked, kept, job, words[1:])
    return await _show(asked, kept, job, words[1:])


def _redirect(address: str) -> Response:
    return RedirectResponse(address, 303, ALWAYS)


def _address(asked: Asked, job: Job) -> str:
    return f"{asked.base}vo/tap/async/{job.ident}"


async def _create(asked: Asked, kept: Jobs) -> Response:
    given = asked.given
    uploads = read_uploads(given, f"{asked.base}vo/tap/async/")

    def create() -> Job:
        with tempfile.TemporaryDirectory(dir=asked.service.scratch, prefix="upload-") as folder:
            files = keep_uploads(asked, uploads, Path(folder))
            pairs = [
                [name, value] for name in given.names() for value in given.every(name) if name != "PHASE"
            ]
            names = {name: f"{UPLOAD}{number}.vot" for number, name in enumerate(files)}
            job = Job(new_ident(), asked.scope.path, asked.base, pairs, run=given.one("RUNID"), uploads=names)
            return kept.create(job, files)

    job = await asyncio.to_thread(create)
    if (given.one("PHASE") or "").upper() == "RUN":
        await _begin(asked, kept, job)
    return _redirect(_address(asked, job))


async def _change(asked: Asked, kept: Jobs, job: Job, words: list[str]) -> Response:
    given = asked.given
    what = words[0] if words else ""
    if what == "phase" or (not what and "PHASE" in given):
        phase = given.needed("PHASE").upper()
        if phase not in ("RUN", "ABORT"):
            raise Refused(f"PHASE is RUN or ABORT, not {phase[:20]!r}")
        if phase == "ABORT":
            await asyncio.to_thread(kept.abort, job)
        elif job.phase == PENDING:
            await _begin(asked, kept, job)
        return _redirect(_address(asked, job))
    if what == "destruction":
        latest = job.created + asked.limits.job_days * 86_400
        job.destruction = min(_time(given.needed("DESTRUCTION")), latest)
    elif what == "executionduration":
        seconds = given.number("EXECUTIONDURATION", 0, 1e9)
        job.duration = min(seconds or asked.limits.job_seconds, asked.limits.job_seconds)
    elif what in ("parameters", ""):
        if job.phase != PENDING:
            raise Refused("the parameters of a job that has begun cannot be changed")
        names = set(given.names())
        new = [[name, value] for name in names for value in given.every(name)]
        job.parameters = [pair for pair in job.parameters if pair[0] not in names] + new
    else:
        raise Refused(f"{what[:40]!r} of a job cannot be changed")
    await asyncio.to_thread(kept.save, job)
    return _redirect(_address(asked, job))


async def _show(asked: Asked, kept: Jobs, job: Job, words: list[str]) -> Response:
    match words:
        case []:
            job = await _wait(asked, kept, job)
            return text(job_document(job, _address(asked, job)), "text/xml; charset=utf-8")
        case ["phase"]:
            return text(job.phase, PLAIN)
        case ["destruction"]:
            return text(stamp(job.destruction), PLAIN)
        case ["executionduration"]:
            return text(f"{job.duration:.0f}", PLAIN)
        case ["quote"]:
            # The latest time at which the job will have ended.
            latest = (job.state.started or time.time()) + job.duration
            return text(stamp(job.state.ended or latest), PLAIN)
        case ["owner"]:
            return text("", PLAIN)
        case ["parameters"]:
            return text(parameters_document(job), "text/xml; charset=utf-8")
        case ["results"]:
            return text(results_document(job, _address(asked, job)), "text/xml; charset=utf-8")
        case ["results", "result"]:
            return await _result(asked, kept, job)
        case ["error"]:
            if job.state.error is None:
                raise NotFound("the job has no error")
            return text(error_document(job.state.error), MEDIA)
    raise NotFound("a job has no such part")


async def _result(asked: Asked, kept: Jobs, job: Job) -> Response:
    if job.phase == ERROR and job.state.error:
        return text(error_document(job.state.error), MEDIA)
    if job.phase != COMPLETED or job.state.media is None:
        raise NotFound(f"the job has no result: it is {job.phase}")
    file = asked.service.new_file()
    try:
        await asyncio.to_thread(kept.copy_result, job, file)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, job.state.media, asked.limits.sending)


def _list(asked: Asked) -> Response:
    """The list of jobs: none, since ids are what protects a job from others."""
    return text(jobs_document([], f"{asked.base}vo/tap/async"), "text/xml; charset=utf-8")


async def _wait(asked: Asked, kept: Jobs, job: Job) -> Job:
    """With WAIT, wait until the phase changes from the one that is named, or the present one."""
    text_ = asked.given.one("WAIT")
    if text_ is None:
        return job
    seconds = float(text_) if text_.lstrip("-").isdigit() else -1.0
    limit = LONGEST_WAIT if seconds < 0 else min(seconds, LONGEST_WAIT)
    phase = (asked.given.one("PHASE") or job.phase).upper()
    end = time.monotonic() + limit
    pause, longest = LOOK[kept.shelf.is_near]
    while job.phase == phase and job.phase not in ENDED:
        left = end - time.monotonic()
        if left <= 0 or await asked.gone():
            break
        await asyncio.sleep(min(left, pause))
        pause = min(pause * 1.5, longest)
        job = await asyncio.to_thread(kept.find, job.ident, job.scope)
    return job


async def _begin(asked: Asked, kept: Jobs, job: Job) -> None:
    running = await asyncio.to_thread(kept.begin, job)
    if running is None:
        return
    task = asyncio.get_running_loop().create_task(_run(asked, kept, job, running))
    asked.service.tasks.add(task)
    task.add_done_callback(asked.service.tasks.discard)


async def _run(asked: Asked, kept: Jobs, job: Job, running: Running) -> None:
    """Run a job to its end, whatever that is."""
    alive = asyncio.get_running_loop().create_task(_report(kept, job))
    phase, said = COMPLETED, ""
    try:
        with tempfile.TemporaryDirectory(dir=asked.service.scratch, prefix="job-") as folder:
            await asked.service.run(
                lambda running: _work(asked, kept, job, running, Path(folder)), job.duration, running=running
            )
        return
    except Refused as error:
        phase, said = ABORTED if running.reason == "aborted" else ERROR, str(error)
    except asyncio.CancelledError:
        kept.end(job, ERROR, KILLED)
        raise
    except OSError as error:  # e.g. the disk is full
        phase, said = ERROR, str(unwritten(error))
    finally:
        alive.cancel()
    await asyncio.to_thread(kept.end, job, phase, said)


async def _report(kept: Jobs, job: Job) -> None:
    """Say again and again that the job runs here, and stop it if another process says so."""
    pause = LOOK[kept.shelf.is_near][1] * 2
    while True:
        await asyncio.sleep(pause)
        with contextlib.suppress(OSError):  # others see that nothing is said
            await asyncio.to_thread(kept.renew, job)


def _work(asked: Asked, kept: Jobs, job: Job, running: Running, folder: Path) -> None:
    """In a thread: read the uploads, run the statement, keep the result."""
    running.check()
    kept.start(job)
    given = Parameters([(name, value) for name, value in job.parameters])
    query = read_query(given, asked.limits)
    for name in job.uploads.values():
        kept.copy_upload(job, name, folder / name)
    uploaded = [read_upload(n, folder / f, running) for n, f in job.uploads.items()]
    files = {view(u.table.name): u.file for u in uploaded}
    for _ in range(TRIES):
        with contextlib.suppress(Stale), asked.service.site.snapshot() as snapshot:
            scope = snapshot.scopes.get(job.scope.rstrip("/"))
            if scope is None:
                raise NotFound("the release is no longer here")
            made = query.compiled([*scope.tables, *(u.table for u in uploaded)], asked.limits)
            form = query.form(scope, asked.limits)
            with (folder / "answer").open("w+b") as file:
                found: Outcome = write(snapshot, made.sql, made.columns, form, file, running, job.base, files)
            kept.complete(job, folder / "answer", query.format.media, found.rows, found.overflow)
            return
        asked.service.site.renew()
    raise Busy("the site is being replaced: run the job again")


def _time(value: str) -> float:
    try:
        found = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(f"DESTRUCTION is a time such as 2030-01-31T12:00:00Z, not {value[:40]!r}") from None
