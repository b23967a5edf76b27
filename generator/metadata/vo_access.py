"""How the data of a release are reached, as capabilities of its registry record."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lxml import etree

from . import vo_capabilities as vo
from .obscore import observed_sets
from .release_facts import ReleaseFacts
from .vo_xml import XSI


def add_access(record: Any, facts: ReleaseFacts) -> None:
    """Add the collection of files, and the services that the team says it runs."""
    if any(c.is_hats for c in facts.catalogues):
        capability = etree.SubElement(record, "capability")
        about = "HATS collection: Parquet files, for lsdb, DuckDB and others"
        etree.SubElement(capability, "description").text = about
        interface = etree.SubElement(capability, "interface")
        interface.set(f"{{{XSI}}}type", "vr:WebBrowser")
        _address(interface, facts.link("data/"), "dir")
    base = services_of(facts)
    if base is None:
        return
    if facts.catalogues:
        vo.tap(record, f"{base}tap", None)
        for part, version in (("capabilities", None), ("availability", None), ("tables", "1.1")):
            vo.plain(record, f"VOSI#{part}", f"{base}tap/{part}", version)
    for catalogue in facts.catalogues:
        if catalogue.meta.position and catalogue.rows:
            vo.cone(record, f"{base}scs/{quote(catalogue.name)}", None)
    if observed_sets(facts):
        vo.ssa(record, f"{base}ssa", None)
        vo.plain(record, "DataLink#links-1.1", f"{base}datalink", "1.1")
        vo.plain(record, "SODA#sync-1.0", f"{base}soda", "1.0")


def services_of(facts: ReleaseFacts) -> str | None:
    """The address below which the services of the release are."""
    address = facts.portal.services
    return f"{address.rstrip('/')}/{facts.release.id}/vo/" if address else None


def _address(interface: Any, address: str, use: str) -> None:
    made = etree.SubElement(interface, "accessURL")
    made.text = address
    made.set("use", use)


def static_repository(facts: ReleaseFacts, record: Any, day: str) -> bytes:
    """The record as an OAI-PMH static repository, for registries that harvest through a gateway."""
    oai, static, registry = (
        "http://www.openarchives.org/OAI/2.0/",
        "http://www.openarchives.org/OAI/2.0/static-repository",
        "http://www.ivoa.net/xml/RegistryInterface/v1.0",
    )
    # No default namespace: elements of a record have none, and would be taken for elements of it.
    root = etree.Element(f"{{{static}}}Repository", nsmap={"static": static, "oai": oai, "xsi": XSI})
    identify = etree.SubElement(root, f"{{{static}}}Identify")
    for name, value in (
        ("repositoryName", facts.portal.name), ("baseURL", facts.link("meta/oai.xml")),
        ("protocolVersion", "2.0"), ("adminEmail", facts.portal.contact), ("earliestDatestamp", day),
        ("deletedRecord", "no"), ("granularity", "YYYY-MM-DD"),
    ):  # fmt: skip
        etree.SubElement(identify, f"{{{oai}}}{name}").text = value
    format_ = etree.SubElement(
        etree.SubElement(root, f"{{{static}}}ListMetadataFormats"), f"{{{oai}}}metadataFormat"
    )
    for name, value in (
        ("metadataPrefix", "ivo_vor"), ("schema", registry), ("metadataNamespace", registry),
    ):  # fmt: skip
        etree.SubElement(format_, f"{{{oai}}}{name}").text = value
    listed = etree.SubElement(root, f"{{{static}}}ListRecords")
    listed.set("metadataPrefix", "ivo_vor")
    entry = etree.SubElement(listed, f"{{{oai}}}record")
    header = etree.SubElement(entry, f"{{{oai}}}header")
    etree.SubElement(header, f"{{{oai}}}identifier").text = facts.ivoid
    etree.SubElement(header, f"{{{oai}}}datestamp").text = day
    etree.SubElement(entry, f"{{{oai}}}metadata").append(record)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made
