"""Machine-readable metadata of a release: one module per standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily

if TYPE_CHECKING:
    from .pack import Pack
    from .release_facts import CatalogueFacts, ReleaseFacts, SpectraFacts
    from .release_files import write_metadata
    from .standards import Product

__all__ = [
    "CatalogueFacts",
    "Pack",
    "Product",
    "ReleaseFacts",
    "SpectraFacts",
    "write_metadata",
]

__getattr__ = lazily(
    __name__,
    {
        "CatalogueFacts": "release_facts",
        "ReleaseFacts": "release_facts",
        "Pack": "pack",
        "Product": "standards",
        "SpectraFacts": "release_facts",
        "write_metadata": "release_files",
    },
)
