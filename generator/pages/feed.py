"""The text about a release in the portal's feed."""

from __future__ import annotations

from ..model import Release
from .site import Site


def feed_words(site: Site, release: Release, lang: str) -> str:
    """What a release is, and whether it has been replaced."""
    here = site.local(lang)
    parts = [here.language.text(release.description)]
    if release.simulated:
        parts.append(here.gettext("Simulated data."))
    if release.status != "current":
        said = here.names.status(release.status)
        reason = here.language.text(release.reason)
        parts.append(f"{said}: {reason}" if reason else said)
    return " ".join(p for p in parts if p) or release.label
