"""TAP_SCHEMA: the tables and columns of a service as tables that can be queried."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa

from ..standards.arrow_columns import Column
from .adql.words import as_identifier
from .columns import Table

VERSION = "1.1"
_TEXT, _WHOLE = pa.string(), pa.int32()


class _Field(NamedTuple):
    name: str
    type: pa.DataType
    about: str
    text: str = "char"


SCHEMAS = [
    _Field("schema_name", _TEXT, "Name of the schema"),
    _Field("utype", _TEXT, "Data model that it follows"),
    _Field("description", _TEXT, "What it contains", "unicodeChar"),
    _Field("schema_index", _WHOLE, "Recommended order"),
]
TABLES = [
    _Field("schema_name", _TEXT, "Name of its schema"),
    _Field("table_name", _TEXT, "Name as in ADQL, with that of its schema", "unicodeChar"),
    _Field("table_type", _TEXT, "table or view"),
    _Field("utype", _TEXT, "Data model that it follows"),
    _Field("description", _TEXT, "What a row is", "unicodeChar"),
    _Field("table_index", _WHOLE, "Recommended order"),
]
COLUMNS = [
    _Field("table_name", _TEXT, "Name of its table", "unicodeChar"),
    _Field("column_name", _TEXT, "Name as in ADQL", "unicodeChar"),
    _Field("datatype", _TEXT, "Datatype of VOTable"),
    _Field("arraysize", _TEXT, "Arraysize of VOTable"),
    _Field("xtype", _TEXT, "Extended type of DALI"),
    _Field("size", _WHOLE, "Deprecated: length of a fixed or bounded array"),
    _Field("description", _TEXT, "What its values are", "unicodeChar"),
    _Field("utype", _TEXT, "Part of a data model"),
    _Field("unit", _TEXT, "Unit of its values"),
    _Field("ucd", _TEXT, "UCD of its values"),
    _Field("indexed", _WHOLE, "1 if conditions on it are fast"),
    _Field("principal", _WHOLE, "1 if it is of interest to most readers"),
    _Field("std", _WHOLE, "1 if a standard defines it"),
    _Field("column_index", _WHOLE, "Recommended order"),
]
KEYS = [
    _Field("key_id", _TEXT, "Identifier of the key"),
    _Field("from_table", _TEXT, "Table with the reference", "unicodeChar"),
    _Field("target_table", _TEXT, "Table that it refers to", "unicodeChar"),
    _Field("description", _TEXT, "What it means", "unicodeChar"),
    _Field("utype", _TEXT, "Data model that it follows"),
]
KEY_COLUMNS = [
    _Field("key_id", _TEXT, "Identifier of the key"),
    _Field("from_column", _TEXT, "Column with the reference", "unicodeChar"),
    _Field("target_column", _TEXT, "Column that it refers to", "unicodeChar"),
]
ALL = {
    "schemas": (SCHEMAS, "Schemas of the service"),
    "tables": (TABLES, "Tables of the service"),
    "columns": (COLUMNS, "Columns of its tables"),
    "keys": (KEYS, "References between tables"),
    "key_columns": (KEY_COLUMNS, "Columns of these references"),
}


def add_tap_schema(
    add: Callable[[Table, pa.Table], Table], tables: list[Table], descriptions: dict[str, str], key: str
) -> list[Table]:
    """Create TAP_SCHEMA of a list of tables; returns its own tables, which it lists too."""
    schema = '"TAP_SCHEMA"' if not key else f'"TAP_SCHEMA {key}"'
    own = [
        Table(
            "TAP_SCHEMA", name,
            [
                Column(f.name, f.text, description=f.about, principal=True, standard=True).typed(f.type)
                for f in fields
            ],
            about, about, view=f'{schema}."{name}"',
        )
        for name, (fields, about) in ALL.items()
    ]  # fmt: skip
    every = [*tables, *own]
    rows = {
        "schemas": _schemas(every, descriptions | {"TAP_SCHEMA": "Tables and columns of this service"}),
        "tables": [
            {
                "schema_name": t.schema,
                "table_name": adql_name(t),
                "table_type": t.kind,
                "utype": t.utype,
                "description": t.description,
                "table_index": number,
            }
            for number, t in enumerate(every, 1)
        ],
        "columns": [row for t in every for row in _columns(t)],
        "keys": [{"key_id": k.ident, "from_table": k.table, "target_table": k.target} for k in KEYS_OF_OWN],
        "key_columns": [
            {"key_id": k.ident, "from_column": k.column, "target_column": k.target_column}
            for k in KEYS_OF_OWN
        ],
    }
    made = []
    for table in own:
        kinds = pa.schema([(f.name, f.type) for f in ALL[table.name][0]])
        made.append(add(table, pa.Table.from_pylist(rows[table.name], schema=kinds)))
    return made


class Key(NamedTuple):
    """A reference of a column to one of another table."""

    ident: str
    table: str
    column: str
    target: str
    target_column: str


KEYS_OF_OWN = [
    Key("table_of_schema", "TAP_SCHEMA.tables", "schema_name", "TAP_SCHEMA.schemas", "schema_name"),
    Key("column_of_table", "TAP_SCHEMA.columns", "table_name", "TAP_SCHEMA.tables", "table_name"),
    Key("key_from_table", "TAP_SCHEMA.keys", "from_table", "TAP_SCHEMA.tables", "table_name"),
    Key("key_to_table", "TAP_SCHEMA.keys", "target_table", "TAP_SCHEMA.tables", "table_name"),
    Key("column_of_key", "TAP_SCHEMA.key_columns", "key_id", "TAP_SCHEMA.keys", "key_id"),
]


def adql_name(table: Table) -> str:
    """The name of a table as it is written in ADQL."""
    return f"{as_identifier(table.schema)}.{as_identifier(table.name)}"


def _schemas(tables: list[Table], descriptions: dict[str, str]) -> list[dict[str, object]]:
    names = dict.fromkeys(t.schema for t in tables)
    return [
        {"schema_name": as_identifier(name), "description": descriptions.get(name), "schema_index": number}
        for number, name in enumerate(names, 1)
    ]


def _columns(table: Table) -> list[dict[str, object]]:
    return [
        {
            "table_name": adql_name(table), "column_name": as_identifier(c.name), "datatype": c.datatype,
            "arraysize": c.arraysize, "xtype": c.xtype,
            "size": int(c.arraysize) if c.arraysize and c.arraysize.isdigit() else None,
            "description": c.description, "utype": c.utype, "unit": c.unit, "ucd": c.ucd,
            "indexed": int(c.indexed), "principal": int(c.principal), "std": int(c.standard),
            "column_index": number,
        }
        for number, c in enumerate(table.columns, 1)
    ]  # fmt: skip
