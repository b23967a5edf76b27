"""Python of tutorials: the beginning of each, and values and names as literals."""

from __future__ import annotations

from collections.abc import Sequence

from ..notebook.example_facts import Source
from .subject import Subject

RELEASE = """\
import os
from pathlib import Path

# The folder of the release above this file{else_address}; DRPORTAL_SITE names another folder or address.
START = Path(globals().get("__file__", "tutorial")).resolve()
FOLDERS = [str(folder) for folder in START.parents if (folder / "ro-crate-metadata.json").is_file()]
RELEASE = (os.environ.get("DRPORTAL_SITE") or [*FOLDERS, {address}][0]).rstrip("/")
print(RELEASE)"""


def release(subject: Subject) -> str:
    """Code that finds the release."""
    address = subject.facts.address
    return RELEASE.format(
        address=literal(address or ".."), else_address=", else its address" if address else ""
    )


def literal(value: str | int) -> str:
    """A value as Python; texts in double quotes where that needs no more escapes."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text.startswith("'") and '"' not in text else text


def names(listed: Sequence[str]) -> str:
    """A list of names as Python, on several lines if it is long."""
    made = [literal(name) for name in listed]
    text = f"[{', '.join(made)}]"
    if len(text) < 80:
        return text
    return "[\n" + "".join(f"    {one},\n" for one in made) + "]"


def missing(source: Source, name: str) -> list[int | float]:
    """Numbers that mean "no value" in a column."""
    found = source.columns()[name].missing
    return [one for one in found if isinstance(one, int | float)]
