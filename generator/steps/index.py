"""The portal's own pages: a list of all releases, feeds, a sitemap and their assets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..metadata.addresses import WITHOUT_PAGES, pages_below
from ..model import Release
from ..pages import Assets, Shelf
from ..pages.piece import files_of_layers, index_piece
from ..pieces import Asked, Piece, Workshop
from .decide import Plan
from .make import AllMade, Made

NAME = "index of the portal"
LISTS = "files.html"


def ask_index(plan: Plan, made: AllMade, assets: Assets, shelf: Shelf, workshop: Workshop) -> Asked:
    """Request the portal's own pages. Those of releases are made, or known from the site as it stands."""

    def describe() -> Piece:
        portal = plan.portal
        there = [r for r in portal.releases if r.id in plan.available]
        listed = [r for r in there if r in plan.chosen or (plan.site / r.id / LISTS).is_file()]
        pages = sorted(_pages(plan, made, shelf, there)) if portal.edition.is_public else []
        key = plan.key.public if plan.key else None
        return index_piece(NAME, portal, assets, workshop.store.digests, there, listed, pages, key)

    return workshop.ask(NAME, describe, here=True)


def _pages(plan: Plan, made: AllMade, shelf: Shelf, there: Sequence[Release]) -> Iterator[str]:
    """The paths of all pages of releases in the new site."""
    for release in there:
        inner = tuple(f"{r.id}/" for r in there if r.id.startswith(f"{release.id}/"))
        one = made.get(release.id)
        pages = _made(one) if one and one.has_pages else _standing(plan, release, shelf)
        for path in pages:
            if not (whole := f"{release.id}/{path}").startswith(inner):
                yield whole


def _made(one: Made) -> Iterator[str]:
    for entry in files_of_layers(one.layers):
        path = entry.path
        if path.endswith(".html") and WITHOUT_PAGES.isdisjoint(path.split("/")[:-1]):
            yield path


def _standing(plan: Plan, release: Release, shelf: Shelf) -> Iterator[str]:
    """The pages of a release in the site; of one that is only explained, with the documents of today."""
    folder = plan.site / release.id
    found = set(pages_below(folder)) if folder.is_dir() else set()
    if release in plan.chosen:
        languages = plan.portal.languages
        above = ["", *(f"{lang}/" for lang in languages[1:])]
        found = {path for path in found if not path.startswith(tuple(f"{one}docs/" for one in above))}
        found |= {one + path for one in above for path in shelf.documents(release).paths}
    yield from found
