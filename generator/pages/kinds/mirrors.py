"""mirrors.html: who keeps copies of the site, and how to make one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...escape import file_link
from ...model import Mirror
from ..page import Page, Planned
from ..site import Key, LocalSite

UNKNOWN = "https://survey.example"
"""Placeholder in commands if the portal's address is unknown; the page replaces it with its own address."""


@dataclass(frozen=True)
class Listed:
    """A mirror as shown on the page."""

    mirror: Mirror
    base: str | None
    """Address of this release (or the portal) there."""
    page: str | None
    """Its home page there."""
    rsync: str | None
    keeps: list[str]
    """Labels of the releases it keeps, if not all."""


@dataclass(frozen=True)
class Mirrors:
    """Variables of mirrors.html."""

    mirrors: list[Listed]
    address: str
    copied: str
    """The folder that wget creates for the address."""
    folder: str
    is_known: bool
    """Whether the address of the site is known."""
    key: Key | None


def mirrors(here: LocalSite, _planned: Planned) -> Mirrors:
    site = here.site
    ident = site.release.id if site.release else ""
    address = site.address or "/".join(filter(None, [UNKNOWN, file_link(ident)]))
    return Mirrors(
        mirrors=list(_listed(here, ident)),
        address=f"{address}/",
        copied=f"{address.partition('://')[2]}/",
        folder=ident.replace("/", "-") or urlsplit(address).hostname or "site",
        is_known=site.address is not None,
        key=site.key,
    )


def _listed(here: LocalSite, ident: str) -> Iterator[Listed]:
    """The mirrors of a release, without those that lack it.

    Releases that are not beside this site are not named: they may not be public.
    """
    site = here.site
    below = f"{file_link(ident)}/" if ident else ""
    for mirror in site.portal.mirrors:
        kept = [r for r in site.releases if r.id in site.available and mirror.keeps(r.id)]
        if not mirror.keeps(ident) or (mirror.releases and not kept and not ident):
            continue
        base = mirror.address and mirror.address + below
        rsync = mirror.rsync and mirror.rsync + below
        page = base and base + file_link(here.place("index.html"))
        keeps = [r.named(here.lang) for r in kept] if mirror.releases else []
        yield Listed(mirror, base, page, rsync, keeps)


MIRRORS = Page(
    "mirrors",
    "mirrors.html",
    "mirrors.html",
    order=130,
    of="both",
    title=lambda _: _("Mirrors"),
    context=mirrors,
)
