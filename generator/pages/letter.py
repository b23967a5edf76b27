"""The recipient of messages from forms without a server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ..escape import mail_address
from .site import Site


@dataclass(frozen=True)
class Letter:
    """Variables of templates with forms."""

    has_documents: bool
    mail: str | None
    form_address: str | None
    form_origin: str | None
    form_host: str | None


def letter_of(site: Site) -> Letter:
    """The recipient of a message to the team."""
    form = site.portal.contact_form
    parts = urlsplit(form) if form else None
    return Letter(
        has_documents="docs/index.html" in site.documents.paths,
        mail=mail_address(site.portal.contact),
        form_address=form,
        form_origin=f"{parts.scheme}://{parts.netloc}" if parts else None,
        form_host=parts.netloc if parts else None,
    )
