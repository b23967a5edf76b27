"""The roles of catalogue columns: how the column of each is recognized, and which columns are excluded.

To add a role: add a field to `Roles` in model/catalogue.py so that release.toml can name its column, a field
to `FoundRoles` in formats/statistics.py, and an entry to `ROLES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from .values.fields import is_moment, is_number, is_text, is_whole


@dataclass(frozen=True)
class Role:
    """How the column of a role is recognized where release.toml does not name one."""

    ucds: tuple[str, ...]
    """UCD patterns that identify the column, the most reliable first."""
    names: tuple[str, ...]
    """Usual names in lower case, the most reliable first; used where no UCD identifies a column."""
    begins: str
    """Prefixes of the first word of a UCD (UCD1+ and UCD1) that the role allows."""
    fits: Callable[[pa.DataType], bool]
    """Whether values of an Arrow type are allowed."""
    wants: str = "name another column"
    """How to fix a named column that cannot have the role."""


def _is_label(kind: pa.DataType) -> bool:
    return is_text(kind) or is_number(kind)


def _is_night(kind: pa.DataType) -> bool:
    return _is_label(kind) or is_moment(kind)


def _is_id(kind: pa.DataType) -> bool:
    return is_text(kind) or is_whole(kind)


ROLES = {
    "ra": Role(
        (r"pos\.eq\.ra;meta\.main", r"pos_eq_ra_main", r"pos\.eq\.ra"),
        (
            "ra",
            "raj2000",
            "ra_j2000",
            "_raj2000",
            "ra_icrs",
            "radeg",
            "ra_deg",
            "alpha_j2000",
            "ra_obs",
            "plug_ra",
            "target_ra",
            "rightascension",
            "right_ascension",
        ),
        r"pos\.eq\.ra|pos_eq_ra",
        is_number,
        "name a column of numbers, in degrees",
    ),
    "dec": Role(
        (r"pos\.eq\.dec;meta\.main", r"pos_eq_dec_main", r"pos\.eq\.dec"),
        (
            "dec",
            "dej2000",
            "decj2000",
            "dec_j2000",
            "_dej2000",
            "de_icrs",
            "dec_icrs",
            "dedeg",
            "decdeg",
            "dec_deg",
            "delta_j2000",
            "dec_obs",
            "plug_dec",
            "target_dec",
            "declination",
        ),
        r"pos\.eq\.dec|pos_eq_dec",
        is_number,
        "name a column of numbers, in degrees",
    ),
    "id": Role(
        (r"meta\.id;meta\.main",),
        (
            "obsid",
            "mobsid",
            "obs_id",
            "specobjid",
            "source_id",
            "sobject_id",
            "sourceid",
            "targetid",
            "objid",
            "object_id",
            "objectid",
            "specid",
            "spec_id",
            "id",
        ),
        r"meta|id_|obs|record",
        _is_id,
        "name a column of whole numbers or text",
    ),
    "designation": Role(
        (r"meta\.id;src",),
        ("designation", "desig", "name", "objname", "obj_name", "target_name", "target"),
        r"meta|id_|obs",
        is_text,
    ),
    "class_": Role(
        (r"src\.class", r"meta\.code\.class(;.*)?"),
        ("class", "spectype", "objtype", "obj_class", "type"),
        r"src\.(class|sptype|morph)|meta|class_",
        is_text,
    ),
    "subclass": Role(
        (r"src\.sptype",),
        ("subclass", "subtype", "sptype", "sp_type", "spectral_type"),
        r"src\.(class|sptype|morph)|meta|class_|spect_type",
        is_text,
    ),
    "redshift": Role(
        (r"src\.redshift(;meta\.main|;em\..*)?",),
        ("redshift", "z", "zbest", "z_best", "zspec", "z_spec"),
        r"src\.redshift|redshift",
        is_number,
        "name a column of numbers",
    ),
    "night": Role(
        (),
        ("lmjd", "mjd", "night", "obsdate", "obs_date", "date_obs", "dateobs"),
        r"time|obs|meta",
        _is_night,
    ),
    "plate": Role(
        (),
        ("planid", "plan_id", "plate", "plateid", "plate_id", "tileid", "tile_id", "fieldid", "field_id"),
        r"meta|obs|instr|id_",
        _is_label,
    ),
    "snr": Role(
        (r"stat\.snr",),
        (),
        r"stat\.snr|meta|instr",
        is_number,
        "name columns of numbers",
    ),
}
SINGLE = [role for role in ROLES if role != "snr"]
"""Roles of a single column; the signal-to-noise ratio may have one column per band."""
