"""data.html: every file of a catalogue and of a set of spectra with its size and checksum."""

from __future__ import annotations

from dataclasses import dataclass

from ...metadata.pack import Tutorial
from ...metadata.standards import READ_ME
from ..data import CatalogueFiles, SpectraFiles
from ..page import Nav, Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Data:
    """Variables of data.html. Totals are those of the catalogues."""

    sets: list[CatalogueFiles]
    spectra_sets: list[SpectraFiles]
    total_bytes: int
    total_rows: int
    total_files: int
    has_sky: bool
    tutorials: list[tuple[Tutorial, list[tuple[str, int]]]]
    """Tutorials for tools, with the path and size in bytes of each file."""
    read_me: str | None
    """A description of all catalogues as plain text."""


def data(here: LocalSite, _planned: Planned) -> Data:
    catalogues, holdings, pack = here.site.catalogues, here.site.holdings, here.site.pack
    assert pack
    return Data(
        holdings.sets,
        holdings.spectra_sets,
        total_bytes=sum(c.bytes for c in catalogues),
        total_rows=sum(c.rows for c in catalogues),
        total_files=sum(len(c.meta.partitions) for c in catalogues),
        has_sky=here.site.outline.sky,
        tutorials=[
            (one, [(path, (pack.folder / path).stat().st_size) for path in one.paths])
            for one in pack.tutorials
        ],
        read_me=READ_ME if pack.has(READ_ME) else None,
    )


DATA = Page(
    "data",
    "data.html",
    "data.html",
    order=60,
    title=lambda _: _("Data"),
    when=lambda outline: outline.data,
    nav=Nav(lambda _: _("Data")),
    context=data,
)
