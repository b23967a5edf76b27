"""Which files a preview watches, and what a changed one touches."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..files import files_below
from ..model import Portal, Release
from ..pages.theme import themes_folder
from ..pieces.sums import status
from ..steps.unchanged import OF_PORTAL

PACKAGE = Path(__file__).resolve().parents[1]
THEMES = themes_folder()
CLIENT = PACKAGE / "client"


@dataclass(frozen=True)
class Touched:
    """What is to be made again."""

    settings: bool = False
    """TOML files, schemas or tables: the portal is read again, and data are looked for."""
    look: bool = False
    """Templates, styles or scripts: all pages are rendered again."""
    client: bool = False
    """Sources of the scripts: they are bundled again."""
    code: bool = False
    """Modules of drportal itself, which a running process does not read again."""
    releases: frozenset[str] = frozenset()
    """Ids of releases whose own files changed; others are touched by what they share."""
    shared: bool = False
    """Whether a document or file that all releases share changed."""

    @property
    def anything(self) -> bool:
        return bool(self.settings or self.look or self.client or self.code or self.releases or self.shared)


def watched(portal: Portal | None, folder: Path) -> list[Path]:
    """Files and folders to watch; tables of releases may be anywhere."""
    found = [folder / "portal.toml", *(folder / name for name in OF_PORTAL), THEMES, CLIENT / "dist"]
    found += [CLIENT / "src"] if (CLIENT / "src").is_dir() else []
    for release in portal.releases if portal else ():
        sources = [c.source for c in release.catalogues] + [s.source for s in release.spectra]
        for match in release.crossmatch:
            sources += match.source if isinstance(match.source, list) else [match.source]
        for source in sources:
            if source and "://" not in source:
                near = release.folder / source
                while any(c in near.name for c in "*?[") or not near.exists():
                    near = near.parent
                found.append(near if near.is_dir() or near.is_file() else near.parent)
    here = folder.resolve()
    files = dict.fromkeys(path.resolve() for path in found if path.exists())
    return [path for path in files if path != here and not here.is_relative_to(path)]


def state_of(paths: Iterable[Path]) -> str:
    """A digest of the names, sizes and times of all files of these paths."""
    found = hashlib.sha256()
    for path in paths:
        for file in files_below(path) if path.is_dir() else [str(path)]:
            with contextlib.suppress(OSError):
                found.update(f"{file}\t{status(os.stat(file))}\n".encode("utf-8", "surrogateescape"))  # noqa: PTH116
    return found.hexdigest()


def touched_by(changed: Iterable[Path], folder: Path, releases: Iterable[Release]) -> Touched:
    """What changed files touch."""
    folder, by_folder = folder.resolve(), {r.folder.resolve(): r.id for r in releases}
    settings = look = client = code = shared = False
    ids: set[str] = set()
    for path in changed:
        if path.name.startswith(".") or path.name.endswith(("~", ".part", ".swp")):
            continue
        own = next((i for f, i in sorted(by_folder.items(), reverse=True) if path.is_relative_to(f)), None)
        if path.is_relative_to(CLIENT / "src"):
            client = True
        elif path.is_relative_to(THEMES) or path.is_relative_to(CLIENT / "dist"):
            look = True
        elif path.is_relative_to(PACKAGE):
            code = code or path.suffix == ".py"
        elif any(path.is_relative_to(folder / name) for name in ("themes", "templates", "pages", "styles")):
            look = True
        elif path.is_relative_to(folder / "content"):
            shared = True
        elif own and path.is_relative_to(_docs(folder, own)):
            ids.add(own)
        else:  # portal.toml, release.toml, schemas, lines, cards, tables and spectra
            settings = True
            ids |= {own} if own else set()
    return Touched(settings, look, client, code, frozenset(ids), shared)


def _docs(folder: Path, release: str) -> Path:
    return folder / "releases" / release / "docs"
