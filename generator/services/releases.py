"""A release of the site that is served, as its files describe it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..formats import Catalogue, Spectra, Statistics
from ..notebook.files import Files
from .tables import Words


@dataclass(frozen=True)
class Release:
    """A release of the site."""

    ident: str
    """As in its address, e.g. dr8/v1.0; "" if the site is one release."""
    key: str
    """The id in names of a schema: dr8_v1_0."""
    folder: Path
    """Has its descriptions."""
    files: Files
    words: Words
    catalogues: list[Catalogue]
    statistics: dict[str, Statistics]
    spectra: list[Spectra]
