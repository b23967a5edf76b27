"""changes.html: differences from former releases, each number linked to the rows it counts."""

from __future__ import annotations

from dataclasses import dataclass

from ..changes import PairView
from ..page import Nav, Page


@dataclass(frozen=True)
class ChangesPage:
    """Variables of changes.html."""

    pairs: list[PairView]


CHANGES = Page(
    "changes",
    "changes.html",
    "changes.html",
    order=70,
    title=lambda _: _("Changes"),
    when=lambda outline: outline.changes,
    nav=Nav(lambda _: _("Changes")),
    context=lambda here, _planned: ChangesPage(here.changes),
)
