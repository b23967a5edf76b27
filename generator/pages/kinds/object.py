"""What object.html knows beforehand: by which ids targets are found, and what matters most of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..forms import search_form

if TYPE_CHECKING:
    from ..site import Site


def object_context(site: Site) -> dict[str, object]:
    """Extra context of object.html: `identifiers`, columns it looks by; `objects`, facts for its script."""
    objects = {}
    identifiers: dict[str, None] = {}
    for view in site.catalogues:
        form = search_form(view.meta, view.statistics, view.name)
        indexed = [index["column"] for index in view.meta.get("ids", [])]
        identifiers |= dict.fromkeys(indexed)
        objects[view.name] = {
            "roles": view.statistics.get("roles") or {},
            "typical": [column.name for column in form.columns if column.name in form.typical],
            "indexed": indexed,
        }
    identifiers |= {s.meta["id"]["name"]: None for s in site.spectra if not s.spec.templates_of}
    first = sorted(identifiers, key=lambda name: name.lower() != "designation")
    return {"objects": objects, "identifiers": first}
