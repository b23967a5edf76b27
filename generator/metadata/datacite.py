"""Metadata to register a DOI: DataCite 4.5 as JSON and XML. Made with the datacite library."""

from __future__ import annotations

import functools
import importlib.util
import sys
import types
from typing import Any

from ..model import Author
from ..problems import plural
from .citation import Work
from .matched import related
from .release_facts import CatalogueFacts, ReleaseFacts, one_line

SCHEMA = "http://datacite.org/schema/kernel-4"


def datacite(facts: ReleaseFacts, work: Work, catalogue: CatalogueFacts | None = None) -> dict[str, Any]:
    """The record of the release, or of a catalogue with its own DOI."""
    release = facts.release
    catalogues = [catalogue] if catalogue else list(facts.catalogues)
    about = facts.description_of(catalogue) if catalogue else ""
    data: dict[str, Any] = {
        "doi": work.doi,
        "url": work.address,
        "creators": [_creator(a) for a in facts.authors],
        "titles": [{"title": work.title, "lang": "en"}],
        "publisher": {"name": facts.publisher},
        "publicationYear": str(facts.year),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Astronomical data release"},
        "subjects": [{"subject": s} for s in ("astronomy", "sky survey", facts.portal.name)],
        "dates": [{"date": release.published, "dateType": "Issued"}, *_observed(facts)],
        "language": "en",
        "alternateIdentifiers": [
            {"alternateIdentifier": facts.ivoid, "alternateIdentifierType": "IVOA identifier"}
        ]
        if facts.ivoid and not catalogue
        else [],
        "relatedIdentifiers": _related(facts, catalogue),
        "sizes": [f"{c.rows} {plural(c.rows, 'row')}" for c in catalogues[:1]]
        if catalogue
        else _sizes(facts),
        "formats": ["application/vnd.apache.parquet"] if catalogues or facts.spectra else [],
        "version": release.version,
        "rightsList": _rights(facts),
        "descriptions": [
            {"description": about or facts.description, "descriptionType": "Abstract", "lang": "en"}
        ],
        "schemaVersion": SCHEMA,
    }
    return {key: value for key, value in data.items() if value}


def datacite_xml(data: dict[str, Any]) -> str:
    """The record as XML."""
    made: str = _writer().tostring(data)
    return made if made.endswith("\n") else made + "\n"


@functools.cache
def _writer() -> Any:
    """datacite.schema45, without what it imports and does not need to write XML.

    Clients of web services and a validator of JSON take 0.4 s of processor time, a quarter of a small build.
    """
    names = ("datacite", "datacite.jsonutils", "datacite.xmlutils", "datacite.schema45")
    others = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    spec = importlib.util.find_spec("datacite")
    assert spec
    without = types.ModuleType("datacite.jsonutils")
    vars(without)["validator_factory"] = lambda _schema: None
    sys.modules |= {"datacite": importlib.util.module_from_spec(spec), without.__name__: without}
    try:
        return importlib.import_module("datacite.schema45")
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(others)


def _creator(author: Author) -> dict[str, Any]:
    if author.name:
        return {"name": author.name, "nameType": "Organizational"}
    made: dict[str, Any] = {"name": author.listed, "nameType": "Personal", "familyName": author.family}
    if author.given:
        made["givenName"] = author.given
    if author.affiliation:
        made["affiliation"] = [{"name": author.affiliation}]
    if author.orcid:
        made["nameIdentifiers"] = [
            {
                "nameIdentifier": f"https://orcid.org/{author.orcid}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ]
    return made


def _observed(facts: ReleaseFacts) -> list[dict[str, str]]:
    span = observed(facts)
    return [{"date": "/".join(span), "dateType": "Collected"}] if span else []


def observed(facts: ReleaseFacts) -> tuple[str, str] | None:
    """The dates of the observations, from release.toml."""
    first = [r.observed_from for r in facts.release.resolutions if r.observed_from]
    last = [r.observed_to for r in facts.release.resolutions if r.observed_to]
    return (min(first), max(last)) if first and last else None


def _related(facts: ReleaseFacts, catalogue: CatalogueFacts | None) -> list[dict[str, str]]:
    release = facts.release

    def doi(value: str, relation: str, general: str | None = None) -> dict[str, str]:
        made = {"relatedIdentifier": value, "relatedIdentifierType": "DOI", "relationType": relation}
        return made | ({"resourceTypeGeneral": general} if general else {})

    found = [doi(p.doi, "IsDocumentedBy", "JournalArticle") for p in release.papers if p.doi]
    found += related([catalogue] if catalogue else facts.catalogues)
    if catalogue:
        return found + ([doi(release.doi, "IsPartOf", "Dataset")] if release.doi else [])
    found += [doi(c.spec.doi, "HasPart", "Dataset") for c in facts.catalogues if c.spec.doi]
    by_id = {r.id.lower(): r for r in facts.portal.releases}
    successor = by_id.get((release.superseded_by or "").lower())
    if successor and successor.doi:
        found.append(doi(successor.doi, "IsPreviousVersionOf", "Dataset"))
    for other in facts.portal.releases:
        if other.doi and (other.superseded_by or "").lower() == release.id.lower():
            found.append(doi(other.doi, "IsNewVersionOf", "Dataset"))
    return found


def _sizes(facts: ReleaseFacts) -> list[str]:
    found = [f"{c.name}: {c.rows} {plural(c.rows, 'row')}" for c in facts.catalogues]
    counts = [(s.name, s.meta.spectra) for s in facts.spectra]
    return found + [f"{name}: {count} {plural(count, 'spectrum', 'spectra')}" for name, count in counts]


def _rights(facts: ReleaseFacts) -> list[dict[str, Any]]:
    licence = facts.release.license
    if not licence:
        return []
    return [
        {
            "rights": one_line(licence),
            "rightsUri": facts.licence_address,
            "rightsIdentifier": licence,
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }
    ]
