"""The capabilities of each service: VOSI 1.1, with TAPRegExt for TAP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lxml import etree

from ...metadata.vo_access import XSI, add
from ...metadata.vodataservice import VR, VS
from ..limits import Limits
from ..results.writers import FORMATS
from ..scopes import Scope

CAPABILITIES = "http://www.ivoa.net/xml/VOSICapabilities/v1.0"
TAP = "http://www.ivoa.net/xml/TAPRegExt/v1.0"
CONE = "http://www.ivoa.net/xml/ConeSearch/v1.0"
SSA = "http://www.ivoa.net/xml/SSA/v1.1"
FEATURES = "ivo://ivoa.net/std/TAPRegExt#features-adqlgeo"
GEOMETRY = [
    "AREA",
    "BOX",
    "CENTROID",
    "CIRCLE",
    "CONTAINS",
    "COORD1",
    "COORD2",
    "COORDSYS",
    "DISTANCE",
    "INTERSECTS",
    "POINT",
    "POLYGON",
    "REGION",
]
OPTIONAL = {
    "ivo://ivoa.net/std/TAPRegExt#features-adql-string": ["LOWER", "UPPER", "ILIKE"],
    "ivo://ivoa.net/std/TAPRegExt#features-adql-sets": ["UNION", "EXCEPT", "INTERSECT"],
    "ivo://ivoa.net/std/TAPRegExt#features-adql-common-table": ["WITH"],
    "ivo://ivoa.net/std/TAPRegExt#features-adql-type": ["CAST"],
    "ivo://ivoa.net/std/TAPRegExt#features-adql-unit": ["IN_UNIT"],
    "ivo://ivoa.net/std/TAPRegExt#features-adql-offset": ["OFFSET"],
}
OUTPUT = {
    "votable": "ivo://ivoa.net/std/TAPRegExt#output-votable-binary2",
    "votable/td": "ivo://ivoa.net/std/TAPRegExt#output-votable-td",
}


VOSI = {"capabilities": None, "availability": None, "tables": "1.1"}
"""Addresses that TAP has beside its own, with their versions."""


def capabilities(scope: Scope, base: str, limits: Limits, kind: str = "", name: str = "") -> Any:
    """The capabilities of a service (`tap`, `ssa`, `scs` with a name, …), or of all at an address. Raises
    NotFound.
    """
    root = etree.Element(
        f"{{{CAPABILITIES}}}capabilities",
        nsmap={"vosi": CAPABILITIES, "vr": VR, "vs": VS, "tr": TAP, "cs": CONE, "ssap": SSA, "xsi": XSI},
    )
    if kind in ("", "tap"):
        _tap(root, f"{base}vo/tap", limits)
        for part, version in VOSI.items():
            _plain(root, f"ivo://ivoa.net/std/VOSI#{part}", f"{base}vo/tap/{part}", version)
        _plain(root, "ivo://ivoa.net/std/DALI#examples", f"{base}vo/tap/examples")
    for one in [name] if kind == "scs" else scope.catalogues if not kind else ():
        scope.catalogue(one)
        _cone(root, f"{base}vo/scs/{quote(one)}", limits)
    if kind in ("", "ssa") and scope.obscore is not None:
        _ssa(root, f"{base}vo/ssa", limits)
    if kind in ("", "datalink") and scope.obscore is not None:
        _plain(root, "ivo://ivoa.net/std/DataLink#links-1.1", f"{base}vo/datalink", "1.1")
    if kind in ("", "soda") and scope.obscore is not None:
        _plain(root, "ivo://ivoa.net/std/SODA#sync-1.0", f"{base}vo/soda", "1.0")
    if kind not in ("", "tap"):
        own = f"{base}vo/{kind}" + (f"/{quote(name)}" if name else "")
        for part in ("capabilities", "availability"):
            _plain(root, f"ivo://ivoa.net/std/VOSI#{part}", f"{own}/{part}")
    return root


def _cone(root: Any, address: str, limits: Limits) -> None:
    capability = _capability(root, "ivo://ivoa.net/std/ConeSearch", "cs:ConeSearch")
    _interface(capability, address, None, "base")
    for name, value in (("maxSR", "180"), ("maxRecords", str(limits.rows)), ("verbosity", "true")):
        add(capability, name, value)
    query = add(capability, "testQuery")
    for name, value in (("ra", "180"), ("dec", "0"), ("sr", "180")):
        add(query, name, value)


def _ssa(root: Any, address: str, limits: Limits) -> None:
    capability = _capability(root, "ivo://ivoa.net/std/SSA", "ssap:SimpleSpectralAccess")
    _interface(capability, address, "1.1", "base")
    for name, value in (
        ("complianceLevel", "minimal"), ("dataSource", "survey"), ("creationType", "archival"),
        ("supportedFrame", "ICRS"), ("maxSearchRadius", "180"), ("maxRecords", str(limits.rows)),
        ("defaultMaxRecords", str(limits.usual_rows)), ("maxAperture", "180"),
    ):  # fmt: skip
        add(capability, name, value)
    query = add(capability, "testQuery")
    add(query, "queryDataCmd", "REQUEST=queryData&MAXREC=1")


def _capability(root: Any, standard: str, kind: str | None = None) -> Any:
    made = add(root, "capability")
    made.set("standardID", standard)
    if kind:
        made.set(f"{{{XSI}}}type", kind)
    return made


def _interface(capability: Any, address: str, version: str | None, use: str, role: str | None = "std") -> Any:
    interface = add(capability, "interface")
    interface.set(f"{{{XSI}}}type", "vs:ParamHTTP")
    if role:
        interface.set("role", role)
    if version:
        interface.set("version", version)
    add(interface, "accessURL", address).set("use", use)
    return interface


def _plain(root: Any, standard: str, address: str, version: str | None = None) -> None:
    _interface(_capability(root, standard), address, version, "full", "std")


def _tap(root: Any, address: str, limits: Limits) -> None:
    capability = _capability(root, "ivo://ivoa.net/std/TAP", "tr:TableAccess")
    _interface(capability, address, "1.1", "base")
    language = add(capability, "language")
    add(language, "name", "ADQL")
    for version in ("2.0", "2.1"):
        add(language, "version", version).set("ivo-id", f"ivo://ivoa.net/std/ADQL#v{version}")
    add(language, "description", "ADQL, read-only")
    for kind, forms in {FEATURES: GEOMETRY, **OPTIONAL}.items():
        features = add(language, "languageFeatures")
        features.set("type", kind)
        for form in forms:
            add(add(features, "feature"), "form", form)
    for one in FORMATS:
        output = add(capability, "outputFormat")
        if one.names[0] in OUTPUT:
            output.set("ivo-id", OUTPUT[one.names[0]])
        add(output, "mime", one.media)
        add(output, "alias", one.names[0])
    for method in ("inline", "http"):
        add(capability, "uploadMethod").set("ivo-id", f"ivo://ivoa.net/std/TAPRegExt#upload-{method}")
    _pair(capability, "retentionPeriod", int(limits.job_days * 86_400), int(limits.job_days * 86_400))
    _pair(capability, "executionDuration", int(limits.job_seconds), int(limits.job_seconds))
    rows = add(capability, "outputLimit")
    for name, value in (("default", limits.usual_rows), ("hard", limits.rows)):
        add(rows, name, str(value)).set("unit", "row")
    upload = add(capability, "uploadLimit")
    add(upload, "hard", str(limits.upload)).set("unit", "byte")


def _pair(capability: Any, name: str, usual: int, hard: int) -> None:
    made = add(capability, name)
    add(made, "default", str(usual))
    add(made, "hard", str(hard))
