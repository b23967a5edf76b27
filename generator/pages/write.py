"""Writes a release, or the portal's index, into a folder: loops over the planned pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ..files import walk
from ..model import Portal, Release
from .assets import Assets
from .feed import feed_words
from .forms import histograms, histograms_path
from .kinds.files import File
from .kinds.python import notebook_files
from .known_issues import issue_files
from .object_names import fields_path, shown_fields
from .page import Planned
from .plan import plan_files, plan_pages
from .records import DocumentRecords, records_path, search_records
from .registry import known_pages
from .render import render_page
from .shelf import Shelf
from .site import Key, Site
from .views import read_catalogues, read_spectra


def open_release(
    portal: Portal,
    release: Release,
    data: Mapping[str, Path],
    assets: Assets,
    spectra: Mapping[str, Path],
    shelf: Shelf,
) -> Site:
    """The data model of a release's pages, without comparisons. Raises InputError."""
    return Site(
        portal,
        release,
        assets,
        read_catalogues(release, data),
        read_spectra(release, spectra),
        shelf.documents(release),
        shelf.available,
        shelf.pages,
        known_pages,
        drafts=shelf.drafts,
    )


def release_files(
    site: Site, planned: Sequence[Planned], documents: DocumentRecords | None = None
) -> Iterator[tuple[str, str]]:
    """By path: files that pages load in addition to data. `planned` are all pages of the release."""
    languages = [site.assets.language(lang) for lang in site.languages]
    yield from issue_files(site.affected, languages).items()
    for view in site.catalogues:
        yield histograms_path(view.name), histograms(view.meta, view.statistics).script(view.name)
        if fields := shown_fields(view):
            yield fields_path(view.name), fields.script(view.name)
    for lang in site.languages:
        yield records_path(lang), search_records(site, lang, planned, documents)
    yield from notebook_files(site)


def document_files(site: Site) -> dict[str, Path]:
    """By path: images and attachments of documents."""
    copies = {path: file for reading in site.readings.values() for path, file in reading.copies.items()}
    return dict(sorted(copies.items()))


def releases_below(site: Site) -> list[Release]:
    """Releases beside this site whose folders lie in its own."""
    top = f"{site.release.id}/" if site.release else ""
    return [r for r in site.releases if r.id in site.available and r.id.startswith(top)]


def files_in(out: Path, below: Iterable[Release], release: Release | None = None) -> Iterator[File]:
    """The files in a site's folder, without those of releases in it."""
    top = len(release.id) + 1 if release else 0
    for entry, path in walk(out, without=frozenset(r.id[top:] for r in below)):
        yield File(path, entry.stat(follow_symlinks=False).st_size)


def render_portal(
    portal: Portal,
    out: Path,
    assets: Assets,
    there: Sequence[Release],
    listed: Sequence[Release] = (),
    pages: Iterable[str] = (),
    key: Key | None = None,
) -> None:
    """Write the index of all releases, feeds and assets/ into a folder.

    `there` are the releases whose sites can be linked to, `listed` those with lists of files, `pages` the
    paths of their pages.
    """
    from ..metadata.portal_files import portal_files

    site = Site(portal, None, assets, available=frozenset(r.id for r in there), key=key)
    assets.install(out, engine=False)
    planned = plan_pages(site)
    for one in planned:
        _write_page(site, one, out)
    own = partial(files_in, out, portal.releases)
    # The sitemap names the lists of files, and these list the sitemap.
    lists = {one.place for one in plan_files(site, own, listed)}
    pages = itertools.chain(pages, (one.place for one in planned), lists)
    words = partial(feed_words, site)
    for path, content in portal_files(portal, there, pages, site.address, site.place, words):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    for one in plan_files(site, own, listed):
        _write_page(site, one, out)


def _write_page(site: Site, planned: Planned, out: Path) -> None:
    _write(out / planned.place, render_page(site, planned))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
