"""Notebooks of a release's own folder notebooks/, which its pages offer beside the examples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..model import Edition
from ..model.audience import Restricted
from ..problems import InputError, Problem
from .ipynb import CodeCell, MarkdownCell, Notebook

FOLDER = "notebooks"
LARGEST = 20_000_000
"""Bytes of a file, which hosts and pages can take."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
HEADING = re.compile(r"^# +(.+?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Own:
    """A notebook of the team."""

    file: Path
    notebook: Notebook

    @property
    def name(self) -> str:
        """Its name in addresses, and that of its file without the ending."""
        return self.file.stem

    @property
    def path(self) -> str:
        """Its path in the folder of the release; it is the same for all languages."""
        return f"{FOLDER}/{self.file.name}"

    @property
    def title(self) -> str:
        """Its first heading, else its name."""
        texts = (_text(cell) for cell in self.notebook.cells if isinstance(cell, MarkdownCell))
        found = next((match[1] for text in texts if (match := HEADING.search(text))), None)
        return found or self.name.replace("-", " ").replace("_", " ")

    def without_outputs(self) -> Notebook:
        """The notebook as a page opens it: its file alone has what cells gave elsewhere."""
        cells = [
            cell.model_copy(update={"outputs": [], "execution_count": None})
            if isinstance(cell, CodeCell)
            else cell
            for cell in self.notebook.cells
        ]
        return self.notebook.model_copy(update={"cells": cells})


def own_notebooks(release: Path, edition: Edition) -> Sequence[Own]:
    """The notebooks of a release that readers of the edition may see, by name. Raises InputError."""
    problems, found = [], []
    for file in sorted((release / FOLDER).glob("*.ipynb")):
        try:
            one = Own(file, _read(file))
            if not edition.hides(_restricted(one)):
                found.append(one)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _text(cell: MarkdownCell) -> str:
    return cell.source if isinstance(cell.source, str) else "".join(cell.source)


def _read(file: Path) -> Notebook:
    if not NAME.fullmatch(file.stem):
        what, fix = "cannot be a name on the site", "use lower-case letters, digits, - and _"
        raise InputError(Problem(str(file), "file name", what, fix))
    if file.stat().st_size > LARGEST:
        what = f"has more than {LARGEST // 10**6} MB"
        raise InputError(Problem(str(file), "", what, "save it without its outputs"))
    try:
        return Notebook.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(one) for one in first["loc"])
        what = f"is not a notebook of nbformat 4.5: {first['msg']}"
        raise InputError(Problem(str(file), place, what, "open it in Jupyter and save it again")) from None


def _restricted(one: Own) -> Restricted:
    """For whom it is: `audience` below `drportal` in its metadata."""
    said = one.notebook.metadata.get("drportal")
    audience = said.get("audience", "public") if isinstance(said, dict) else "public"
    try:
        return Restricted.model_validate({"audience": audience})
    except ValidationError:
        what, fix = f"{audience!r} is no audience", "use public, partners or team"
        raise InputError(Problem(str(one.file), "metadata.drportal.audience", what, fix)) from None
