"""The page of mirrors: who keeps copies of the site, and how to make one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ...escape import file_link
from ...model import Mirror
from ..site import Site

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


def mirrors_context(site: Site, lang: str) -> dict[str, object]:
    """What mirrors.html adds. Mirrors that lack the release are not shown on its page.

    Releases that do not stand beside this site are not named: not everybody may know of them.
    """
    ident = site.release.id if site.release else ""
    below = f"{file_link(ident)}/" if ident else ""
    listed = []
    for mirror in site.portal.mirrors:
        kept = [r for r in site.releases if r.id in site.available and mirror.keeps(r.id)]
        if not mirror.keeps(ident) or (mirror.releases and not kept and not ident):
            continue
        base = mirror.address and mirror.address + below
        rsync = mirror.rsync and mirror.rsync + below
        page = base and base + file_link(site.place("index.html", lang))
        keeps = [r.label for r in kept] if mirror.releases else []
        listed.append(Listed(mirror, base, page, rsync, keeps))
    address = site.address or "/".join(filter(None, [UNKNOWN, file_link(ident)]))
    return {
        "mirrors": listed,
        "address": f"{address}/",
        "copied": f"{address.partition('://')[2]}/",
        "folder": ident.replace("/", "-") or urlsplit(address).hostname or "site",
        "is_known": site.address is not None,
    }
