"""What each service can do, as capabilities of a registry record and of VOSI: TAPRegExt and SimpleDALRegExt.

Limits are those of a service that runs. A record does not have them, since they are options of the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .vo_xml import STANDARDS, XSI, add

TAP = "http://www.ivoa.net/xml/TAPRegExt/v1.0"
CONE = "http://www.ivoa.net/xml/ConeSearch/v1.0"
SSA = "http://www.ivoa.net/xml/SSA/v1.1"
NAMESPACES = {"tr": TAP, "cs": CONE, "ssap": SSA}
REG = f"{STANDARDS}TAPRegExt#"
FEATURES = {
    f"{REG}features-adqlgeo": [
        "AREA", "BOX", "CENTROID", "CIRCLE", "CONTAINS", "COORD1", "COORD2", "COORDSYS", "DISTANCE",
        "INTERSECTS", "POINT", "POLYGON", "REGION",
    ],
    f"{REG}features-adql-string": ["LOWER", "UPPER", "ILIKE"],
    f"{REG}features-adql-sets": ["UNION", "EXCEPT", "INTERSECT"],
    f"{REG}features-adql-common-table": ["WITH"],
    f"{REG}features-adql-type": ["CAST"],
    f"{REG}features-adql-unit": ["IN_UNIT"],
    f"{REG}features-adql-offset": ["OFFSET"],
}  # fmt: skip
VOTABLE = "application/x-votable+xml"
OUTPUTS = {
    "votable": (VOTABLE, f"{REG}output-votable-binary2"),
    "votable/td": (f"{VOTABLE};serialization=tabledata", f"{REG}output-votable-td"),
    "csv": ("text/csv;header=present", None),
    "tsv": ("text/tab-separated-values", None),
    "fits": ("application/fits", None),
    "parquet": ("application/vnd.apache.parquet", None),
    "json": ("application/json", None),
}
"""Formats of answers: alias, media type, identifier."""


@dataclass(frozen=True)
class ServiceLimits:
    """Limits that capabilities report: rows, seconds, bytes."""

    usual_rows: int
    rows: int
    kept: int
    """Seconds for which a job is kept."""
    seconds: int
    upload: int


def capability(parent: Any, standard: str, kind: str | None = None) -> Any:
    """Add a capability; `standard` is the rest of its identifier."""
    made = add(parent, "capability")
    made.set("standardID", f"{STANDARDS}{standard}")
    if kind:
        made.set(f"{{{XSI}}}type", kind)
    return made


def interface(parent: Any, address: str, version: str | None, use: str) -> None:
    """Add the interface of a capability."""
    made = add(parent, "interface")
    made.set(f"{{{XSI}}}type", "vs:ParamHTTP")
    made.set("role", "std")
    if version:
        made.set("version", version)
    add(made, "accessURL", address).set("use", use)


def plain(parent: Any, standard: str, address: str, version: str | None = None) -> None:
    """Add a capability that is only an address."""
    interface(capability(parent, standard), address, version, "full")


def cone(parent: Any, address: str, limits: ServiceLimits | None) -> None:
    """Add a cone search."""
    made = capability(parent, "ConeSearch", "cs:ConeSearch")
    interface(made, address, None, "base")
    add(made, "maxSR", "180")
    if limits:
        add(made, "maxRecords", str(limits.rows))
    add(made, "verbosity", "true")
    query = add(made, "testQuery")
    for name, value in (("ra", "180"), ("dec", "0"), ("sr", "180")):
        add(query, name, value)


def ssa(parent: Any, address: str, limits: ServiceLimits | None) -> None:
    """Add Simple Spectral Access."""
    made = capability(parent, "SSA", "ssap:SimpleSpectralAccess")
    interface(made, address, "1.1", "base")
    for name, value in (
        ("complianceLevel", "minimal"), ("dataSource", "survey"), ("creationType", "archival"),
        ("supportedFrame", "ICRS"), ("maxSearchRadius", "180"),
    ):  # fmt: skip
        add(made, name, value)
    if limits:
        add(made, "maxRecords", str(limits.rows))
        add(made, "defaultMaxRecords", str(limits.usual_rows))
    add(made, "maxAperture", "180")
    add(add(made, "testQuery"), "queryDataCmd", "REQUEST=queryData&MAXREC=1")


def tap(parent: Any, address: str, limits: ServiceLimits | None) -> None:
    """Add TAP."""
    made = capability(parent, "TAP", "tr:TableAccess")
    interface(made, address, "1.1", "base")
    language = add(made, "language")
    add(language, "name", "ADQL")
    for version in ("2.0", "2.1"):
        add(language, "version", version).set("ivo-id", f"{STANDARDS}ADQL#v{version}")
    add(language, "description", "ADQL, read-only")
    for kind, forms in FEATURES.items():
        features = add(language, "languageFeatures")
        features.set("type", kind)
        for form in forms:
            add(add(features, "feature"), "form", form)
    for alias, (media, ident) in OUTPUTS.items():
        output = add(made, "outputFormat")
        if ident:
            output.set("ivo-id", ident)
        add(output, "mime", media)
        add(output, "alias", alias)
    for method in ("inline", "http"):
        add(made, "uploadMethod").set("ivo-id", f"{REG}upload-{method}")
    if limits:
        _limited(made, limits)


def _limited(made: Any, limits: ServiceLimits) -> None:
    for name, usual, hard, unit in (
        ("retentionPeriod", limits.kept, limits.kept, None),
        ("executionDuration", limits.seconds, limits.seconds, None),
        ("outputLimit", limits.usual_rows, limits.rows, "row"),
        ("uploadLimit", None, limits.upload, "byte"),
    ):
        pair = add(made, name)
        for which, value in (("default", usual), ("hard", hard)):
            if value is not None:
                one = add(pair, which, str(value))
                if unit:
                    one.set("unit", unit)
