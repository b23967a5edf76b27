"""Sort the spectra of a set by id, and report what prevents it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..problems import InputError, Problem
from .job import Job
from .known_files import whole
from .left_out import SHOWN, refuse_lost
from .spectrum import first_line

TAKEN = ("set", "theme", "list", "back", "radius", "position")
"""Parameters of the pages of spectra and objects other than an id: see docs/permalinks.md."""
IS_SHOWN = "id IN (SELECT id FROM shown)"


@dataclass(frozen=True)
class Placed:
    """Properties of the table `placed`: name of the ids, whether they are integers, and what is left out."""

    id_name: str
    whole: bool
    left_out: list[tuple[str, str]]


def write_placed(job: Job, database: sqlite3.Connection, looked_up: str | None) -> Placed:
    """Write the tables `placed`, the spectra sorted by id, and `cut`, the files that are not published.

    `looked_up` is the name of the ids if the catalogue provides them. Raises InputError.
    """
    problems = _unusable(job, database, looked_up)
    refuse_lost(job, problems)
    if job.spec.without:
        problems = []  # file names may belong to withheld spectra
    names = _names(job, database, looked_up)
    numbers = _all_whole(job, database, looked_up)
    _write_tables(job, database, looked_up, numbers)
    left_out = [*problems, *_without_doubles(job, database)]
    if not database.execute("SELECT 1 FROM placed LIMIT 1").fetchone():
        what = (
            "none of its spectra belongs to a shown row"
            if job.spec.without
            else "none of its files can be used"
        )
        what += f" ({left_out[0][0]}: {first_line(left_out[0][1])})" if left_out else ""
        raise InputError(Problem(job.file, job.place("source"), what, "correct the files"))
    called = looked_up or (names[0] if names else "id")
    if called in TAKEN:
        what = f"the ids are called {called!r}, which has another meaning in addresses of spectra"
        fix = 'give them another name, e.g. id = { …, name = "obsid" }'
        raise InputError(Problem(job.file, job.place("id"), what, fix))
    return Placed(called, numbers, left_out)


def _unusable(job: Job, database: sqlite3.Connection, looked_up: str | None) -> list[tuple[str, str]]:
    """Return the files that are unreadable or not named by any row of the catalogue, with the reasons."""
    found = database.execute("SELECT path, problem FROM file WHERE problem NOT NULL ORDER BY path").fetchall()
    if looked_up is not None and not job.spec.without.rows:  # files of withheld rows are not named either
        missing = database.execute(
            "SELECT path FROM item WHERE id NOT IN (SELECT file FROM named) ORDER BY path"
        )
        why = f"no row of {job.spec.catalogue} names this file in {job.spec.id.lookup}"
        found += [(path, why) for (path,) in missing]
    return found


def _of_shown(job: Job) -> str:
    return f"WHERE {IS_SHOWN}" if job.spec.without else ""


def _names(job: Job, database: sqlite3.Connection, looked_up: str | None) -> list[str]:
    """Return the name of the ids in the files. Raises InputError if it differs."""
    found = f"SELECT DISTINCT name FROM item {_of_shown(job)} ORDER BY name LIMIT 5"
    names = [name for (name,) in database.execute(found).fetchall()]
    if looked_up is None and len(names) > 1:
        what = f"the ids of its files differ in kind: {', '.join(names)}"
        raise InputError(Problem(job.file, job.place("id"), what, "choose one with id = { ... }"))
    return names


def _all_whole(job: Job, database: sqlite3.Connection, looked_up: str | None) -> bool:
    """Return whether all ids are integers."""
    of_shown = _of_shown(job)
    if looked_up is not None:
        return all(whole(i) for (i,) in database.execute(f"SELECT id FROM named {of_shown}"))
    also = f"{of_shown} AND" if of_shown else "WHERE"
    return not database.execute(f"SELECT 1 FROM item {also} whole = 0 LIMIT 1").fetchone()


def _write_tables(job: Job, database: sqlite3.Connection, looked_up: str | None, numbers: bool) -> None:
    query = "SELECT item.path, item.row, item.id, item.whole FROM item"
    if looked_up is not None:
        query = "SELECT item.path, item.row, named.id, 1 FROM item JOIN named ON named.file = item.id"
    order = "CAST(id AS INTEGER)" if numbers else "id"
    database.executescript(
        """DROP TABLE IF EXISTS cut; CREATE TEMP TABLE cut (path TEXT PRIMARY KEY) WITHOUT ROWID;"""
    )
    if job.spec.without:
        database.execute(f"INSERT INTO cut SELECT DISTINCT path FROM ({query}) WHERE NOT {IS_SHOWN}")
        query = f"SELECT path, row, id FROM ({query}) WHERE {IS_SHOWN}"
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


def _without_doubles(job: Job, database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Ensure that ids differ: the second file with an id is an error, or left out."""
    doubles = database.execute(
        "SELECT b.position, b.path, b.id, a.path FROM placed a JOIN placed b ON b.position = a.position + 1 "
        "WHERE a.id = b.id ORDER BY b.position"
    ).fetchall()
    if doubles and not job.keep_going:
        fix = "remove one, define other ids with id = { ... }, or build with --keep-going to leave it out"
        raise InputError(
            [
                Problem(str(job.release.folder / p), "", f"has the id {i} of {o} too", fix)
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
