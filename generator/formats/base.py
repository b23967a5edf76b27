"""The base of all formats: a model reads and writes its file, and reports errors in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from ..problems import InputError, Problem

Value = bool | int | float | str | None
"""A value of a column: whole numbers beyond 2^53, NaN and infinities are text, bytes are hexadecimal."""
Mark = int | float | str
"""A value that means missing; a whole number beyond 2^53 is text."""
Bytes = Annotated[int, Field(ge=0, json_schema_extra={"unit": "bytes"})]
Rows = Annotated[int, Field(ge=0, json_schema_extra={"unit": "rows"})]
Count = Annotated[int, Field(ge=0)]
Pixel = Annotated[int, Field(ge=0, json_schema_extra={"unit": "HEALPix pixel"})]
Order = Annotated[int, Field(ge=0, le=29, json_schema_extra={"unit": "HEALPix order"})]
Pixels = dict[str, int]
"""Rows by HEALPix pixel; pixels without rows are left out."""
Texts = dict[str, str]
"""One text per language code; the key "" is for every language."""
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Datatype = Literal[
    "boolean", "byte", "short", "int", "long", "float", "double", "string", "timestamp", "binary"
]
"""The narrowest Felis datatype for all values of the column."""

IN_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<\u2028\u2029"}
FIX = "build the release again"


class Record(BaseModel):
    """An object in a file. Members without a default are always written, others only if they were given."""

    model_config = ConfigDict(
        extra="forbid",
        defer_build=True,  # so that the command line starts faster: a model is built on first use
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    def members(self) -> dict[str, Any]:
        """Return the members as in JSON, to be written into another file."""
        return self.model_dump(exclude_unset=True)


class Format(Record):
    """A file. `read` and `write` take the folder that contains it under its usual name."""

    FILE: ClassVar[str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the file. Raises InputError if it does not have this format, OSError if it does not exist."""
        file = folder / cls.FILE
        return cls.parse(file.read_bytes(), str(file))

    @classmethod
    def parse(cls, text: bytes | str, name: str, fix: str = FIX) -> Self:
        """Parse JSON. InputError names the file `name` and proposes `fix`."""
        try:
            return cls.model_validate_json(text, strict=True)
        except ValidationError as error:
            raise InputError(problem(error, name, fix)) from None

    def text(self) -> str:
        """Return the content of the file."""
        return compact(self.members()) + "\n"

    def write(self, folder: Path) -> None:
        write_whole(folder / self.FILE, self.text().encode())


def problem(error: ValidationError, name: str, fix: str = FIX) -> Problem:
    """Return the first error in a file, and the number of further ones."""
    first, count = error.errors(include_url=False)[0], error.error_count()
    place = ""
    for key in first["loc"]:
        place += f"[{key}]" if isinstance(key, int) else f".{key}" if place else key
    what = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] == "json_invalid":
        what = f"is not JSON: {first.get('ctx', {}).get('error', '')}"
    elif first["type"] == "missing":
        what = "is missing"
    elif first["type"] == "extra_forbidden":
        what = "is not a member of this format"
    elif first["loc"]:
        shown = repr(first["input"])
        what = f"{shown if len(shown) <= 60 else shown[:57] + '...'}: {what}"
    more = f" (and {count - 1:,} more)" if count > 1 else ""
    return Problem(name, place, what + more, fix)


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def compact(value: Any) -> str:
    """Return JSON on one line. Numbers are written as by Python, so that files are reproducible."""
    return _COMPACT.encode(value)


def in_script(text: str) -> str:
    """Escape JSON for a script element: it can end neither the element nor a line."""
    return text.translate(IN_SCRIPT)


def write_whole(file: Path, data: bytes) -> None:
    """Write a file under a temporary name, then rename it: it is never partial, and hard links to the old
    file do not change.
    """
    unfinished = file.with_name(file.name + ".part")
    unfinished.unlink(missing_ok=True)
    unfinished.write_bytes(data)
    unfinished.replace(file)
