"""The same page in the other releases of the portal."""

from __future__ import annotations

from dataclasses import dataclass

from ..escape import file_link
from ..model import Release
from .site import Site


def successor_of(site: Site) -> Release | None:
    """The release that supersedes this one."""
    release = site.release
    wanted = release.superseded_by.lower() if release and release.superseded_by else None
    return next((other for other in site.releases if other.id == wanted), None)


def same_page(site: Site, path: str, lang: str, other: Release) -> str | None:
    """This page (else the home page) of another release; None if that is not beside this one."""
    if other.id not in site.available:
        return None
    there = path if site.release and path in site.pages_of(other) else "index.html"
    return file_link(f"{site.root(path, lang)}{other.id}/{site.place(there, lang)}")


@dataclass(frozen=True)
class Version:
    """A release in the list of versions."""

    release: Release
    href: str
    exact: bool
    """Whether it has the current page."""


def versions(site: Site, path: str, lang: str) -> list[tuple[str, list[Version]]]:
    """The releases beside this one by name, the latest first, each with a link to the current page."""
    if site.release is None:
        return []
    families: dict[str, list[Version]] = {}
    for other in reversed(site.releases):
        href = same_page(site, path, lang, other)
        if href is not None:
            families.setdefault(other.name, []).append(Version(other, href, path in site.pages_of(other)))
    several = sum(len(f) for f in families.values()) > 1
    return list(families.items()) if several else []
