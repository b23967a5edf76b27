"""Builds in a warm process: what a change does not touch is kept in memory from the build before."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ..documents.drafts import Drafts
from ..model import Edition, Portal, Release, load_portal
from ..model.chosen import choose
from ..pages import Assets, Compiled, Shelf
from ..pieces import Store, Workshop
from ..publish.place import alone
from ..report import Report
from ..steps.decide import Options, Plan
from ..steps.make import AllMade, Made, make
from ..steps.render import render_index, render_releases
from ..steps.unchanged import Former
from .tree import Tree

NAME = "preview"
"""Name under which the cache remembers what a preview uses."""


@dataclass(frozen=True)
class ShownPlan(Plan):
    """The plan of a build into no folder."""

    shown: frozenset[str] = frozenset()
    """Ids of the releases that are shown already."""

    @cached_property
    def standing(self) -> frozenset[str]:
        return self.shown


class Builds:
    """Makes the tree that is shown, and parts of it again."""

    def __init__(self, folder: Path, names: list[str], options: Options, report: Report) -> None:
        self.folder, self._names, self._options, self._report = folder, names, options, report
        self._site = (folder / "build" / NAME).absolute()
        self._portal: Portal | None = None
        self._chosen: list[Release] = []
        self._assets: Assets | None = None
        self._drafts: Drafts | None = None
        self._data: dict[str, Made] = {}
        """The data of each release, without its pages."""
        self._former: Former | None = None
        self.tree = Tree()

    @property
    def portal(self) -> Portal | None:
        """The portal as it was last read."""
        return self._portal

    @property
    def releases(self) -> list[Release]:
        """The releases that are shown."""
        return self._chosen

    def everything(self, first: Collection[str] = ()) -> Iterator[Tree]:
        """Read the portal and make all that is shown, `first` some of the releases. Raises InputError.

        Yields the tree whenever it can be shown; it stays as it was until then.
        """
        portal = load_portal(self.folder, Edition.today(self._options.audience))
        chosen = choose(portal, self._names)
        self._assets = None  # the portal, or a release, may name another theme
        # A part of the releases changes their objects: comparisons become catalogues of them.
        if (
            self.tree.releases
            and (some := [r.id for r in chosen if r.id in first])
            and len(some) < len(chosen)
        ):
            part = choose(portal, some)
            yield from self._build(portal, part, chosen, index=False)
            portal = load_portal(self.folder, Edition.today(self._options.audience))
            chosen = choose(portal, self._names)
            self._assets = None
        yield from self._build(portal, chosen, chosen, index=True)

    def pages(self, first: Collection[str], only: Collection[str] | None, look: bool) -> Iterator[Tree]:
        """Render pages again from the data that are here: of `only` some releases, `first` some of them.

        With `look` templates and styles are read again. Raises InputError.
        """
        if self._portal is None or any(r.id not in self._data for r in self._chosen):
            yield from self.everything(first)
            return
        if look:
            self._assets = None
        wanted = [r for r in self._chosen if only is None or r.id in only]
        for some in ([r for r in wanted if r.id in first], [r for r in wanted if r.id not in first]):
            if some:
                yield self._render(some)
        if look:
            yield self._render([], index=True)

    def _build(
        self, portal: Portal, part: list[Release], chosen: list[Release], index: bool
    ) -> Iterator[Tree]:
        plan = self._plan(portal, part, frozenset(self._data) - {r.id for r in part})
        with self._opened(plan) as workshop:
            made = make(plan, workshop, self._report)
            data = {name: _bare(one) for name, one in made.items()}
            tree = self._rendered(plan, made, workshop, index)
            assert self._former
            self._former = made.remembered(plan, self._former, "", workshop.used)
            self._former.write(plan)
        self._portal, self._chosen = portal, chosen
        self._data.update(data)
        for gone in self._data.keys() - {r.id for r in chosen}:
            del self._data[gone]
        kept = {name: layers for name, layers in tree.releases.items() if name in self._data}
        self.tree = Tree(kept, tree.index)
        yield self.tree

    def _render(self, part: list[Release], index: bool = False) -> Tree:
        """Render pages of some releases from their data."""
        assert self._portal
        plan = self._plan(self._portal, part or self._chosen, frozenset(self._data))
        with self._opened(plan) as workshop:
            made = AllMade({name: _bare(one) for name, one in self._data.items() if self._is_in(part, name)})
            if not part:
                for name, layers in self.tree.releases.items():
                    made[name] = replace(_bare(self._data[name]), layers=list(layers), has_pages=True)
            self.tree = self._rendered(plan, made, workshop, index, pages=bool(part))
            assert self._former
            pieces = {**self._former.pieces, **workshop.used}
            self._former = replace(self._former, pieces=pieces)
        return self.tree

    @staticmethod
    def _is_in(part: list[Release], name: str) -> bool:
        return any(r.id == name for r in part)

    def _rendered(
        self, plan: Plan, made: AllMade, workshop: Workshop, index: bool, pages: bool = True
    ) -> Tree:
        shelf = Shelf.of(plan.portal, plan.available)
        if self._drafts is None:
            self._drafts = Drafts(plan.cache / "documents")
        shelf.drafts = self._drafts
        if self._assets is None:
            compiled = Compiled(plan.cache / "templates")
            self._assets = Assets.load(plan.portal, compiled=compiled, kept=plan.cache / "pyodide")
            self._assets.refuse_python(plan.chosen)
        if pages:
            render_releases(plan, made, self._assets, shelf, workshop, self._report)
        if index:
            render_index(plan, made, self._assets, shelf, workshop, self._report)
        layers = {name: tuple(one.layers) for name, one in made.items()}
        return self.tree.with_(layers, made.index)

    def _plan(self, portal: Portal, part: list[Release], shown: frozenset[str]) -> Plan:
        return ShownPlan(portal, part, self._site, None, self._options, shown)

    @contextlib.contextmanager
    def _opened(self, plan: Plan) -> Iterator[Workshop]:
        """The workshop of one build; nobody else writes the cache meanwhile."""
        if self._former is None:
            self._former = Former.of(plan)
        plan.cache.parent.mkdir(parents=True, exist_ok=True)
        with alone(plan.cache):
            store = Store(plan.cache)  # a new one: what it knows of files is true for one build
            if line := store.begin():
                self._report.warn(line)
            report, options = self._report, self._options
            former = self._former.pieces
            with Workshop(store, options.jobs, report.progress, report.step, former) as workshop:
                yield workshop
            store.end(plan.portal.cache_size, Former.in_use(plan) | set(workshop.used.values()))


def _bare(made: Made) -> Made:
    """The data of a release, without pages: rendering adds them to a copy."""
    return replace(made, layers=list(made.layers), has_pages=False)
