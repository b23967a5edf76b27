"""The story of a build: read the portal, make the data, render the pages, put the site in place."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .model import Release
from .pieces import Damaged, Store, read_record, write_record
from .publish.place import alone, place, recover
from .report import Report
from .steps.decide import DEFAULT, Options, Plan, decide
from .steps.guards import BEFORE, LOCKED, refuse
from .steps.unchanged import Former, former_build, inputs_of, remember_build


@dataclass(frozen=True)
class Built:
    """What a build made."""

    site: Path
    releases: list[Release]
    doubts: int
    """Values in the data that may mean "nothing": `drportal check` says which."""
    changed: bool = True
    """False where the site was as this build would have made it."""


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
        if not options.check_cache and (former := former_build(plan)):
            for line in former.notes:
                report.warn(line)
            return Built(site, plan.chosen, former.doubts, changed=False)
        # What follows takes seconds to import.
        from .pages import Assets
        from .steps.make import make
        from .steps.render import render
        from .steps.seal import seal
        from .steps.withheld import Withheld

        read = inputs_of(plan)
        withheld = Withheld(plan, report.warn)
        assets = Assets.load(plan.portal)
        store = _opened(plan, report)
        made = make(plan, store, report, _former_pieces(plan))
        if not options.explain:
            render(plan, made, assets, report)
            report.step("checksums")
            seal(plan, made, report)
            withheld.forget()
            place(plan.new, site)
            withheld.remember()
            remember_build(plan, read, Former(made.notes, made.doubts))
        _closed(plan, store)
    return Built(site, plan.chosen, made.doubts)


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


def _opened(plan: Plan, report: Report) -> Store:
    store = Store(plan.cache, plan.options.check_cache or plan.key is not None)
    if line := store.begin():
        report.warn(line)
    return store


def _pieces_file(plan: Plan) -> Path:
    return plan.cache / "sites" / f"{plan.site.name}.json"


def _former_pieces(plan: Plan) -> dict[str, str]:
    """Keys of the pieces that the site was last built from, by their names."""
    with contextlib.suppress(Damaged, ValueError):
        return dict(json.loads(read_record(_pieces_file(plan)) or "{}"))
    return {}


def _closed(plan: Plan, store: Store) -> None:
    if not plan.options.explain:
        file = _pieces_file(plan)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_record(file, json.dumps(_former_pieces(plan) | store.used))
    store.end(plan.portal.cache_size, set(_former_pieces(plan).values()))
