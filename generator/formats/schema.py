"""JSON Schema of every format, as schema/NAME.json has it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from .listed import FORMATS, Listed

FOLDER = Path(__file__).parent / "schema"


class _Plain(GenerateJsonSchema):
    """Only models have titles, their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(one: Listed) -> dict[str, Any]:
    """The schema of a file."""
    schema = one.model.model_json_schema(schema_generator=_Plain, mode="serialization")
    for name, part in schema.get("$defs", {}).items():
        if places := part.get("prefixItems"):
            _name(part, places, getattr(import_module(one.model.__module__), name))
        part.setdefault("title", name)
    return {"$schema": GenerateJsonSchema.schema_dialect, **_tidy(schema)}


def schemas() -> Iterator[tuple[Path, str]]:
    """Every file of schema/, and what it is to contain."""
    for one in FORMATS:
        yield FOLDER / f"{one.name}.json", json.dumps(schema_of(one), ensure_ascii=False, indent=1) + "\n"


def _name(part: dict[str, Any], places: list[dict[str, Any]], named: Any) -> None:
    """What pydantic does not say of a tuple with names: what it is, and the names."""
    part["description"] = inspect.getdoc(named)
    for place, name in zip(places, named._fields, strict=True):
        place["title"] = name


def _tidy(schema: Any) -> Any:
    """Texts on one line; members that may be absent have no value of their own."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(value.split()) if key == "description" and isinstance(value, str) else _tidy(value)
        for key, value in schema.items()
        if key != "default"
    }
