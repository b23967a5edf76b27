"""What stops a build before it writes anything: guards, each of which raises InputError."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ..model import until
from ..problems import InputError, Problem
from ..publish.edition import refuse_other
from ..publish.standing import refuse_damaged
from .decide import Plan


def foreign_folder(plan: Plan) -> None:
    """Only a site, or an empty folder, may be replaced: `--out` may name anything by mistake."""
    site = plan.site
    if site.is_dir():
        ours = (site / "index.html").is_file() and any(site.glob("assets/site.*.js"))
        if ours or not any(site.iterdir()):
            return
        what = "is a folder that contains something else than a site"
    elif site.exists() or site.is_symlink():
        what = "is a file"
    else:
        return
    raise InputError(Problem(str(site), "", what, "name a new or empty folder with --out"))


def other_edition(plan: Plan) -> None:
    """Editions for different readers are never mixed."""
    refuse_other(plan.site, plan.portal.edition)


def lost_release(plan: Plan) -> None:
    """Nothing is ever removed: a release that stands in the site must still be one of the portal's."""
    site, portal = plan.site, plan.portal
    problems = []
    for name in sorted(_built_in(site) - {r.id for r in portal.releases} - {"."}):
        what = "is a release that the portal no longer has"
        fix = "put its folder back below releases/, or delete it from the site yourself if it must go"
        if one := portal.hidden.get(name):
            what = f"stands in the site for {portal.edition.audience}, and {until(one)}"
            fix = "delete it from the site yourself, or take `audience` out of its release.toml"
        problems.append(Problem(str(site / name), "", what, fix))
    if problems:
        raise InputError(problems)


def damaged_release(plan: Plan) -> None:
    """A release that stays must be as its own lists say."""
    refuse_damaged(plan.site, [r.id for r in plan.staying])


def _built_in(site: Path) -> set[str]:
    """Ids of the releases that a site has."""
    patterns = ("*/assets/site.*.js", "*/*/assets/site.*.js")
    found = (file for pattern in patterns for file in site.glob(pattern))
    return {file.parent.parent.relative_to(site).as_posix() for file in found}


BEFORE: tuple[Callable[[Plan], None], ...] = (foreign_folder, other_edition)
"""Before the site is locked."""
LOCKED: tuple[Callable[[Plan], None], ...] = (lost_release, damaged_release)
"""When no other build writes the site."""


def refuse(plan: Plan, guards: Iterable[Callable[[Plan], None]]) -> None:
    """Raise InputError where one of the guards does."""
    for guard in guards:
        guard(plan)
