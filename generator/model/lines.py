"""lines/*.toml: lists of spectral lines that the viewer draws on spectra."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, model_validator

from ..problems import InputError, Problem
from .read import read_toml, validate
from .strict import NAME, Strict
from .text import Text

OWN = Path(__file__).resolve().parents[1] / "spectra" / "lines"
"""Folder of the lists that every site has, unless a file of the same name replaces them."""


class Line(Strict):
    """A line, or a band if `to` is given."""

    name: Text
    wavelength: float = Field(gt=0, lt=1e7)
    """Rest wavelength in Angstrom."""
    to: float | None = Field(default=None, gt=0, lt=1e7)
    weight: int = Field(default=2, ge=1, le=3)
    """Priority of the label if there is no space for all: 3 is the highest."""

    @model_validator(mode="after")
    def _upright(self) -> Line:
        if self.to is not None and self.to <= self.wavelength:
            raise ValueError("has `to` below `wavelength`; swap the two")
        return self


class LineList(Strict):
    """A list of lines."""

    title: Text
    wavelengths: Literal["vacuum", "air"]
    moves: bool = True
    """Whether the lines are shifted with the redshift of the object."""
    shown_for: list[str] = Field(default_factory=list)
    """Classes of spectra for which the list is initially shown."""
    lines: list[Line] = Field(min_length=1)

    # The file's name without .toml: set by load_lines, never by the TOML.
    _id: str = PrivateAttr(default="")

    @property
    def id(self) -> str:
        return self._id


def load_lines(folders: Iterable[Path]) -> list[LineList]:
    """The line lists of some folders; missing folders are skipped. The last file of a name is used.

    Raises InputError with the problems of all files.
    """
    files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}
    lists: list[LineList] = []
    problems: list[Problem] = []
    for name, file in files.items():
        try:
            made = validate(LineList, read_toml(file), file)
        except InputError as error:
            problems += error.problems
            continue
        if not NAME.fullmatch(name):
            what = "has a name that cannot be used in addresses"
            problems.append(Problem(str(file), "", what, "use lower-case letters, digits and _ in it"))
        made._id = name
        lists.append(made)
    if problems:
        raise InputError(problems)
    return lists
