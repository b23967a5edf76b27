"""A portal with cross-matches, which tests of this room share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..commands import drportal
from ..conftest import once
from .test_built_match import write


def make(folder: Path) -> Path:
    portal = folder / "portal"
    write(portal)
    drportal("build", "--portal", portal, check=True)
    return portal


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal with its site. To be copied, not changed."""
    return once(tmp_path_factory, "matched", make)
