"""Metadata for data search engines: a schema.org Dataset as JSON-LD."""

from __future__ import annotations

from typing import Any

from ..model import Author
from ..problems import plural
from . import citation
from .datacite import observed
from .matched import based_on
from .release_facts import CatalogueFacts, ReleaseFacts

PARQUET = "application/vnd.apache.parquet"
SHORTEST, LONGEST = 50, 5000
"""Maximum length of a description in search engines."""


def dataset(facts: ReleaseFacts) -> dict[str, Any]:
    """The release, with its catalogues as parts."""
    release = facts.release
    work = citation.works(facts)[0]
    doi = f"https://doi.org/{work.doi}" if work.doi else None
    span = observed(facts)
    about = facts.description
    if len(about) < SHORTEST:
        about = f"{about} {facts.title}, published by {facts.publisher} in {facts.year}."
    data = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": doi or (facts.link("index.html") if facts.address else None),
        "name": facts.title,
        "description": about[:LONGEST],
        "url": facts.link("index.html") if facts.address else release.original,
        "identifier": [i for i in (doi, facts.ivoid) if i],
        "version": release.version,
        "datePublished": release.published,
        "temporalCoverage": "/".join(span) if span else None,
        "license": facts.licence_address,
        "isAccessibleForFree": True if release.phase == "v2" else None,
        "inLanguage": "en",
        "keywords": ["astronomy", "sky survey", "spectroscopy", facts.portal.name],
        "creator": [_agent(a) for a in facts.authors],
        "publisher": {"@type": "Organization", "name": facts.publisher},
        "creditText": citation.sentence(facts),
        "citation": [f"https://doi.org/{p.doi}" if p.doi else p.title for p in release.papers],
        "hasPart": [_part(facts, c) for c in facts.catalogues],
    }
    return _filled(data)


def _part(facts: ReleaseFacts, catalogue: CatalogueFacts) -> dict[str, Any]:
    doi = catalogue.spec.doi
    return _filled(
        {
            "@type": "Dataset",
            "name": facts.title_of(catalogue),
            "description": facts.description_of(catalogue) or f"A catalogue of {facts.title}.",
            "identifier": f"https://doi.org/{doi}" if doi else None,
            "url": facts.link(f"catalogues/{catalogue.name}.html"),
            "license": facts.licence_address,
            "creator": [_agent(a) for a in facts.authors],
            "size": f"{catalogue.rows} {plural(catalogue.rows, 'row')}",
            "isBasedOn": based_on(catalogue),
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": PARQUET,
                "contentSize": f"{catalogue.bytes} B",
                "contentUrl": facts.link(f"data/{catalogue.name}/"),
            },
        }
    )


def _agent(author: Author) -> dict[str, Any]:
    if author.name:
        return {"@type": "Organization", "name": author.name}
    affiliation = {"@type": "Organization", "name": author.affiliation} if author.affiliation else None
    return _filled(
        {
            "@type": "Person",
            "@id": f"https://orcid.org/{author.orcid}" if author.orcid else None,
            "name": " ".join(p for p in (author.given, author.family) if p),
            "familyName": author.family,
            "givenName": author.given,
            "affiliation": affiliation,
        }
    )


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in data.items() if v not in (None, "", [])}
