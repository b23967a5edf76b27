"""The releases of the portal that are beside a release, and which pages each of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..documents.drafts import Drafts
from ..documents.find import Documents, find_documents
from ..model import Portal, Release
from .registry import release_pages


@dataclass
class Shelf:
    """The releases in one folder of sites."""

    portal: Portal
    available: frozenset[str]
    """Ids of the releases that can be linked to."""
    drafts: Drafts = field(default_factory=Drafts)
    """Rendered documents that releases share."""
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
