"""docs/formats.md, generated from the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .listed import FORMATS, Listed
from .schema import schema_of

HEAD = """\
# Files of a site

Every JSON file that drportal writes for programs or pages, with the meaning and unit of each member. This
page is generated from the models in `generator/formats/` by `python -m drportal.formats`, as are the
[schemas](../generator/formats/schema) (JSON Schema 2020-12) and the types of the browser's code. What
other standards define (`croissant.json`, `ro-crate-metadata.json`, …) is in [metadata.md](metadata.md);
the Parquet files are in [architecture.md](architecture.md) and [spectra.md](spectra.md).

Members in *italics* may be absent. Numbers are written with the fewest digits that reproduce them. A
**value** of a column is a number, a text, true, false or null; whole numbers beyond 2^53, NaN and
infinities are text.
"""
NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
VALUE = {"boolean", "integer", "number", "string", "null"}


def reference() -> str:
    """Return the complete page."""
    lines = [HEAD]
    for one in FORMATS:
        lines += _section(one)
    return "\n".join(lines)


def _section(one: Listed) -> Iterator[str]:
    schema = schema_of(one)
    title = schema["title"]
    yield f"## {title}\n"
    paths = ", ".join(f"`{path}`" if " " not in path else path for path in one.paths)
    yield f"{schema['description']}" + (f" Files: {paths}." if paths else "") + f" {one.about}"
    yield f"Schema: [{one.name}.json](../generator/formats/schema/{one.name}.json).\n"
    if "items" in schema:
        yield f"The file is a {_type(schema, title)}.\n"
    yield from _table(schema, title)
    for name, part in schema.get("$defs", {}).items():
        yield f"### {title}: {name}\n"
        yield f"{part.get('description', '')}\n"
        yield from _table(part, title)


def _table(schema: dict[str, Any], of: str) -> Iterator[str]:
    if places := schema.get("prefixItems"):
        yield "| place | name | type | unit | meaning |\n|---|---|---|---|---|"
        for number, place in enumerate(places):
            yield f"| {number} | {place['title']} | {_cells(place, of)} |"
        yield ""
    elif members := schema.get("properties"):
        yield "| member | type | unit | meaning |\n|---|---|---|---|"
        required = schema.get("required", [])
        for name, member in members.items():
            shown = f"`{name}`" if name in required else f"*`{name}`*"
            yield f"| {shown} | {_cells(member, of)} |"
        yield ""


def _cells(member: dict[str, Any], of: str) -> str:
    text = member.get("description", "").replace("|", "\\|")
    return f"{_type(member, of)} | {_unit(member)} | {text}"


def _unit(member: dict[str, Any]) -> str:
    for part in (member, *member.get("anyOf", [])):
        for one in (part, part.get("items", {})):
            if unit := one.get("unit"):
                return str(unit)
    return ""


def _type(part: dict[str, Any], of: str) -> str:
    if name := part.get("$ref", "").rpartition("/")[2]:
        return f"[{name}](#{of.lower()}-{name.lower()})"
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{word}`" for word in part["enum"])
    if choices := part.get("anyOf"):
        if {choice.get("type") for choice in choices} == VALUE:
            return "value"
        words = [_type(choice, of) for choice in choices]
        return " or ".join(w for w in words if w != "whole number" or "number" not in words)
    if part.get("type") == "array" and "items" in part:
        return f"list of {_type(part['items'], of)}"
    if part.get("type") == "object" and isinstance(part.get("additionalProperties"), dict):
        return f"object of {_type(part['additionalProperties'], of)}"
    return NAMES.get(part.get("type", ""), "anything")
