"""verify.html: how to check a copy against its manifest."""

from __future__ import annotations

from dataclasses import dataclass

from ..page import Page
from ..site import Key


@dataclass(frozen=True)
class Verify:
    """Variables of verify.html."""

    key: Key | None


VERIFY = Page(
    "help",
    "verify.html",
    "verify.html",
    order=120,
    of="both",
    title=lambda _: _("Verify this copy"),
    context=lambda here, _planned: Verify(here.site.key),
)
