"""Known issues: the rows that each affects, counted and listed from the data, and texts for pages."""

from __future__ import annotations

import csv
import difflib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..escape import permalink
from ..formats.known_issues import FOLDER, CatalogueIssues, ListedIssue, ListedIssues, RowIssue
from ..i18n import Language
from ..ingest.values.sql_text import literal, quoted
from ..model import Release
from ..model.known_issues import KnownIssue
from ..problems import InputError, Problem
from .views import CatalogueView

if TYPE_CHECKING:
    import duckdb

LISTED = 1_000_000
"""Up to this many rows of an issue are listed for the pages; beyond that, pages have the query."""
ASKED = 40
"""Up to this many ids are put in a link to the search."""


@dataclass(frozen=True)
class Affected:
    """A known issue and the rows it affects."""

    issue: KnownIssue
    view: CatalogueView | None
    rows: int | None
    """None if no rows are named: the issue is about all of the catalogue, or of the release."""
    ids: list[int] | list[str] | None
    """In ascending order; None if there are too many, or none are named."""
    query: str | None
    """A page that shows the rows."""
    file: str | None
    """The path of the list of ids, relative to the site."""


def find_affected(release: Release, catalogues: Iterable[CatalogueView]) -> list[Affected]:
    """The known issues of a release with the rows they affect.

    Raises InputError for columns and ids that the catalogue does not have, and for conditions that fail.
    """
    views = {view.name: view for view in catalogues}
    found: list[Affected] = []
    problems: list[Problem] = []
    for issue in release.known_issues:
        try:
            found.append(_affected(issue, release, views.get(issue.catalogue or "")))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def issue_files(found: list[Affected], languages: Sequence[Language]) -> dict[str, str]:
    """Files by path: the issues for programs, lists of ids, and a script for the pages of each catalogue."""
    if not found:
        return {}
    made = {}
    for one in found:
        if one.file and one.ids is not None and one.view is not None:
            lines = [str(one.view.meta.id), *map(str, one.ids)]
            made[one.file] = "".join(f"{line}\r\n" for line in lines)
    made[ListedIssues.FILE] = ListedIssues([_listed_issue(one) for one in found]).text()
    for view in {one.view.name: one.view for one in found if one.view}.values():
        entries = [_for_pages(languages, one) for one in found if one.view in (view, None)]
        made[f"{FOLDER}/{view.name}.js"] = CatalogueIssues(id=view.meta.id, issues=entries).script(view.name)
    return made


def _affected(issue: KnownIssue, release: Release, view: CatalogueView | None) -> Affected:
    if view is None:
        return Affected(issue, None, None, None, None, None)
    _check_columns(issue, release, view)
    column = view.meta.id
    if issue.where is not None:
        ids, rows = _where(issue, release, view, column)
        query = f"SELECT *\nFROM {view.stored}\nWHERE {issue.where.strip()}"
        link = permalink("sql.html", sql=query)
    elif issue.ids or issue.ids_file:
        if column is None:
            fix = "use `where`, or name the id in [catalogues.roles]"
            raise _problem(release, issue, "ids", f"{view.name} has no column of ids", fix)
        ids, rows = _listed(issue, release, view, column)
        short = ids is not None and len(ids) <= ASKED
        values = ",".join(map(str, ids or []))
        link = permalink("search.html", catalogue=view.name, **{column: values}) if short else ""
    else:
        return Affected(issue, view, None, None, permalink("search.html", catalogue=view.name), None)
    listed = ids is not None and column is not None
    file = f"{FOLDER}/{issue.name}.csv" if listed else None
    return Affected(issue, view, rows, ids, link or None, file)


def _check_columns(issue: KnownIssue, release: Release, view: CatalogueView) -> None:
    known = [c.name for c in view.meta.columns]
    for name in issue.columns:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            fix = f"did you mean {near[0]!r}?" if near else f"its columns are: {', '.join(known[:12])}, …"
            raise _problem(release, issue, "columns", f"{view.name} has no column {name!r}", fix)


def _where(
    issue: KnownIssue, release: Release, view: CatalogueView, column: str | None
) -> tuple[list[Any] | None, int]:
    import duckdb

    from ..ingest.values.database import connect

    condition = str(issue.where)
    with tempfile.TemporaryDirectory(prefix="drportal-") as scratch, connect(Path(scratch)) as database:
        _view(database, view)
        try:
            if len(duckdb.extract_statements(f"SELECT 1 FROM t WHERE (\n{condition}\n)")) != 1:
                raise duckdb.ParserException("more than one statement")
            rows = _count(database, condition)
            if column is None or rows > LISTED:
                return None, rows
            name = quoted(column)
            found = database.execute(f"SELECT {name} FROM t WHERE (\n{condition}\n) ORDER BY 1").fetchall()
            return [value for (value,) in found], rows
        except duckdb.Error as error:
            what = f"is not a condition on {view.name}: {str(error).splitlines()[0]}"
            fix = "write what follows WHERE, and try it on the SQL page"
            if view.spec.lacks:
                fix += "; if it needs a column that is withheld, withhold the issue too"
            raise _problem(release, issue, "where", what, fix) from None


def _listed(
    issue: KnownIssue, release: Release, view: CatalogueView, column: str
) -> tuple[list[Any] | None, int]:
    from ..ingest.values.database import connect
    from ..ingest.values.fields import INTEGERS

    place = "ids_file" if issue.ids_file else "ids"
    given = _read_ids(issue, release, column) if issue.ids_file else list(issue.ids)
    whole = next(c.datatype for c in view.meta.columns if c.name == column) in INTEGERS
    wanted: dict[Any, None] = {}
    for value in given:
        try:
            wanted[int(value) if whole else str(value)] = None
        except ValueError:
            fix = f"{column} is a whole number"
            raise _problem(release, issue, place, f"{value!r} is not an id", fix) from None
    values = list(wanted)
    with tempfile.TemporaryDirectory(prefix="drportal-") as scratch, connect(Path(scratch)) as database:
        _view(database, view)
        database.execute(f"CREATE TEMP TABLE wanted (id {'HUGEINT' if whole else 'VARCHAR'})")
        for first in range(0, len(values), 10_000):
            rows = ", ".join(f"({literal(v)})" for v in values[first : first + 10_000])
            database.execute(f"INSERT INTO wanted VALUES {rows}")
        name = quoted(column)
        lost = database.execute(
            f"SELECT id FROM wanted ANTI JOIN t ON wanted.id = t.{name} ORDER BY 1 LIMIT 1"
        ).fetchone()
        if lost and view.spec.withheld:  # withheld rows must not be mentioned
            database.execute(
                f"DELETE FROM wanted WHERE id NOT IN (SELECT {name} FROM t WHERE {name} NOT NULL)"
            )
            values = [one for (one,) in database.execute("SELECT id FROM wanted").fetchall()]
            lost = None
        if lost:
            fix = "remove or correct it"
            raise _problem(release, issue, place, f"{view.name} has no row of {column} {lost[0]}", fix)
        count = _count(database, f"{name} IN (SELECT id FROM wanted)")
    return (sorted(values) if len(values) <= LISTED else None), count


def _read_ids(issue: KnownIssue, release: Release, column: str) -> list[str]:
    """The ids of a file: its first column, or the one named like the id; a header line is skipped."""
    file = release.folder / str(issue.ids_file)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = [line for line in csv.reader(stream) if line and line[0].strip()]
    except (OSError, UnicodeDecodeError) as error:
        fix = "correct the path; it is relative to release.toml"
        raise _problem(release, issue, "ids_file", f"{file} cannot be read: {error}", fix) from None
    at = lines[0].index(column) if lines and column in lines[0] else 0
    if lines and (column in lines[0] or not lines[0][0].lstrip("+-").isdigit()):
        lines = lines[1:] if column in lines[0] else lines
    return [line[at].strip() for line in lines if len(line) > at]


def _view(database: duckdb.DuckDBPyConnection, catalogue: CatalogueView) -> None:
    from ..ingest.values.database import view_rows

    view_rows(database, (catalogue.folder / p.path for p in catalogue.meta.partitions))


def _count(database: duckdb.DuckDBPyConnection, condition: str) -> int:
    row = database.execute(f"SELECT count(*) FROM t WHERE (\n{condition}\n)").fetchone()
    return int(row[0]) if row else 0


def _problem(release: Release, issue: KnownIssue, key: str, what: str, fix: str) -> InputError:
    return InputError(Problem(str(release.file), f"known_issues[{issue.name}].{key}", what, fix))


def _listed_issue(one: Affected) -> ListedIssue:
    """An issue for programs: texts in every language, and the path of the ids."""
    fields = one.issue.model_dump(mode="json", exclude={"ids", "ids_file"}, exclude_none=True)
    return ListedIssue(**fields, rows=one.rows, ids=one.file)


def _for_pages(languages: Sequence[Language], one: Affected) -> RowIssue:
    """What a page needs to mark rows: ids as differences from the one before, because these are short."""
    texts = {language.code: language.text(one.issue.title) for language in languages}
    ids: str | list[str] | None = None if one.ids is None else [str(i) for i in one.ids]
    if one.ids and isinstance(one.ids[0], int):
        before = [0, *one.ids[:-1]]
        ids = " ".join(str(int(a) - int(b)) for a, b in zip(one.ids, before, strict=True))
    return RowIssue(
        name=one.issue.name,
        title=texts,
        status=one.issue.status,
        columns=one.issue.columns,
        rows=one.rows,
        ids=ids,
        where=one.issue.where if one.ids is None else None,
    )
