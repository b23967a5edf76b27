"""What pages load: styles, scripts and the engine, under names that change with their content."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.portal import Portal
from ..problems import InputError, Problem
from .theme import Theme, load_theme

EVERYWHERE = "site.js"
"""The script of every page; the others are of pages that query a catalogue or show spectra."""


@dataclass
class Assets:
    """The theme and the built client. `names` maps a logical name to a file name below assets/."""

    theme: Theme
    dist: Path
    names: dict[str, str]
    engine: Any
    """The manifest's `engine` object, handed to scripts as it is."""
    made: dict[str, bytes]
    """Files that come from the theme, by file name."""

    @classmethod
    def load(cls, portal: Portal, dist: Path | None = None) -> Assets:
        """Read the theme and the client's manifest.

        Raises InputError when the client has not been built or the theme does not fit.
        """
        dist = dist or Path(__file__).resolve().parents[1] / "client" / "dist"
        file = dist / "manifest.json"
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            mend = "build it: `npm ci --ignore-scripts && npm run build` in generator/client"
            raise InputError(Problem(str(file), "", "the client is not built", mend)) from None
        theme = load_theme(portal)
        names = {k: v for k, v in manifest.items() if isinstance(v, str)}
        css = (
            theme.colours() + "\n".join(f.read_text(encoding="utf-8").strip() for f in theme.styles()) + "\n"
        )
        made = {}
        for name, content in (("site.css", css.encode()), ("icon.svg", theme.find("icon.svg").read_bytes())):
            stem, dot, kind = name.partition(".")
            names[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}{dot}{kind}"
            made[names[name]] = content
        return cls(theme, dist, names, manifest.get("engine"), made)

    def install(self, out: Path, *, engine: bool, spectra: bool = False) -> None:
        """Write assets/ below `out`: the engine only where there is something to query, and scripts of pages
        only where there is that or spectra to look at."""
        folder = out / "assets"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.made.items():
            (folder / name).write_bytes(content)
        for logical, name in self.names.items():
            wanted = engine or spectra or logical == EVERYWHERE or not logical.endswith(".js")
            if name not in self.made and wanted:
                shutil.copyfile(self.dist / name, folder / name)
        for name in _paths(self.engine) if engine else ():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(self.dist / name, folder / name)


def _paths(value: Any) -> list[str]:
    """Every file that the manifest's engine object names, wherever in it."""
    if isinstance(value, dict):
        return [path for inner in value.values() for path in _paths(inner)]
    return [value] if isinstance(value, str) and value.startswith("engine/") else []
