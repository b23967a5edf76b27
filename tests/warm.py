"""What all commands compute from drportal alone, computed once in the process that they are forked from.

It is a third of the processor time of a small build. No thread stays, which a fork would lose.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import typer.main
from pydantic import BaseModel, PydanticUserError

from drportal import cli
from drportal.i18n import Language
from drportal.pages import piece, skymap, sources
from drportal.pages.theme import Theme, themes_folder
from drportal.pieces.digests import Digests
from drportal.plugins import plugins


def models(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """All models whose modules have been read."""
    for one in of.__subclasses__():
        yield one
        yield from models(one)


def warm() -> None:
    """Complete models, read translations, make the tree of commands and the lines of sky maps."""
    for model in models():
        if model.__module__.startswith("drportal"):
            with contextlib.suppress(PydanticUserError):
                model.model_rebuild()
    plugins()
    # Typer makes the tree of commands at each call.
    typer.main.get_command = functools.cache(typer.main.get_command)
    typer.main.get_command(cli.app)
    # Its own files stay the same while tests run.
    code = sources.code_digest(Digests())
    for module in (sources, piece):
        module.code_digest = lambda _digests: code  # type: ignore[assignment,attr-defined]
    theme = Theme([themes_folder() / "default"])
    for name in ("en", "zh"):
        language = Language(name, theme.catalogues(name))
        language.number(1234.5)
        language.compact(12_345_678)
    skymap._graticule()
    skymap._galactic_plane()


warm()
