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
"""Stands in commands where the portal does not know its address; the page puts in that where it is read."""


@dataclass(frozen=True)
class Listed:
    """A mirror as the page shows it."""

    mirror: Mirror
    base: str | None
    """Where this release (or the portal) is read there."""
    page: str | None
    """Its home page there."""
    rsync: str | None
    keeps: list[str]
    """Labels of the releases it keeps, where it does not keep all."""


@dataclass(frozen=True)
class Mirrors:
    """What mirrors.html adds."""

    mirrors: list[Listed]
    address: str
    copied: str
    """The folder that wget makes of the address."""
    folder: str
    is_known: bool
    """Whether it is known where the site will be published."""
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
    """Mirrors that lack the release are not shown on its page.

    Releases that do not stand beside this site are not named: not everybody may know of them.
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
        keeps = [r.label for r in kept] if mirror.releases else []
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
