"""The capabilities of each service: VOSI 1.1, with TAPRegExt for TAP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lxml import etree

from ...metadata import vo_capabilities as vo
from ...metadata.vo_xml import XSI
from ...metadata.vodataservice import VR, VS
from ..limits import Limits
from ..scopes import Scope

CAPABILITIES = "http://www.ivoa.net/xml/VOSICapabilities/v1.0"
VOSI = {"capabilities": None, "availability": None, "tables": "1.1"}
"""Addresses that TAP has beside its own, with their versions."""


def capabilities(scope: Scope, base: str, limits: Limits, kind: str = "", name: str = "") -> Any:
    """The capabilities of a service (`tap`, `ssa`, `scs` with a name, …), or of all at an address. Raises
    NotFound.
    """
    spaces = {"vosi": CAPABILITIES, "vr": VR, "vs": VS, **vo.NAMESPACES, "xsi": XSI}
    root = etree.Element(f"{{{CAPABILITIES}}}capabilities", nsmap=spaces)
    reported = _reported(limits)
    if kind in ("", "tap"):
        vo.tap(root, f"{base}vo/tap", reported)
        for part, version in VOSI.items():
            vo.plain(root, f"VOSI#{part}", f"{base}vo/tap/{part}", version)
        vo.plain(root, "DALI#examples", f"{base}vo/tap/examples")
    for one in [name] if kind == "scs" else scope.catalogues if not kind else ():
        scope.catalogue(one)
        vo.cone(root, f"{base}vo/scs/{quote(one)}", reported)
    if kind in ("", "ssa") and scope.obscore is not None:
        vo.ssa(root, f"{base}vo/ssa", reported)
    if kind in ("", "datalink") and scope.obscore is not None:
        vo.plain(root, "DataLink#links-1.1", f"{base}vo/datalink", "1.1")
    if kind in ("", "soda") and scope.obscore is not None:
        vo.plain(root, "SODA#sync-1.0", f"{base}vo/soda", "1.0")
    if kind not in ("", "tap"):
        own = f"{base}vo/{kind}" + (f"/{quote(name)}" if name else "")
        for part in ("capabilities", "availability"):
            vo.plain(root, f"VOSI#{part}", f"{own}/{part}")
    return root


def _reported(limits: Limits) -> vo.ServiceLimits:
    kept = int(limits.job_days * 86_400)
    return vo.ServiceLimits(limits.usual_rows, limits.rows, kept, int(limits.job_seconds), limits.upload)
