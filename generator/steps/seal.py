"""Write the manifests of the new site, and sign them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ..checksums import SUMS
from ..files import count_below
from ..model import Release
from ..pieces import DATA
from ..publish.bag import write_bag
from ..publish.listing import MANIFEST, Head
from ..publish.manifest import Known, write_manifest
from ..publish.standing import Standing
from ..report import Report
from .decide import Plan
from .make import AllMade, Made


def seal(plan: Plan, made: AllMade, changed: list[Release], report: Report) -> None:
    """Write the manifests of the changed releases, then that of the portal; nothing is hashed twice."""
    new = plan.new
    standing = Standing(plan.site, report.warn)
    there = [r for r in plan.portal.releases if (new / r.id / "index.html").is_file()]
    stay = [r.id for r in there if r not in plan.chosen]
    for release in sorted(there, key=lambda r: r.id, reverse=True):  # inner folders first
        inner = [one.id for one in changed if one.id.startswith(f"{release.id}/")]
        if release in changed or inner or not (new / release.id / MANIFEST).is_file():
            _seal_release(plan, release, made.get(release.id), inner, release.id in stay, standing, report)
            stay = [one for one in stay if one != release.id]
    known = [Known(r.id, new / r.id / SUMS) for r in there if r.id not in stay]
    known += [Known("", made.index.sums, DATA)] if made.index else []
    more = _counting(report, plan.portal.name, count_below(new))
    head = Head("", plan.portal.name, tuple(r.id for r in there))
    write_manifest(new, head, known, plan.key, more, standing.former(stay))
    standing.end()


def _seal_release(
    plan: Plan,
    release: Release,
    made: Made | None,
    inner: list[str],
    stays: bool,
    standing: Standing,
    report: Report,
) -> None:
    root = plan.new / release.id
    # The bag, then the manifest.
    more = _counting(report, release.label, 2 * count_below(root))
    known = [Known(one.path, one.kept.sums, DATA) for one in made.layers] if made else []
    former = standing.around(release.id, inner) if stays else None
    head = Head(release.id, release.label, ())
    bag = write_bag(root, head, known, more, former)
    write_manifest(root, head, bag, plan.key, more, former)


def _counting(report: Report, stage: str, total: int) -> Callable[[], None]:
    """A function to call for each of `total` files."""
    done = itertools.count(1)
    return lambda: report.progress(stage, next(done), total)
