"""One planned page as HTML."""

from __future__ import annotations

import traceback

import jinja2

from ..problems import InputError, Problem
from .common import template_values
from .own import own_folders
from .page import Planned
from .site import Site


def render_page(site: Site, planned: Planned) -> str:
    """The HTML of a page. Its content is computed here, or taken from what the site's pages share."""
    here = site.local(planned.lang)
    values = template_values(here, planned, planned.page.context(here, planned))
    try:
        template = site.assets.environment(planned.lang).get_template(planned.page.template)
        return template.render(values).rstrip() + "\n"
    except Exception as error:
        if problem := _of_team(error, site):
            raise InputError(problem) from None
        raise


def _of_team(error: Exception, site: Site) -> Problem | None:
    """What is wrong in a template of the team; None for an error elsewhere."""
    folders = own_folders(site.portal.folder)
    fix = "correct the template: docs/templates.md has the variables"
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        if any(str(folder) in error.filename for folder in folders):
            return Problem(error.filename, f"line {error.lineno}", str(error.message), fix)
        return None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(frame.filename.startswith(f"{folder}/") for folder in folders):
            what = str(error) or type(error).__name__
            if isinstance(error, jinja2.TemplateNotFound):
                what = f"there is no template {error.name!r}"
            return Problem(frame.filename, f"line {frame.lineno}", what, fix)
    return None
