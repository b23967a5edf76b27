"""contact.html: a message to the team, without a server."""

from __future__ import annotations

from ..letter import letter_of
from ..page import Page

CONTACT = Page(
    "help",
    "contact.html",
    "contact.html",
    order=100,
    title=lambda _: _("Contact"),
    context=lambda here, _planned: letter_of(here.site),
)
