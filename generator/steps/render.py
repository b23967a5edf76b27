"""Put the new site together: data by hard links, pages of the releases that are built, those that stay."""

from __future__ import annotations

from collections.abc import Callable

from ..checksums import link_tree
from ..hosting.limits import too_large
from ..model import Portal, Release
from ..pages import Assets, Shelf, render_portal, render_release
from ..problems import InputError
from ..publish.edition import mark
from ..report import Report
from .decide import Plan
from .make import Made


def render(plan: Plan, made: dict[str, Made], assets: Assets, report: Report) -> None:
    """Write the new site without its manifests. Raises InputError."""
    portal, new = plan.portal, plan.new
    signer = plan.key.public if plan.key else None
    new.mkdir()
    shelf = Shelf.of(portal, plan.available)
    counted = _pages_counter(portal, plan.chosen, shelf, report)
    for release in portal.releases:
        if release in plan.chosen:
            report.step(f"{release.label}: pages")
            target, one = new / release.id, made[release.id]
            for layer in one.layers:
                link_tree(layer.folder, target / layer.path)
            render_release(
                portal,
                release,
                {name: target / "data" / name for name in one.catalogues},
                target,
                assets.themed(release),
                spectra={name: target / "data" / "spectra" / name for name in one.spectra},
                shelf=shelf,
                changes=one.changes,
                key=signer,
                counted=counted,
            )
            mark(target, portal.edition)
        elif release in plan.staying:
            link_tree(plan.site / release.id, new / release.id)
    render_portal(portal, new, assets, plan.available, signer)
    mark(new, portal.edition)
    _refuse_large(plan)


def _pages_counter(
    portal: Portal, chosen: list[Release], shelf: Shelf, report: Report
) -> Callable[[Release, int], None]:
    """What is to be called with a release and how many of its pages are rendered; all releases count as one.

    How many a release will have is known but for a few that follow from its data.
    """
    expected = {r.id: len(portal.languages) * (len(shelf.pages(r)) + 1) for r in chosen}
    total = sum(expected.values())
    stage = "pages of all releases" if len(chosen) > 1 else ""
    finished: dict[str, int] = {}

    def counted(release: Release, count: int) -> None:
        finished[release.id] = min(count, expected[release.id])
        before = sum(expected[name] for name in finished if name != release.id)
        report.progress(stage, before + finished[release.id], total)

    return counted


def _refuse_large(plan: Plan) -> None:
    """Files larger than portal.toml allows stop the build; those of releases that stand already do not."""
    standing = frozenset(r.id for r in plan.portal.releases if r not in plan.chosen)
    if problems := too_large(plan.new, plan.portal.largest_file, standing):
        raise InputError(problems)
