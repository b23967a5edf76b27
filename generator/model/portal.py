"""portal.toml: the survey and its portal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, PrivateAttr, field_validator

from ..problems import InputError, Problem
from .audience import Edition
from .citation import Citable
from .lines import OWN, LineList, load_lines
from .matching import Matching
from .mirrors import Mirror
from .python import PythonSetting, chosen_python
from .read import read_toml, validate
from .release import Release, load_release
from .save import Save
from .seen import as_seen, public_since, withheld
from .sizes import Size
from .strict import PathText
from .text import LANGUAGE, MAIL_ADDRESS, WEB_ADDRESS, Text, in_language, known_language

# It is also part of the pages' security policy, where spaces, commas and semicolons are separators. The local
# computer needs no encryption, for tests.
FORM_ADDRESS = re.compile(
    r"(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?(/[^\s\"'<>;,\\]*)?"
)

SESAME = "https://cds.unistra.fr/cgi-bin/nph-sesame"
"""The name resolver of the Centre de Données astronomiques de Strasbourg."""


class Portal(Citable):
    """All releases of one survey."""

    name: str = Field(min_length=1)
    """Short name of the survey, e.g. LAMOST."""
    title: Text
    """Name of the portal, the heading of its index page."""
    description: Text = Field(default_factory=dict)
    organisation: Text = Field(default_factory=dict)
    languages: list[str] = Field(default=["en"], min_length=1)
    """Language codes; the first is the default, whose pages are at the root of each site."""
    theme: str = Field(default="default", min_length=1)
    homepage: str | None = None
    contact: str | None = None
    """An e-mail address."""
    contact_form: str | None = None
    """Address to which the contact form is sent by POST; by default it opens a mail draft."""
    base_url: str | None = None
    """Public address of the portal if known: for links that must be absolute."""
    resolver: str | None = None
    """"sesame", or the address of a mirror of it: readers may ask it for names that pages do not know."""
    services: str | None = None
    """Public address at which the team runs `drportal serve --vo` on the portal: for registry records."""
    signing_key: PathText | None = None
    """A minisign secret key that signs the manifests, relative to portal.toml."""

    largest_file: Size = 25_000_000
    """Maximum bytes of a file of the site: static hosts often accept at most 25 MB."""
    cache_size: Size = 20_000_000_000
    """Maximum bytes of the cache; above it, entries that no site needs are removed, the oldest first."""
    mirrors: list[Mirror] = Field(default_factory=list)
    """Copies of the portal that others publish."""
    match: Matching = Field(default_factory=Matching)
    """What readers may match the rows of a search with."""
    python: PythonSetting = None
    """Python in the pages of releases with data."""
    save: Save = Field(default_factory=Save)
    """Where readers may save results besides their own computer."""

    @field_validator("contact_form")
    @classmethod
    def _form_address(cls, value: str | None) -> str | None:
        if value is not None and not FORM_ADDRESS.fullmatch(value):
            raise ValueError("is not the address of a form; write one such as https://survey.org/contact")
        return value

    @field_validator("resolver")
    @classmethod
    def _resolver_address(cls, value: str | None) -> str | None:
        value = SESAME if value == "sesame" else value
        if value is not None and not FORM_ADDRESS.fullmatch(value):
            raise ValueError('is not a resolver of names; write "sesame", or the https address of a mirror')
        return value and value.rstrip("/")

    @field_validator("homepage", "base_url", "services")
    @classmethod
    def _web(cls, value: str | None) -> str | None:
        if value is not None and not WEB_ADDRESS.fullmatch(value):
            raise ValueError("is not a web address; start it with https:// or http://")
        return value

    @field_validator("contact")
    @classmethod
    def _mail(cls, value: str | None) -> str | None:
        if value is not None and not MAIL_ADDRESS.fullmatch(value):
            raise ValueError("is not an e-mail address; write one such as help@survey.org")
        return value

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, value: list[str]) -> list[str]:
        for code in value:
            # They are also folders of the site.
            if not LANGUAGE.fullmatch(code) or not known_language(code):
                raise ValueError(f"has {code!r}, which is not a language; use codes such as en, zh, zh-Hant")
        if len({code.lower() for code in value}) < len(value):
            raise ValueError("has a language twice; keep each once")
        return value

    # Folder and content found when reading: set by load_portal, never by the TOML.
    _folder: Path = PrivateAttr(default=Path())
    _releases: list[Release] = PrivateAttr(default_factory=list)
    _edition: Edition = PrivateAttr(default_factory=Edition)
    _hidden: dict[str, Release] = PrivateAttr(default_factory=dict)
    _withheld: dict[str, list[str]] = PrivateAttr(default_factory=dict)
    _public_since: list[str] = PrivateAttr(default_factory=list)

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def releases(self) -> list[Release]:
        """The releases that the edition shows, in order of publication."""
        return self._releases

    @property
    def edition(self) -> Edition:
        """The edition for which the portal was read."""
        return self._edition

    @property
    def hidden(self) -> dict[str, Release]:
        """Releases that the edition withholds, by id: for messages to the team, never for pages."""
        return self._hidden

    @property
    def withheld(self) -> dict[str, list[str]]:
        """Withheld parts of shown releases, by id of the release: for the team, never for pages."""
        return self._withheld

    @property
    def public_since(self) -> list[str]:
        """Parts that were withheld from this audience until a date that has passed."""
        return self._public_since


def load_portal(folder: Path, edition: Edition | None = None) -> Portal:
    """Read portal.toml and every release below releases/, as an edition shows them.

    The default is today's public edition. Raises InputError with the problems of all files.
    """
    edition = edition or Edition.today()
    file = folder / "portal.toml"
    problems: list[Problem] = []
    portal: Portal | None = None
    try:
        portal = validate(Portal, read_toml(file), file)
        portal._folder = folder
    except InputError as error:
        problems += error.problems
    releases: list[Release] = []
    for path in sorted((folder / "releases").glob("**/release.toml")):
        try:
            releases.append(load_release(path, folder / "releases"))
        except InputError as error:
            problems += error.problems
    problems += [
        *_taken_paths(portal, releases),
        *_wrong_names(releases),
        *_wrong_mirrors(portal, file, releases),
    ]
    problems += _give_lines(folder, releases)
    if problems or portal is None:
        raise InputError(problems)
    portal._edition = edition
    portal._hidden = {r.id: r for r in releases if edition.hides(r)}
    portal._withheld = {r.id: withheld(r, edition) for r in releases if r.id not in portal._hidden}
    portal._public_since = [f"{r.label}: {line}" for r in releases for line in public_since(r, edition)]
    releases = as_seen(releases, edition)
    for release in releases:
        release.inherit(portal)
        release.chosen_python = chosen_python(portal.python, file, release.python, release.file)
    portal._releases = sorted(releases, key=lambda r: r.order)
    return portal


def _by_id(releases: list[Release]) -> dict[str, Release]:
    """The first release of each id, in lower case."""
    found: dict[str, Release] = {}
    for release in releases:
        found.setdefault(release.id.lower(), release)
    return found


def _taken_paths(portal: Portal | None, releases: list[Release]) -> Iterator[Problem]:
    """Problems of releases whose folder in the site is that of another, or of the portal's own pages."""
    by_id = _by_id(releases)
    for release in releases:
        if (other := by_id[release.id.lower()]) is not release:
            what = f"has the same site path as {other.file}"
            yield Problem(str(release.file), release.id, what, "rename one of the two folders")
    taken = {"assets", "docs", "files", "index.html", *(portal.languages if portal else [])}
    for release in releases:
        if (first := release.id.split("/")[0]) in taken:
            what = f"{first!r} is taken by the portal's own pages"
            yield Problem(str(release.file), "folder name", what, "rename the folder")


def _wrong_names(releases: list[Release]) -> Iterator[Problem]:
    """Problems of references to releases that do not exist."""
    by_id = _by_id(releases)
    for release in releases:
        others = [r for r in releases if r is not release]
        ids = ", ".join(r.id for r in others)
        target = release.superseded_by
        if target and target.lower() not in by_id:
            near = ", ".join(r.id for r in others if r.name == release.name) or ids
            fix = f"use one of: {near}" if near else "leave it out, as there is no other release"
            yield Problem(str(release.file), "superseded_by", f"no release {target!r}", fix)
        for issue in release.known_issues:
            if issue.fixed_in and issue.fixed_in.lower() not in by_id:
                place = f"known_issues[{issue.name}].fixed_in"
                yield Problem(
                    str(release.file), place, f"no release {issue.fixed_in!r}", f"use one of: {ids}"
                )
        for named in release.compare:
            if by_id.get(named.lower(), release) is release:
                what = f"no other release {named!r}"
                yield Problem(str(release.file), "compare", what, f"use some of: {ids}")


def _wrong_mirrors(portal: Portal | None, file: Path, releases: list[Release]) -> Iterator[Problem]:
    """Problems of mirrors in portal.toml that name releases that do not exist."""
    by_id = _by_id(releases)
    for mirror in portal.mirrors if portal else []:
        for named in mirror.releases:
            if named.lower() not in by_id:
                fix = f"use some of: {', '.join(r.id for r in releases)}"
                place = f"mirrors[{in_language(mirror.name, 'en')}].releases"
                yield Problem(str(file), place, f"no release {named!r}", fix)


def _give_lines(folder: Path, releases: list[Release]) -> list[Problem]:
    """Give each release its lists of spectral lines; return their problems."""
    problems: list[Problem] = []

    def load(*folders: Path) -> dict[str, LineList]:
        try:
            return {one.id: one for one in load_lines(folders)}
        except InputError as error:
            problems.extend(error.problems)
            return {}

    common = load(OWN, folder / "lines")
    for release in releases:
        release.lines = list((common | load(release.folder / "lines")).values())
    return problems
