"""PyVO: the services that a team runs on the release."""

from __future__ import annotations

from urllib.parse import quote

from ..metadata.vo_access import services_of
from ..notebook.examples import statement
from . import python_code as code
from .subject import Cone, Subject
from .text import Cell, Lesson

ADDRESS = """\
import os

import pyvo

# The services of the release; DRPORTAL_VO names others.
VO = os.environ.get("DRPORTAL_VO", {address}).rstrip("/")
print(VO)"""
CONE = """\
service = pyvo.dal.SCSService(f"{{VO}}/scs/{name}")
cone = service.search(pos=({ra}, {dec}), radius={radius} / 3600).to_table()
print(len(cone), "rows")
print(cone)"""
SPECTRA = """\
spectra = tap.search("SELECT TOP 10 obs_id, target_name, access_url FROM ivoa.obscore").to_table()
print(spectra)"""


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None if the team runs no services."""
    address = services_of(subject.facts)
    if address is None or not subject.sources:
        return None
    catalogue, source = subject.sources[0]
    table, label = delimited(catalogue.name), source.label()
    if label:
        name = delimited(label)
        adql = f"SELECT {name}, COUNT(*) AS number\nFROM {table}\nGROUP BY {name}\nORDER BY number DESC"
    else:
        adql = f"SELECT COUNT(*) AS number\nFROM {table}"
    cells: list[Cell] = [
        ("text", "Where the services are."),
        ("code", ADDRESS.format(address=code.literal(address))),
        ("text", f"Rows of {catalogue.name}, counted by TAP."),
        (
            "code",
            'tap = pyvo.dal.TAPService(f"{VO}/tap")\n'
            f"counts = tap.search({statement(adql)}).to_table()\nprint(counts)",
        ),
    ]
    if subject.cone:
        cells += _cone(subject.cone)
    if subject.spectrum and subject.has("meta/obscore.parquet"):
        cells += [("text", "Some spectra, and where their files are."), ("code", SPECTRA)]
    return Lesson("with-pyvo", "PyVO", "pip install pyvo", "pyvo", cells)


def delimited(name: str) -> str:
    """A name as ADQL."""
    return '"' + name.replace('"', '""') + '"'


def _cone(cone: Cone) -> list[Cell]:
    name = quote(cone.catalogue.name)
    return [
        (
            "text",
            f"The service of cone search finds {cone.said}.",
        ),
        ("code", CONE.format(name=name, ra=cone.ra, dec=cone.dec, radius=cone.radius)),
    ]
