"""JSON Schemas of portal.toml and release.toml, with which editors complete and explain keys.

They come from the models; their descriptions from docs/configuration.md, and for tables within tables from
the models' own words. `python -m drportal.model` writes them to schema/ in a checkout.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .catalogue import CatalogueSource
from .citation import Citable
from .column_facts import ColumnFacts
from .crossmatch import Crossmatch
from .known_issues import KnownIssue
from .lines import LineList
from .media import Media
from .mirrors import Mirror
from .portal import Portal
from .release import Release
from .spectra import SpectraSet

FOLDER = Path(__file__).parent / "schema"
SCHEMAS: dict[str, type[BaseModel]] = {"portal.schema.json": Portal, "release.schema.json": Release}
SECTIONS: dict[str, type[BaseModel]] = {
    "portal.toml": Portal,
    "[[mirrors]]": Mirror,
    "releases/&lt;id&gt;/release.toml": Release,
    "[[catalogues]]": CatalogueSource,
    "[catalogues.columns]": ColumnFacts,
    "How to cite": Citable,
    "[[crossmatch]]": Crossmatch,
    "[[spectra]]": SpectraSet,
    "[[known_issues]]": KnownIssue,
    "Spectral lines": LineList,
    "[media]": Media,
}
"""The sections of docs/configuration.md that have a table of keys, and the model of each."""
ROW = re.compile(r"^\| ((?:`[^`]+`(?:, )?)+) \| (.*) \|$", re.M)


def documented(text: str) -> dict[str, dict[str, str]]:
    """The meaning of each key, by section of docs/configuration.md."""
    found: dict[str, dict[str, str]] = {}
    for section in re.split(r"^##+ ", text, flags=re.M)[1:]:
        head, _, body = section.partition("\n")
        if head.strip() in SECTIONS:
            for keys, meaning in ROW.findall(body):
                for key in re.findall(r"`\[*([^`\]]+)\]*`", keys):
                    found.setdefault(head.strip(), {})[key] = _plain(meaning)
    return found


def _plain(meaning: str) -> str:
    """Markdown as plain text."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", meaning)
    return text.replace("*text*; ", "").replace("*text*", "a text").replace("`", "").replace("\\|", "|")


def schema_of(name: str, document: str) -> str:
    """The JSON Schema for a file, as text; `document` is docs/configuration.md."""
    model = SCHEMAS[name]
    schema = model.model_json_schema(by_alias=True)
    words = _words(document)
    for title, one in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        for key, entry in one.get("properties", {}).items():
            described = words.get(title, {}).get(key) or entry.get("description", "")
            one["properties"][key] = _as_in_toml(key, entry) | (
                {"description": described} if described else {}
            )
    _without_titles(schema)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name.partition(".")[0] + ".toml",
    }
    return json.dumps(head | schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _words(document: str) -> dict[str, dict[str, str]]:
    """Descriptions by model and key."""
    found: dict[str, dict[str, str]] = {}
    for model in _models(list(SCHEMAS.values())):
        found[model.__name__] = {
            (model.model_fields[key].alias or key): said
            for base in reversed(model.__mro__)
            if issubclass(base, BaseModel) and base is not BaseModel
            for key, said in _docstrings(base).items()
            if key in model.model_fields
        }
    for section, keys in documented(document).items():
        of = SECTIONS[section]
        for model in (Portal, Release) if of is Citable else (of,):
            found.setdefault(model.__name__, {}).update(keys)
    return found


def _models(start: list[type[BaseModel]]) -> list[type[BaseModel]]:
    """Models and those in their fields."""
    found: list[type[BaseModel]] = []

    def add(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.append(kind)
            for field in kind.model_fields.values():
                add(field.annotation)
        for inner in getattr(kind, "__args__", ()):
            add(inner)

    for one in start:
        add(one)
    return found


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The texts below the fields of a class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found[name] = " ".join(words.split())
    return found


def _as_in_toml(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as the file may have it: short forms are allowed, and nothing is null."""
    kinds = [one for one in entry.get("anyOf", ()) if one != {"type": "null"}]
    entry = {name: value for name, value in entry.items() if name != "default" or value not in (None, {}, [])}
    if key == "python":
        kinds += [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]
    if key == "range":
        end = {"anyOf": [{"type": "number"}, {"const": ""}]}
        kinds = [{"type": "array", "prefixItems": [end, end], "minItems": 2, "maxItems": 2}]
    if key == "bits":
        one = {"anyOf": [{"type": "string"}, entry["additionalProperties"]]}
        return {"type": "object", "patternProperties": {"^[0-9]+$": one}, "additionalProperties": False}
    if "anyOf" not in entry:
        return entry
    del entry["anyOf"]
    return entry | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


def _without_titles(node: Any) -> None:
    """Remove the titles that pydantic makes of names."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str) and ("type" in node or "anyOf" in node or "$ref" in node):
            del node["title"]
        for value in node.values():
            _without_titles(value)
    elif isinstance(node, list):
        for value in node:
            _without_titles(value)


def made() -> Iterator[tuple[Path, str]]:
    """The schema files and their content, in a checkout."""
    document = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name in SCHEMAS:
        yield FOLDER / name, schema_of(name, document)
