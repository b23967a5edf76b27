"""The same page in the other releases of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..escape import file_link
from ..model import Release

if TYPE_CHECKING:
    from .site import Site


def successor_id(release: Release | None) -> str | None:
    return release.superseded_by.lower() if release and release.superseded_by else None


def same_page(site: Site, path: str, lang: str, other: Release) -> str | None:
    """This page (else the home page) of another release; None when it is not beside this one."""
    if site.standalone or other.id not in site.available:
        return None
    there = path if site.release and site.shelf and path in site.shelf.pages(other) else "index.html"
    return file_link(f"{site.root(path, lang)}{other.id}/{site.place(there, lang)}")


@dataclass(frozen=True)
class Version:
    """A release in the list of versions."""

    release: Release
    href: str
    exact: bool
    """It has the page that the reader looks at."""


def versions(site: Site, path: str, lang: str) -> list[tuple[str, list[Version]]]:
    """The releases beside this one by name, the latest first: each leads to the page that is open now."""
    if site.release is None:
        return []
    families: dict[str, list[Version]] = {}
    for other in reversed(site.releases):
        href = same_page(site, path, lang, other)
        if href is not None:
            exact = site.shelf is not None and path in site.shelf.pages(other)
            families.setdefault(other.name, []).append(Version(other, href, exact))
    several = sum(len(f) for f in families.values()) > 1
    return list(families.items()) if several else []
