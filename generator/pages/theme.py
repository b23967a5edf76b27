"""Themes: folders of templates, styles, words and colours; a theme may extend another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..documents.images import check_image
from ..model.portal import Portal
from ..model.read import read_toml, validate
from ..problems import InputError, Problem
from .own import STYLES, TEMPLATES

OF_PYTHON = "python.css"
"""The style sheet of pages that run Python, which other sites do not have."""
COLOUR_NAME = re.compile(r"[a-z][a-z0-9-]*")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-z]{3,30}|(rgb|hsl|oklch|oklab|lch|lab)a?\([0-9a-z%.,/ +-]*\)")


class ThemeFile(BaseModel):
    """theme.toml: what a theme changes in the one it extends."""

    model_config = ConfigDict(extra="forbid")

    extends: str | None = None
    light: dict[str, str] = Field(default_factory=dict)
    dark: dict[str, str] = Field(default_factory=dict)
    hero: str | None = None
    """A picture in the theme's folder, shown behind the first screen."""
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    """By language: replacements for English texts of pages."""


@dataclass
class Theme:
    """A theme with all it extends; `folders` is ordered from the theme itself to its last ancestor."""

    folders: list[Path]
    light: dict[str, str] = field(default_factory=dict)
    dark: dict[str, str] = field(default_factory=dict)
    hero: Path | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    own: Path | None = None
    """Folder of the portal, whose templates and styles come before those of the theme."""

    def find(self, name: str) -> Path:
        """The first file of that name among the folders. Raises InputError if there is none."""
        for folder in (self.own, *self.folders):
            if folder is None or (folder == self.own and not name.startswith(f"{TEMPLATES}/")):
                continue
            if (folder / name).is_file():
                return folder / name
        raise InputError(Problem(str(self.folders[0]), name, "no such file in the theme", "add it"))

    def styles(self) -> list[Path]:
        """Style sheets of all pages by file name; a theme's own file replaces that of its ancestor."""
        every = self._styles()
        own = {f.name: f for f in sorted((self.own / STYLES).glob("*.css"))} if self.own else {}
        # A style sheet of the portal with a name of its own is the last, so that it has the last word.
        return [own.get(name, file) for name, file in sorted(every.items()) if name != OF_PYTHON] + [
            file for name, file in own.items() if name not in every
        ]

    @property
    def python_style(self) -> Path | None:
        """The style sheet of pages that run Python."""
        return self._styles().get(OF_PYTHON)

    def _styles(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            found |= {file.name: file for file in (folder / "styles").glob("*.css")}
        return found

    def catalogues(self, language: str) -> list[Path]:
        """Translation files of a language, ancestors first."""
        files = (f / "locale" / language / "LC_MESSAGES" / "drportal.po" for f in reversed(self.folders))
        return [file for file in files if file.is_file()]

    def colours(self) -> str:
        """CSS that sets the theme's colours for light, dark and the reader's own choice."""
        light, dark = (
            "".join(f"--{name}:{value};" for name, value in c.items()) for c in (self.light, self.dark)
        )
        return (
            f":root{{color-scheme:light;{light}}}\n"
            f"@media screen and (prefers-color-scheme:dark){{"
            f':root:not([data-theme="light"]){{color-scheme:dark;{dark}}}}}\n'
            f'@media screen{{:root[data-theme="dark"]{{color-scheme:dark;{dark}}}}}\n'
        )


def themes_folder() -> Path:
    """The folder of drportal's own themes: beside generator/ in a source tree, else in the package."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def load_theme(portal: Portal, name: str | None = None, file: Path | None = None) -> Theme:
    """The theme named in `file`, or the portal's; from the portal's themes/ folder or from drportal's.

    Raises InputError for unknown themes, themes that extend each other in a circle, invalid colours, and
    pictures that cannot be used.
    """
    theme = Theme([], own=portal.folder)
    place = file or portal.folder / "portal.toml"
    name = name or portal.theme
    while name:
        folder = _folder(portal, name, place)
        if folder in theme.folders:
            raise InputError(
                Problem(
                    str(folder / "theme.toml"), "extends", "makes a circle of themes", "remove one of them"
                )
            )
        place = folder / "theme.toml"
        content = validate(ThemeFile, read_toml(place), place)
        theme.folders.append(folder)
        for table, colours in (("light", content.light), ("dark", content.dark)):
            for key, value in colours.items():
                if not COLOUR_NAME.fullmatch(key) or not COLOUR.fullmatch(value):
                    what = f"{value!r} is not a colour"
                    raise InputError(Problem(str(place), f"{table}.{key}", what, "write it as #rrggbb"))
        theme.light = content.light | theme.light
        theme.dark = content.dark | theme.dark
        theme.hero = theme.hero or _hero(content, folder)
        for language, words in content.words.items():
            theme.words[language] = words | theme.words.get(language, {})
        name = content.extends or (None if folder.name == "default" else "default")
    return theme


def _hero(content: ThemeFile, folder: Path) -> Path | None:
    if content.hero is None:
        return None
    file = folder / content.hero
    what, fix = "", "name an SVG, PNG, JPEG or WebP file beside theme.toml"
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.(svg|png|jpe?g|webp)", content.hero):
        what = f"{content.hero!r} is not the name of a picture"
    elif not file.is_file():
        what = f"no file {content.hero!r}"
    elif wrong := check_image(file):
        what = f"{content.hero!r} {wrong}"
    if what:
        raise InputError(Problem(str(folder / "theme.toml"), "hero", what, fix))
    return file


def _folder(portal: Portal, name: str, file: Path) -> Path:
    places = [portal.folder / "themes", themes_folder()]
    for place in places:
        if re.fullmatch(r"[A-Za-z0-9_-]+", name) and (place / name / "theme.toml").is_file():
            return place / name
    known = sorted({f.parent.name for place in places for f in place.glob("*/theme.toml")})
    fix = f"use one of: {', '.join(known)}"
    raise InputError(Problem(str(file), "theme", f"no theme {name!r}", fix))
