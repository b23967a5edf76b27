"""`drportal publish`: send a built site to where readers find it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..model import Audience, Edition, load_portal
from ..model.text import in_language
from ..problems import InputError, Problem, several
from ..publish.targets.named import open_target
from ..publish.targets.send import Plan, planned, send
from ..report import Report
from .edit import Edit, append, opened
from .promote import release_of


def publish(
    where: str,
    folder: Path,
    site: Path,
    again: Sequence[str],
    reason: str,
    dry: bool,
    audience: Audience,
    report: Report,
) -> Iterator[str]:
    """Send what changed of `site` to a target, and yield lines that say what is sent. Raises InputError.

    `again` are the ids of published releases whose data may change; `reason` goes into their release.toml
    as a revision, and the site is built with it before it is sent.
    """
    named = frozenset(one.strip("/").lower() for one in again)
    if bool(named) != bool(reason.strip()):
        what = "--again needs a reason" if named else "--reason is only for --again"
        fix = 'write --again RELEASE --reason "…", which readers see'
        raise InputError(Problem("publish", "", what, fix))
    if named:
        yield from _reopened(where, folder, site, named, reason.strip(), dry, audience, report)
    with planned(site, open_target(where), named) as plan:
        yield from _said(plan)
        if dry:
            yield "nothing was sent: --dry-run"
        elif not plan.changes:
            yield f"nothing has changed: {plan.target.name}"
        else:
            send(plan, report)
            files = several(plan.summary.total.new + plan.summary.total.changed, "file")
            yield f"published, and read back: {files}: {plan.target.name}"


def _reopened(
    where: str,
    folder: Path,
    site: Path,
    named: frozenset[str],
    reason: str,
    dry: bool,
    audience: Audience,
    report: Report,
) -> Iterator[str]:
    """Write the reason into release.toml and build the site with it. Raises InputError."""
    with planned(site, open_target(where), named) as plan:
        for one in sorted(named - plan.summary.touched.keys()):
            what = f"the data of {one} are as they are published"
            raise InputError(Problem("publish", "--again", what, "remove --again and --reason"))
    edits = revisions(folder, named, reason)
    for edit in edits:
        yield from edit.diff()
    if dry:
        return
    from ..build import build
    from ..steps.decide import Options

    for edit in edits:
        edit.write()
    build(folder, site, [], report, Options(audience=audience))


def revisions(folder: Path, named: frozenset[str], reason: str) -> list[Edit]:
    """The changes of release.toml files that give the reason, unless the last revision gives it already."""
    edition = Edition.today(Audience.team)
    portal = load_portal(folder, edition)
    edits = []
    for name in sorted(named):
        release = release_of(portal, name, "publish")
        if release.revisions and in_language(release.revisions[-1].reason, portal.languages[0]) == reason:
            continue
        before, document = opened(release.file)
        append(document, "revisions", {"date": edition.day, "reason": reason})
        edits.append(Edit(release.file, before, document.as_string()))
        edits[-1].check()
    return edits


def _said(plan: Plan) -> Iterator[str]:
    for name, one in sorted(plan.summary.releases.items()):
        if one.new or one.changed or one.removed:
            yield f"{name or 'the portal itself'}: {one.line()}"
    if len(plan.summary.releases) > 1:
        yield f"in all: {plan.summary.total.line()}"
