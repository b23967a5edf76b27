"""The release for the VO registry: a VOSI tableset, and a VODataService record for harvesting.

Written with lxml: vo-models, the only library for these schemas, has no catalogue record.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from ..formats import CatalogueColumn, ColumnStatistics
from ..model.night import MJD_0, evening
from .release_facts import ReleaseFacts, build_day
from .vo_access import add_access, static_repository
from .vo_capabilities import NAMESPACES
from .vo_columns import explained, votable_type
from .vo_xml import XSI, add

VR = "http://www.ivoa.net/xml/VOResource/v1.0"
VS = "http://www.ivoa.net/xml/VODataService/v1.1"  # of version 1.2 too
RI = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
VOSI = "http://www.ivoa.net/xml/VOSITables/v1.0"  # of version 1.1 too
SHORT_NAME = 16


def tableset_document(facts: ReleaseFacts) -> bytes:
    """The VOSI 1.1 tables document."""
    root = etree.Element(f"{{{VOSI}}}tableset", nsmap={"vosi": VOSI, "vs": VS, "xsi": XSI})
    root.set(f"{{{XSI}}}type", "vs:TableSet")
    _schema(root, facts)
    return _document(root)


def missing_for_record(facts: ReleaseFacts) -> list[str]:
    """The keys missing from portal.toml that a record needs."""
    needed = {"ivoid": facts.ivoid, "base_url": facts.address, "contact": facts.portal.contact}
    return [key for key, value in needed.items() if not value]


def record_document(facts: ReleaseFacts, moc: str | None) -> bytes:
    """A VOResource 1.1 record of type vs:CatalogResource. `moc`: coverage as ASCII MOC."""
    return _document(_record(facts, moc))


def repository_document(facts: ReleaseFacts, moc: str | None) -> bytes:
    """The record in an OAI-PMH static repository."""
    return static_repository(facts, _record(facts, moc), str(build_day(facts.release)))


def _record(facts: ReleaseFacts, moc: str | None) -> Any:
    release = facts.release
    root = etree.Element(f"{{{RI}}}Resource", nsmap={"ri": RI, "vr": VR, "vs": VS, **NAMESPACES, "xsi": XSI})
    root.set(f"{{{XSI}}}type", "vs:CatalogResource")
    day = f"{build_day(release)}T00:00:00"
    for name, value in (("created", f"{_whole(release.published)}T00:00:00"), ("updated", day)):
        root.set(name, value)
    root.set("status", "active")
    root.set("version", "1.1")
    add(root, "title", facts.title)
    add(root, "shortName", facts.label[:SHORT_NAME].strip())
    add(root, "identifier", facts.ivoid)
    if release.doi:
        add(root, "altIdentifier", f"doi:{release.doi}")
    _curation(root, facts)
    _content(root, facts)
    if release.license:
        add(root, "rights", release.license).set("rightsURI", facts.licence_address)
    capability = add(root, "capability")
    interface = add(capability, "interface")
    interface.set(f"{{{XSI}}}type", "vr:WebBrowser")
    add(interface, "accessURL", facts.link("index.html")).set("use", "full")
    add_access(root, facts)
    add(root, "facility", facts.portal.name)
    coverage = add(root, "coverage")
    if moc:
        add(coverage, "spatial", moc)
    for first, last in _nights(facts):
        add(coverage, "temporal", f"{first} {last}")
    add(coverage, "waveband", "Optical")
    if facts.catalogues:
        _schema(add(root, "tableset"), facts)
    return root


def _curation(root: Any, facts: ReleaseFacts) -> None:
    curation = add(root, "curation")
    add(curation, "publisher", facts.publisher)
    for author in facts.authors:
        creator = add(curation, "creator")
        add(creator, "name", author.listed)
        if author.orcid:
            add(creator, "altIdentifier", f"https://orcid.org/{author.orcid}")
    add(curation, "date", _whole(facts.release.published)).set("role", "Issued")
    if facts.release.version:
        add(curation, "version", facts.release.version)
    contact = add(curation, "contact")
    add(contact, "name", facts.publisher)
    add(contact, "email", facts.portal.contact)


def _content(root: Any, facts: ReleaseFacts) -> None:
    content = add(root, "content")
    for subject in ("surveys", "catalogs", "spectroscopy"):  # from the Unified Astronomy Thesaurus
        add(content, "subject", subject)
    add(content, "description", facts.description)
    paper = next((p for p in facts.release.papers if p.bibcode), None)
    if paper:
        add(content, "source", paper.bibcode).set("format", "bibcode")
    add(content, "referenceURL", facts.link("index.html"))
    for kind in ("Catalog", "Survey"):
        add(content, "type", kind)
    add(content, "contentLevel", "Research")


def _nights(facts: ReleaseFacts) -> list[tuple[int, int]]:
    """The first night and the end of the last night of each catalogue."""
    days = []
    for statistics in (c.statistics for c in facts.catalogues):
        column = statistics.roles.night
        # Nights that are not dates, e.g. "N17", have no known time.
        ends = [evening(end, column) for end in (statistics.first_night, statistics.last_night)]
        days += [(date - MJD_0).days for date in ends if date] if None not in ends else []
    return [(min(days), max(days) + 1)] if days else []


def _schema(parent: Any, facts: ReleaseFacts) -> None:
    schema = add(parent, "schema")
    add(schema, "name", facts.key)
    add(schema, "title", facts.title)
    add(schema, "description", facts.description)
    for catalogue in facts.catalogues:
        table = add(schema, "table")
        add(table, "name", catalogue.name)
        add(table, "title", facts.title_of(catalogue))
        if about := facts.description_of(catalogue):
            add(table, "description", about)
        add(table, "nrows", str(catalogue.rows))
        indexed = {index.column for index in catalogue.meta.ids}
        if position := catalogue.meta.position:
            indexed |= {position.ra, position.dec}
        for column, measured in zip(catalogue.meta.columns, catalogue.statistics.columns, strict=True):
            _column(table, column, measured, column.name in indexed)


def _column(table: Any, column: CatalogueColumn, measured: ColumnStatistics, indexed: bool) -> None:
    made = add(table, "column")
    add(made, "name", column.name)
    for name, value in (
        ("description", explained(column)), ("unit", column.unit), ("ucd", column.ucd),
    ):  # fmt: skip
        if value:
            add(made, name, value)
    datatype, size = votable_type(column, measured)
    kind = add(made, "dataType", datatype)
    kind.set(f"{{{XSI}}}type", "vs:VOTableType")
    if size:
        kind.set("arraysize", size)
    for flag in [*(["indexed"] if indexed else []), *(["nullable"] if measured.nulls else [])]:
        add(made, "flag", flag)


def _whole(date: str) -> str:
    return "-".join([*date.split("-"), "01", "01"][:3])


def _document(root: Any) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
