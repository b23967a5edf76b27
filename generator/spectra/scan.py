"""Which spectra there are: every source file with its ids, in a small database that outlives a broken-off
build.

Ten million files fit neither in memory nor into one night's patience twice: a file is opened for its id
once, and again only when its size or time has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checksums import digest
from ..model import Release, SpectraSet
from ..pieces import Damaged, damage, read_record, write_record
from ..pieces.records import Tell
from ..problems import InputError, Problem
from .looked_up import look_up
from .model import Unreadable, first_line
from .read import identify
from .shown import know_shown
from .source_files import batched, counted, source_paths, status_of

FORMAT = 3
DATABASE = "scan.sqlite"
PROOF = "scan.sum"
"""The checksum of the database, while no build writes to it."""
TAKEN = ("set", "theme", "list", "back", "radius", "position")
"""Parameters that the pages of spectra and of objects have besides an id: see docs/permalinks.md."""
SHOWN = 20
"""Problems told before a build gives up."""
_WHOLE = re.compile(r"0|-?[1-9]\d{0,18}")

File = tuple[str, int, int]
"""Path relative to the release's folder, size, time of change in ns."""
Found = tuple[File, list[tuple[int, str, str]], str | None]

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, size INT, mtime INT, run INT, problem TEXT, sum TEXT)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (path TEXT, row INT, name TEXT, id TEXT, whole INT, PRIMARY KEY (path, row))
  WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Item:
    """One spectrum of a set: its place in the order of ids, its id, and where it is."""

    position: int
    id: int | str
    path: str
    row: int
    size: int
    mtime: int
    home: int
    """Position of the first spectrum of the same file; its own as a rule."""
    several: bool
    """Whether its file holds more than this one."""
    ships: bool
    """Whether its file may go into the site: all spectra in it are shown."""


class Scan:
    """The spectra of a set in the order of their ids."""

    def __init__(
        self, database: sqlite3.Connection, id_name: str, whole: bool, left_out: list[tuple[str, str]]
    ) -> None:
        self._database, self.id_name, self.whole, self.left_out = database, id_name, whole, left_out
        self.count = int(database.execute("SELECT count(*) FROM placed").fetchone()[0])

    def items(self, first: int = 0) -> Iterator[Item]:
        rows = self._database.execute(
            "SELECT placed.position, placed.id, placed.path, placed.row, file.size, file.mtime, placed.home, "
            "placed.several, placed.path NOT IN (SELECT path FROM cut) "
            "FROM placed JOIN file USING (path) WHERE placed.position >= ? ORDER BY placed.position",
            (first,),
        )
        for position, ident, path, row, size, mtime, home, several, ships in rows:
            own = int(ident) if self.whole else ident
            yield Item(position, own, path, row, size, mtime, home, bool(several), bool(ships))

    def digest(self) -> str:
        """Changes when any spectrum does."""
        found = hashlib.sha256(f"{self.id_name} {self.whole}".encode())
        for item in self.items():
            found.update(repr(item).encode())
        return found.hexdigest()


def scan(
    spec: SpectraSet,
    release: Release,
    work: Path,
    catalogue: Path | None,
    pool: Executor | None,
    keep_going: bool,
    progress: Callable[[str, int, int], None],
    tell: Tell,
) -> Scan:
    """Find the spectra of a set. `work` keeps the database; `catalogue` is the data of the set's catalogue.

    `tell` hears of damage to what was kept. Raises InputError.
    """
    work.mkdir(parents=True, exist_ok=True)
    if not _sound(work):
        tell(damage(work / DATABASE))
        forget(work)
    (work / PROOF).unlink(missing_ok=True)  # from here on it changes
    database = _opened(work)
    database.executescript(_TABLES)
    settings = repr((FORMAT, spec.layout, spec.id, spec.hdu, spec.columns))
    known = database.execute("SELECT value FROM about WHERE key = 'settings'").fetchone()
    if known != (settings,):
        database.executescript("DELETE FROM file; DELETE FROM item;")
        database.execute("INSERT OR REPLACE INTO about VALUES ('settings', ?)", (settings,))
    _read_all(spec, release, database, pool, progress)
    write_record(work / PROOF, digest(work / DATABASE))  # what follows is temporary
    if spec.id.lookup is not None:
        assert catalogue is not None
        id_name = look_up(spec, release, database, catalogue)
    looked_up = id_name if spec.id.lookup is not None else None
    known = database.execute("SELECT name FROM item GROUP BY name ORDER BY count(*) DESC, name LIMIT 1")
    usual = looked_up or next((name for (name,) in known), None)
    know_shown(spec, release, database, catalogue, usual)
    return _placed(spec, release, database, looked_up, keep_going)


def forget(work: Path) -> None:
    """Take the database away."""
    for name in (DATABASE, f"{DATABASE}-journal", PROOF):
        (work / name).unlink(missing_ok=True)


def _opened(work: Path) -> sqlite3.Connection:
    database = sqlite3.connect(work / DATABASE, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    return database


def _sound(work: Path) -> bool:
    """Whether the database is as it was written: to the byte, or to the row where a build was broken off."""
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
                "SELECT file.path, size, mtime, problem, sum, row, name, id, whole FROM file "
                "LEFT JOIN item USING (path) ORDER BY file.path, row"
            )
            for (path, size, mtime, problem, sum_), items in itertools.groupby(rows, key=lambda row: row[:5]):
                own = [item[5:] for item in items if item[5] is not None]
                if _sum(path, size, mtime, problem, own) != sum_:
                    return False
            stray = "SELECT 1 FROM item WHERE path NOT IN (SELECT path FROM file) LIMIT 1"
            return database.execute(stray).fetchone() is None
        except sqlite3.Error:
            return False


def _sum(
    path: str, size: int, mtime: int, problem: str | None, items: list[tuple[int, str, str, int]]
) -> str:
    """The checksum of what is known of a file."""
    return hashlib.sha256(repr((path, size, mtime, problem, items)).encode()).hexdigest()[:32]


def _read_all(
    spec: SpectraSet,
    release: Release,
    database: sqlite3.Connection,
    pool: Executor | None,
    progress: Callable[[str, int, int], None],
) -> None:
    run = int(database.execute("SELECT coalesce(max(run), 0) + 1 FROM file").fetchone()[0])
    seen = 0
    total = counted(source_paths(spec, release), progress)
    pending: deque[Any] = deque()

    def keep(found: list[Found]) -> None:
        database.execute("BEGIN")
        for (path, size, mtime), items, problem in found:
            rows = [(row, name, ident, _whole(ident)) for row, name, ident in items]
            file = (path, size, mtime, run, problem, _sum(path, size, mtime, problem, rows))
            database.execute("DELETE FROM item WHERE path = ?", (path,))
            database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", file)
            database.executemany(
                "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)", [(path, *row) for row in rows]
            )
        database.execute("COMMIT")

    for batch in batched(source_paths(spec, release)):
        fresh = []
        database.execute("BEGIN")
        for file in batch:
            size, mtime, problem = status_of(file)
            own = (os.path.relpath(file, release.folder).replace(os.sep, "/"), size, mtime)
            path = own[0].encode("utf-8", "backslashreplace").decode()
            if path != own[0]:
                problem = "its name is not UTF-8"
            same = (
                database.execute(
                    "UPDATE file SET run = ? WHERE path = ? AND size = ? AND mtime = ? AND problem IS NULL",
                    (run, *own),
                )
                if problem is None
                else None
            )
            if problem is not None:
                row = (path, *own[1:], run, problem, _sum(path, *own[1:], problem, []))
                database.execute("DELETE FROM item WHERE path = ?", (path,))
                database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", row)
            elif same is not None and same.rowcount == 0:
                fresh.append(own)
        database.execute("COMMIT")
        seen += len(batch)
        progress("find", seen, max(total, seen))
        if fresh and pool:
            pending.append(pool.submit(_identify_all, spec, str(release.folder), fresh))
            while len(pending) > 8:
                keep(pending.popleft().result())
        elif fresh:
            keep(_identify_all(spec, str(release.folder), fresh))
    while pending:
        keep(pending.popleft().result())
    database.execute("DELETE FROM item WHERE path IN (SELECT path FROM file WHERE run <> ?)", (run,))
    database.execute("DELETE FROM file WHERE run <> ?", (run,))
    if not seen:
        what, mend = f"no file matches {spec.source!r}", "mend the path, or put the files there"
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}].source", what, mend))


def _identify_all(spec: SpectraSet, folder: str, files: list[File]) -> list[Found]:
    """Ids of a batch of files; runs in a worker."""
    found: list[Found] = []
    for file in files:
        try:
            found.append((file, identify(spec, Path(folder, file[0])), None))
        except Unreadable as error:
            found.append((file, [], str(error)))
    return found


def _whole(ident: str) -> int:
    return int(_WHOLE.fullmatch(ident) is not None and -(2**63) <= int(ident) < 2**63)


def _placed(
    spec: SpectraSet, release: Release, database: sqlite3.Connection, looked_up: str | None, keep_going: bool
) -> Scan:
    """Put the spectra in the order of their ids; tell what stands in the way of it."""
    query = "SELECT item.path, item.row, item.id, item.whole FROM item"
    problems = [
        (p, w)
        for p, w in database.execute("SELECT path, problem FROM file WHERE problem NOT NULL ORDER BY path")
    ]
    if looked_up is not None:
        query = "SELECT item.path, item.row, named.id, 1 FROM item JOIN named ON named.file = item.id"
        missing = database.execute(
            "SELECT path FROM item WHERE id NOT IN (SELECT file FROM named) ORDER BY path"
        )
        problems += [
            (path, f"no row of {spec.catalogue} names this file in {spec.id.lookup}")
            for (path,) in missing
            if not spec.without.rows  # those of withheld rows are not named either
        ]
    if problems and not keep_going:
        raise InputError(unreadable(release, problems))
    if spec.without:
        problems = []  # their names may be those of withheld spectra
    of_shown = "WHERE id IN (SELECT id FROM shown)" if spec.without else ""
    names = database.execute(f"SELECT DISTINCT name FROM item {of_shown} ORDER BY name LIMIT 5").fetchall()
    names = [name for (name,) in names]
    if looked_up is None and len(names) > 1:
        what = f"the ids of its files differ in kind: {', '.join(names)}"
        raise InputError(
            Problem(str(release.file), f"spectra[{spec.name}].id", what, "say which with id = { ... }")
        )
    if looked_up is not None:
        whole = all(_whole(i) for (i,) in database.execute(f"SELECT id FROM named {of_shown}"))
    else:
        also = f"{of_shown} AND" if of_shown else "WHERE"
        whole = not database.execute(f"SELECT 1 FROM item {also} whole = 0 LIMIT 1").fetchone()
    order = "CAST(id AS INTEGER)" if whole else "id"
    database.executescript(
        """DROP TABLE IF EXISTS cut; CREATE TEMP TABLE cut (path TEXT PRIMARY KEY) WITHOUT ROWID;"""
    )
    if spec.without:
        is_shown = "id IN (SELECT id FROM shown)"
        database.execute(f"INSERT INTO cut SELECT DISTINCT path FROM ({query}) WHERE NOT {is_shown}")
        query = f"SELECT path, row, id FROM ({query}) WHERE {is_shown}"
    database.executescript(
        f"""DROP TABLE IF EXISTS placed;
        CREATE TEMP TABLE placed
          (position INTEGER PRIMARY KEY, path TEXT, row INT, id TEXT, home INT, several INT);
        INSERT INTO placed (position, path, row, id)
          SELECT row_number() OVER (ORDER BY {order}, path, row) - 1, path, row, id FROM ({query});
        CREATE TEMP TABLE homes AS
          SELECT path, min(position) AS home FROM placed GROUP BY path HAVING count(*) > 1;
        UPDATE placed SET home = position, several = 0;
        UPDATE placed SET several = 1, home = (SELECT home FROM homes WHERE homes.path = placed.path)
          WHERE path IN (SELECT path FROM homes);"""
    )
    left_out = [*problems, *_without_doubles(spec, release, database, keep_going)]
    if not database.execute("SELECT 1 FROM placed LIMIT 1").fetchone():
        what = "none of its files can be used"
        what = "none of its spectra is of a row that is shown" if spec.without else what
        what += f" ({left_out[0][0]}: {first_line(left_out[0][1])})" if left_out else ""
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}].source", what, "mend the files"))
    called = looked_up or (names[0] if names else "id")
    if called in TAKEN:
        what = f"the ids are called {called!r}, which means something else in addresses of spectra"
        fix = 'give them another name, e.g. id = { …, name = "obsid" }'
        raise InputError(Problem(str(release.file), f"spectra[{spec.name}].id", what, fix))
    return Scan(database, called, whole, left_out)


def unreadable(release: Release, lost: list[tuple[str, str]], fix: str = "") -> list[Problem]:
    """A line for each of the first files that cannot be read: `fix`, or what helps against it."""
    usual = "fetch it again or take it away, or build with --keep-going to leave it out"
    found = [(path, *what.partition("\n")) for path, what in lost[:SHOWN]]
    return [
        Problem(str(release.folder / path), "", what, fix or own or usual) for path, what, _, own in found
    ]


def _without_doubles(
    spec: SpectraSet, release: Release, database: sqlite3.Connection, keep_going: bool
) -> list[tuple[str, str]]:
    """Ids must differ: the second file of an id is an error, or left out."""
    doubles = database.execute(
        "SELECT b.position, b.path, b.id, a.path FROM placed a JOIN placed b ON b.position = a.position + 1 "
        "WHERE a.id = b.id ORDER BY b.position"
    ).fetchall()
    if doubles and not keep_going:
        mend = (
            "take one away, tell ids otherwise with id = { ... }, or build with --keep-going to leave it out"
        )
        raise InputError(
            [
                Problem(str(release.folder / p), "", f"has the id {i} of {o} too", mend)
                for _, p, i, o in doubles[:SHOWN]
            ]
        )
    if doubles:
        database.executemany("DELETE FROM placed WHERE position = ?", [(d[0],) for d in doubles])
        database.executescript(
            """CREATE TEMP TABLE again AS SELECT row_number() OVER (ORDER BY position) - 1 AS position,
                 path, row, id, row_number() OVER (ORDER BY position) - 1 AS home, several FROM placed;
               DELETE FROM placed; INSERT INTO placed SELECT * FROM again; DROP TABLE again;
               CREATE TEMP TABLE homes2 AS
                 SELECT path, min(position) AS home FROM placed GROUP BY path HAVING count(*) > 1;
               UPDATE placed SET home = (SELECT home FROM homes2 WHERE homes2.path = placed.path)
                 WHERE path IN (SELECT path FROM homes2);"""
        )
    return [(path, f"has the id {ident} of {other} too") for _, path, ident, other in doubles]
