"""Pages as pieces of a build: assets, metadata, pages and lists of files of a release.

A page is rendered again when something that it shows has changed; the others are taken from the former piece.
"""

from __future__ import annotations

import heapq
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from ..checksums import Progress
from ..files import Entry
from ..formats.copies import EditionMark
from ..pieces import DATA, Kept, Lines, Piece, digest_of
from .assets import Assets
from .kinds.files import File
from .page import Planned
from .plan import plan_files, plan_pages
from .records import Sections
from .render import render_page
from .site import Site
from .sources import Layer, PageSources
from .write import document_files, release_files, releases_below

INDEX = "pages.json"
"""Beside it: by the place of each page, the digest of what it was made from; and sections of documents."""
PACK = "pack.json"


def assets_piece(name: str, assets: Assets, engine: bool, spectra: bool) -> Piece:
    """Styles, scripts and engine that pages of a release load. Their names change with their content."""

    def make(folder: Path, _progress: Progress) -> Lines:
        assets.install(folder / DATA, engine=engine, spectra=spectra)
        return Lines()

    inputs = dict(assets.names)
    used = assets.engine.members() if assets.engine else None
    inputs |= {"engine": digest_of(used) if engine else "", "spectra": str(spectra)}
    return Piece(name, inputs, make, aloud=False)


def metadata_piece(sources: PageSources) -> Piece:
    """What a release ships for other programs."""
    make = partial(_make_metadata, sources)
    return Piece(f"{sources.release.label}: metadata", sources.settled, make, aloud=False)


def pages_piece(
    sources: PageSources, metadata: Kept, former: Kept | None, counted: Callable[[int], None]
) -> Piece:
    """All pages but the lists of files; `former` is what an earlier build made of them.

    `counted` is called with how many pages there are so far.
    """
    return Piece(
        f"{sources.release.label}: pages",
        sources.settled | sources.documents | {"metadata": metadata.content},
        partial(_make_pages, sources, metadata, former, counted),
    )


def lists_piece(sources: PageSources, layers: Sequence[Layer]) -> Piece:
    """The lists of all files of a release; `layers` are all that its site has beside them."""
    inputs = sources.settled | {
        f"files of {at} {one.path}": one.kept.content for at, one in enumerate(layers)
    }
    make = partial(_make_lists, sources, layers)
    return Piece(f"{sources.release.label}: lists of files", inputs, make, aloud=False)


def files_of_layers(layers: Sequence[Layer]) -> Iterator[Entry]:
    """The files that layers put into a release's site, in the order of their paths."""
    return heapq.merge(*map(_files, layers), key=lambda entry: entry.path)


def _files(layer: Layer) -> Iterator[Entry]:
    inside, above = f"{DATA}/", f"{layer.path}/" if layer.path else ""
    for entry in layer.kept.files:
        if entry.path.startswith(inside):
            yield Entry(above + entry.path.removeprefix(inside), entry.bytes, entry.sha256)


def _make_metadata(sources: PageSources, folder: Path, _progress: Progress) -> Lines:
    (folder / DATA).mkdir()
    with sources.opened(folder.parent) as site:
        from ..metadata import write_metadata

        pack = write_metadata(site.facts, folder / DATA)
    (folder / PACK).write_text(pack.as_json(), encoding="utf-8")
    return Lines()


def _make_pages(
    sources: PageSources,
    metadata: Kept,
    former: Kept | None,
    counted: Callable[[int], None],
    folder: Path,
    _progress: Progress,
) -> Lines:
    out = folder / DATA
    known, sections = _former(sources, former)
    index: dict[str, str] = {}
    with sources.opened(folder.parent) as site:
        from ..metadata import Pack

        site.pack = Pack.from_json((metadata.folder / PACK).read_text(encoding="utf-8"), metadata.data)
        planned = plan_pages(site)
        for count, one in enumerate(planned, 1):
            index[one.place] = key = _page_key(sources.common, site, one)
            if former and known.get(one.place) == key:
                _link(former.data / one.place, out / one.place)
            else:
                _write(out / one.place, render_page(site, one))
            counted(count)
        for path, text in release_files(site, planned, sections):
            _write(out / path, text)
        for path, file in document_files(site).items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, out / path)
    if not sources.portal.edition.is_public:
        EditionMark(audience=sources.portal.edition.audience.value).write(out)
    text = json.dumps({"pages": index, "sections": sections.used}, ensure_ascii=False)
    (folder / INDEX).write_text(text, encoding="utf-8")
    return Lines()


def _former(sources: PageSources, former: Kept | None) -> tuple[dict[str, str], Sections]:
    """What an earlier build wrote beside the pages: the digest of each, and the sections of documents.

    What another version of drportal wrote is not used.
    """
    if former is None or former.inputs.get("drportal") != sources.settled["drportal"]:
        return {}, Sections()
    known = json.loads((former.folder / INDEX).read_bytes())
    return known["pages"], Sections(known["sections"])


def _page_key(common: str, site: Site, planned: Planned) -> str:
    """What decides the bytes of a page: a document shows more than what all pages depend on."""
    if planned.page.made_from is None:
        return common
    shown = planned.page.made_from(site.local(planned.lang), planned)
    return digest_of([common, planned.title, planned.description, shown])


def _make_lists(sources: PageSources, layers: Sequence[Layer], folder: Path, _progress: Progress) -> Lines:
    (folder / DATA).mkdir()

    def files() -> Iterator[File]:
        return (File(entry.path, entry.bytes) for entry in files_of_layers(layers))

    with sources.opened(folder.parent) as site:
        for one in plan_files(site, files, releases_below(site)):
            _write(folder / DATA / one.place, render_page(site, one))
    return Lines()


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
