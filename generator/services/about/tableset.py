"""The tables of a service as a VOSI tableset."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ...metadata.vo_xml import XSI, add
from ...metadata.vodataservice import VOSI, VS
from ...standards.arrow_columns import Column
from ..adql.words import as_identifier
from ..columns import Table
from ..faults import NotFound
from ..scopes import Scope
from ..tap_schema import KEYS_OF_OWN, adql_name

ESA = "http://esavo.esa.int/xml/EsaTapPlus"
"""Declared under the prefix by which astroquery looks for its attribute."""


def tableset(scope: Scope, brief: bool) -> Any:
    """All tables; without their columns if `brief`."""
    root = _root("tableset", "TableSet")
    for name in dict.fromkeys(t.schema for t in scope.tables):
        schema = add(root, "schema")
        add(schema, "name", as_identifier(name))
        if about := scope.schemas.get(name):
            add(schema, "description", about)
        for table in scope.tables:
            if table.schema == name:
                _table(add(schema, "table"), table, brief)
    return root


def one_table(scope: Scope, name: str) -> Any:
    """A table with its columns. Raises NotFound."""
    for table in scope.tables:
        if adql_name(table) == name:
            root = _root("table", "Table")
            _table(root, table, False)
            return root
    raise NotFound(f"there is no table {name[:80]!r}")


def _root(name: str, kind: str) -> Any:
    spaces = {"vosi": VOSI, "vs": VS, "xsi": XSI, "esatapplus": ESA}
    root = etree.Element(f"{{{VOSI}}}{name}", nsmap=spaces)
    root.set(f"{{{XSI}}}type", f"vs:{kind}")
    return root


def _table(made: Any, table: Table, brief: bool) -> None:
    made.set("type", table.kind)
    add(made, "name", adql_name(table))
    if table.title:
        add(made, "title", table.title)
    if table.description:
        add(made, "description", table.description)
    if table.utype:
        add(made, "utype", table.utype)
    if table.rows is not None:
        add(made, "nrows", str(table.rows))
    for column in [] if brief else table.columns:
        _column(add(made, "column"), column)
    for key in [] if brief else KEYS_OF_OWN:
        if key.table == f"{table.schema}.{table.name}":
            foreign = add(made, "foreignKey")
            add(foreign, "targetTable", key.target)
            columns = add(foreign, "fkColumn")
            add(columns, "fromColumn", key.column)
            add(columns, "targetColumn", key.target_column)


def _column(made: Any, column: Column) -> None:
    made.set("std", "true" if column.standard else "false")
    add(made, "name", as_identifier(column.name))
    for name, value in (
        ("description", column.description),
        ("unit", column.unit),
        ("ucd", column.ucd),
        ("utype", column.utype),
    ):
        if value:
            add(made, name, value)
    kind = add(made, "dataType", column.datatype)
    kind.set(f"{{{XSI}}}type", "vs:VOTableType")
    if column.arraysize:
        kind.set("arraysize", column.arraysize)
    if column.xtype:
        kind.set("extendedType", column.xtype)
    for flag, is_set in (("indexed", column.indexed), ("principal", column.principal)):
        if is_set:
            add(made, "flag", flag)
