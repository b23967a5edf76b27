"""Catalogue schemas: Felis YAML (https://felis.lsst.io), one table per catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from .read import read_yaml, validate

DATATYPES = Literal[
    "boolean",
    "byte",
    "short",
    "int",
    "long",
    "float",
    "double",
    "char",
    "string",
    "unicode",
    "text",
    "binary",
    "timestamp",
]


class Felis(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)

    name: str = Field(min_length=1)
    id: str = Field(default="", alias="@id")
    description: str | None = None
    votable_utype: str | None = Field(default=None, alias="votable:utype")


class Column(Felis):
    """One column: type and meaning of its values."""

    datatype: DATATYPES
    length: int | None = Field(default=None, gt=0)
    precision: int | None = Field(default=None, ge=0)
    nullable: bool = True
    value: str | int | float | bool | None = None
    autoincrement: bool | None = None
    ucd: str | None = Field(default=None, alias="ivoa:ucd")
    fits_tunit: str | None = Field(default=None, alias="fits:tunit")
    ivoa_unit: str | None = Field(default=None, alias="ivoa:unit")
    tap_column_index: int | None = Field(default=None, alias="tap:column_index")
    tap_principal: int | None = Field(default=0, alias="tap:principal", ge=0, le=1)
    tap_std: int | None = Field(default=0, alias="tap:std", ge=0, le=1)
    arraysize: int | str | None = Field(default=None, alias="votable:arraysize")
    xtype: str | None = Field(default=None, alias="votable:xtype")
    votable_datatype: str | None = Field(default=None, alias="votable:datatype")
    mysql_datatype: str | None = Field(default=None, alias="mysql:datatype")
    postgresql_datatype: str | None = Field(default=None, alias="postgresql:datatype")

    @property
    def unit(self) -> str | None:
        return self.ivoa_unit or self.fits_tunit

    @model_validator(mode="after")
    def _one_unit(self) -> Column:
        if self.ivoa_unit and self.fits_tunit:
            raise ValueError("has both ivoa:unit and fits:tunit; keep one")
        return self


class Table(Felis):
    """One table."""

    primary_key: str | list[str] | None = Field(default=None, alias="primaryKey")
    tap_table_index: int | None = Field(default=None, alias="tap:table_index")
    mysql_engine: str | None = Field(default=None, alias="mysql:engine")
    mysql_charset: str | None = Field(default=None, alias="mysql:charset")
    columns: list[Column] = Field(min_length=1)
    column_groups: list[Any] = Field(default_factory=list, alias="columnGroups")
    constraints: list[Any] = Field(default_factory=list)
    indexes: list[Any] = Field(default_factory=list)

    @field_validator("columns")
    @classmethod
    def _distinct(cls, columns: list[Column]) -> list[Column]:
        seen: dict[str, str] = {}
        for column in columns:
            other = seen.setdefault(column.name.lower(), column.name)
            if other is not column.name:
                raise ValueError(f"has the column {column.name!r} twice; names must differ in more than case")
        return columns


class Schema(Felis):
    """A schema file."""

    version: Any = None
    resources: dict[str, Any] = Field(default_factory=dict)
    tables: list[Table] = Field(min_length=1)


def load_schema(file: Path) -> Schema:
    """Read a Felis YAML file; raises InputError."""
    form = "start it with `name:` and `tables:`"
    absent = "write it with `drportal check --write-schema`, or correct the path"
    return validate(Schema, read_yaml(file, "a schema", form, absent), file)
