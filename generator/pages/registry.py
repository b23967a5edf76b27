"""All kinds of pages: the `Page` records of the modules in kinds/. There is no other list of pages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

from ..documents.find import Documents
from ..documents.links import KnownPages
from ..model import Portal, Release
from ..problems import InputError, Problem
from . import kinds
from .outline import Outline, declared
from .own import OwnPage, own_pages
from .page import Nav, Page, Sheet, nothing
from .site import LocalSite


def _found() -> tuple[Page, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    modules = [importlib.import_module(f"{kinds.__name__}.{name}") for name in names]
    pages = [one for module in modules for one in vars(module).values() if isinstance(one, Page)]
    return tuple(sorted(dict.fromkeys(pages), key=lambda page: (page.order, page.path)))


PAGES = _found()
_POSSIBLE = re.compile(
    "|".join(re.escape(p.path).replace(r"\{\}", "[a-z0-9_]+") for p in PAGES if p.path and p.of != "portal")
)


def is_possible(path: str) -> bool:
    """Whether a release may have a page with that path."""
    return _POSSIBLE.fullmatch(path) is not None


def pages_of(outline: Outline) -> tuple[Page, ...]:
    """All kinds of pages in their order, with those of the team. Raises InputError."""
    if not outline.own:
        return PAGES
    own = [_of_team(one) for one in outline.own]
    return tuple(sorted((*PAGES, *own), key=lambda page: (page.order, page.path)))


def _of_team(own: OwnPage) -> Page:
    """The kind of an own page, which has one page. Raises InputError for a name that is taken."""
    if any(page.path == own.path for page in PAGES):
        what, fix = "has the name of a page of drportal", "give it another name"
        fix += f"; templates/{own.path} replaces the template of that page"
        raise InputError(Problem(str(own.file), "", what, fix))

    def sheets(here: LocalSite) -> Iterator[Sheet]:
        text = here.language.text
        yield Sheet(own.path, text(own.title), text(own.description))

    nav = Nav(lambda _: own.file.stem, text=own.title) if own.menu else None
    kind = f"own-{own.file.stem}"
    return Page(kind, own.template, own.path, own.order, nothing, of=own.of, nav=nav, sheets=sheets)


def paths_of(outline: Outline) -> frozenset[str]:
    """The paths of all pages, without the folder of a language; of lists in parts only the first."""
    return frozenset(path for page in pages_of(outline) for path in page.paths_in(outline))


def release_outline(portal: Portal, release: Release, documents: Documents) -> Outline:
    """What a release will contain, from the portal's TOML files and own pages. Raises InputError."""
    return declared(portal, release, documents, own_pages(portal.folder))


def release_pages(portal: Portal, release: Release, documents: Documents) -> frozenset[str]:
    """The paths of the pages that a release will have, from the portal's TOML files."""
    return paths_of(release_outline(portal, release, documents))


def known_pages(outline: Outline) -> KnownPages:
    """The pages to which documents may link."""
    return KnownPages(paths_of(outline), is_possible)
