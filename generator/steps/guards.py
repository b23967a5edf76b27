"""Guards that stop a build before it writes anything; each raises InputError."""

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
        what = "is a folder that contains something other than a site"
    elif site.exists() or site.is_symlink():
        what = "is a file"
    else:
        return
    raise InputError(Problem(str(site), "", what, "name a new or empty folder with --out"))


def other_edition(plan: Plan) -> None:
    """Editions for different readers are never mixed."""
    refuse_other(plan.site, plan.portal.edition)


def lost_release(plan: Plan) -> None:
    """Nothing is ever removed: a release in the site must still be in the portal."""
    site, portal = plan.site, plan.portal
    problems = []
    for name in sorted(_built_in(site) - {r.id for r in portal.releases} - {"."}):
        what = "is a release that is no longer in the portal"
        fix = "put its folder back below releases/, or delete it from the site yourself if it must go"
        if one := portal.hidden.get(name):
            what = f"is in the site for {portal.edition.audience}, and {until(one)}"
            fix = "delete it from the site yourself, or remove `audience` from its release.toml"
        problems.append(Problem(str(site / name), "", what, fix))
    if problems:
        raise InputError(problems)


def damaged_release(plan: Plan) -> None:
    """A release that stays must agree with its own lists."""
    refuse_damaged(plan.site, [r.id for r in plan.staying])


def _built_in(site: Path) -> set[str]:
    """Ids of the releases that a site has."""
    patterns = ("*/assets/site.*.js", "*/*/assets/site.*.js")
    found = (file for pattern in patterns for file in site.glob(pattern))
    return {file.parent.parent.relative_to(site).as_posix() for file in found}


BEFORE: tuple[Callable[[Plan], None], ...] = (foreign_folder, other_edition)
"""Checked before the site is locked."""
LOCKED: tuple[Callable[[Plan], None], ...] = (lost_release, damaged_release)
"""Checked when no other build can write the site."""


def refuse(plan: Plan, guards: Iterable[Callable[[Plan], None]]) -> None:
    """Run the guards. Raises InputError if one of them does."""
    for guard in guards:
        guard(plan)
