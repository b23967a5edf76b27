"""A release with Python, from disk and served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ...conftest import once, serving
from ...python_portal import WithPython, build


@pytest.fixture(scope="session")
def with_python(tmp_path_factory: pytest.TempPathFactory) -> WithPython:
    return once(tmp_path_factory, "with python", build)


@pytest.fixture(scope="session")
def python_served(with_python: WithPython) -> Iterator[str]:
    with serving(with_python.release) as address:
        yield address


@pytest.fixture(params=["serve", "file"])
def place(request: pytest.FixtureRequest, with_python: WithPython) -> str:
    """Address of the release, ending in a slash."""
    if request.param == "file":
        return with_python.release.as_uri() + "/"
    return str(request.getfixturevalue("python_served"))
