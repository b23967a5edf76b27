"""The known source files of a set, in a small database that survives an interrupted build.

Ten million files neither fit in memory nor can be opened again at every build: a file is opened once for
its id, and again only if its size or time has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import sqlite3
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..checksums import digest
from ..model import SpectraSet
from ..pieces import Damaged, damage, read_record, write_record
from ..problems import InputError, Problem
from .job import Job
from .read import identify
from .source_files import batched, counted, source_paths, status_of
from .spectrum import Unreadable

FORMAT = 4
DATABASE = "scan.sqlite"
PROOF = "scan.sum"
"""File with the checksum of the database, while no build writes to it."""
_WHOLE = re.compile(r"0|-?[1-9]\d{0,18}")

File = tuple[str, int, int, int]
"""Path relative to the release's folder, size, modification time in ns, inode."""
Found = tuple[File, list[tuple[int, str, str]], str | None]
"""A file, the row, name and value of each id in it, and why it cannot be read."""

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, size INT, mtime INT, inode INT, run INT,
  problem TEXT, sum TEXT)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (path TEXT, row INT, name TEXT, id TEXT, whole INT, PRIMARY KEY (path, row))
  WITHOUT ROWID;
"""


def known_files(job: Job) -> sqlite3.Connection:
    """Return the database of a set, updated for its current files. Raises InputError if there are none."""
    work = job.memory
    if not _sound(work):
        job.report_damage(damage(work / DATABASE))
        forget(work)
    (work / PROOF).unlink(missing_ok=True)  # the database changes from here on
    database = _opened(work)
    database.executescript(_TABLES)
    spec = job.spec
    settings = repr((FORMAT, spec.layout, spec.id, spec.hdu, spec.columns))
    known = database.execute("SELECT value FROM about WHERE key = 'settings'").fetchone()
    if known != (settings,):
        database.executescript("DELETE FROM file; DELETE FROM item;")
        database.execute("INSERT OR REPLACE INTO about VALUES ('settings', ?)", (settings,))
    _read_all(job, _Run(database))
    write_record(work / PROOF, digest(work / DATABASE))  # later tables are temporary
    return database


def forget(work: Path) -> None:
    """Delete the database."""
    for name in (DATABASE, f"{DATABASE}-journal", PROOF):
        (work / name).unlink(missing_ok=True)


def whole(ident: str) -> int:
    """Return whether an id is a 64-bit integer as SQLite writes it."""
    return int(_WHOLE.fullmatch(ident) is not None and -(2**63) <= int(ident) < 2**63)


def _opened(work: Path) -> sqlite3.Connection:
    database = sqlite3.connect(work / DATABASE, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    return database


def _sound(work: Path) -> bool:
    """Return whether the database is undamaged: by its checksum, or row by row after an interrupted build."""
    if not (work / DATABASE).exists():
        return True
    try:
        proof = read_record(work / PROOF)
    except Damaged:
        return False
    if proof is not None:
        return digest(work / DATABASE) == proof
    with contextlib.closing(_opened(work)) as database:
        try:
            if [row for (row,) in database.execute("PRAGMA integrity_check(1)")] != ["ok"]:
                return False
            rows = database.execute(
                "SELECT file.path, size, mtime, inode, problem, sum, row, name, id, whole FROM file "
                "LEFT JOIN item USING (path) ORDER BY file.path, row"
            )
            for (*file, problem, sum_), items in itertools.groupby(rows, key=lambda row: row[:6]):
                own = [item[6:] for item in items if item[6] is not None]
                if _sum(tuple(file), problem, own) != sum_:
                    return False
            stray = "SELECT 1 FROM item WHERE path NOT IN (SELECT path FROM file) LIMIT 1"
            return database.execute(stray).fetchone() is None
        except sqlite3.Error:
            return False


def _sum(file: File, problem: str | None, items: list[tuple[int, str, str, int]]) -> str:
    """Return the checksum of what is known about a file."""
    return hashlib.sha256(repr((*file, problem, items)).encode()).hexdigest()[:32]


class _Run:
    """One build's pass over the files; those not seen by its end no longer exist."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._number = int(database.execute("SELECT coalesce(max(run), 0) + 1 FROM file").fetchone()[0])

    def unknown(self, batch: Iterable[Path], folder: Path) -> list[File]:
        """Return the files of a batch that must be opened; mark the others as seen."""
        fresh = []
        self._database.execute("BEGIN")
        for file in batch:
            size, mtime, inode, problem = status_of(file)
            own = (os.path.relpath(file, folder).replace(os.sep, "/"), size, mtime, inode)
            path = own[0].encode("utf-8", "backslashreplace").decode()
            if path != own[0]:
                problem = "its name is not UTF-8"
            if problem is not None:
                self._put((path, size, mtime, inode), problem, [])
            elif not self._seen(own):
                fresh.append(own)
        self._database.execute("COMMIT")
        return fresh

    def _seen(self, file: File) -> bool:
        """Mark a file as seen if it is known with this size, time and inode; return whether it is."""
        same = "path = ? AND size = ? AND mtime = ? AND inode = ? AND problem IS NULL"
        update = f"UPDATE file SET run = ? WHERE {same}"
        return self._database.execute(update, (self._number, *file)).rowcount > 0

    def keep(self, found: list[Found]) -> None:
        """Store what was found in files."""
        self._database.execute("BEGIN")
        for file, items, problem in found:
            self._put(file, problem, [(row, name, ident, whole(ident)) for row, name, ident in items])
        self._database.execute("COMMIT")

    def _put(self, file: File, problem: str | None, rows: list[tuple[int, str, str, int]]) -> None:
        path = file[0]
        self._database.execute("DELETE FROM item WHERE path = ?", (path,))
        values = (*file, self._number, problem, _sum(file, problem, rows))
        self._database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self._database.executemany(
            "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)", [(path, *row) for row in rows]
        )

    def end(self) -> None:
        """Delete the entries of files that no longer exist."""
        gone = "DELETE FROM item WHERE path IN (SELECT path FROM file WHERE run <> ?)"
        self._database.execute(gone, (self._number,))
        self._database.execute("DELETE FROM file WHERE run <> ?", (self._number,))


def _read_all(job: Job, run: _Run) -> None:
    """Find all files of a set, and open those that are not known."""
    seen = 0
    folder = job.release.folder
    total = counted(source_paths(job.spec, job.release), job.progress)
    pending: deque[Any] = deque()
    for batch in batched(source_paths(job.spec, job.release)):
        fresh = run.unknown(batch, folder)
        seen += len(batch)
        job.progress("find", seen, max(total, seen))
        if fresh and job.pool:
            pending.append(job.pool.submit(_identify_all, job.spec, str(folder), fresh))
            while len(pending) > 8:
                run.keep(pending.popleft().result())
        elif fresh:
            run.keep(_identify_all(job.spec, str(folder), fresh))
    while pending:
        run.keep(pending.popleft().result())
    run.end()
    if not seen:
        what, fix = f"no file matches {job.spec.source!r}", "correct the path, or put the files there"
        raise InputError(Problem(job.file, job.place("source"), what, fix))


def _identify_all(spec: SpectraSet, folder: str, files: list[File]) -> list[Found]:
    """Return the ids of a batch of files; runs in a worker."""
    found: list[Found] = []
    for file in files:
        try:
            found.append((file, identify(spec, Path(folder, file[0])), None))
        except Unreadable as error:
            found.append((file, [], str(error)))
    return found
