"""The values that pages of a site must not show, stored between builds."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Release
from ..pages import Shelf
from ..publish.edition import Record, withheld_from
from .decide import Plan


class Withheld:
    """Values withheld from the pages of each release; a release that stays must not show any withheld now."""

    def __init__(self, plan: Plan, shelf: Shelf, warn: Callable[[str], None]) -> None:
        self._plan, self._record = plan, Record(plan.site)
        self._now: list[tuple[Release, set[str]]] = [
            (r, withheld_from(plan.portal, r, shelf.documents(r).hidden)) for r in plan.portal.releases
        ]
        for line in self._record.refuse((r, w) for r, w in self._now if r in plan.staying):
            warn(line)

    def forget(self) -> None:
        """Called before the site is put in place: if the build ends there, no wrong record remains."""
        self._record.forget(self._plan.chosen)

    def remember(self) -> None:
        """Called when the site is in place."""
        self._record.remember((r, w) for r, w in self._now if r in self._plan.chosen)
