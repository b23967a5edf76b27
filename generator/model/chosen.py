"""Select the releases named in a command."""

from __future__ import annotations

from ..problems import InputError, Problem
from .audience import until
from .portal import Portal
from .release import Release


def choose(portal: Portal, names: list[str]) -> list[Release]:
    """The named releases of a portal, or all if none is named. Raises InputError for an unknown name."""
    if not portal.releases:
        fix = "add a folder such as releases/dr1 with a release.toml in it"
        if portal.hidden:
            what = f"contains no release for {portal.edition.audience}"
            raise InputError(Problem(str(portal.folder / "releases"), "", what, "see --audience"))
        raise InputError(Problem(str(portal.folder / "releases"), "", "contains no release", fix))
    by_id = {r.id: r for r in portal.releases}
    unknown = [n for n in names if n.strip("/").lower() not in by_id]
    problems = []
    for name in unknown:
        where, what, fix = (
            str(portal.folder / "releases"),
            "no such release",
            f"use one of: {', '.join(by_id)}",
        )
        if one := portal.hidden.get(name.strip("/").lower()):
            where, what, fix = str(one.file), until(one), f"build it with --audience {one.audience}"
        problems.append(Problem(where, name, what, fix))
    if problems:
        raise InputError(problems)
    wanted = {n.strip("/").lower() for n in names}
    return [r for r in portal.releases if not wanted or r.id in wanted]
