"""Put a catalogue that workers make into the cache of a portal, where the next build finds it."""

from __future__ import annotations

from pathlib import Path

from ..ingest.walk import Makers
from ..match.walk import Writer
from ..model import CatalogueSource, Release
from ..pieces import Store, Workshop
from ..publish.place import alone
from ..report import Report
from ..steps.make import Maker


def ingest_into_cache(
    makers: Makers,
    matcher: Writer,
    spec: CatalogueSource,
    release: Release,
    cache: Path,
    report: Report,
) -> None:
    """Make those pieces of a catalogue that are not in the cache. Raises InputError."""
    with alone(cache), Workshop(Store(cache), 1, report.progress, report.step) as workshop:
        if line := workshop.store.begin():
            report.warn(line)
        Maker(workshop, report, makers, matcher).catalogues([release], lambda _r, one: one.name == spec.name)
