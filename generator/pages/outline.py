"""The content of a release as far as it decides which pages exist; known before any page is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..differences import predecessors
from ..documents.find import Documents
from ..model import Portal, Release
from ..model.crossmatch import Crossmatch
from .own import OwnPage


@dataclass(frozen=True)
class Outline:
    """What a release, or the portal's index, contains."""

    release: bool
    """Whether it is a release; otherwise it is the index of the portal."""
    catalogues: tuple[str, ...] = ()
    """Their names."""
    spectra: bool = False
    issues: bool = False
    crossmatches: bool = False
    changes: bool = False
    sky: bool = False
    """Whether a catalogue has positions to show on a map."""
    documents: Documents = field(default_factory=Documents)
    python: bool = False
    """Whether its pages can run Python."""
    has_address: bool = False
    """Whether the address of the portal is known."""
    own: tuple[OwnPage, ...] = ()
    """The pages that a team has written for it."""

    @property
    def data(self) -> bool:
        return bool(self.catalogues) or self.spectra


def declared(
    portal: Portal, release: Release, documents: Documents, own: tuple[OwnPage, ...] = ()
) -> Outline:
    """What a release will contain, from the portal's TOML files."""
    return Outline(
        release=True,
        catalogues=tuple(c.name for c in release.catalogues),
        spectra=bool(release.spectra),
        issues=bool(release.known_issues),
        crossmatches=any(_is_seen(match, release) for match in release.crossmatch),
        changes=bool(predecessors(portal.releases, release) or release.revisions),
        sky=any(c.positions != "none" for c in release.catalogues),
        documents=documents,
        python=release.chosen_python is not None,
        own=own,
    )


def _is_seen(match: Crossmatch, release: Release) -> bool:
    """Whether readers see the separations of a cross-match; if not, pages say nothing of it."""
    return any(
        spec.name == match.catalogue and not spec.hides(match.separation) for spec in release.catalogues
    )
