"""Front matter: the keys between +++ or --- at the top of a document."""

from __future__ import annotations

import codecs
import functools
import os
import re
from pathlib import Path

from pydantic import Field

from ..model.audience import Restricted
from ..model.read import parse_toml, validate
from ..problems import InputError, Problem

FENCES = {"+++": "TOML", "---": "YAML"}


class FrontMatter(Restricted):
    """The keys of front matter."""

    title: str = ""
    description: str = ""
    order: float = 100
    """Position in the list of documents: 1 before 2."""
    numbers: list[int | float | str] = Field(default_factory=list)
    """Numbers in the text that are correct although they are not facts of the data."""
    mentions: list[str] = Field(default_factory=list)
    """Other releases that the text may name."""
    revision: int = 0
    """Increased when the original changes; a translation gives the revision it translates."""


def has_front_matter(file: Path) -> bool:
    """Whether a file may begin with front matter, from its first bytes."""
    stream = os.open(file, os.O_RDONLY)  # thousands are opened
    try:
        return os.read(stream, 6).removeprefix(codecs.BOM_UTF8)[:3].decode("ascii", "replace") in FENCES
    finally:
        os.close(stream)


@functools.lru_cache(maxsize=4096)
def front_matter(text: str, file: Path) -> tuple[FrontMatter, str]:
    """Return the front matter and the text below it; line numbers in errors are those of the file.

    Cached, because releases share documents. Raises InputError.
    """
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in FENCES:
        return FrontMatter(), text
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == fence), None)
    if end is None:
        what = f"opens {FENCES[fence]} front matter but does not end it"
        fix = f"end it with a line {fence}, or remove the first line"
        raise InputError(Problem(str(file), "line 1", what, fix))
    block = "\n".join(["", *lines[1:end], ""])
    if fence == "+++":
        data = parse_toml(block, file)
    else:
        import yaml  # most documents have none

        try:
            data = yaml.safe_load(block) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"line {mark.line + 1}" if mark else "line 1"
            what = f"is not YAML: {getattr(error, 'problem', None) or error}"
            raise InputError(Problem(str(file), place, what, "correct the front matter")) from None
        if not isinstance(data, dict):
            what = "has front matter that is not a list of keys"
            raise InputError(Problem(str(file), "line 1", what, "write it as `title: …`"))
    return validate(FrontMatter, data, file), "\n" * (end + 1) + "\n".join(lines[end + 1 :])


def line_of(text: str, words: str) -> int | None:
    """The line (from 1) on which `words` first occurs in a document."""
    at = text.find(words) if words else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def key_line(text: str, key: str) -> int:
    """The line of a key of the front matter."""
    match = re.search(rf"^{key}\b", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 1
