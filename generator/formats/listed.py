"""The files that have a model, in the order in which docs/formats.md describes them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from .blocks import (
    ConsoleSchema,
    Cover,
    FormBlock,
    NamesBlock,
    NotebookBlock,
    ObjectBlock,
    PageBlock,
    PythonAssets,
    ShownFields,
    ShownHistograms,
    ShownLines,
    SkyCover,
)
from .catalogue import Catalogue
from .changes import ChangedTable, ComparedCatalogue, Differences
from .copies import EditionMark, MediumContents, Mirror
from .crossmatches import Crossmatches
from .known_issues import CatalogueIssues, ListedIssues
from .manifest import Manifest
from .query import QueryFile
from .records import SearchRecords
from .sealed import SealedHeader
from .spectra import Spectra
from .statistics import Statistics


@dataclass(frozen=True)
class Listed:
    """A file and its model."""

    name: str
    """Name of the schema and of the section."""
    model: type[BaseModel]
    paths: tuple[str, ...]
    """Its path in the release's folder, unless another folder is named."""
    about: str
    """What wraps the JSON, which code writes it and which reads it."""


FORMATS = (
    Listed(
        "catalogue",
        Catalogue,
        ("data/CATALOGUE/catalogue.json", "data/CATALOGUE/catalogue.js"),
        "`catalogue.js` is the same object in a call of `drportal.catalogue(…)`, for pages. On a disc "
        "without the catalogue the script calls `drportal.elsewhere(…)` and says where it is.",
    ),
    Listed(
        "statistics",
        Statistics,
        ("data/CATALOGUE/statistics.json",),
        "One column per line. Pages are rendered from it, metadata take columns from it.",
    ),
    Listed(
        "spectra",
        Spectra,
        ("data/spectra/SET/spectra.json", "data/spectra/SET/spectra.js"),
        "`spectra.js` is the same object in a call of `drportal.spectra(…)`, for pages.",
    ),
    Listed(
        "crossmatches",
        Crossmatches,
        ("meta/crossmatches/CATALOGUE.json",),
        "Only of catalogues with cross-matches; see [crossmatch.md](crossmatch.md). Pages use it.",
    ),
    Listed("differences", Differences, (), "Printed by `drportal diff --json`."),
    Listed(
        "compared-catalogue",
        ComparedCatalogue,
        ("differences.json of a comparison in build/cache/",),
        "The cached comparison of two catalogues.",
    ),
    Listed(
        "changed-table",
        ChangedTable,
        ("changed.json of a comparison in build/cache/",),
        "Next to changed.parquet, the changed rows, which become a catalogue of the release.",
    ),
    Listed(
        "manifest",
        Manifest,
        ("manifest.json, of a release and of a portal", "published/manifest.json on a disc with a part"),
        "One file per line; see [archiving.md](archiving.md).",
    ),
    Listed(
        "issues",
        ListedIssues,
        ("known-issues/issues.json",),
        "For programs. Next to it is a CSV file of the ids of each issue.",
    ),
    Listed(
        "catalogue-issues",
        CatalogueIssues,
        ("known-issues/CATALOGUE.js",),
        'In a call of `drportal.chunk("known-issues", CATALOGUE, …)`, for pages that mark rows.',
    ),
    Listed(
        "search-records",
        SearchRecords,
        ("assets/records.LANGUAGE.js",),
        "In a call of `drportal.records(…)`, for the search of documents and columns.",
    ),
    Listed(
        "query",
        QueryFile,
        ("saved by readers of search.html and sql.html",),
        "Pages write, read and validate it; see [permalinks.md](permalinks.md).",
    ),
    Listed("edition", EditionMark, ("edition.json, of a release and of a portal",), "Not in public sites."),
    Listed("mirror", Mirror, ("mirror.json of a portal or release",), "Written by `drportal mirror`."),
    Listed(
        "medium", MediumContents, ("medium.json",), "Written by `drportal media`; see [media.md](media.md)."
    ),
    Listed(
        "sealed-header",
        SealedHeader,
        ("sealed/header.js",),
        'In a call of `drportal.chunk("sealed", "header", …)`; see [encrypted.md](encrypted.md).',
    ),
    Listed("page", PageBlock, ("element `page` of every page",), ""),
    Listed(
        "python-assets",
        PythonAssets,
        ("element `python-assets` of python.html",),
        "Only in releases with Python. Its parts are files of assets/. Packages are stored in gzip "
        "without compression, as they are compressed themselves.",
    ),
    Listed(
        "notebook-facts",
        NotebookBlock,
        ("element `notebook-facts` of python.html",),
        "Only in releases with Python.",
    ),
    Listed(
        "form",
        FormBlock,
        ("element `data-form` of search.html",),
        "One for each catalogue.",
    ),
    Listed(
        "histograms",
        ShownHistograms,
        ("in `assets/histograms.CATALOGUE.js`",),
        "Argument of the call in the script, which search.html loads. One for each catalogue.",
    ),
    Listed("names", NamesBlock, ("element `names` of search.html, sky.html and object.html",), ""),
    Listed(
        "fields",
        ShownFields,
        ("in `assets/fields.CATALOGUE.js`",),
        "Argument of the call in the script, which pages load when the first name is typed. One for each "
        "catalogue with positions and a column of plates.",
    ),
    Listed("console", ConsoleSchema, ("element `console` of sql.html",), ""),
    Listed("object", ObjectBlock, ("element `object-facts` of object.html",), ""),
    Listed("lines", ShownLines, ("element `line-lists` of spectrum.html",), ""),
    Listed("cover", Cover, ("element `facts` of sky.html",), "One for each catalogue."),
    Listed("sky-cover", SkyCover, ("element `plot-sky` of search.html and sql.html",), ""),
)
