"""`drportal promote`: a release is for more readers now, and replaces the older ones of its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..model import Audience, Edition, Portal, Release, load_portal
from ..problems import InputError, Problem
from ..start import given_date
from .edit import Edit, opened, put

PHASES = ("v0", "v1", "v2")
READERS = {"v0": "team", "v1": "partners", "v2": "public"}
"""The audience at which a release of a phase may be restricted at most."""
RANK = list(Audience)


def promotion(folder: Path, name: str, phase: str, published: str | None) -> list[Edit]:
    """The changes of release.toml files that promote a release. Raises InputError.

    `published` is the date of the release in its new phase; without it the date stays.
    """
    # The team sees every release.
    portal = load_portal(folder, Edition.today(Audience.team))
    release = release_of(portal, name, "promote")
    if phase not in PHASES:
        fix = "use v0 (the team), v1 (partners) or v2 (everyone)"
        raise InputError(Problem("promote", "--phase", f"{phase!r} is no phase", fix))
    if published is not None:
        given_date(published, "promote")
    if release.phase and PHASES.index(release.phase) > PHASES.index(phase):
        what = f"is of phase {release.phase} already; a release does not go back"
        raise InputError(Problem(str(release.file), "phase", what, "name a later phase"))
    if release.superseded_by:
        what = f"is replaced by {release.superseded_by}"
        raise InputError(Problem(str(release.file), "superseded_by", what, "promote that release"))
    edits = [_promoted(release, phase, published)]
    edits += [_replaced(older, release) for older in replaced_by(portal, release, phase)]
    edits = [edit for edit in edits if edit.after != edit.before]
    for edit in edits:
        edit.check()
    return edits


def replaced_by(portal: Portal, release: Release, phase: str) -> Iterator[Release]:
    """The older versions of the same release that nothing replaces yet, and that have no more readers."""
    for older in portal.releases:
        former = older.name == release.name and older.order[1:] < release.order[1:]
        # The parts of a season are no versions of each other.
        former = former and not (older.batch and release.batch and older.version == release.version)
        wider = older.phase is not None and PHASES.index(older.phase) > PHASES.index(phase)
        if former and not wider and older.superseded_by is None:
            yield older


def _promoted(release: Release, phase: str, published: str | None) -> Edit:
    before, document = opened(release.file)
    put(document, "phase", phase)
    if published:
        put(document, "published", published)
    most = READERS[phase]
    if RANK.index(Audience(release.audience)) > RANK.index(Audience(most)):
        if most == "public":
            for key in ("audience", "public_from"):
                if key in document:
                    del document[key]
        else:
            document["audience"] = most
    return Edit(release.file, before, document.as_string())


def _replaced(older: Release, by: Release) -> Edit:
    before, document = opened(older.file)
    if older.status == "current":
        put(document, "status", "obsolete")
    put(document, "superseded_by", by.id)
    return Edit(older.file, before, document.as_string())


def release_of(portal: Portal, name: str, command: str) -> Release:
    """A release of the portal by its id. Raises InputError."""
    wanted = name.strip("/").lower()
    for release in portal.releases:
        if release.id.lower() == wanted:
            return release
    fix = f"use one of: {', '.join(r.id for r in portal.releases)}"
    raise InputError(Problem(command, name, "no such release", fix))
