"""Pages and templates of a team: folders `pages/`, `templates/` and `styles/` beside portal.toml.

A file `pages/nights.html` is a template that becomes the page nights.html. Its head is a comment of Jinja
with TOML in it: {#+++ title = "Nights" +++#}.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from ..model.read import parse_toml, validate
from ..model.strict import NAME, Strict
from ..model.text import Text
from ..problems import InputError, Problem

PAGES, TEMPLATES, STYLES = "pages", "templates", "styles"
"""Folders of the portal."""
HEAD = re.compile(r"\A\s*\{#-?\+\+\+(.*?)\+\+\+-?#\}", re.S)


class OwnHead(Strict):
    """The head of an own page."""

    title: Text
    """Title of the page, and its entry in the menu."""
    description: Text = Field(default_factory=dict)
    """For search engines."""
    order: int = 66
    """Its place in the menu: search is 10, data 50, changes 70, help 90."""
    menu: bool = True
    """Whether it is in the menu."""
    of: Literal["release", "portal", "both"] = "release"
    """Whether each release has it, or the portal itself, or both."""


@dataclass(frozen=True)
class OwnPage:
    """A page of a team."""

    file: Path
    title: dict[str, str]
    description: dict[str, str]
    order: int
    menu: bool
    of: Literal["release", "portal", "both"]

    @property
    def path(self) -> str:
        """Its path in a release, or in the portal."""
        return self.file.name

    @property
    def template(self) -> str:
        return f"{PAGES}/{self.file.name}"


def own_pages(folder: Path) -> tuple[OwnPage, ...]:
    """The pages of a team. Raises InputError with the problems of all."""
    found, problems = [], []
    for file in own_files(folder):
        try:
            found.append(_page(file))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def own_files(folder: Path) -> list[Path]:
    """The templates that become pages; those that begin with _ are parts of others."""
    return [file for file in sorted((folder / PAGES).glob("*.html")) if not file.name.startswith("_")]


def _page(file: Path) -> OwnPage:
    if not NAME.fullmatch(file.stem.replace("-", "_")):
        fix = "use lower-case letters, digits, _ and -"
        raise InputError(Problem(str(file), "", "has a name that cannot be used in addresses", fix))
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(Problem(str(file), "", "cannot be read", "save it as UTF-8")) from None
    match = HEAD.match(text)
    if match is None:
        fix = 'begin it with {#+++ title = "…" +++#}'
        raise InputError(Problem(str(file), "", "has no head with its title", fix))
    head = validate(OwnHead, parse_toml(match[1], file), file)
    return OwnPage(file, head.title, head.description, head.order, head.menu, head.of)


def own_folders(folder: Path) -> list[Path]:
    """The folders of own templates, pages and styles that are there."""
    return [folder / name for name in (TEMPLATES, PAGES, STYLES) if (folder / name).is_dir()]
