"""Render the pages of the releases, and assemble the new site from hard links."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial

from ..checksums import link_tree
from ..hosting.limits import too_large
from ..model import Release
from ..pages import Assets, Shelf
from ..pages.piece import (
    assets_piece,
    known_inputs,
    lists_piece,
    metadata_piece,
    pages_piece,
    python_piece,
)
from ..pages.sources import OF_PAGES, Layer, PageSources
from ..pieces import Asked, Piece, Store, Workshop
from ..problems import InputError
from ..publish.edition import mark
from ..report import Report
from .decide import Plan
from .index import ask_index
from .make import AllMade, Made

Known = Callable[[], tuple[str, Mapping[str, str]]]


def render(
    plan: Plan, made: AllMade, assets: Assets, shelf: Shelf, workshop: Workshop, report: Report
) -> None:
    """Make the pages of all chosen releases, everything else in their sites except data, and the index.

    Raises InputError.
    """
    render_releases(plan, made, assets, shelf, workshop, report)
    render_index(plan, made, assets, shelf, workshop, report)


def render_releases(
    plan: Plan, made: AllMade, assets: Assets, shelf: Shelf, workshop: Workshop, report: Report
) -> None:
    """Make the pages of all chosen releases, and everything else in their sites except data.

    Raises InputError.
    """
    counted = _pages_counter(plan, shelf, report)
    with contextlib.ExitStack() as stack:
        asked = []
        for release in plan.chosen:
            sources = _sources(plan, made[release.id], assets.themed(release), shelf, workshop.store)
            stack.callback(sources.close)
            asked.append(ask_pages(sources, made[release.id], workshop, partial(counted, release)))
        workshop.finish()
    if not plan.options.explain:
        shelf.drafts.write()
    problems = dict.fromkeys(problem for some in asked for one in some for problem in one.problems)
    for line in dict.fromkeys(line for some in asked for one in some for line in one.lines):
        report.warn(line)
    if problems:
        raise InputError(problems)
    for release, some in zip(plan.chosen, asked, strict=True):
        made[release.id].layers += [Layer("", one.kept) for one in some if one.kept]
        made[release.id].has_pages = all(one.kept for one in some)


def render_index(
    plan: Plan, made: AllMade, assets: Assets, shelf: Shelf, workshop: Workshop, report: Report
) -> None:
    """Make the portal's own pages. Raises InputError."""
    index = ask_index(plan, made, assets, shelf, workshop)
    workshop.finish()
    for line in index.lines:
        report.warn(line)
    if index.problems:
        raise InputError(index.problems)
    made.index = index.kept


def _sources(plan: Plan, one: Made, assets: Assets, shelf: Shelf, store: Store) -> PageSources:
    key = plan.key.public if plan.key else None
    return PageSources(
        plan.portal, one.release, tuple(one.layers), tuple(one.changes), key,
        assets, shelf, store.digests, store.folder / "unfinished", plan.options.jobs,
    )  # fmt: skip


def ask_pages(
    sources: PageSources, one: Made, workshop: Workshop, counted: Callable[[int], None]
) -> list[Asked]:
    """Request what a release has besides its data: metadata, pages, lists of files, assets."""
    release, data, assets = one.release, sources.layers, sources.assets

    def ask(name: str, describe: Callable[[], Piece], *after: Asked, known: Known | None = None) -> Asked:
        return workshop.ask(f"{release.label}: {name}", describe, after, here=True, known=known)

    def known_of_metadata() -> tuple[str, Mapping[str, str]]:
        return f"{release.label}: metadata", known_inputs(sources, OF_PAGES)

    def known_of_pages() -> tuple[str, Mapping[str, str]]:
        return f"{release.label}: all pages", known_inputs(sources)

    engine, spectra = bool(release.catalogues), bool(release.spectra)
    shipped = assets.python(release)
    scripts = ask(
        "assets", lambda: assets_piece(f"{release.label}: assets", assets, engine, spectra, bool(shipped))
    )
    own = [scripts]
    if shipped:
        own.append(ask("Python", lambda: python_piece(f"{release.label}: Python", shipped)))
    metadata = ask("metadata", lambda: metadata_piece(sources), *one.asked, known=known_of_metadata)

    def describe_pages() -> Piece:
        assert metadata.kept
        former = workshop.former(f"{release.label}: pages")
        return pages_piece(sources, metadata.kept, former, counted)

    pages = ask("pages", describe_pages, metadata, known=known_of_pages)

    def describe_lists() -> Piece:
        more = [Layer("", one.kept) for one in (metadata, pages, *own) if one.kept]
        return lists_piece(sources, [*data, *more])

    lists = ask("lists of files", describe_lists, metadata, pages, *own)
    return [metadata, pages, lists, *own]


def lay_out(plan: Plan, made: AllMade, changed: list[Release]) -> None:
    """Assemble the new site, without the manifests of changed releases. Raises InputError."""
    portal, new = plan.portal, plan.new
    new.mkdir()
    for release in portal.releases:
        if release in changed:
            for layer in made[release.id].layers:
                link_tree(layer.kept.data, new / release.id / layer.path)
        elif release.id in plan.available:
            top = f"{release.id}/"
            inner = {r.id.removeprefix(top) for r in portal.releases if r.id.startswith(top)}
            link_tree(plan.site / release.id, new / release.id, inner)
    assert made.index
    link_tree(made.index.data, new)
    mark(new, portal.edition)
    # Large files of releases that are already in the site do not stop a build.
    standing = frozenset(r.id for r in portal.releases if r not in plan.chosen)
    if problems := too_large(new, portal.largest_file, standing):
        raise InputError(problems)


def _pages_counter(plan: Plan, shelf: Shelf, report: Report) -> Callable[[Release, int], None]:
    """A function to call with a release and how many of its pages are rendered, for one progress of all.

    How many a release will have is known except for a few that depend on its data.
    """
    languages = len(plan.portal.languages)
    expected = {r.id: languages * len(shelf.pages(r) - {"files.html"}) for r in plan.chosen}
    total = sum(expected.values())
    stage = "pages of all releases" if len(plan.chosen) > 1 else ""
    finished: dict[str, int] = {}

    def counted(release: Release, count: int) -> None:
        finished[release.id] = min(count, expected[release.id])
        before = sum(expected[name] for name in finished if name != release.id)
        report.progress(stage, before + finished[release.id], total)

    return counted
