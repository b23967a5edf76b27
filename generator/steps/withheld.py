"""What the pages of a site must not show, remembered between builds."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Release
from ..pages import Shelf
from ..publish.edition import Record, withheld_from
from .decide import Plan


class Withheld:
    """What each release's pages must not know; a release that stays may show nothing that is withheld now."""

    def __init__(self, plan: Plan, shelf: Shelf, warn: Callable[[str], None]) -> None:
        self._plan, self._record = plan, Record(plan.site)
        self._now: list[tuple[Release, set[str]]] = [
            (r, withheld_from(plan.portal, r, shelf.documents(r).hidden)) for r in plan.portal.releases
        ]
        for line in self._record.refuse((r, w) for r, w in self._now if r in plan.staying):
            warn(line)

    def forget(self) -> None:
        """Before the site is put in place: should the build end there, nothing untrue is remembered."""
        self._record.forget(self._plan.chosen)

    def remember(self) -> None:
        """When it is in place."""
        self._record.remember((r, w) for r, w in self._now if r in self._plan.chosen)
