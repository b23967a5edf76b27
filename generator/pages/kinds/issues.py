"""issues.html: known issues of a release and the rows they affect."""

from __future__ import annotations

from dataclasses import dataclass

from ..known_issues import Affected
from ..page import Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Issues:
    """Variables of issues.html."""

    issues: list[Affected]
    """Open issues first."""


def issues(here: LocalSite, _planned: Planned) -> Issues:
    order = {"open": 0, "stays": 1, "fixed": 2}
    return Issues(sorted(here.site.affected, key=lambda one: order[one.issue.status]))


ISSUES = Page(
    "issues",
    "issues.html",
    "issues.html",
    order=75,
    title=lambda _: _("Known issues"),
    when=lambda outline: outline.issues,
    context=issues,
)
