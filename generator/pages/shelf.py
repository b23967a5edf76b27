"""What stands beside a release: the other releases of the portal, and which pages each of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..documents.find import find_documents, release_pages
from ..model import Portal, Release


@dataclass
class Shelf:
    """The releases that stand in one folder of sites."""

    portal: Portal
    available: frozenset[str]
    """Ids of those that are there to link to."""
    _pages: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, portal: Portal, available: Iterable[str] | None = None) -> Shelf:
        ids = (r.id for r in portal.releases) if available is None else available
        return cls(portal, frozenset(ids))

    def pages(self, release: Release) -> frozenset[str]:
        """Paths of a release's pages, without the folder of a language."""
        if release.id not in self._pages:
            self._pages[release.id] = release_pages(
                self.portal, release, find_documents(self.portal, release)
            )
        return self._pages[release.id]
