"""What portal.toml, release.toml and the schema YAML mean."""

from .citation import Author, Citable, Naming, Paper
from .lines import Line, LineList, load_lines
from .portal import Portal, load_portal
from .release import CatalogueSource, Release, Roles, load_release
from .schema import Column, Schema, Table, load_schema
from .spectra import SpectraSet, SpectrumColumns, SpectrumId

__all__ = [
    "Author",
    "CatalogueSource",
    "Citable",
    "Column",
    "Line",
    "LineList",
    "Naming",
    "Paper",
    "Portal",
    "Release",
    "Roles",
    "Schema",
    "SpectraSet",
    "SpectrumColumns",
    "SpectrumId",
    "Table",
    "load_lines",
    "load_portal",
    "load_release",
    "load_schema",
]
