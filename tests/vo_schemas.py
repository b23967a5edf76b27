"""The IVOA's own schemas of registry documents, to validate them with."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

# Debian's stilts carries the IVOA's schemas, with which it validates what it reads from services.
TTOOLS = Path("/usr/share/java/starlink-ttools.jar")
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0"
 targetNamespace="http://www.ivoa.net/xml/RegistryInterface/v1.0">
<xs:import namespace="http://www.ivoa.net/xml/VOResource/v1.0" schemaLocation="VOResource-v1.1.xsd"/>
<xs:import namespace="http://www.ivoa.net/xml/VODataService/v1.1" schemaLocation="VODataService-v1.2.xsd"/>
<xs:import namespace="http://www.ivoa.net/xml/TAPRegExt/v1.0" schemaLocation="TAPRegExt-v1.0-Erratum1.xsd"/>
<xs:import namespace="http://www.ivoa.net/xml/ConeSearch/v1.0" schemaLocation="ConeSearch.xsd"/>
<xs:import namespace="http://www.ivoa.net/xml/SSA/v1.1" schemaLocation="SSA.xsd"/>
<xs:element name="Resource" type="vr:Resource"/></xs:schema>"""
# Debian has no schemas of SimpleDALRegExt: the elements of its two types, in the order of the standard.
SIMPLE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0"
 targetNamespace="http://www.ivoa.net/xml/{space}">
<xs:import namespace="http://www.ivoa.net/xml/VOResource/v1.0" schemaLocation="VOResource-v1.1.xsd"/>
<xs:complexType name="{name}"><xs:complexContent><xs:extension base="vr:Capability"><xs:sequence>{elements}
<xs:element name="testQuery"><xs:complexType><xs:sequence>{query}</xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:schema>"""
LEVELS = "".join(f'<xs:enumeration value="{level}"/>' for level in ("query", "minimal", "full"))


def _elements(**types: str) -> str:
    """Elements of a type of XML Schema; one whose type ends in a question mark may be missing."""
    return "".join(
        f'<xs:element name="{name}" type="xs:{kind.rstrip("?")}" minOccurs="{int(kind[-1] != "?")}"/>'
        for name, kind in types.items()
    )


OWN = {
    "ConeSearch.xsd": SIMPLE.format(
        space="ConeSearch/v1.0", name="ConeSearch",
        elements=_elements(maxSR="float?", maxRecords="positiveInteger?", verbosity="boolean"),
        query=_elements(ra="double", dec="double", sr="double"),
    ),
    "SSA.xsd": SIMPLE.format(
        space="SSA/v1.1", name="SimpleSpectralAccess",
        elements='<xs:element name="complianceLevel"><xs:simpleType><xs:restriction base="xs:token">'
        f"{LEVELS}</xs:restriction></xs:simpleType></xs:element>"
        + _elements(
            dataSource="token", creationType="token", supportedFrame="NCName", maxSearchRadius="double?",
            maxRecords="positiveInteger?", defaultMaxRecords="positiveInteger?", maxAperture="double?",
        ),
        query=_elements(queryDataCmd="string?"),
    ),
}  # fmt: skip
PLACES = {
    "http://www.ivoa.net/xml/VOResource/v1.0": "VOResource-v1.1.xsd",
    "http://www.ivoa.net/xml/VODataService/v1.1": "VODataService-v1.2.xsd",
    "http://www.ivoa.net/xml/STC/stc-v1.30.xsd": "stc-v1.30.xsd",
    "http://www.ivoa.net/xml/Xlink/xlink.xsd": "xlink.xsd",
    "http://www.w3.org/2001/xml.xsd": "xmlnamespace.xsd",
}


def registry_schemas(folder: Path) -> Callable[[str, Path], bool]:
    """Whether a file is valid by a schema in `folder`: VOSITables-v1.1.xsd, or resource.xsd for a record."""
    with zipfile.ZipFile(TTOOLS) as archive:
        for name in archive.namelist():
            if name.endswith(".xsd") and "/taplint/" in name:
                (folder / Path(name).name).write_bytes(archive.read(name))
    for name, text in {"resource.xsd": SCHEMA, **OWN}.items():
        (folder / name).write_text(text)
    entries = "".join(f'<system systemId="{a}" uri="{b}"/>' for a, b in PLACES.items())
    catalog = f'<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">{entries}</catalog>'
    (folder / "catalog.xml").write_text(catalog)

    def valid(schema: str, file: Path) -> bool:
        done = subprocess.run(
            ["xmllint", "--nonet", "--noout", "--schema", schema, file],
            cwd=folder, env=os.environ | {"XML_CATALOG_FILES": str(folder / "catalog.xml")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    return valid
