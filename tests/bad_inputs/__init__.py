"""A thousand ways to break one file of a valid portal."""

from __future__ import annotations

import shutil
from pathlib import Path

from drportal.model.lines import LineList
from drportal.model.portal import Portal
from drportal.model.release import Release

from .keys import broken_text, spoilt_keys
from .portal import FOLDER, LINES, PORTAL, RELEASE, write
from .spoil import Bad
from .tables import spoilt_data, spoilt_documents
from .values import spoilt_values

__all__ = ["Bad", "cases", "restore", "write"]


def cases() -> list[Bad]:
    release, lines = f"{FOLDER}/release.toml", "lines/own.toml"
    made = [
        *spoilt_keys("portal.toml", PORTAL, Portal),
        *spoilt_keys(release, RELEASE, Release),
        *spoilt_keys(lines, LINES, LineList),
        *broken_text("portal.toml", "= =", len(PORTAL)),
        *broken_text(release, "[[", len(RELEASE)),
        *broken_text(lines, "a = b = c", len(LINES)),
        *spoilt_values(),
        *spoilt_data(),
        *spoilt_documents(),
    ]
    assert len({bad.name for bad in made}) == len(made), "names must differ"
    return made


def restore(good: Path, file: str, folder: Path) -> None:
    """Restore a broken file."""
    path = folder / file
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    shutil.copy2(good / file, path)
