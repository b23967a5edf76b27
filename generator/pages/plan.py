"""Decides which pages a site has, before any of them is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..model import Release
from .kinds.files import FILES, File, file_lists
from .page import Page, Planned, Sheet
from .registry import pages_of
from .site import LocalSite, Site


def plan_pages(site: Site, pages: Iterable[Page] | None = None) -> list[Planned]:
    """All pages in all languages except the lists of files, in the order of the registry.

    Raises InputError with the problems of documents, which are read for their titles.
    """
    return [
        _planned(page, here, sheet)
        for here in map(site.local, site.languages)
        for page in (pages_of(site.outline) if pages is None else pages)
        for sheet in page.sheets_in(here)
    ]


def plan_files(
    site: Site, files: Callable[[], Iterable[File]], others: Sequence[Release] = ()
) -> Iterator[Planned]:
    """The lists of files in all languages: of the files in the site's folder when everything else is there.

    `files` returns a new iterator at each call; `others` are releases in the same folder with lists of their
    own.
    """
    for part in file_lists(site, files, others):
        path = part.pages[part.page_number - 1]
        for here in map(site.local, site.languages):
            yield _planned(FILES, here, Sheet(path, FILES.title(here.gettext), subject=part))


def _planned(page: Page, here: LocalSite, sheet: Sheet) -> Planned:
    place = here.place(sheet.path)
    return Planned(page, sheet.path, here.lang, place, sheet.title, sheet.description, sheet.subject)
