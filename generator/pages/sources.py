"""The inputs of the pages of a release: data, settings, documents, themes, and drportal itself."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import plugins
from ..checksums import link_tree
from ..differences import Changes
from ..files import files_below
from ..model import Portal, Release
from ..notebook.own import FOLDER as NOTEBOOKS
from ..pieces import Digests, Kept, digest_of
from .assets import Assets
from .own import own_folders
from .shelf import Shelf
from .site import Key, Site
from .write import open_release

PACKAGE = Path(__file__).resolve().parents[1]
OF_NO_PAGE = {"cache_size", "largest_file", "signing_key"}
"""Settings of portal.toml that no page shows."""
OTHER_PAGES = "pages of other releases"
OF_TEAM = "notebooks"
OF_PAGES = {"theme", OTHER_PAGES, OF_TEAM}
"""Inputs that do not affect metadata."""
OTHER_DATA, OF_CHANGES, OF_DATA = "catalogues of other releases", "changes", "data of "
"""Inputs that depend on data, which are made first; the names of those of its own begin like the last."""
OF_OTHERS = {"catalogues", "spectra", "known_issues", "revisions", "media", "compare"}
"""Settings of other releases that pages do not show."""


@dataclass(frozen=True)
class Layer:
    """A folder that goes into a release's site unchanged."""

    path: str
    """Its path below the release's folder; "" for that folder itself."""
    kept: Kept


@dataclass(frozen=True)
class PageSources:
    """Everything that decides the bytes of a release's pages."""

    portal: Portal
    release: Release
    layers: tuple[Layer, ...]
    """Its data."""
    changes: tuple[Changes, ...]
    key: Key | None
    assets: Assets
    shelf: Shelf
    digests: Digests
    scratch: Path
    """Folder where its data are hard-linked together; `close` removes it."""
    jobs: int = 1
    """Number of processes that render at once."""

    @cached_property
    def settled(self) -> dict[str, str]:
        """The digests of everything except the documents, by name."""
        own = {"drportal": code_digest(self.digests), "theme": theme_digest(self.assets, self.digests)}
        own["portal.toml"] = settings_of(self.portal)
        own |= plugins.inputs(*plugins.HOOKS)
        release = self.release.model_dump(mode="json")
        tables = [one for one in self.release.catalogues if one.changes_since]
        release["catalogues"] = [
            one.model_dump(mode="json") for one in self.release.catalogues if one not in tables
        ]
        own["release.toml"] = digest_of([release, repr(self.release.lines)])
        others = [other for other in self.portal.releases if other is not self.release]
        own["other releases"] = digest_of([self._shown_of(other) for other in others])
        own[OTHER_PAGES] = digest_of(
            [_linked_of(other, self.shelf) for other in others if other.id in self.shelf.available]
        )
        own[OTHER_DATA] = digest_of(
            [[c.name for c in other.catalogues] for other in others if other.id in self.shelf.available]
        )
        own[OF_CHANGES] = digest_of(
            [
                [c.differences.model_dump(mode="json") for c in self.changes],
                [one.model_dump(mode="json") for one in tables],
            ]
        )
        if self.release.chosen_python:
            own[OF_TEAM] = _digest(sorted((self.release.folder / NOTEBOOKS).glob("*.ipynb")), self.digests)
        own["signing key"] = self.key.line if self.key else ""
        own["SOURCE_DATE_EPOCH"] = os.environ.get("SOURCE_DATE_EPOCH", "")
        own |= {
            f"{OF_DATA}{layer.path} ({number})": layer.kept.content
            for number, layer in enumerate(self.layers)
        }
        return own

    @cached_property
    def documents(self) -> dict[str, str]:
        """The digests of documents and of all files beside them, by path."""
        own, top = self.release.folder, f"{self.portal.folder}/"
        named = {file.removeprefix(top): sha256 for file, sha256 in self._files.items()}
        for issue in self.release.known_issues:
            if issue.ids_file and (own / issue.ids_file).is_file():
                named[issue.ids_file] = self.digests.of(own / issue.ids_file)
        return named

    def digest(self, document: Path) -> str:
        """The digest of a document's file; empty for those of drportal itself, which is another input."""
        return self._files.get(str(document), "")

    @cached_property
    def _files(self) -> dict[str, str]:
        """The digests of documents and of the files beside them."""
        folders = (self.release.folder / "docs", self.portal.folder / "content")
        return {f: sha256 for folder in folders for f, sha256 in _below(folder, self.digests).items()}

    def path_of(self, document: Path) -> str:
        """The name of a document's file in the inputs."""
        return str(document).removeprefix(f"{self.portal.folder}/")

    @cached_property
    def common(self) -> str:
        """Digest of what all pages depend on: of documents, only the names."""
        found = self.shelf.documents(self.release)
        names = {name: sorted(source.files) for name, source in found.sources.items()}
        issues = {name: sha for name, sha in self.documents.items() if not name.endswith(".md")}
        return digest_of([self.settled, names, sorted(found.hidden), issues])

    def _shown_of(self, other: Release) -> object:
        if other.id not in self.shelf.available:
            return other.id
        return other.model_dump(mode="json", exclude=OF_OTHERS)

    @cached_property
    def site(self) -> Site:
        """The data model of the release's pages."""
        folder = self._linked
        for layer in self.layers:
            link_tree(layer.kept.data, folder / layer.path)
        data = {c.name: folder / "data" / c.name for c in self.release.catalogues}
        spectra = {s.name: folder / "data" / "spectra" / s.name for s in self.release.spectra}
        site = open_release(
            self.portal,
            self.release,
            {name: place for name, place in data.items() if place.is_dir()},
            self.assets,
            {name: place for name, place in spectra.items() if place.is_dir()},
            self.shelf,
        )
        site.changes, site.key = list(self.changes), self.key
        site.digest, site.jobs = self.digest, self.jobs
        return site

    @cached_property
    def _linked(self) -> Path:
        self.scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".linked-", dir=self.scratch))

    def close(self) -> None:
        """Remove the folder in which `site` linked data."""
        if "_linked" in vars(self):
            shutil.rmtree(self._linked, ignore_errors=True)


def _linked_of(other: Release, shelf: Shelf) -> object:
    """What pages link to in another release: its pages, and the catalogues to match with."""
    catalogues = [one.model_dump(mode="json", include={"name", "title"}) for one in other.matchable]
    return [sorted(shelf.pages(other)), catalogues]


@functools.lru_cache(maxsize=1)
def code_digest(digests: Digests) -> str:
    """The digest of drportal's own files that make pages."""
    files = [Path(p) for p in files_below(PACKAGE, ("client",)) if p.endswith(".py")]
    files += map(Path, files_below(PACKAGE / "starter"))
    files.append(PACKAGE / "client" / "dist" / "manifest.json")
    return _digest(files, digests)


@functools.lru_cache(maxsize=8)
def _below(folder: Path, digests: Digests) -> dict[str, str]:
    """The digests of all files below a folder, ordered by path; cached, because releases share folders."""
    return digests.of_all(p for p in files_below(folder) if os.path.isfile(p))  # noqa: PTH113


def settings_of(portal: Portal) -> str:
    """The digest of what pages show of portal.toml."""
    return digest_of([portal.model_dump(mode="json", exclude=OF_NO_PAGE), portal.edition.audience])


def theme_digest(assets: Assets, digests: Digests) -> str:
    """The digest of the files of a theme, and of what was read of them when it was loaded.

    It stays the same for these assets: they keep templates and texts that change later on disk, and pages
    made with them must not be found as those of the changed files.
    """
    if not assets.digest:
        folders = [*assets.theme.folders, *own_folders(assets.portal.folder)]
        files = _digest([Path(p) for folder in folders for p in files_below(folder)], digests)
        assets.digest = digest_of([files, sorted(assets.made), assets.theme.words])
    return assets.digest


def _digest(files: list[Path], digests: Digests) -> str:
    return digest_of([(file.name, sha256) for file, sha256 in digests.of_all(files).items()])
