"""The story of a build: read the portal, make the data, render the pages, put the site in place."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .files import walk
from .model import Release
from .pieces import Store, Workshop
from .publish.place import alone, place, recover
from .report import Report
from .steps.decide import DEFAULT, Options, Plan, decide
from .steps.guards import BEFORE, LOCKED, refuse
from .steps.unchanged import Former, inputs_of


@dataclass(frozen=True)
class Built:
    """What a build made."""

    site: Path
    releases: list[Release]
    doubts: int
    """Values in the data that may mean "nothing": `drportal check` says which."""
    changed: bool = True
    """False where the site was as this build would have made it."""

    @property
    def pages(self) -> int:
        """Number of pages in the site."""
        return sum(path.endswith(".html") for _, path in walk(self.site))


def build(folder: Path, site: Path, names: list[str], report: Report, options: Options = DEFAULT) -> Built:
    """Render the named releases (all, where none is named) of the portal in `folder` into `site`.

    Releases not named stay as they stand in the former site. Raises InputError; whatever goes wrong, the
    former site is left as it was.
    """
    plan = decide(folder, site, names, options)
    _say_edition(plan, report)
    refuse(plan, BEFORE)
    with _alone(plan):
        refuse(plan, LOCKED)
        former = Former() if options.check_cache else Former.of(plan)
        read = inputs_of(plan)
        if former.is_same(read):
            for line in former.notes:
                report.warn(line)
            return Built(site, plan.chosen, former.doubts, changed=False)
        return _build(plan, former, read, report)


def _build(plan: Plan, former: Former, read: str, report: Report) -> Built:
    # These take seconds to import, and a build that changes nothing does without them.
    from .documents.drafts import Drafts
    from .pages import Assets, Compiled, Shelf
    from .steps.make import make
    from .steps.render import lay_out, render
    from .steps.seal import seal
    from .steps.withheld import Withheld

    shelf = Shelf.of(plan.portal, plan.available)
    assets = Assets.load(
        plan.portal, compiled=Compiled(plan.cache / "templates"), kept=plan.cache / "pyodide"
    )
    assets.refuse_python(plan.chosen)
    withheld = Withheld(plan, shelf, report.warn)
    with opened(plan, former, report) as workshop:
        made = make(plan, workshop, report)
        shelf.drafts = Drafts(plan.cache / "documents")
        render(plan, made, assets, shelf, workshop, report)
        if not plan.options.explain:
            changed = made.changed(plan, former)
            lay_out(plan, made, changed)
            report.step("checksums")
            seal(plan, made, changed, report)
            withheld.forget()
            place(plan.new, plan.site)
            withheld.remember()
            made.remembered(plan, former, read, workshop.used).write(plan)
    return Built(plan.site, plan.chosen, made.doubts)


def _say_edition(plan: Plan, report: Report) -> None:
    portal = plan.portal
    for line in portal.public_since:
        report.step(line)
    if count := len(portal.hidden) + sum(map(len, portal.withheld.values())):
        things = f"{count} things are" if count > 1 else "one thing is"
        readers = {"public": "everyone", "team": "the team"}.get(portal.edition.audience.value)
        report.step(
            f"edition for {readers or portal.edition.audience}: {things} withheld, see `drportal check`"
        )


@contextlib.contextmanager
def _alone(plan: Plan) -> Iterator[None]:
    """No other build writes the site or the cache, which editions share; an unfinished site is removed."""
    plan.site.parent.mkdir(parents=True, exist_ok=True)
    with alone(plan.site), alone(plan.cache):
        shutil.rmtree(plan.new, ignore_errors=True)
        try:
            recover(plan.site)
            yield
        finally:
            shutil.rmtree(plan.new, ignore_errors=True)


@contextlib.contextmanager
def opened(plan: Plan, former: Former, report: Report) -> Iterator[Workshop]:
    """The workshop of a build, with the pieces that are kept from former ones."""
    options = plan.options
    # What is signed is read to the last bit: disks lose some without a change of size or time.
    store = Store(plan.cache, options.check_cache or plan.key is not None)
    if line := store.begin():
        report.warn(line)
    with Workshop(
        store,
        options.jobs,
        report.progress,
        report.step,
        former.pieces,
        options.explain,
        report.running,
    ) as workshop:
        yield workshop
    store.end(plan.portal.cache_size, Former.in_use(plan) | set(workshop.used.values()))
