"""The tables of a release as VOTable: every column, no rows. Made with astropy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..formats import CatalogueColumn, ColumnStatistics
from ..problems import plural
from . import citation
from .release_facts import ReleaseFacts
from .vo_columns import explained, null_value, votable_type, xml_text

VERSION = "1.4"


def write_votable(facts: ReleaseFacts, file: Path) -> None:
    from astropy.io.votable import tree

    votable = tree.VOTableFile(version=VERSION)
    votable.description = xml_text(facts.description)
    resource = tree.Resource(name=facts.key, type="meta")
    resource.description = xml_text(facts.title)
    votable.resources.append(resource)
    for name, value in _infos(facts):
        resource.infos.append(tree.Info(ID=f"info.{name}", name=name, value=xml_text(value)))
    for catalogue in facts.catalogues:
        # Without rows, `nrows` would be an error: the description gives the number of rows.
        table = tree.TableElement(votable, ID=f"table.{catalogue.name}", name=catalogue.name)
        said = [
            facts.title_of(catalogue),
            facts.description_of(catalogue),
            f"{catalogue.rows} {plural(catalogue.rows, 'row')}",
        ]
        table.description = xml_text(" ".join(f"{s.rstrip('.')}." for s in said if s))
        resource.tables.append(table)
        both = zip(catalogue.meta.columns, catalogue.statistics.columns, strict=True)
        for number, (column, measured) in enumerate(both, 1):
            table.fields.append(_field(tree, votable, f"{catalogue.name}.{number}", column, measured))
    votable.to_xml(str(file))


def _infos(facts: ReleaseFacts) -> list[tuple[str, str]]:
    """The provenance INFO elements defined by DALI."""
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


def _field(tree: Any, votable: Any, ident: str, column: CatalogueColumn, measured: ColumnStatistics) -> Any:
    datatype, size = votable_type(column, measured)
    field = tree.Field(
        votable,
        ID=ident,
        name=xml_text(column.name),
        datatype=datatype,
        arraysize=size,
        unit=column.unit,
        ucd=column.ucd,
    )
    field.description = explained(column) or None
    null = null_value(column, measured)
    if null is not None:
        field.values.null = null
    if datatype != "boolean" and not size and measured.min is not None:
        field.values.min = measured.min
        field.values.max = measured.max
    return field
