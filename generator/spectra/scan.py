"""Find the spectra in all source files, sorted by id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .job import Job
from .known_files import known_files
from .looked_up import look_up
from .placed import Placed, write_placed
from .shown import know_shown


@dataclass(frozen=True)
class Item:
    """One spectrum of a set: its position in the order of ids, its id, and its file and row."""

    position: int
    id: int | str
    path: str
    row: int
    size: int
    mtime: int
    inode: int
    home: int
    """Position of the first spectrum of the same file; usually its own."""
    several: bool
    """Whether its file contains several spectra."""
    ships: bool
    """Whether its file may go into the site: all its spectra are shown."""


class Scan:
    """The spectra of a set, sorted by id."""

    def __init__(self, database: sqlite3.Connection, placed: Placed) -> None:
        self._database = database
        self.id_name, self.whole, self.left_out = placed.id_name, placed.whole, placed.left_out
        self.count = int(database.execute("SELECT count(*) FROM placed").fetchone()[0])

    def items(self, first: int = 0) -> Iterator[Item]:
        rows = self._database.execute(
            "SELECT placed.position, placed.id, placed.path, placed.row, file.size, file.mtime, file.inode, "
            "placed.home, placed.several, placed.path NOT IN (SELECT path FROM cut) "
            "FROM placed JOIN file USING (path) WHERE placed.position >= ? ORDER BY placed.position",
            (first,),
        )
        for position, ident, path, row, size, mtime, inode, home, several, ships in rows:
            own = int(ident) if self.whole else ident
            yield Item(position, own, path, row, size, mtime, inode, home, bool(several), bool(ships))


def scan(job: Job, catalogue: Path | None) -> Scan:
    """Find the spectra of a set; `catalogue` is the data folder of its catalogue. Raises InputError."""
    database = known_files(job)
    looked_up = None
    if job.spec.id.lookup is not None:
        assert catalogue is not None
        looked_up = look_up(job.spec, job.release, database, catalogue)
    known = database.execute("SELECT name FROM item GROUP BY name ORDER BY count(*) DESC, name LIMIT 1")
    usual = looked_up or next((name for (name,) in known), None)
    know_shown(job.spec, job.release, database, catalogue, usual)
    return Scan(database, write_placed(job, database, looked_up))
