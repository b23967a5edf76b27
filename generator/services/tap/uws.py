"""Asynchronous queries: the addresses of jobs, as UWS 1.1 defines them."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..database import Running
from ..faults import Busy, NotFound, Refused, Stale
from ..jobs import ABORTED, ACTIVE, COMPLETED, ENDED, ERROR, EXECUTING, PENDING, Job, Jobs
from ..parameters import Parameters
from ..results.votable import MEDIA, error_document
from ..results.writers import Outcome
from ..sending import ALWAYS, FileResponse, text
from ..service import TRIES, Asked, unwritten, write
from .query import read_query, read_uploads
from .uploads import keep, read_upload, uploaded_parts, view
from .uws_xml import job_document, jobs_document, parameters_document, results_document, stamp

LONGEST_WAIT = 60.0
"""Seconds that a request with WAIT takes."""
PLAIN = "text/plain; charset=utf-8"


async def jobs(request: Request, asked: Asked, words: list[str]) -> Response:
    """Answer at an address below `async`. Raises Refused."""
    kept = asked.service.jobs
    if not words:
        if request.method == "POST":
            return await _create(asked, kept)
        return _list(asked, kept)
    job = kept.find(words[0], asked.scope.path)
    if request.method == "DELETE" or (
        request.method == "POST" and len(words) == 1 and asked.given.one("ACTION") == "DELETE"
    ):
        if len(words) > 1:
            raise Refused("only a whole job can be deleted")
        kept.delete(job)
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
    ident, place = kept.new_folder()
    try:
        with uploaded_parts(asked, uploads) as parts:
            files = keep(parts, place / "uploads", asked.limits.upload)
        pairs = [[name, value] for name in given.names() for value in given.every(name) if name != "PHASE"]
        names = {name: file.name for name, file in files.items()}
        job = kept.create(
            Job(ident, asked.scope.path, asked.base, pairs, run=given.one("RUNID"), uploads=names)
        )
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    if (given.one("PHASE") or "").upper() == "RUN":
        _begin(asked, kept, job)
    return _redirect(_address(asked, job))


async def _change(asked: Asked, kept: Jobs, job: Job, words: list[str]) -> Response:
    given = asked.given
    what = words[0] if words else ""
    if what == "phase" or (not what and "PHASE" in given):
        phase = given.needed("PHASE").upper()
        if phase == "RUN" and job.phase == PENDING:
            _begin(asked, kept, job)
        elif phase == "ABORT":
            kept.abort(job)
        elif phase != "RUN":
            raise Refused(f"PHASE is RUN or ABORT, not {phase[:20]!r}")
    elif what == "destruction":
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
    if job.ident in {j.ident for j in kept.listed(job.scope)}:
        kept.save(job)
    return _redirect(_address(asked, job))


async def _show(asked: Asked, kept: Jobs, job: Job, words: list[str]) -> Response:
    match words:
        case []:
            await _wait(asked, kept, job)
            return text(job_document(job, _address(asked, job)), "text/xml; charset=utf-8")
        case ["phase"]:
            return text(job.phase, PLAIN)
        case ["destruction"]:
            return text(stamp(job.destruction), PLAIN)
        case ["executionduration"]:
            return text(f"{job.duration:.0f}", PLAIN)
        case ["quote"]:
            # The latest time at which the job will have ended.
            latest = (job.started or time.time()) + job.duration
            return text(stamp(job.ended or latest), PLAIN)
        case ["owner"]:
            return text("", PLAIN)
        case ["parameters"]:
            return text(parameters_document(job), "text/xml; charset=utf-8")
        case ["results"]:
            return text(results_document(job, _address(asked, job)), "text/xml; charset=utf-8")
        case ["results", "result"]:
            return _result(asked, kept, job)
        case ["error"]:
            if job.error is None:
                raise NotFound("the job has no error")
            return text(error_document(job.error), MEDIA)
    raise NotFound("a job has no such part")


def _result(asked: Asked, kept: Jobs, job: Job) -> Response:
    if job.phase == ERROR and job.error:
        return text(error_document(job.error), MEDIA)
    if job.phase != COMPLETED or job.media is None:
        raise NotFound(f"the job has no result: it is {job.phase}")
    file = kept.result(job).open("rb")
    return FileResponse(file, job.media, asked.limits.sending)


def _list(asked: Asked, kept: Jobs) -> Response:
    """The list of jobs: none, since ids are what protects a job from others."""
    return text(jobs_document([], f"{asked.base}vo/tap/async"), "text/xml; charset=utf-8")


async def _wait(asked: Asked, kept: Jobs, job: Job) -> None:
    """With WAIT, wait until the phase changes from the one that is named, or the present one."""
    text_ = asked.given.one("WAIT")
    if text_ is None:
        return
    seconds = float(text_) if text_.lstrip("-").isdigit() else -1.0
    limit = LONGEST_WAIT if seconds < 0 else min(seconds, LONGEST_WAIT)
    phase = (asked.given.one("PHASE") or job.phase).upper()
    end = time.monotonic() + limit
    while job.phase == phase and job.phase not in ENDED:
        left = end - time.monotonic()
        if left <= 0 or await asked.gone():
            return
        try:
            await asyncio.wait_for(kept.changed(job).wait(), min(left, 1.0))
        except TimeoutError:
            continue


def _begin(asked: Asked, kept: Jobs, job: Job) -> None:
    running = kept.begin(job)
    task = asyncio.get_running_loop().create_task(_run(asked, kept, job, running))
    asked.service.tasks.add(task)
    task.add_done_callback(asked.service.tasks.discard)


async def _run(asked: Asked, kept: Jobs, job: Job, running: Running) -> None:
    """Run a job to its end, whatever that is."""
    try:
        outcome = await asked.service.run(
            lambda running: _work(asked, kept, job, running), job.duration, running=running
        )
        job.rows, job.overflow = outcome.rows, outcome.overflow
        kept.end(job, COMPLETED)
    except Refused as error:
        if job.phase in ACTIVE:
            kept.end(job, ABORTED if running.reason == "aborted" else ERROR, str(error))
    except asyncio.CancelledError:
        kept.end(job, ERROR, "the service was stopped while the job ran: run it again")
        raise
    except OSError as error:  # e.g. the disk is full
        kept.end(job, ERROR, str(unwritten(error)))


def _work(asked: Asked, kept: Jobs, job: Job, running: Running) -> Outcome:
    """In a thread: read the uploads, run the statement, write the result."""
    running.check()
    job.phase, job.started = EXECUTING, time.time()
    kept.save(job)
    given = Parameters([(name, value) for name, value in job.parameters])
    query = read_query(given, asked.limits)
    folder = kept.folder(job)
    uploaded = [read_upload(n, folder / "uploads" / f, running) for n, f in job.uploads.items()]
    files = {view(u.table.name): u.file for u in uploaded}
    job.media = query.format.media
    for _ in range(TRIES):
        with contextlib.suppress(Stale), asked.service.site.snapshot() as snapshot:
            scope = snapshot.scopes.get(job.scope.rstrip("/"))
            if scope is None:
                raise NotFound("the release is no longer here")
            made = query.compiled([*scope.tables, *(u.table for u in uploaded)], asked.limits)
            form = query.form(scope, asked.limits)
            with kept.result(job).open("w+b") as file:
                return write(snapshot, made.sql, made.columns, form, file, running, job.base, files)
    raise Busy("the site is being replaced: run the job again")


def _time(value: str) -> float:
    try:
        found = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(f"DESTRUCTION is a time such as 2030-01-31T12:00:00Z, not {value[:40]!r}") from None
