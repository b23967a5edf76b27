"""docs/configuration.md describes every key."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from drportal.model import (
    Author,
    Bit,
    CatalogueSource,
    ColumnFacts,
    Line,
    LineList,
    Mirror,
    Naming,
    Paper,
    Portal,
    Release,
    Roles,
)
from drportal.model.audience import WithheldRows
from drportal.model.catalogue import Simulate
from drportal.model.crossmatch import Crossmatch, EpochColumn, MatchRoles
from drportal.model.known_issues import KnownIssue
from drportal.model.media import Media, MediaSpectra
from drportal.model.python import Python
from drportal.model.release import Resolution
from drportal.model.revisions import Revision
from drportal.model.spectra import SimulateSpectra, SpectraSet, SpectrumColumns, SpectrumId

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


MODELS = [Portal, Release, CatalogueSource, ColumnFacts, Bit, Roles, Resolution, Simulate, KnownIssue]
MODELS += [Revision, WithheldRows, Python, Author, Paper, Naming, Media, MediaSpectra, Mirror]
MODELS += [
    Crossmatch,
    EpochColumn,
    MatchRoles,
    SpectraSet,
    SpectrumId,
    SpectrumColumns,
    SimulateSpectra,
    Line,
    LineList,
]


@pytest.mark.parametrize("model", MODELS)
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert any(f"{mark}{key}{end}" in text for mark in "`[{ " for end in ("`", "]", " =")), key


def test_a_date_may_be_one_of_tomls_own() -> None:
    import tomllib

    release = Release.model_validate(tomllib.loads('name = "DR1"\npublished = 2021-03-31'))
    assert release.published == "2021-03-31"
