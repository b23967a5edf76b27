"""JSON Schema of every format, as in schema/NAME.json."""

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
    """Only models have titles, which are their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(one: Listed) -> dict[str, Any]:
    """Return the schema of a file."""
    schema = one.model.model_json_schema(schema_generator=_Plain, mode="serialization")
    for name, part in schema.get("$defs", {}).items():
        if places := part.get("prefixItems"):
            _name(part, places, getattr(import_module(one.model.__module__), name))
        part.setdefault("title", name)
    return {"$schema": GenerateJsonSchema.schema_dialect, **_tidy(schema)}


def schemas() -> Iterator[tuple[Path, str]]:
    """Yield every file of schema/ with its content."""
    for one in FORMATS:
        yield FOLDER / f"{one.name}.json", json.dumps(schema_of(one), ensure_ascii=False, indent=1) + "\n"


def _name(part: dict[str, Any], places: list[dict[str, Any]], named: Any) -> None:
    """Add names and descriptions to the items of named tuples, which pydantic omits."""
    part["description"] = inspect.getdoc(named)
    for place, name in zip(places, named._fields, strict=True):
        place["title"] = name


def _tidy(schema: Any) -> Any:
    """Put texts on one line, and remove the default values of optional members."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(value.split()) if key == "description" and isinstance(value, str) else _tidy(value)
        for key, value in schema.items()
        if key != "default"
    }
