"""Record for whom a site was built, so that editions are never mixed.

A site that is not public has an `edition.json` in the portal and in each release. The cache, which readers do
not see, records what was withheld when each release was rendered: a release that is not rendered again may
stay only if nothing is withheld now that was shown then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ..formats.copies import EditionMark
from ..model import Audience, Edition, Portal, Release
from ..pieces import Damaged, damage, read_record, write_record
from ..problems import InputError, Problem

EDITION = EditionMark.FILE


def mark(folder: Path, edition: Edition) -> None:
    """Write edition.json into a site or a release; a public one gets none."""
    file = folder / EDITION
    file.unlink(missing_ok=True)  # never write into what may be a hard link
    if not edition.is_public:
        EditionMark(audience=edition.audience.value).write(folder)


def refuse_other(site: Path, edition: Edition) -> None:
    """Raise InputError if the site, or a release in it, is for another audience."""
    if not (site / "index.html").is_file():
        return
    for file in sorted({site / EDITION, *site.glob(f"*/{EDITION}"), *site.glob(f"*/*/{EDITION}")}):
        audience = _audience(file)
        if audience != edition.audience:
            what = f"is the edition for {audience}, and this one is for {edition.audience}"
            fix = "name another folder with --out, or delete that one yourself"
            raise InputError(Problem(str(file.parent), "", what, fix))


def edition_of(site: Path) -> Edition:
    """The edition of today for the audience of a site. Raises InputError if its edition.json is not valid."""
    audience = _audience(site / EDITION)
    if audience not in set(Audience):
        raise InputError(Problem(str(site / EDITION), "", f"is for {audience}", "build the site again"))
    return Edition.today(Audience(audience))


def _audience(file: Path) -> str:
    if not file.is_file():
        return "public"
    try:
        return EditionMark.read(file.parent).audience
    except InputError:
        return "readers unknown"


class Record:
    """For each release of a site, all that was withheld when its pages were rendered."""

    def __init__(self, site: Path) -> None:
        self.file = site.parent / "cache" / "editions" / f"{site.name}.json"
        self.damage = ""
        """A message if the record is damaged; then nothing is known of what was withheld."""
        try:
            known = json.loads(read_record(self.file) or "{}")
        except Damaged:
            known = {}
            self.damage = damage(self.file)
        self.withheld: dict[str, set[str]] = {name: set(lines) for name, lines in known.items()}

    def refuse(self, kept: Iterable[tuple[Release, set[str]]]) -> list[str]:
        """Messages about releases that stay although they lack what is now public.

        Raises InputError for releases that may show what is withheld now.
        """
        lines, problems = [self.damage] if self.damage else [], []
        for release, now in kept:
            then = self.withheld.get(release.id, set())
            if more := sorted(now - then):
                what = f"may show what is now withheld ({', '.join(more[:3])}{', …' if more[3:] else ''})"
                fix = f"build it too: drportal build {release.id}, or all at once"
                problems.append(Problem(release.id, "", what, fix))
            elif less := sorted(then - now):
                lines.append(f"{release.label} was built without what is now shown: {', '.join(less[:3])}")
        if problems:
            raise InputError(problems)
        return lines

    def forget(self, releases: Iterable[Release]) -> None:
        """Drop the records of releases before their site is put in place, in case that is interrupted."""
        for release in releases:
            self.withheld.pop(release.id, None)
        self._write()

    def remember(self, made: Iterable[tuple[Release, set[str]]]) -> None:
        self.withheld |= {release.id: lines for release, lines in made}
        self._write()

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({name: sorted(lines) for name, lines in sorted(self.withheld.items())}, indent=1)
        write_record(self.file, text)


def withheld_from(portal: Portal, release: Release, documents: Iterable[str]) -> set[str]:
    """All that the pages of a release must not mention: what is withheld of it, and withheld releases."""
    lines = {*portal.withheld[release.id], *(f"document {name}" for name in documents)}
    return lines | {f"release {name}" for name in portal.hidden}
