"""All kinds of pages: the `Page` records of the modules in kinds/. There is no other list of pages."""

from __future__ import annotations

import importlib
import pkgutil
import re

from ..documents.find import Documents
from ..documents.links import KnownPages
from ..model import Portal, Release
from . import kinds
from .outline import Outline, declared
from .page import Page


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


def paths_of(outline: Outline) -> frozenset[str]:
    """The paths of all pages, without the folder of a language; of lists in parts only the first."""
    return frozenset(path for page in PAGES for path in page.paths_in(outline))


def release_pages(portal: Portal, release: Release, documents: Documents) -> frozenset[str]:
    """The paths of the pages that a release will have, from the portal's TOML files."""
    return paths_of(declared(portal, release, documents))


def known_pages(outline: Outline) -> KnownPages:
    """The pages to which documents may link."""
    return KnownPages(paths_of(outline), is_possible)
