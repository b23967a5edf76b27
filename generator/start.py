"""`drportal new`: create a portal to start from."""

from __future__ import annotations

import glob
import os
import re
import shutil
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .model import Audience, CatalogueSource, Edition, Release, load_portal
from .model.dates import partial_date
from .model.release import FOLDER
from .model.strict import NAME
from .problems import InputError, Problem, several
from .report import Report

if TYPE_CHECKING:
    from .ingest.checks.doubts import Doubt
    from .ingest.checks.rules import Ask
    from .ingest.inputs import Input

HERE = Path(__file__).parent
STARTERS = {
    "survey": HERE / "starter",
    "single": HERE / "starters" / "single",
    "mirror": HERE / "starters" / "mirror",
}
"""What `--template` can name."""
SCHEMAS = ".drportal"
"""Folder of a portal with the JSON Schemas of its files, for editors."""
KEPT = HERE / "model" / "schema"
WIDTH = 100
"""Maximum length of a comment line."""


@dataclass(frozen=True)
class Kind:
    """What kind of portal to begin, and its first release."""

    template: str = "survey"
    release: str | None = None
    """Its id; that of the template by default."""
    audience: Audience = Audience.public
    published: str | None = None
    """Its date; that of the template by default."""


def start_portal(
    folder: Path, source: Path | None, name: str, report: Report, kind: Kind = Kind()
) -> Iterator[str]:
    """Copy a starter portal to `folder`; with a source table, make it the catalogue and write its schema.

    Yields lines that say what was done. Raises InputError.
    """
    _refuse(kind, source)
    there = folder.exists()
    if there and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(Problem(str(folder), "", "already exists", "name a folder that does not exist yet"))
    if source and not source.is_file():
        what = "is a folder" if source.is_dir() else "no such file"
        raise InputError(Problem(str(source), "", what, "correct the path given to --source"))
    if not NAME.fullmatch(name):
        fix = "use lower-case letters, digits and _ (at most 40)"
        raise InputError(Problem("new", "--name", f"{name!r} cannot be used as a name", fix))
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(STARTERS[kind.template], folder, dirs_exist_ok=True, ignore=ignored)
    if kind.template == "mirror":
        yield f"{folder}: a mirror to start from; its README.md says how"
        return
    try:
        _name_release(folder, kind)
        if source:
            yield from _use_source(folder, source, name, report)
        write_schemas(folder)
    except BaseException:  # Ctrl+C too: half a portal would block the next attempt
        shutil.rmtree(folder)
        if there:
            folder.mkdir()
        raise
    yield f"{folder}: a portal to start from"
    yield f"next: drportal check --portal {folder}"
    yield f"then: drportal build --portal {folder}"


def _refuse(kind: Kind, source: Path | None) -> None:
    """Raise InputError for a kind of portal that does not exist, or has no releases."""
    if kind.template not in STARTERS:
        what = f"{kind.template!r} is no template"
        raise InputError(Problem("new", "--template", what, f"use one of: {', '.join(STARTERS)}"))
    if kind.template == "mirror" and (source or kind.release):
        fix = "leave out --source and --release, or use another template"
        raise InputError(Problem("new", "--template", "a mirror has no table of its own", fix))
    if kind.published is not None:
        given_date(kind.published, "new")
    if kind.release is not None and not FOLDER.fullmatch(kind.release):
        fix = "write one such as dr9/v1.0: lower-case letters, digits, dots and -"
        raise InputError(Problem("new", "--release", f"{kind.release!r} cannot be the id of a release", fix))


def write_schemas(folder: Path) -> list[Path]:
    """Put the JSON Schemas for editors into a portal, and name them in its files; what was written."""
    beside = folder / SCHEMAS
    beside.mkdir(exist_ok=True)
    wanted = [(beside / one.name, one.read_text(encoding="utf-8")) for one in sorted(KEPT.glob("*.json"))]
    files = [folder / "portal.toml", *sorted((folder / "releases").glob("**/release.toml"))]
    for file in files:
        text = file.read_bytes().decode("utf-8-sig") if file.is_file() else ""
        if text and not text.startswith("#:schema"):
            wanted.append((file, f"{schema_line(file, folder)}\n{text}"))
    changed = [(f, text) for f, text in wanted if not f.is_file() or f.read_bytes() != text.encode()]
    for file, text in changed:
        file.write_bytes(text.encode())
    return [file for file, _ in changed]


def schema_line(file: Path, folder: Path) -> str:
    """The comment that tells editors where the schema of a file of the portal is."""
    schema = folder / SCHEMAS / f"{file.stem}.schema.json"
    return f"#:schema {Path(os.path.relpath(schema.resolve(), file.parent.resolve())).as_posix()}"


def given_date(value: str, command: str) -> None:
    """Raise InputError unless the date that a command was given is one."""
    try:
        partial_date(value)
    except ValueError as error:
        what, _, fix = str(error).partition("; ")
        raise InputError(Problem(command, "--published", f"{value!r} {what}", fix)) from None


def _name_release(folder: Path, kind: Kind) -> None:
    """Give the release its id, the names that follow from it, and its audience."""
    file = next(folder.glob("releases/**/release.toml"))
    text = file.read_text(encoding="utf-8")
    if kind.release:
        first, _, second = kind.release.partition("/")
        version, _, batch = second.partition("-")
        lines = f'name = "{first.upper()}"\n'
        lines += f'version = "{version}"\n' if version else ""
        lines += f'batch = "{batch.upper()}"\n' if batch else ""
        label = " ".join(part for part in (first.upper(), version, batch.upper()) if part)
        text = re.sub(r'^name = "(.*)"\n', lambda _: lines, text, count=1, flags=re.M)
        text = re.sub(r"^# version = .*\n", "", text, flags=re.M)
        text = text.replace("My Survey DR1", f"My Survey {label}")
        other = folder / "releases" / kind.release
        moved = folder / "releases" / ".moved"  # dr1 cannot become dr1/v1 in one step
        file.parent.rename(moved)
        other.parent.mkdir(parents=True, exist_ok=True)
        moved.rename(other)
        file = other / file.name
    if kind.published:
        line = f'published = "{kind.published}"'
        text = re.sub(r'^published = "[^"]*"', lambda _: line, text, flags=re.M)
    if kind.audience != Audience.public:
        text = re.sub(
            r"^published = .*\n", lambda m: f'{m[0]}audience = "{kind.audience}"\n', text, flags=re.M
        )
    file.write_text(text, encoding="utf-8")


@dataclass
class _Catalogue:
    """An entry of release.toml, filled in step by step."""

    name: str
    source: str
    hdu: int | None = None
    schema: str = ""
    missing: dict[str, list[int | float | str]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    positions: str = "require"
    wrap_ra: bool = False
    comments: dict[str, list[str]] = field(default_factory=dict)
    """Comment lines above each key."""
    notes: list[str] = field(default_factory=list)
    """Problems that the reader of the source reports."""

    def spec(self) -> CatalogueSource:
        return CatalogueSource.model_validate(
            {
                "name": self.name, "source": self.source, "hdu": self.hdu, "schema": self.schema or None,
                "missing": self.missing, "roles": self.roles,
                "positions": self.positions, "wrap_ra": self.wrap_ra,
            }
        )  # fmt: skip

    def toml(self) -> str:
        from .model.toml_text import toml_key, toml_text, toml_value

        missing = (f"{toml_key(k)} = [{', '.join(map(toml_value, v))}]" for k, v in self.missing.items())
        roles = (f"{role} = {toml_text(column)}" for role, column in self.roles.items())
        values = {
            "name": toml_text(self.name),
            "source": toml_text(self.source),
            "hdu": str(self.hdu) if self.hdu else "",
            "schema": toml_text(self.schema) if self.schema else "",
            "missing": f"{{ {', '.join(missing)} }}" if self.missing else "",
            "roles": f"{{ {', '.join(roles)} }}" if self.roles else "",
            "positions": toml_text(self.positions) if self.positions != "require" else "",
            "wrap_ra": "true" if self.wrap_ra else "",
        }
        lines = ["[[catalogues]]"]
        for key, value in values.items():
            if value:
                lines += [f"# {line}" for line in self.comments.get(key, [])]
                lines.append(f"{key} = {value}")
        return "\n".join(lines) + "\n"


def _use_source(folder: Path, source: Path, name: str, report: Report) -> Iterator[str]:
    from .ingest import write_schema

    file = next(folder.glob("releases/**/release.toml"))
    head = file.read_text(encoding="utf-8").partition("[[catalogues]]")[0]
    # The starter's comments above the table are about its simulated table, not about this one.
    head = head.rpartition("\n\n")[0] + "\n\n"
    near = is_near(source, folder)
    path = path_from(file.parent, source, near)
    entry = _Catalogue(name, path)
    if not near:
        entry.comments["source"] = ["Neither below nor next to the portal: its full path on this computer."]
    tables = _tables(source)
    if len(tables) > 1:
        entry.hdu = next(iter(tables))
        listed = ", ".join(f"{number} ({said})" if said else str(number) for number, said in tables.items())
        entry.comments["hdu"] = _wrapped(f"The file has {len(tables)} tables: {listed}. This one is read:")
    file.write_text(head + entry.toml(), encoding="utf-8")
    release = load_portal(folder, Edition.today(Audience.team)).releases[0]
    schema = file.with_name(f"{name}.yaml")
    changes = write_schema(entry.spec(), release, schema)
    entry.schema = schema.name
    said = "its columns; complete their units, UCDs and descriptions there"
    said += ", and see its first lines for what was changed" if changes else ""
    failed: list[Problem] = []
    try:
        with tempfile.TemporaryDirectory(prefix=".found-", dir=folder) as scratch:
            found = _look(entry, release, Path(scratch), report)
    except InputError as error:
        found, failed = "", error.problems
    file.write_text(head + entry.toml(), encoding="utf-8")
    load_portal(folder, Edition.today(Audience.team))
    whole = "" if near else " (the full path, as the file is neither below the portal nor next to it)"
    yield f"{file}: catalogue {name} of {path}{whole}{found}"
    yield f"{schema}: {said}"
    yield from entry.notes
    yield from (f"before the first build: {problem}" for problem in failed)


def is_near(source: Path, folder: Path) -> bool:
    """Whether a file is below or next to the portal."""
    return (source.parent.resolve() / source.name).is_relative_to(folder.resolve().parent)


def path_from(release: Path, source: Path, near: bool = True) -> str:
    """The path of the source for release.toml: relative to its folder, or the full path.

    Symbolic links are resolved first, as `..` after a link leads elsewhere.
    """
    whole = source.parent.resolve() / source.name
    path = os.path.relpath(whole, release.resolve()) if near else str(whole)
    # A name that could be a pattern is one only if no file has that name; see source_files.
    return Path(path).as_posix() if (release / path).is_file() else glob.escape(path)


def _tables(source: Path) -> dict[int, str]:
    """The tables of an uncompressed FITS file: extension number and name. Empty for other files."""
    from astropy.io import fits

    with source.open("rb") as stream:
        if stream.read(6) != b"SIMPLE":
            return {}
    try:
        with warnings.catch_warnings(action="ignore"), fits.open(source, memmap=True) as hdus:
            return {n: str(one.name) for n, one in enumerate(hdus) if isinstance(one, fits.BinTableHDU)}
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return {}  # faults are reported when the file is read


def _look(entry: _Catalogue, release: Release, scratch: Path, report: Report) -> str:
    """Read the whole table and fill in the entry; return a description of the findings.

    Raises InputError for problems that the team must solve before a build.
    """
    from .ingest import open_input
    from .ingest.checks.doubts import doubts
    from .ingest.checks.rows import loaded
    from .ingest.checks.rules import broken_promises
    from .ingest.roles import rivals

    try:
        opened = open_input(entry.spec(), release, scratch)
    except InputError as error:
        entry.positions = "none"
        opened = open_input(entry.spec(), release, scratch)  # other faults are raised here
        entry.comments["positions"] = _wrapped(
            f"Found: {error.problems[0].what}. If there are any, name them here as roles = "
            f"{{ ra = …, dec = … }} "
            "and remove this line: the rows then have positions on the sky."
        )
    found = [several(len(opened.fields), "column")]
    for role, others in rivals(opened.fields, opened.roles).items():
        column = getattr(opened.roles, role if role != "class" else "class_")
        entry.roles[role] = column
        lines = entry.comments.setdefault("roles", ["Found by name, but other columns fit as well:"])
        lines += _wrapped(f"{role}: {column}, or {' or '.join(others)}?", "  ")
    report.begin("reading the table")
    with loaded(entry.spec(), release, opened, scratch, report.progress) as (ask, shown):
        (rows,) = ask("SELECT count(*) FROM t")
        found.insert(0, several(rows, "row"))
        doubtful = doubts(ask, entry.spec(), opened)
        for one in doubtful:
            entry.missing.setdefault(one.column, []).append(one.value)
        if doubtful:
            entry.comments["missing"] = _said_missing(doubtful, rows)
            found.append(f"{len(entry.missing):,} of them with values that may mean “nothing”")
        for problem in shown.notes():
            lines = entry.comments.setdefault("source", [])
            lines += _wrapped(f"Found: {problem.place or 'the file'}: {problem.what}.")
        opened = open_input(entry.spec(), release, scratch)
        _place(entry, opened, ask)
        if entry.positions == "none":
            found.append("no positions")
        problems = broken_promises(ask, entry.spec(), release, opened)
        entry.notes = [str(problem) for problem in shown.notes()]
    if problems:
        raise InputError(problems)
    seen = "; see the comments there" if entry.comments else ""
    return f": {', '.join(found)}{seen}"


def _said_missing(doubtful: list[Doubt], rows: int) -> list[str]:
    """Comment lines: how often each value occurs in which column."""
    from .model.toml_text import toml_value

    by_value: dict[int | float | str, list[str]] = {}
    for one in doubtful:
        by_value.setdefault(one.value, []).append(f"{one.column} ({one.count:,})")
    lines = _wrapped(
        "Found far from all other values of their columns, so they may mean “nothing” (how often, "
        f"of {several(rows, 'row')}). Remove those that are values: column = [] says that all of a column "
        "are."
    )
    for value, columns in by_value.items():
        lines += _wrapped(f"{toml_value(value)}: {', '.join(columns)}", "  ")
    return lines


def _wrapped(words: str, indent: str = "") -> list[str]:
    # Column names may contain anything, including line ends, which would end the comment.
    words = "".join(c if c.isprintable() else " " for c in words)
    return textwrap.wrap(
        words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )


def _place(entry: _Catalogue, opened: Input, ask: Ask) -> None:
    """Write into the entry how to treat rows without a position, and right ascensions below 0."""
    from .ingest.values.sql_text import present

    ra, dec = opened.roles.ra, opened.roles.dec
    if entry.positions == "none" or ra is None or dec is None:
        return
    fields = {one.name: one for one in opened.fields}
    x, y = (present(fields[name], opened.missing.get(name, [])) for name in (ra, dec))
    nowhere, below, low = ask(
        f"SELECT count(*) FILTER ({x} IS NULL OR {y} IS NULL), count(*) FILTER ({x} < 0), min({x}) FROM t"
    )
    if nowhere:
        entry.positions = "drop_missing"
        entry.comments["positions"] = _wrapped(
            f"Found {nowhere:,} {'rows' if nowhere > 1 else 'row'} without {ra} or {dec}. These are left "
            'out; with "none" all rows are kept, and none has a position on the sky.'
        )
    if below and low >= -180:
        entry.wrap_ra = True
        entry.comments["wrap_ra"] = [f"Found {ra} from {low:g}: -180 to 0 is stored as 180 to 360."]
