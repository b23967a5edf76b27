"""404.html: what hosts show if there is no page."""

from __future__ import annotations

from ..page import Page, nothing
from ..site import MISSING

# Without an address, the page could not find its style sheet.
MISSING_PAGE = Page(
    "help",
    "missing.html",
    MISSING,
    order=150,
    of="portal",
    title=lambda _: _("No such page"),
    when=lambda outline: outline.has_address,
    context=nothing,
)
