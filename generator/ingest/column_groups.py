"""The groups in which pages show columns, and the group of each column."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..formats import CatalogueColumn

GROUPS: dict[str, str] = {
    "position": "Position",
    "identifiers": "Identifiers",
    "observation": "Observation",
    "quality": "Quality",
    "classification": "Classification",
    "photometry": "Photometry",
    "parameters": "Parameters and errors",
    "rest": "Other columns",
}
"""Key -> English title, in the order of the page. Titles are translated by the template."""

OPEN = {"position", "identifiers", "quality", "classification"}

UCDS: list[tuple[str, str]] = [
    (r"stat\.snr|stat\.fit|meta\.code\.(qual|error)|instr\.fov\.mask", "quality"),
    (r"src\.class|src\.sptype|meta\.code\.class|src\.redshift", "classification"),
    (r"meta\.(id|record|name)", "identifiers"),
    (r"time|obs|instr|pos\.angdistance|meta\.(note|file|version|dataset|ref)", "observation"),
    (r"phot|em\.(opt|ir|uv)", "photometry"),
    (r"phys|spect|arith|src\.var|pos\.(pm|parallax|distance)", "parameters"),
    (r"pos", "position"),
]

NAMES: list[tuple[str, str]] = [
    (r"snr.*|s_?n|.*(mask|flag|quality|chi2|warn).*|.*norm_flux|rms", "quality"),
    (r"(sub)?class.*|z|z_err|zerr|redshift.*|sp_?type", "classification"),
    (
        r"(m?obs|u|gp_|source_?|obj)id|.*_id|.*source_id|designation|(obj|target)?name|file_?name",
        "identifiers",
    ),
    (
        r"l?mjd|.*date.*|.*time.*|plan.*|plate.*|sp_?id|fiber.*|obj_?type|t(source|from|comment)"
        r"|n?exp.*|offsets?(_v)?|night|mjd.*|jd|lunardate|seeing|moon.*|data_v",
        "observation",
    ),
    (r"(.*_)?(ra|dec|glon|glat|ura|udec)(_.*)?", "position"),
    (r".*mag.*|.*flux.*|e_?bv|.*_color|bp_rp", "photometry"),
    (
        r"teff.*|log_?g.*|feh.*|fe_h.*|.*rv.*|alpha.*|vsini.*|.*_h(_.*)?|h(alpha|beta|gamma|delta).*|kp\d+"
        r"|paschen.*|tio.*|cah.*|caoh.*|ew.*|.*_err|zeta|mass.*|age.*|parallax.*",
        "parameters",
    ),
]

UNITS = {
    "mag": "photometry",
    "K": "parameters",
    "dex": "parameters",
    "km/s": "parameters",
    "km s-1": "parameters",
}


def group_of(column: CatalogueColumn, roles: Mapping[str, list[str]]) -> str:
    """The group of a column, decided by its role, then UCD, name and unit."""
    name = column.name
    role = next((part for part, names in roles.items() if name in names), None)
    if role:
        return {
            "ra": "position", "dec": "position", "id": "identifiers", "designation": "identifiers",
            "class": "classification", "subclass": "classification", "redshift": "classification",
            "snr": "quality", "night": "observation", "plate": "observation",
        }.get(role, "rest")  # fmt: skip
    words = (column.ucd or "").lower().split(";")
    meaning = next((word for word in words if word and word not in ("meta.main", "stat.error")), "")
    if meaning.startswith("meta.id") and any(word.startswith("instr") for word in words):
        return "observation"  # numbers of spectrographs and fibres do not identify what was observed
    for pattern, group in UCDS:
        if re.match(pattern, meaning):
            return group
    for pattern, group in NAMES:
        if re.fullmatch(pattern, name.lower()):
            return group
    return UNITS.get(column.unit or "", "rest")
