"""data/collection.properties: the release as a HATS collection, whose primary table is its first catalogue.

The file is written directly, following the standard; importing hats takes more than a second.
"""

from __future__ import annotations

from ..ingest.folders import MARGIN, collection_of
from .release_facts import CatalogueFacts, ReleaseFacts


def primary(facts: ReleaseFacts) -> CatalogueFacts | None:
    """The first catalogue with positions."""
    return next((c for c in facts.catalogues if c.is_hats), None)


def collection_properties(facts: ReleaseFacts, catalogue: CatalogueFacts) -> str:
    text = f"#HATS Collection\nobs_collection={facts.key}\nhats_primary_table_url={catalogue.name}\n"
    if not catalogue.spec.margin:
        return text
    margin = f"{collection_of(catalogue.name)}/{MARGIN}"
    return f"{text}all_margins={margin}\ndefault_margin={margin}\n"
