"""request.html: a request for a copy on a disc or stick."""

from __future__ import annotations

from dataclasses import dataclass

from ..letter import Letter, letter_of
from ..page import Page, Planned
from ..site import LocalSite, Site


@dataclass(frozen=True)
class Part:
    """Something that can be requested, and its bytes on a disc, script twins included."""

    name: str
    title: str
    bytes: int


@dataclass(frozen=True)
class Request(Letter):
    """Variables of request.html."""

    parts: list[Part]
    pages_bytes: int
    other_releases: list[str]


def request(here: LocalSite, _planned: Planned) -> Request:
    site, text = here.site, here.language.text
    parts = [
        Part(f"data/{files.catalogue.name}", text(files.catalogue.title), files.bytes + files.twins)
        for files in site.holdings.sets
    ]
    parts += [
        Part(f"data/spectra/{files.view.name}", text(files.view.title), files.bytes)
        for files in site.holdings.spectra_sets
    ]
    return Request(
        **vars(letter_of(site)),
        parts=parts,
        pages_bytes=_pages_bytes(site),
        other_releases=[r.named(here.lang) for r in reversed(site.releases) if r is not site.release],
    )


def _pages_bytes(site: Site) -> int:
    """The bytes of what every copy needs: scripts, the engine, Python."""
    python = site.assets.python(site.release) if site.release else None
    engine, spectra = bool(site.catalogues), bool(site.spectra)
    size = site.assets.size(engine=engine, spectra=spectra, python=bool(python))
    return size + (python.size if python else 0)


REQUEST = Page(
    "help",
    "request.html",
    "request.html",
    order=110,
    title=lambda _: _("Request an offline copy"),
    context=request,
)
