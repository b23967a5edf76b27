"""Notebooks as Jupyter reads them: nbformat 4.5."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CellId = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]


class _Part(BaseModel):
    """An object of a notebook. Members that this project does not write are kept."""

    model_config = ConfigDict(extra="allow")


class MarkdownCell(_Part):
    """Text."""

    cell_type: Literal["markdown"] = "markdown"
    id: CellId
    metadata: dict[str, Any] = {}
    source: str | list[str]


class RawCell(_Part):
    """Text that is not rendered."""

    cell_type: Literal["raw"] = "raw"
    id: CellId
    metadata: dict[str, Any] = {}
    source: str | list[str]


class CodeCell(_Part):
    """Code, and what it gave when it was last run."""

    cell_type: Literal["code"] = "code"
    id: CellId
    metadata: dict[str, Any] = {}
    execution_count: int | None = None
    source: str | list[str]
    outputs: list[dict[str, Any]] = []


Cell = Annotated[MarkdownCell | CodeCell | RawCell, Field(discriminator="cell_type")]

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class Notebook(_Part):
    """A notebook. `metadata["drportal"]["site"]` says where the release is that its cells ask."""

    cells: list[Cell]
    metadata: dict[str, Any]
    nbformat: Literal[4] = 4
    nbformat_minor: Annotated[int, Field(ge=5)] = 5

    def text(self) -> str:
        """Return the file, written as Jupyter writes it."""
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notebook(cells: list[tuple[Literal["code", "markdown"], str]], site: dict[str, str]) -> Notebook:
    """Return a notebook of cells without outputs. Ids of cells depend on their text alone, so that builds
    repeat.

    `site` names the release: `release`, and `address` if it is known.
    """
    made: list[Any] = []
    for number, (kind, text) in enumerate(cells):
        ident = hashlib.sha256(f"{number}\0{kind}\0{text}".encode()).hexdigest()[:8]
        made.append(
            MarkdownCell(id=ident, source=text) if kind == "markdown" else CodeCell(id=ident, source=text)
        )
    about = {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}, "drportal": {"site": site}}
    return Notebook(cells=made, metadata=about)
