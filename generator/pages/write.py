"""A release, or the portal's index, written into a folder: thin loops over what is planned."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ..differences import Changes
from ..files import walk
from ..model import Portal, Release
from .assets import Assets
from .feed import feed_words
from .kinds.files import File
from .known_issues import issue_files
from .page import Planned
from .plan import plan_files, plan_pages
from .records import Sections, records_path, search_records
from .registry import known_pages
from .render import render_page
from .shelf import Shelf
from .site import Key, Site
from .views import read_catalogues, read_spectra


def render_release(
    portal: Portal,
    release: Release,
    data: Mapping[str, Path],
    out: Path,
    assets: Assets,
    *,
    spectra: Mapping[str, Path] | None = None,
    available: Iterable[str] | None = None,
    shelf: Shelf | None = None,
    changes: Sequence[Changes] = (),
    key: Key | None = None,
    counted: Callable[[Release, int], None] | None = None,
) -> None:
    """Write every page of a release, its metadata and assets/ into `out`.

    `data` gives each catalogue's folder (as ingest wrote it), which must be, or become, out/data/<name>,
    and `spectra` that of each set of spectra, which becomes out/data/spectra/<name>.
    `available` are the ids of the releases that will stand beside this one (all of the portal by default), or
    `shelf` says the same to all releases of a build. `changes` is what it was compared with; `key` is who
    signs the manifest; `counted` is called with how many pages are written so far.
    """
    site = open_release(portal, release, data, assets, spectra or {}, shelf or Shelf.of(portal, available))
    site.changes, site.key = list(changes), key
    assets.install(out, engine=bool(site.catalogues), spectra=bool(site.spectra))
    from ..metadata import write_metadata

    site.pack = write_metadata(site.facts, out)
    planned = plan_pages(site)
    for count, one in enumerate(planned, 1):
        _write_page(site, one, out)
        if counted:
            counted(release, count)
    for path, text in release_files(site, planned):
        _write(out / path, text)
    for path, file in document_files(site).items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, out / path)
    below = releases_below(site)
    for one in plan_files(site, partial(files_in, out, below, release), below):
        _write_page(site, one, out)


def open_release(
    portal: Portal,
    release: Release,
    data: Mapping[str, Path],
    assets: Assets,
    spectra: Mapping[str, Path],
    shelf: Shelf,
) -> Site:
    """A release as its pages see it, without what it was compared with. Raises InputError."""
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
    site: Site, planned: Sequence[Planned], sections: Sections | None = None
) -> Iterator[tuple[str, str]]:
    """By path: what pages load beside their data. `planned` are all pages of the release."""
    languages = [site.assets.language(lang) for lang in site.languages]
    yield from issue_files(site.affected, languages).items()
    for lang in site.languages:
        yield records_path(lang), search_records(site, lang, planned, sections)


def document_files(site: Site) -> dict[str, Path]:
    """By path: images and attachments of documents."""
    copies = {path: file for reading in site.readings.values() for path, file in reading.copies.items()}
    return dict(sorted(copies.items()))


def releases_below(site: Site) -> list[Release]:
    """Releases beside this site whose folders lie in its own."""
    top = f"{site.release.id}/" if site.release else ""
    return [r for r in site.releases if r.id in site.available and r.id.startswith(top)]


def files_in(out: Path, below: Iterable[Release], release: Release | None = None) -> Iterator[File]:
    """What stands in a site's folder, without the releases in it."""
    top = len(release.id) + 1 if release else 0
    for entry, path in walk(out, without=frozenset(r.id[top:] for r in below)):
        yield File(path, entry.stat(follow_symlinks=False).st_size)


def render_portal(
    portal: Portal,
    out: Path,
    assets: Assets,
    available: Iterable[str] | None = None,
    key: Key | None = None,
) -> None:
    """Write the index of all releases, and assets/, into `out`, where the releases stand already.

    `available` are the ids of the releases whose sites are there to link to; all of them by default.
    """
    from ..metadata.portal_files import pages_below, portal_files

    ids = frozenset(r.id for r in portal.releases) if available is None else frozenset(available)
    site = Site(portal, None, assets, available=ids, key=key)
    assets.install(out, engine=False)
    for one in plan_pages(site):
        _write_page(site, one, out)
    there = [r for r in portal.releases if r.id in ids]
    listed = [r for r in there if (out / r.id / "files.html").is_file()]
    own = partial(files_in, out, portal.releases)
    # The sitemap names the lists of files, and they list the sitemap.
    lists = {one.place for one in plan_files(site, own, listed)}
    pages = itertools.chain(pages_below(out), lists)
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
