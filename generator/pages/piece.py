"""Pages as pieces of a build: assets, metadata, pages and lists of files of a release; the portal's own."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from ..checksums import Progress
from ..files import Entry
from ..metadata.pack import Tutorial
from ..metadata.release_facts import ReleaseFacts
from ..model import Portal, Release
from ..pieces import DATA, Digests, Kept, Lines, Piece, digest_of
from ..pyodide import Shipped
from .assets import Assets
from .folder import Folder
from .kinds.files import File
from .plan import plan_files
from .render import render_page
from .rendered import PACK, Pages
from .site import Key
from .sources import (
    OF_CHANGES,
    OF_DATA,
    OF_PAGES,
    OTHER_DATA,
    OTHER_PAGES,
    Layer,
    PageSources,
    code_digest,
    settings_of,
    theme_digest,
)
from .write import releases_below, render_portal

MAKER = 1
"""Increased when files of Python are written in another way."""


def assets_piece(name: str, assets: Assets, engine: bool, spectra: bool, python: bool) -> Piece:
    """Styles, scripts and engine for the pages of a release. Their names change with their content."""

    def make(folder: Path, _progress: Progress) -> Lines:
        assets.install(folder / DATA, engine=engine, spectra=spectra, python=python)
        return Lines()

    inputs = dict(assets.names)
    used = assets.engine.members() if assets.engine else None
    inputs |= {"engine": digest_of(used) if engine else "", "spectra": str(spectra), "python": str(python)}
    return Piece(name, inputs, make, aloud=False)


def known_inputs(sources: PageSources, without: Collection[str] = ()) -> dict[str, str]:
    """The inputs of pages or metadata that do not depend on pieces that are still to be made."""
    settled, unknown = sources.settled.items(), {OF_CHANGES, OTHER_DATA, OTHER_PAGES, *without}
    return {k: v for k, v in settled if k not in unknown and not k.startswith(OF_DATA)}


def python_piece(name: str, shipped: Shipped) -> Piece:
    """Python for the pages of a release: apart, so that releases which ship the same have one copy."""

    def make(folder: Path, _progress: Progress) -> Lines:
        shipped.install(folder / DATA)
        return Lines()

    inputs = {"parts": digest_of(shipped.assets.members()), "notices": digest_of(shipped.parts.notices)}
    return Piece(name, inputs | {"maker": str(MAKER)}, make, aloud=False)


def metadata_piece(sources: PageSources) -> Piece:
    """The metadata files of a release for other programs, and its tutorials."""
    make = partial(_make_metadata, sources)
    inputs = {name: value for name, value in sources.settled.items() if name not in OF_PAGES}
    return Piece(f"{sources.release.label}: metadata", inputs, make, aloud=False)


def pages_piece(
    sources: PageSources, metadata: Kept, former: Kept | None, counted: Callable[[int], None]
) -> Piece:
    """All pages except the lists of files; `former` has them as an earlier build made them.

    `counted` is called with the number of pages so far.
    """
    name, shared = f"{sources.release.label}: pages", sources.settled | {"metadata": metadata.content}
    pages = Pages(sources, metadata, former, counted)
    reasons = partial(pages.reasons, name, shared)
    return Piece(name, shared | sources.documents, pages.make, reasons=reasons)


def lists_piece(sources: PageSources, layers: Sequence[Layer]) -> Piece:
    """The lists of all files of a release; `layers` are everything else in its site."""
    inputs = sources.settled | {
        f"files of {at} {one.path}": one.kept.content for at, one in enumerate(layers)
    }
    make = partial(_make_lists, sources, layers)
    return Piece(f"{sources.release.label}: lists of files", inputs, make, aloud=False)


def index_piece(
    name: str,
    portal: Portal,
    assets: Assets,
    digests: Digests,
    there: Sequence[Release],
    listed: Sequence[Release],
    pages: Sequence[str],
    key: Key | None,
) -> Piece:
    """The portal's own pages, feeds and sitemap; the arguments are those of `render_portal`."""

    def make(folder: Path, _progress: Progress) -> Lines:
        render_portal(portal, folder / DATA, assets, there, listed, pages, key)
        return Lines()

    inputs = {
        "drportal": code_digest(digests),
        "theme": theme_digest(assets, digests),
        "portal.toml": settings_of(portal),
        "releases": digest_of([(r.model_dump(mode="json"), repr(r.spectra)) for r in portal.releases]),
        "releases in the site": digest_of([[r.id for r in there], [r.id for r in listed]]),
        "pages of releases": digest_of(pages),
        "signing key": key.line if key else "",
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", ""),
    }
    return Piece(name, inputs, make, aloud=False)


def files_of_layers(layers: Sequence[Layer]) -> Iterator[Entry]:
    """The files that layers put into a release's site, ordered by path."""
    return heapq.merge(*map(_files, layers), key=lambda entry: entry.path)


def _files(layer: Layer) -> Iterator[Entry]:
    inside, above = f"{DATA}/", f"{layer.path}/" if layer.path else ""
    for entry in layer.kept.files:
        if entry.path.startswith(inside):
            yield Entry(above + entry.path.removeprefix(inside), entry.bytes, entry.sha256)


def _make_metadata(sources: PageSources, folder: Path, _progress: Progress) -> Lines:
    (folder / DATA).mkdir()
    from ..metadata import write_metadata

    pack = write_metadata(sources.site.facts, folder / DATA, _tutorials)
    (folder / PACK).write_text(pack.as_json(), encoding="utf-8")
    return Lines()


def _tutorials(facts: ReleaseFacts, out: Path) -> list[Tutorial]:
    """Write the tutorials; their libraries of tables take as long to import as a small build without data."""
    if not facts.catalogues and not facts.spectra:
        return []
    from ..tutorials import write_tutorials

    return write_tutorials(facts, out)


def _make_lists(sources: PageSources, layers: Sequence[Layer], folder: Path, _progress: Progress) -> Lines:
    site, out = sources.site, Folder(folder / DATA)

    def files() -> Iterator[File]:
        return (File(entry.path, entry.bytes) for entry in files_of_layers(layers))

    for one in plan_files(site, files, releases_below(site)):
        out.write(one.place, render_page(site, one))
    return Lines()
