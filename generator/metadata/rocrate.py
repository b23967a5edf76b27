"""The release as a research object: RO-Crate 1.1, made with the rocrate library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..ingest.fits_twin import fits_name
from ..problems import plural, several
from . import citation, matched
from .release_facts import ReleaseFacts

TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".fits": "application/fits",
    ".parquet": "application/vnd.apache.parquet",
    ".bib": "application/x-bibtex",
    ".ris": "application/x-research-info-systems",
    ".cff": "application/yaml",
    ".dat": "text/plain",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/x-python",
    ".sh": "application/x-sh",
    ".R": "text/x-r",
}


def crate(facts: ReleaseFacts, out: Path, files: list[tuple[str, str]]) -> dict[str, Any]:
    """The crate's graph. `files` are existing paths below `out` and their descriptions."""
    from rocrate.rocrate import ROCrate

    made = ROCrate(version="1.1")
    made.name = facts.title
    made.description = facts.description
    # By default the library writes the current time.
    made.datePublished = facts.release.published
    _about(made, facts)
    _data(made, facts)
    for path, about in files:
        file = out / path
        properties = {
            "name": about,
            "contentSize": str(file.stat().st_size),
            "encodingFormat": TYPES.get(file.suffix, "text/plain"),
        }
        made.add_file(dest_path=path, properties=properties)
    graph: dict[str, Any] = made.metadata.generate()
    return graph


def _about(made: Any, facts: ReleaseFacts) -> None:
    """Add the publisher, licence and citation of the release."""
    from rocrate.model.contextentity import ContextEntity

    root, release = made.root_dataset, facts.release

    def entity(ident: str, **properties: Any) -> Any:
        return made.add(ContextEntity(made, ident, properties=properties))

    if release.version:
        root["version"] = release.version
    work = citation.works(facts)[0]
    if work.doi:
        root["identifier"] = f"https://doi.org/{work.doi}"
    if work.address:
        root["url"] = work.address
    root["publisher"] = entity("#publisher", **{"@type": "Organization", "name": facts.publisher})
    root["author"] = [_author(entity, n, author) for n, author in enumerate(release.authors, 1)] or [
        root["publisher"]
    ]
    if release.license:
        address = facts.licence_address
        root["license"] = entity(str(address), **{"@type": "CreativeWork", "name": release.license})
    root["citation"] = [
        entity(
            f"https://doi.org/{p.doi}" if p.doi else f"#{p.key}",
            **{"@type": "ScholarlyArticle", "name": p.title, "datePublished": str(p.year)},
        )
        for p in release.papers
    ] + [
        entity(
            f"https://doi.org/{one.citation.doi}" if one.citation.doi else f"#{one.key}",
            **{"@type": "ScholarlyArticle", "name": one.citation.text},
        )
        for one in matched.cited(facts)
        if one.key and one.citation.doi not in {p.doi for p in release.papers if p.doi}
    ]


def _data(made: Any, facts: ReleaseFacts) -> None:
    """Add the folders of catalogues and of spectra."""
    from rocrate.model.contextentity import ContextEntity

    others: dict[str, Any] = {}
    for catalogue in facts.catalogues:
        properties: dict[str, Any] = {
            "name": facts.title_of(catalogue),
            "description": facts.description_of(catalogue) or facts.title_of(catalogue),
            "size": f"{catalogue.rows} {plural(catalogue.rows, 'row')}",
        }
        if catalogue.spec.doi:
            properties["identifier"] = f"https://doi.org/{catalogue.spec.doi}"
        for number, one in enumerate(matched.based_on(catalogue), 1):
            ident = one.pop("url", f"#{catalogue.name}-match-{number}")
            if ident not in others:
                others[ident] = made.add(ContextEntity(made, ident, properties=one))
            properties.setdefault("isBasedOn", []).append(others[ident])
        made.add_dataset(dest_path=f"data/{catalogue.name}/", properties=properties)
        fits = catalogue.folder.parent / fits_name(catalogue.name)
        if fits.is_file():
            about = {"name": f"{properties['name']} as one FITS file", "encodingFormat": TYPES[".fits"]}
            size = {"contentSize": str(fits.stat().st_size)}
            made.add_file(dest_path=f"data/{fits.name}", properties=about | size)
        shown = {column.name for column in catalogue.meta.columns}
        for match in facts.release.crossmatches_of(catalogue.name):
            if match.separation in shown:
                about = {"name": match.folder, "description": f"Pairs of {catalogue.name} with {match.name}"}
                made.add_dataset(dest_path=f"data/{match.folder}/", properties=about)
    for spectra in facts.spectra:
        count = several(spectra.meta.spectra, "spectrum", "spectra")
        properties = {"name": spectra.name, "description": count}
        made.add_dataset(dest_path=f"data/spectra/{spectra.name}/", properties=properties)


def _author(entity: Any, number: int, author: Any) -> Any:
    ident = f"https://orcid.org/{author.orcid}" if author.orcid else f"#author-{number}"
    kind = "Organization" if author.name else "Person"
    extra = {"affiliation": author.affiliation} if author.affiliation else {}
    return entity(ident, **{"@type": kind, "name": author.listed}, **extra)
