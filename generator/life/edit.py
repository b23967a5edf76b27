"""Change TOML files and keep their comments; nothing is written before it was shown and checked."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..model import Release
from ..model.read import parse_toml, validate
from ..problems import InputError, Problem

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


@dataclass(frozen=True)
class Edit:
    """A file and its new text."""

    file: Path
    before: str
    after: str

    def diff(self) -> Iterator[str]:
        """The change as lines of a unified diff."""
        lines = self.before.splitlines(), self.after.splitlines()
        yield from difflib.unified_diff(*lines, str(self.file), str(self.file), lineterm="", n=2)

    def check(self) -> None:
        """Raise InputError unless the new text is a valid release.toml."""
        validate(Release, parse_toml(self.after, self.file), self.file)

    def write(self) -> None:
        """Replace the file in one step."""
        part = self.file.with_name(f".{self.file.name}.part")
        try:
            part.write_text(self.after, encoding="utf-8", newline="")
            os.replace(part, self.file)  # noqa: PTH105
        except OSError as error:
            fix = "see the rights of its folder"
            what = f"cannot be written: {error.strerror or error}"
            raise InputError(Problem(str(self.file), "", what, fix)) from None


def opened(file: Path) -> tuple[str, TOMLDocument]:
    """The text of a TOML file, and the same as a document to change. Raises InputError."""
    import tomlkit

    parse_toml(text := _text(file), file)
    return text, tomlkit.parse(text)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Problem(str(file), "", f"cannot be read: {error}", "save it as UTF-8")) from None


HEAD = (
    "name",
    "version",
    "batch",
    "survey_phase",
    "phase",
    "published",
    "audience",
    "theme",
    "original",
    "status",
)
"""Keys at the top of a release.toml in their usual order: a new one is placed after those before it."""


def put(document: TOMLDocument, key: str, value: str) -> None:
    """Set a key of the file itself at its usual place."""
    import tomlkit

    if key in document:
        document[key] = value
        return
    before = HEAD[: HEAD.index(key)] if key in HEAD else HEAD
    near = [name for name in before if name in document]
    if near:  # without this it would come after the comments that belong to the first table
        document._insert_after(near[-1], key, tomlkit.item(value))
    else:
        document[key] = value


def append(document: TOMLDocument, key: str, entry: dict[str, str]) -> None:
    """Add a table to a list of tables, which is made where there is none."""
    import tomlkit

    table = tomlkit.table()
    table.update(entry)
    if key in document:
        document[key].append(table)
        table.add(tomlkit.nl())
        return
    whole = tomlkit.aot()
    whole.append(table)
    document.append(key, whole)
