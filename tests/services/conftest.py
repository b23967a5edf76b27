"""Services on the sites that other tests use too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .running import Served, serving_vo

if TYPE_CHECKING:
    from ..conftest import Made
    from ..spectral_portal import Spectral


@pytest.fixture(scope="session")
def portal(made: Made) -> Iterator[Served]:
    """A portal with one release, test/v1: its catalogues are real, odd and without positions."""
    with serving_vo(made.site) as served:
        yield served


@pytest.fixture(scope="session")
def vo(portal: Served) -> str:
    """Address of that release's services."""
    return f"{portal.address}test/v1/vo/"


@pytest.fixture(scope="session")
def spectra_vo(spectral: Spectral) -> Iterator[str]:
    """Address of the services of a release with spectra."""
    with serving_vo(spectral.release) as served:
        yield f"{served.address}vo/"
