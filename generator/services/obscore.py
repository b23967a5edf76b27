"""The spectra of releases as `ivoa.obscore`: a row for each, with the address of its links."""

from __future__ import annotations

from dataclasses import replace

from ..ingest.values.sql_text import literal, quoted
from ..metadata.obscore_columns import COLUMNS
from ..standards.arrow_columns import Column
from .columns import Table
from .database import Source
from .releases import Release
from .results.systems import ICRS, MJD_UTC

BASE = "base"
"""The variable of DuckDB with the address of the services, which differs between requests."""
LINKS = "application/x-votable+xml;content=datalink"
WORDS = {"obs_collection", "obs_id", "target_name", "facility_name", "instrument_name"}
"""Columns whose texts can have any characters."""
REGION = "CASE WHEN s_region <> '' THEN [s_ra, s_dec, s_fov / 2]::DOUBLE[3] END"
"""The circle of the aperture, of DALI instead of STC-S."""
REFERENCES = {"s_ra": ICRS, "s_dec": ICRS, "s_region": ICRS, "t_min": MJD_UTC, "t_max": MJD_UTC}
UTYPE = "ivo://ivoa.net/std/obscore#table-1.1"
PRINCIPAL = {
    "dataproduct_type", "calib_level", "obs_collection", "obs_id", "obs_publisher_did", "access_url",
    "access_format", "access_estsize", "target_name", "s_ra", "s_dec", "t_min", "t_max", "em_min", "em_max",
}  # fmt: skip


def obscore_source(release: Release) -> Source:
    """Return the rows of a release's observed spectra, whose file is there if it has some."""
    file = release.folder / "meta" / "obscore.parquet"
    table = Table(
        "ivoa", "obscore", _columns(), "Spectra of the releases, as ObsCore 1.1", "Spectra",
        position=("s_ra", "s_dec"), ident="obs_id", utype=UTYPE, view=f'"ivoa".{quoted(f"of {release.key}")}',
    )  # fmt: skip
    did = did_sql(release)
    values = {
        "obs_publisher_did": did,
        "access_url": f"getvariable('{BASE}') || 'vo/datalink?ID=' || url_encode({did})",
        "access_format": literal(LINKS),
        "s_region": REGION,
    }
    chosen = []
    for name, kind, *_ in COLUMNS:
        value = values.get(name, f"nullif({name}, '')" if kind == "char" else name)
        chosen.append(f"{value} AS {name}")
    return Source(table, [file], f"SELECT {', '.join(chosen)} FROM {{source}}")


def did_prefix(release: Release) -> str:
    """The beginning of the identifiers of a release without an IVOA identifier."""
    return f"ivo://drportal.unregistered/{release.key}?"


def did_sql(release: Release) -> str:
    """SQL for the identifier of a spectrum: that of the file, else one made of its set and id."""
    made = f"{literal(did_prefix(release))} || regexp_extract(obs_collection, '[^ ]*$') || '/' || obs_id"
    return f"coalesce(nullif(obs_publisher_did, ''), {made})"


def united(sources: list[Source]) -> tuple[Table, str]:
    """Return the table of all releases, and the SQL of its view."""
    if not sources:
        return replace(EMPTY, columns=_columns()), ""
    every = " UNION ALL ".join(f"SELECT * FROM {one.table.sql}" for one in sources)
    return replace(sources[0].table, view='"ivoa"."obscore"'), every


EMPTY = Table("ivoa", "obscore", [], utype=UTYPE)


def _columns() -> list[Column]:
    return [
        Column(
            c.name,
            "unicodeChar" if c.name in WORDS else "char",
            None,
            c.unit,
            c.ucd,
            c.about,
            f"obscore:{c.utype}",
            principal=c.name in PRINCIPAL,
            indexed=c.name == "obs_id",
            standard=True,
            ref=REFERENCES.get(c.name),
            xtype="circle" if c.name == "s_region" else None,
        )
        for c in COLUMNS
    ]
