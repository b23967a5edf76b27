"""What stands beside a release: the other releases of the portal, and which pages each of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..documents.drafts import Drafts
from ..documents.find import Documents, find_documents
from ..model import Portal, Release
from .registry import release_pages


@dataclass
class Shelf:
    """The releases that stand in one folder of sites."""

    portal: Portal
    available: frozenset[str]
    """Ids of those that are there to link to."""
    drafts: Drafts = field(default_factory=Drafts)
    """Documents that releases share, so that each is rendered once."""
    _pages: dict[str, frozenset[str]] = field(default_factory=dict)
    _documents: dict[str, Documents] = field(default_factory=dict)

    @classmethod
    def of(cls, portal: Portal, available: Iterable[str] | None = None) -> Shelf:
        ids = (r.id for r in portal.releases) if available is None else available
        return cls(portal, frozenset(ids))

    def documents(self, release: Release) -> Documents:
        """The documents of a release. Raises InputError."""
        if release.id not in self._documents:
            self._documents[release.id] = find_documents(self.portal, release)
        return self._documents[release.id]

    def pages(self, release: Release) -> frozenset[str]:
        """Paths of a release's pages, without the folder of a language."""
        if release.id not in self._pages:
            documents = self.documents(release)
            self._pages[release.id] = release_pages(self.portal, release, documents)
        return self._pages[release.id]
