"""Tables that come with a request: VOTables, read in batches into Parquet."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ...ingest.readers.read_votable import open_votable
from ...ingest.readers.votable_fields import Header
from ...ingest.values.sql_text import quoted
from ...problems import InputError
from ...standards.arrow_columns import Column
from ..columns import Table
from ..database import Running
from ..faults import Refused
from ..jobs.jobs import COMPLETED
from ..service import Asked
from .query import Uploaded

SCHEMA = "TAP_UPLOAD"


@contextlib.contextmanager
def uploaded_parts(asked: Asked, uploads: dict[str, str]) -> Iterator[dict[str, IO[bytes]]]:
    """Yield the open tables of a request, as `read_uploads` gives them. Raises Refused."""
    with contextlib.ExitStack() as stack:
        parts: dict[str, IO[bytes]] = {}
        for name, place in uploads.items():
            kind, _, where = place.partition(":")
            if kind == "param":
                parts[name] = asked.given.files[where].file
                continue
            parts[name] = stack.enter_context(asked.service.new_file())
            _copy_result(asked, where, parts[name])
        yield parts


def _copy_result(asked: Asked, ident: str, into: IO[bytes]) -> None:
    job = asked.service.jobs.find(ident, asked.scope.path)
    if job.phase != COMPLETED:
        raise Refused(f"UPLOAD names the job {ident}, which is {job.phase}")
    asked.service.jobs.copy_result(job, into)


def keep_uploads(asked: Asked, uploads: dict[str, str], folder: Path) -> dict[str, Path]:
    """Copy the tables of a request into files, by their names. Raises Refused if they are too large."""
    with uploaded_parts(asked, uploads) as parts:
        return keep(parts, folder, asked.limits.upload)


def keep(parts: Mapping[str, IO[bytes]], folder: Path, largest: int) -> dict[str, Path]:
    """Copy uploaded tables into files, by their names. Raises Refused if they are too large."""
    left, kept = largest, {}
    for name, part in parts.items():
        kept[name] = folder / f"{uuid.uuid4().hex}.vot"
        part.seek(0)
        with kept[name].open("xb") as file:
            shutil.copyfileobj(part, file, 1 << 20)
            left -= file.tell()
        if left < 0:
            raise Refused(f"the uploaded tables have more than {largest:,} bytes")
    return kept


def read_upload(name: str, file: Path, running: Running) -> Uploaded:
    """Read a VOTable. Raises Refused."""
    try:
        # Problems are reported under the name of the table, not that of the file.
        source = open_votable(Path(f"{SCHEMA}.{name}"), file, None)
        header = Header(file, None)
        described = header.tables[header.chosen or 0].columns
        made = file.with_suffix(".parquet")
        with pq.ParquetWriter(made, source.schema) as writer:
            for batch in source.batches():
                running.check()
                writer.write_batch(batch)
    except InputError as error:
        raise Refused(str(error.problems[0])) from None
    except (pa.ArrowException, OverflowError, UnicodeError, ValueError) as error:
        raise Refused(f"{SCHEMA}.{name} cannot be read: {' '.join(str(error).split())[:200]}") from None
    columns = [
        Column(
            f.name, c.datatype, unit=f.unit, ucd=f.ucd, description=f.description, xtype=c.xtype or None,
            principal=True,
        ).typed(f.type)
        for f, c in zip(source.fields, described, strict=True)
    ]  # fmt: skip
    return Uploaded(Table(SCHEMA, name, columns, view=quoted(view(name))), made)


def view(name: str) -> str:
    """The name of the view of an uploaded table, which only its connection sees."""
    return f"upload {name}"
