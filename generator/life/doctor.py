"""`drportal doctor`: what is here, what is missing, and what a build would do."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from .. import __version__
from ..audiences import Audience
from ..files import user_cache
from ..model.sizes import said as size
from ..problems import InputError, several
from ..report import Report

CLIENT = Path(__file__).resolve().parents[1] / "client" / "dist"
SHOWN = ("duckdb", "pyarrow", "astropy", "numpy", "pydantic")
"""Packages whose versions are shown; all others are only compared."""
PROGRAMS = {
    "rsync": "drportal publish to servers with ssh or rsync",
    "ssh": "drportal publish to servers with ssh",
    "xorriso": "checks of disc images, in the tests alone",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")
ROOM = 3
"""A build needs the size of its sources about so many times: rows, files with words, scripts."""


@dataclass(frozen=True)
class Finding:
    """One line."""

    level: Literal["ok", "note", "problem"]
    what: str
    fix: str = ""

    @property
    def line(self) -> str:
        return f"{self.level}: {self.what}" + (f"; {self.fix}" if self.fix else "")


def examine(folder: Path, site: Path, audience: Audience, report: Report) -> Iterator[Finding]:
    """Everything that is found, in the order in which it is looked at."""
    yield Finding("ok", f"drportal {__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield from _packages()
    yield from _client()
    yield from _programs()
    yield from _folders(site)
    if not (folder / "portal.toml").is_file():
        fix = "name its folder with --portal, or begin one: drportal new DIR"
        yield Finding("note", f"{folder}: has no portal.toml, so nothing is said of a build", fix)
        return
    yield from _editors(folder)
    yield from _build(folder, site, audience, report)


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(line) for line in requires("drportal") or ()]
    except PackageNotFoundError:
        yield Finding("problem", "drportal is not installed as a package", "pip install drportal")
        return
    wrong = False
    for one in wanted:
        if one.marker and not one.marker.evaluate({"extra": ""}):
            continue
        fix = f"pip install '{one}'"
        try:
            found = version(one.name)
        except PackageNotFoundError:
            wrong = True
            yield Finding("problem", f"the package {one.name} is missing", fix)
            continue
        if not one.specifier.contains(found, prereleases=True):
            wrong = True
            yield Finding(
                "problem", f"{one.name} {found} is too old or too new: {one.specifier} is needed", fix
            )
    if not wrong:
        shown = ", ".join(f"{name} {version(name)}" for name in SHOWN)
        yield Finding("ok", f"{several(len(wanted), 'package')} fit, among them {shown}")


def _client() -> Iterator[Finding]:
    """The scripts and the engine that pages run."""
    fix = "install the wheel again, or run `make client` in a checkout"
    try:
        manifest = json.loads((CLIENT / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield Finding("problem", f"{CLIENT}: the scripts of pages are not built", fix)
        return
    missing = [name for name in _named(manifest) if not (CLIENT / name).exists()]
    if missing:
        yield Finding("problem", f"{CLIENT}: {', '.join(missing[:3])} missing", fix)
        return
    engine = sum(f.stat().st_size for f in (CLIENT / "engine").rglob("*") if f.is_file())
    yield Finding("ok", f"scripts of pages, and the engine with {size(engine)}")


def _named(manifest: object) -> Iterator[str]:
    """Names of files in the list of the client's build."""
    if isinstance(manifest, str):
        if manifest.endswith((".js", ".css")):
            yield manifest
    elif isinstance(manifest, list):
        for one in manifest:
            yield from _named(one)
    elif isinstance(manifest, dict):
        for key, one in manifest.items():
            if key != "engine":
                yield from _named(one)


def _programs() -> Iterator[Finding]:
    found = list(filter(None, map(shutil.which, BROWSERS)))
    if found:
        yield Finding("ok", f"browsers: {', '.join(map(_version_of, found))}")
    else:
        fix = "pages work in any current Chromium, Firefox or Safari"
        yield Finding("note", "no browser is on the path: to look at a site here, install one", fix)
    for name, use in PROGRAMS.items():
        there = shutil.which(name)
        yield (
            Finding("ok", f"{name}: {there}")
            if there
            else Finding("note", f"{name} is not installed", f"only needed for {use}")
        )


def _version_of(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return Path(program).name
    return " ".join(done.stdout.split()) or Path(program).name


def _folders(site: Path) -> Iterator[Finding]:
    """Whether the folders that a build writes can be written, and how."""
    cache = user_cache()
    for folder, use in (
        (site.parent, "sites and the cache of builds"),
        (cache, "states of checks and transfers"),
    ):
        near = next(one for one in (folder, *folder.parents) if one.exists())
        try:
            with tempfile.TemporaryDirectory(prefix=".drportal-", dir=near) as scratch:
                links = _links(Path(scratch))
        except OSError as error:
            what = f"{near}: cannot be written ({error.strerror}), for {use}"
            yield Finding("problem", what, "see its rights, or choose another folder (--out, XDG_CACHE_HOME)")
            continue
        free = shutil.disk_usage(near).free
        how = "" if links else "; no hard links there, so builds copy every file"
        yield Finding("ok" if links else "note", f"{folder}: for {use}, {size(free, down=True)} free{how}")


def _links(folder: Path) -> bool:
    (folder / "a").touch()
    try:
        os.link(folder / "a", folder / "b")
    except OSError:
        return False
    return True


def _editors(folder: Path) -> Iterator[Finding]:
    from ..start import KEPT, SCHEMAS

    for kept in sorted(KEPT.glob("*.json")):
        own = folder / SCHEMAS / kept.name
        if own.is_file() and own.read_bytes() != kept.read_bytes():
            fix = "drportal doctor --write-schemas"
            yield Finding("note", f"{own}: is of another version of drportal; editors may be wrong", fix)


def _build(folder: Path, site: Path, audience: Audience, report: Report) -> Iterator[Finding]:
    from ..build import build
    from ..model import Edition, load_portal
    from ..steps.decide import Options

    try:
        portal = load_portal(folder, Edition.today(audience))
        sources = _bytes_of_sources([(r.folder, c.source) for r in portal.releases for c in r.catalogues])
        reasons: list[str] = []
        options = Options(audience=audience, explain=lambda name, why: reasons.append(f"{name} ({why})"))
        build(folder, site, [], report, options)
    except InputError as error:
        for problem in error.problems:
            yield Finding("problem", str(problem))
        return
    yield Finding("ok", f"{folder}: {several(len(portal.releases), 'release')}, tables of {size(sources)}")
    near = next(one for one in (site, *site.parents) if one.exists())
    free, need = shutil.disk_usage(near).free, sources * ROOM
    if reasons and free < need:
        what = f"a first build may need {size(need)}, and {site.parent} has {size(free, down=True)} free"
        yield Finding("problem", what, "free some space, or name another disk with --out")
    first = "; ".join(reasons[:3]) + ("; …" if reasons[3:] else "")
    what = (
        f"a build would make {several(len(reasons), 'piece')}: {first}"
        if reasons
        else "a build would make nothing"
    )
    yield Finding("ok", what, "drportal build --explain lists all" if reasons[3:] else "")


def _bytes_of_sources(sources: list[tuple[Path, str | None]]) -> int:
    total = 0
    for folder, source in sources:
        if source:
            found = [folder / source] if (folder / source).is_file() else folder.glob(source.lstrip("/"))
            with contextlib.suppress(OSError, ValueError):
                total += sum(file.stat().st_size for file in found if file.is_file())
    return total
