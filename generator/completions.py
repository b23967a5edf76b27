"""What shells complete: ids of releases and names of catalogues, found without reading a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def complete_release(ctx: Any, incomplete: str) -> list[str]:
    """Ids of the releases of the portal that a command line names."""
    folder = Path(ctx.params.get("portal") or ".") / "releases"
    found = sorted(file.parent.relative_to(folder).as_posix() for file in folder.glob("**/release.toml"))
    return [name for name in found if name.startswith(incomplete)]


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Complete one of some words."""
    return lambda incomplete: [word for word in words if word.startswith(incomplete)]
