"""Models of portal.toml, release.toml and schema YAML."""

from .audience import Audience, Edition, Restricted, until
from .catalogue import CatalogueSource, Roles
from .citation import Author, Citable, Naming, Paper
from .column_facts import Bit, ColumnFacts, facts_of_column
from .lines import Line, LineList, load_lines
from .mirrors import Mirror
from .portal import Portal, load_portal
from .release import Release, load_release
from .schema import Column, Schema, Table, load_schema
from .spectra import SpectraSet, SpectrumColumns, SpectrumId, Without

__all__ = [
    "Audience",
    "Author",
    "Bit",
    "CatalogueSource",
    "Citable",
    "Column",
    "ColumnFacts",
    "Edition",
    "Line",
    "LineList",
    "Mirror",
    "Naming",
    "Paper",
    "Portal",
    "Release",
    "Restricted",
    "Roles",
    "Schema",
    "SpectraSet",
    "SpectrumColumns",
    "SpectrumId",
    "Table",
    "Without",
    "facts_of_column",
    "load_lines",
    "load_portal",
    "load_release",
    "load_schema",
    "until",
]
