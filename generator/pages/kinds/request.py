"""Forms that need no server: a message to the team, and a request for a copy on a disc or stick."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ...escape import mail_address
from ...i18n import Language
from ..site import Site


def letter_context(site: Site) -> dict[str, object]:
    """What both forms know: where a message goes."""
    form = site.portal.contact_form
    parts = urlsplit(form) if form else None
    return {
        "has_documents": "docs/index.html" in site.documents,
        "mail": mail_address(site.portal.contact),
        "form_address": form,
        "form_origin": f"{parts.scheme}://{parts.netloc}" if parts else None,
        "form_host": parts.netloc if parts else None,
    }


def request_context(site: Site, listed: dict[str, Any], language: Language) -> dict[str, object]:
    """What request.html adds: what can be asked for, with what each takes on a disc, scripts included."""
    parts = [
        {
            "name": f"data/{entry['catalogue'].name}",
            "title": language.text(entry["catalogue"].title),
            "bytes": entry["bytes"] + entry["twins"],
        }
        for entry in listed["sets"]
    ]
    for entry in listed["spectra_sets"]:
        meta, view = entry["meta"], entry["view"]
        taken = int(meta["bytes"]) + entry["index_bytes"] + entry["grid_bytes"] + int(meta["scripts"])
        title = language.text(view.title)
        parts.append({"name": f"data/spectra/{view.name}", "title": title, "bytes": taken})
    assets = sum(f.stat().st_size for f in (site.out / "assets").rglob("*") if f.is_file())
    return {
        "parts": parts,
        "pages_bytes": assets,
        "other_releases": [r.label for r in reversed(site.releases) if r is not site.release],
        **letter_context(site),
    }
