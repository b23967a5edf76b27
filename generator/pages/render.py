"""One planned page as HTML."""

from __future__ import annotations

from .common import template_values
from .page import Planned
from .site import Site


def render_page(site: Site, planned: Planned) -> str:
    """The HTML of a page. Its content is computed here, or taken from what the site's pages share."""
    here = site.local(planned.lang)
    values = template_values(here, planned, planned.page.context(here, planned))
    template = site.assets.environment(planned.lang).get_template(planned.page.template)
    return template.render(values).rstrip() + "\n"
