"""The catalogues for machine learning: Croissant 1.0."""

from __future__ import annotations

import re
from typing import Any

from ..formats import CatalogueColumn
from . import citation
from .release_facts import CatalogueFacts, ReleaseFacts, checksums

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
DATA_TYPES = {
    "boolean": "sc:Boolean",
    "float": "sc:Float",
    "double": "sc:Float",
    "timestamp": "sc:DateTime",
} | dict.fromkeys(("byte", "short", "int", "long"), "sc:Integer")
PARQUET = "application/x-parquet"


def croissant(facts: ReleaseFacts) -> dict[str, Any]:
    """The Croissant description.

    It belongs in the release's folder, as readers look for its files next to or below it.
    """
    release, work = facts.release, citation.works(facts)[0]
    data = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": facts.title,
        "description": facts.description,
        "url": work.address,
        "license": facts.licence_address,
        "creator": [
            {"@type": "sc:Organization" if a.name else "sc:Person", "name": a.listed} for a in facts.authors
        ],
        "publisher": {"@type": "sc:Organization", "name": facts.publisher},
        "datePublished": release.published,
        "version": _version(release.version),
        "citeAs": " ".join(citation.release_bibtex(facts, work).split()),
        "isLiveDataset": False,
        "distribution": [entry for c in facts.catalogues for entry in _files(c)],
        "recordSet": [_records(facts, c) for c in facts.catalogues],
    }
    return {k: v for k, v in data.items() if v is not None}


def _version(version: str) -> str | None:
    """A version as three numbers, which Croissant requires: v1.0 becomes 1.0.0."""
    numbers = re.findall(r"\d+", version)
    return ".".join([*numbers, "0", "0"][:3]) if numbers else None


def _files(catalogue: CatalogueFacts) -> list[dict[str, Any]]:
    """Every partition with its checksum, and a set of all of them."""
    sums = checksums(catalogue.folder)
    paths = [p.path for p in catalogue.meta.partitions]
    folder = f"data/{catalogue.name}"
    files: list[dict[str, Any]] = [
        {
            "@type": "cr:FileObject",
            "@id": f"{folder}/{path}",
            "name": f"{folder}/{path}",
            "contentUrl": f"{folder}/{path}",
            "contentSize": f"{(catalogue.folder / path).stat().st_size} B",
            "encodingFormat": PARQUET,
            "sha256": sums[path],
        }
        for path in paths
    ]
    together = {
        "@type": "cr:FileSet",
        "@id": folder,
        "name": folder,
        "encodingFormat": PARQUET,
        "includes": f"{folder}/dataset/*.parquet",
    }
    return [*files, together] if len(files) > 1 else files


def _records(facts: ReleaseFacts, catalogue: CatalogueFacts) -> dict[str, Any]:
    paths = [p.path for p in catalogue.meta.partitions]
    folder = f"data/{catalogue.name}"
    source = (
        {"fileSet": {"@id": folder}} if len(paths) > 1 else {"fileObject": {"@id": f"{folder}/{paths[0]}"}}
    )
    identifier = catalogue.statistics.roles.id
    made: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": catalogue.name,
        "name": catalogue.name,
        "description": facts.description_of(catalogue) or facts.title_of(catalogue),
        "field": [_field(catalogue, column, source) for column in catalogue.meta.columns],
    }
    if identifier:
        made["key"] = {"@id": _field_id(catalogue, identifier)}
    return made


def _field_id(catalogue: CatalogueFacts, column: str) -> str:
    """The identifier of a column: part of a URL, so special characters are percent-encoded."""
    plain = re.sub(r"[^\w.-]", lambda sign: f"~{ord(sign[0]):x}~", column)
    return f"{catalogue.name}/{plain}"


def _field(catalogue: CatalogueFacts, column: CatalogueColumn, source: dict[str, Any]) -> dict[str, Any]:
    name = column.name
    said = [column.description, f"Unit: {column.unit}." if column.unit else None]
    made: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": _field_id(catalogue, name),
        "name": f"{catalogue.name}/{name}",
        "description": " ".join(s for s in said if s) or name,
        "dataType": DATA_TYPES.get(column.datatype, "sc:Text"),
        "source": source | {"extract": {"column": name}},
    }
    if column.arraysize:
        made["repeated"] = True
    return made
