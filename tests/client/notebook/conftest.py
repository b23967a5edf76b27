"""Addresses of a release with Python, from disk and served."""

from __future__ import annotations

import pytest

from ...python_portal import WithPython


@pytest.fixture(params=["serve", "file"])
def place(request: pytest.FixtureRequest, with_python: WithPython) -> str:
    """Address of the release, ending in a slash."""
    if request.param == "file":
        return with_python.release.as_uri() + "/"
    return str(request.getfixturevalue("python_served"))
