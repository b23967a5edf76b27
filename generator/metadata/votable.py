"""The tables of a release as VOTable: every column, no rows. Made by astropy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import citation
from .columns import NUMBERS, explained, null_value, votable_type, xml_text
from .facts import Facts

VERSION = "1.4"


def write_votable(facts: Facts, file: Path) -> None:
    from astropy.io.votable import tree

    votable = tree.VOTableFile(version=VERSION)
    votable.description = xml_text(facts.description)
    resource = tree.Resource(name=facts.key, type="meta")
    resource.description = xml_text(facts.title)
    votable.resources.append(resource)
    for name, value in _infos(facts):
        resource.infos.append(tree.Info(name=name, value=xml_text(value)))
    for catalogue in facts.catalogues:
        table = tree.TableElement(votable, name=catalogue.name, nrows=catalogue.rows)
        about = facts.description_of(catalogue)
        table.description = xml_text(f"{facts.title_of(catalogue)}. {about}".strip())
        resource.tables.append(table)
        for column in catalogue.statistics["columns"]:
            table.fields.append(_field(tree, votable, column))
    votable.to_xml(str(file))


def _infos(facts: Facts) -> list[tuple[str, str]]:
    """What DALI calls the provenance of a VOTable."""
    found = [
        ("publisher", facts.publisher),
        ("release", facts.label),
        ("citation", citation.sentence(facts)),
        ("rights", facts.release.license),
        ("rights_uri", facts.licence_address),
        ("ivoid", facts.ivoid),
        ("reference_url", facts.address),
    ]
    return [(name, value) for name, value in found if value]


def _field(tree: Any, votable: Any, column: dict[str, Any]) -> Any:
    datatype, size = votable_type(column)
    field = tree.Field(
        votable,
        name=xml_text(column["name"]),
        datatype=datatype,
        arraysize=size,
        unit=column.get("unit"),
        ucd=column.get("ucd"),
    )
    field.description = explained(column) or None
    null = null_value(column)
    if null is not None:
        field.values.null = null
    if column["datatype"] in NUMBERS and not size and column.get("min") is not None:
        field.values.min = column["min"]
        field.values.max = column["max"]
    return field
