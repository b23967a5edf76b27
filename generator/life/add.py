"""`drportal add`: begin a release with what an older one and the new tables say, and nothing else.

What neither says is a placeholder, `TODO`, which `drportal check` reports until somebody replaces it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import Audience, CatalogueSource, Edition, Release, load_portal, load_release
from ..model.release import FOLDER
from ..problems import InputError, Problem, several
from ..start import given_date, is_near, path_from, schema_line
from .columns import compare_columns
from .edit import opened, put
from .promote import PHASES, release_of

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

OF_ONE = (
    "original",
    "doi",
    "ivoid",
    "status",
    "reason",
    "superseded_by",
    "compare",
    "revisions",
    "public_from",
)
"""Keys that are true of the older release alone."""
OF_DATA = ("doi", "formerly", "renamed", "public_from")
"""Keys that are true of its catalogues and spectra alone."""
COUNTED = ("observed_to", "spectra", "plates")
"""Totals that the survey publishes for each release."""


@dataclass(frozen=True)
class Said:
    """What the command says of the new release; the rest is that of the older one, or a placeholder."""

    published: str | None = None
    phase: str | None = None
    audience: Audience | None = None


@dataclass
class Begun:
    """A release that is being begun."""

    id: str
    former: Release
    folder: Path
    document: TOMLDocument
    sources: dict[str, Path]
    """New tables by the names of catalogues."""
    portal: Path
    """Folder of portal.toml."""
    lines: list[str] = field(default_factory=list)
    """What a person should know."""

    @property
    def label(self) -> str:
        parts = (self.document.get(key, "") for key in ("name", "version", "batch"))
        return " ".join(str(part) for part in parts if part)


def add_release(
    portal_folder: Path,
    new: str,
    former: str,
    sources: Sequence[str],
    said: Said,
) -> list[str]:
    """Write the folder of a new release; return lines about it. Raises InputError and then leaves nothing."""
    portal = load_portal(portal_folder, Edition.today(Audience.team))
    older = release_of(portal, former, "add --from")
    new = new.strip("/")
    if not FOLDER.fullmatch(new):
        fix = "write one such as dr9/v1.0: lower-case letters, digits, dots and -"
        raise InputError(Problem("add", new, "cannot be the id of a release", fix))
    if said.phase is not None and said.phase not in PHASES:
        raise InputError(Problem("add", "--phase", f"{said.phase!r} is no phase", "use v0, v1 or v2"))
    if said.published is not None:
        given_date(said.published, "add")
    folder = portal_folder / "releases" / new
    if folder.exists():
        raise InputError(Problem(str(folder), "", "already exists", "name a release that does not exist yet"))
    tables = _tables_of(older, new, sources)
    _, document = opened(older.file)
    begun = Begun(new, older, folder, document, tables, portal_folder)
    try:
        _copy_folder(begun)
        _settings(begun, said)
        _catalogues(begun)
        _spectra(begun)
        file = folder / "release.toml"
        text = re.sub(r"\A#:schema .*", lambda _: schema_line(file, portal_folder), document.as_string())
        file.write_text(text, encoding="utf-8")
        if said.published:  # otherwise its date is a placeholder, with which no release can be read
            load_release(file, portal_folder / "releases")
    except BaseException:  # Ctrl+C too: half a release would block the next attempt
        shutil.rmtree(folder, ignore_errors=True)
        raise
    todo = sum(text.count("TODO") for text in _texts(folder))
    first = f"{folder}: {begun.label}, begun as {older.label}"
    last = [f"{several(todo, 'placeholder')} (TODO) to replace: drportal check --portal {portal_folder}"]
    return [first, *begun.lines, *(last if todo else [])]


def _texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".toml", ".yaml", ".yml"):
            yield file.read_text(encoding="utf-8", errors="replace")


def _tables_of(older: Release, new: str, sources: Sequence[str]) -> dict[str, Path]:
    """The new table of each catalogue. Raises InputError for files that belong to none, or to several."""
    names = [c.name for c in older.catalogues]
    found: dict[str, Path] = {}
    problems = []
    for given in sources:
        before, equals, after = given.partition("=")
        name, file = (before, Path(after)) if equals and before in names else ("", Path(given))
        if not file.is_file():
            what = "is a folder" if file.is_dir() else "no such file"
            problems.append(Problem(str(file), "", what, "correct the path given to --source"))
            continue
        near = [n for n in names if n in file.name.lower()]
        # The longest name is meant: lrs_stellar.fits is not a table of lrs.
        name = name or max(near, key=len, default=names[0] if len(names) == len(sources) == 1 else "")
        if not name:
            fix = f"write --source CATALOGUE={file} with one of: {', '.join(names) or 'none'}"
            problems.append(Problem(str(file), "", f"belongs to no catalogue of {older.id} by its name", fix))
        elif name in found:
            fix = "write --source CATALOGUE=FILE for each, or a pattern into release.toml"
            problems.append(Problem(str(file), "", f"is a second table of {name}", fix))
        else:
            found[name] = file
    if problems:
        raise InputError(problems)
    return found


def _copy_folder(begun: Begun) -> None:
    """Copy documents, schemas, lines and notebooks of the older release, and no tables or spectra."""
    older = begun.former
    begun.folder.mkdir(parents=True)
    for name in ("docs", "lines", "notebooks"):
        if (older.folder / name).is_dir():
            shutil.copytree(older.folder / name, begun.folder / name)
            begun.lines.append(f"{begun.folder / name}: as in {older.label}; read again what they say")


def _settings(begun: Begun, given: Said) -> None:
    """Change what the file says of the release itself."""
    document, older = begun.document, begun.former
    for key in OF_ONE:
        if key in document:
            del document[key]
            if key in ("doi", "public_from", "original"):
                begun.lines.append(f"`{key}` is that of {older.label}, and left out")
    name, version, batch = names_of(begun.id, older)
    put(document, "name", name)
    for key, value in (("version", version), ("batch", batch)):
        if value:
            put(document, key, value)
        elif key in document:
            del document[key]
    put(document, "published", given.published or "TODO")
    if given.audience == Audience.public and "audience" in document:
        del document["audience"]
    elif given.audience not in (None, Audience.public):
        put(document, "audience", str(given.audience))
    if given.phase:
        put(document, "phase", given.phase)
    elif "phase" in document:
        del document["phase"]
        begun.lines.append(f'`phase` is not known; write it, e.g. phase = "{older.phase}"')
    _reword(document, "title", begun, keep=False)
    _reword(document, "description", begun, keep=True)
    for entry in document.get("resolutions", ()):
        _forget_totals(entry, begun)
    if issues := document.get("known_issues"):
        named = ", ".join(str(issue.get("name")) for issue in issues)
        del document["known_issues"]
        begun.lines.append(f"known issues of {older.label} are left out: {named}; add those that remain")


def names_of(new: str, older: Release) -> tuple[str, str, str]:
    """Name, version and batch of a release as its folder says, if that of the older one says its own.

    dr8/v0-q1 is DR8, v0, Q1; then dr9/v0-q2 is DR9, v0, Q2.
    """
    first, _, second = new.partition("/")
    then, _, _ = older.id.partition("/")
    name = "TODO"
    if first == then:
        name = older.name
    elif then == older.name.lower():
        name = first.upper() if older.name.isupper() else first.capitalize()
    version, _, batch = second.partition("-")
    return name, version, batch.upper() if batch else ""


def _reword(document: Any, key: str, begun: Begun, keep: bool) -> None:
    """Put the new label into a text; what does not name the older one in that language is a placeholder.

    With `keep` the text is a placeholder in any case, as it describes other data.
    """
    if key not in document:
        return
    older, label, name = begun.former, begun.label, str(begun.document["name"])

    def said(text: str) -> str:
        # The label first: it contains the name.
        other = re.sub(rf"(?<!\w){re.escape(older.label)}(?![\w.])", lambda _: label, text)
        other = (
            other if other != text else re.sub(rf"(?<!\w){re.escape(older.name)}(?!\w)", lambda _: name, text)
        )
        return f"TODO: {other}" if keep or (other == text and label != older.label) else other

    text = document[key]
    if isinstance(text, str):
        document[key] = said(text)
        return
    for language in list(text):
        text[language] = said(str(text[language]))


def _forget_totals(entry: Any, begun: Begun) -> None:
    import tomlkit

    was = [f"{key} = {entry[key].as_string()}" for key in COUNTED if key in entry]
    for key in COUNTED:
        if key in entry:
            del entry[key]
    if was:
        entry.add(tomlkit.comment(f"TODO {', '.join(was)} in {begun.former.label}"))


def _forget_dates(item: Any, begun: Begun, place: str) -> None:
    """Leave out the days from which parts are public: those of the older release would open them at once."""
    if isinstance(item, dict):
        if "public_from" in item:
            begun.lines.append(f"{place}: `public_from` is left out, was {item['public_from']}")
            del item["public_from"]
        for key in list(item):
            _forget_dates(item[key], begun, f"{place}.{key}")
    elif isinstance(item, list):
        for one in item:
            name = one.get("name", "") if isinstance(one, dict) else ""
            _forget_dates(one, begun, f"{place}[{name}]" if name else place)


def _catalogues(begun: Begun) -> None:
    older = begun.former
    for entry in begun.document.get("catalogues", ()):
        name = str(entry["name"])
        spec = next(one for one in older.catalogues if one.name == name)
        for key in OF_DATA:
            if key in entry and key != "public_from":
                del entry[key]
        for key in ("title", "description"):
            _reword_data(entry, key, begun)
        _give_source(entry, spec, begun)
        if spec.schema_file:
            entry["schema"] = _schema(spec, begun)
        if (table := begun.sources.get(name)) is not None:
            begun.lines += compare_columns(spec, older, table, begun.folder, str(entry.get("schema") or ""))
    for entry in begun.document.get("crossmatch", ()):
        if "source" in entry:
            entry["source"] = _carried(begun, str(entry["source"]))
    _forget_dates(begun.document.get("catalogues", ()), begun, "catalogues")


def _reword_data(entry: Any, key: str, begun: Begun) -> None:
    """Put the new name into a text about a table, which is right for the new one otherwise."""
    older, name = begun.former, str(begun.document["name"])

    def said(text: str) -> str:
        other = re.sub(rf"(?<!\w){re.escape(older.label)}(?![\w.])", lambda _: begun.label, text)
        return re.sub(rf"(?<!\w){re.escape(older.name)}(?!\w)", lambda _: name, other)

    text = entry.get(key)
    if isinstance(text, str):
        entry[key] = said(text)
    elif text is not None:
        for language in list(text):
            text[language] = said(str(text[language]))


def _give_source(entry: Any, spec: CatalogueSource, begun: Begun) -> None:
    table = begun.sources.get(spec.name)
    if table is None and spec.simulate is not None:
        begun.lines.append(f"catalogue {spec.name}: is simulated, as in {begun.former.label}")
        return
    if "simulate" in entry:
        del entry["simulate"]
    if table is None:
        entry["source"] = "TODO"
        begun.lines.append(f"catalogue {spec.name}: no table is given; write its source")
    else:
        entry["source"] = path_from(begun.folder, table, is_near(table, begun.portal))


def _schema(spec: CatalogueSource, begun: Begun) -> str:
    """Copy the schema of a catalogue; one that several releases share stays where it is."""
    assert spec.schema_file
    file = begun.former.folder / spec.schema_file
    if not file.resolve().is_relative_to(begun.former.folder.resolve()):
        return _carried(begun, spec.schema_file)
    copy = begun.folder / spec.schema_file
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)
    return spec.schema_file


def _carried(begun: Begun, path: str) -> str:
    """A path of the older release.toml as it is from the new one."""
    import os

    whole = os.path.normpath(begun.former.folder.resolve() / path)
    return Path(os.path.relpath(whole, begun.folder.resolve())).as_posix()


def _spectra(begun: Begun) -> None:
    """Sets of spectra need new files; simulated ones stay with a catalogue that is still simulated."""
    sets = begun.document.get("spectra")
    if sets is None:
        return
    simulated = {str(c["name"]) for c in begun.document.get("catalogues", ()) if "simulate" in c}
    left: list[str] = []
    for entry in list(sets):
        of = str(entry.get("catalogue") or entry.get("templates_of") or "")
        kept = of in simulated or ("templates_of" in entry and of not in left)
        if "simulate" in entry and not kept:
            sets.remove(entry)
            left.append(str(entry["name"]))
        elif "source" in entry:
            entry["source"] = "TODO"
            begun.lines.append(f"spectra {entry['name']}: write the folder of their files")
    for name in left:
        begun.lines.append(f"spectra {name}: were simulated for a simulated catalogue, and are left out")
    if left and not sets:
        del begun.document["spectra"]
    _forget_dates(begun.document.get("spectra", ()), begun, "spectra")
