"""Queries that are answered at once."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from starlette.responses import Response

from ..faults import Refused
from ..results.votable import MEDIA, error_document
from ..results.writers import Format, Outcome
from ..sending import FileResponse, text
from ..service import Asked, unwritten, write
from .query import read_query, read_uploads
from .uploads import keep_uploads, read_upload, view


async def sync(asked: Asked) -> Response:
    """Answer a query; what is wrong with it is said in a VOTable."""
    try:
        return await _answered(asked)
    except Refused as error:
        return failed(str(error), error.status)
    except OSError as error:
        return failed(str(unwritten(error)), 503)


def failed(message: str, status: int) -> Response:
    """An error as DALI wants it."""
    headers = {"Retry-After": "60"} if status == 503 else None
    return text(error_document(message), MEDIA, status, headers)


async def _answered(asked: Asked) -> Response:
    limits, service = asked.limits, asked.service
    query = read_query(asked.given, limits)
    uploads = read_uploads(asked.given, f"{asked.base}vo/tap/async/")
    form = query.form(asked.scope, limits)
    tables = asked.scope.tables
    if not uploads:
        made = await asyncio.to_thread(query.compiled, tables, limits)  # others are answered meanwhile
        file, outcome = await asked.answer(made.sql, made.columns, form)
        return sent(asked, file, query.format, outcome)
    with tempfile.TemporaryDirectory(dir=service.scratch, prefix="upload-") as folder:
        kept = await asyncio.to_thread(keep_uploads, asked, uploads, Path(folder))
        file = service.new_file()
        try:

            def work(running: object) -> Outcome:
                uploaded = [read_upload(name, part, running) for name, part in kept.items()]  # type: ignore[arg-type]
                made = query.compiled([*tables, *(u.table for u in uploaded)], limits)
                files = {view(u.table.name): u.file for u in uploaded}
                return write(asked.snapshot, made.sql, made.columns, form, file, running, asked.base, files)  # type: ignore[arg-type]

            outcome = await service.run(work, limits.seconds, asked.gone)
        except BaseException:
            file.close()
            raise
    return sent(asked, file, query.format, outcome)


def sent(asked: Asked, file: object, format: Format, outcome: Outcome) -> Response:
    """The answer, which says in a header too whether rows are missing."""
    headers = {"X-Rows": str(outcome.rows)} | ({"X-Overflow": "true"} if outcome.overflow else {})
    return FileResponse(file, format.media, asked.limits.sending, headers)  # type: ignore[arg-type]
