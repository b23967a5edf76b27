"""A valid portal with a bit of everything."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table

AUTHOR = {"family": "Cui", "given": "Xiang-Qun", "orcid": "0000-0002-1825-0097", "affiliation": "NAOC"}
PAPER = {
    "key": "cui2012",
    "type": "article",
    "title": "The telescope",
    "authors": [AUTHOR],
    "year": 2012,
    "journal": "RAA",
    "volume": "12",
    "pages": "1197",
    "doi": "10.1088/1674-4527/12/9/003",
    "bibcode": "2012RAA....12.1197C",
    "arxiv": "1206.3569",
    "about": {"en": "the telescope"},
}
PORTAL: dict[str, Any] = {
    "name": "TEST",
    "title": {"en": "Test", "zh": "测试"},
    "description": "Words",
    "organisation": "NAOC",
    "languages": ["en", "zh"],
    "theme": "default",
    "homepage": "https://survey.example/",
    "contact": "help@survey.example",
    "contact_form": "https://survey.example/form",
    "resolver": "sesame",
    "base_url": "https://survey.example/data/",
    "acknowledgement": "Thanks",
    "authors": [AUTHOR],
    "papers": [PAPER],
    "license": "CC-BY-4.0",
    "ivoid": "ivo://survey",
    "naming": {"rule": "TEST JHHMMSS.ss+DDMMSS.s", "example": "TEST J010203.45+010203.4"},
}
RELEASE: dict[str, Any] = {
    "name": "TEST",
    "version": "v1",
    "title": "First",
    "description": {"en": "Words"},
    "survey_phase": 1,
    "phase": "v2",
    "status": "current",
    "published": "2026-01",
    "original": "https://survey.example/dr1",
    "doi": "10.1234/abc",
    "theme": "default",
    "compare": [],
    "resolutions": [{"kind": "low", "observed_from": "2020-01", "observed_to": "2021", "spectra": 5}],
    "catalogues": [
        {
            "name": "stars",
            "title": "Stars",
            "description": "Words",
            "resolution": "low",
            "source": "stars.fits",
            "hdu": 1,
            "schema": "schema.yaml",
            "table": "stars",
            "missing": {"z": [-9999]},
            "index": ["id"],
            "positions": "require",
            "wrap_ra": False,
            "roles": {
                "ra": "ra",
                "dec": "dec",
                "id": "id",
                "class": "class",
                "redshift": "z",
                "snr": ["snrg"],
            },
            "columns": {
                "z": {"description": {"zh": "红移"}, "range": [-1, 9]},
                "class": {"values": ["STAR", "QSO"]},
                "flag": {"bits": {"0": "BAD", "1": {"name": "WORSE", "description": "words"}}},
            },
            "compare_by": "id",
            "doi": "10.1234/abd",
        },
        {"name": "plain", "source": "plain.csv", "positions": "none"},
        {"name": "sky", "source": "sky.vot"},
        {"name": "packed", "source": "packed.parquet"},
        {"name": "listed", "source": "listed.ecsv"},
        {"name": "made", "simulate": {"kind": "lrs", "rows": 20, "seed": 1}},
    ],
    "known_issues": [
        {
            "name": "bad-z",
            "title": "Bad z",
            "description": "words",
            "status": "open",
            "found": "2026-02",
            "catalogue": "stars",
            "columns": ["z"],
            "ids": [3],
        },
        {"name": "file", "title": "More", "catalogue": "stars", "ids_file": "ids.csv"},
        {"name": "where", "title": "More", "catalogue": "stars", "where": "z > 1"},
    ],
}
LINES: dict[str, Any] = {
    "title": {"en": "Lines"},
    "wavelengths": "vacuum",
    "moves": True,
    "shown_for": ["STAR"],
    "lines": [
        {"name": "Ha", "wavelength": 6564.6, "weight": 1},
        {"name": "B", "wavelength": 10.5, "to": 20.5},
    ],
}
SCHEMA = {
    "name": "test",
    "description": "words",
    "tables": [
        {
            "name": "stars",
            "@id": "#stars",
            "description": "words",
            "primaryKey": "#stars.id",
            "columns": [
                {"name": "id", "@id": "#stars.id", "datatype": "long", "ivoa:ucd": "meta.id;meta.main"},
                {
                    "name": "ra",
                    "@id": "#stars.ra",
                    "datatype": "double",
                    "ivoa:unit": "deg",
                    "ivoa:ucd": "pos.eq.ra",
                },
                {"name": "dec", "@id": "#stars.dec", "datatype": "double", "ivoa:unit": "deg"},
                {"name": "class", "@id": "#stars.class", "datatype": "string", "length": 8},
                {"name": "z", "@id": "#stars.z", "datatype": "double", "tap:principal": 1, "nullable": True},
                {"name": "snrg", "@id": "#stars.snrg", "datatype": "float"},
                {"name": "flag", "@id": "#stars.flag", "datatype": "short"},
            ],
        }
    ],
}
BIB = """@article{one2020,
 author = {One, A. and Two, B.},
 title = {Words},
 journal = {RAA},
 year = 2020
}
"""
FOLDER = "releases/test/v1"


def toml(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def document(table: dict[str, Any]) -> str:
    return "".join(f"{key} = {toml(value)}\n" for key, value in table.items())


def stars() -> Table:
    n = np.arange(12)
    kinds = ["STAR", "QSO"] * 6
    columns = {"id": n, "ra": n * 3.0, "dec": -n * 2.0, "class": kinds, "z": n / 20}
    table = Table(columns | {"snrg": n.astype("f4"), "flag": (n % 4).astype("i2")})
    table["ra"].unit = table["dec"].unit = "deg"
    return table


def write(folder: Path) -> None:
    """The valid portal."""
    release = folder / FOLDER
    for path in (release / "docs", folder / "lines", folder / "content", folder / "releases/test/v2"):
        path.mkdir(parents=True)
    (folder / "portal.toml").write_text(document(PORTAL))
    (folder / "lines/own.toml").write_text(document(LINES))
    (release / "release.toml").write_text(document(RELEASE))
    (release / "schema.yaml").write_text(json.dumps(SCHEMA))
    table = stars()
    table.write(release / "stars.fits")
    table.write(release / "sky.vot", format="votable", table_id="sky", tabledata_format="tabledata")
    table.write(release / "packed.parquet")
    table.write(release / "listed.ecsv")
    (release / "plain.csv").write_text("plate,n\n" + "".join(f"P{i:03},{i * i}\n" for i in range(30)))
    (release / "ids.csv").write_text("id\n4\n5\n")
    (release / "docs/about.md").write_text(
        "# About\n\n{{ stats.stars.rows }} rows [@one2020].\n\n## More {#more}\n"
    )
    (release / "docs/references.bib").write_text(BIB)
    second = {"name": "TEST", "version": "v2", "published": "2026-03"}
    (folder / "releases/test/v2/release.toml").write_text(document(second))
