"""Send a site to a target: only what changed, read back afterwards, and visible at once where that can be.

A transfer has three parts. Files that are found by their names alone come first, then pages, then the lists
of files with the manifest as the last; a target that is changed in place is therefore complete whenever a
reader looks at its manifest. Nothing is removed before the new manifest is there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...checksums import SUMS, digest
from ...files import Entry
from ...formats.copies import EditionMark
from ...problems import InputError, Problem, several
from ...report import Report
from ..listing import HOST_FILES, MANIFEST, PARTIAL, SIGNATURE
from .difference import Lists, Summary, summary_of
from .journal import Journal
from .target import AGAIN, Target, refused

LISTS = (*HOST_FILES, PARTIAL, SUMS, SIGNATURE, MANIFEST)
"""Files that are in no manifest, in the order in which they are sent."""
LEAVING = "publishing-removes.txt"
"""At a target whose files are replaced one by one: paths of the files that will be removed, a line each."""
NAMED = 5
"""Number of files that a message names."""


@dataclass(frozen=True)
class Plan:
    """A transfer that is decided."""

    site: Path
    target: Target
    lists: Lists
    summary: Summary
    marks: str
    """Identifies both manifests."""
    folder: Path
    """For files that are sent and are not the site's."""
    left: tuple[str, ...]
    """Files that an interrupted transfer was to remove: its manifest names them no more."""

    @property
    def changes(self) -> bool:
        """Whether anything is to be sent or removed."""
        total = self.summary.total
        return bool(total.new or total.changed or total.removed) or self.lists.begun is not None


def plan_transfer(site: Path, target: Target, again: frozenset[str], folder: Path) -> Plan:
    """Compare a site with a target. `folder` keeps the target's lists. Raises InputError.

    A published release stays as it is, and stays there, unless its id is in `again`.
    """
    former, begun = folder / "former.json", folder / "begun.json"
    there = target.fetch(MANIFEST, former)
    interrupted = target.fetch_begun(begun)
    if not there and not interrupted and not target.is_empty():
        what = f"has files, and no {MANIFEST}"
        raise refused(target.name, what, "name a place that is empty, or where a site was published")
    lists = Lists.of(site, former if there else None, begun if interrupted else None, target.name)
    _refuse_other_edition(site, target, lists, folder)
    summary = summary_of(lists)
    _refuse_changes(target, lists, summary, again)
    marks = f"{digest(site / MANIFEST)} {digest(former) if there else ''}"
    left: tuple[str, ...] = ()
    if interrupted and target.fetch(LEAVING, folder / LEAVING):
        left = tuple((folder / LEAVING).read_text(encoding="utf-8").splitlines())
    return Plan(site, target, lists, summary, marks, folder, left)


def _refuse_other_edition(site: Path, target: Target, lists: Lists, folder: Path) -> None:
    """Editions for different readers are never mixed."""

    def audience(at: Path) -> str:
        return EditionMark.read(at).audience if (at / EditionMark.FILE).is_file() else "public"

    if lists.former is None:
        return
    target.fetch(EditionMark.FILE, folder / EditionMark.FILE)
    here, there = audience(site), audience(folder)
    if here != there:
        what = f"has the edition for {there}, and {site} is the one for {here}"
        raise refused(target.name, what, "name another target, or the other site with --site")


def _refuse_changes(target: Target, lists: Lists, summary: Summary, again: frozenset[str]) -> None:
    published = lists.former.head.releases if lists.former else ()
    problems = []
    for release in published:
        if release not in lists.now.head.releases:
            what = f"release {release} is published there and not in this site; nothing published is removed"
            problems.append(
                Problem(target.name, "", what, f"build the site with it: drportal build {release}")
            )
    for release, some in summary.touched.items():
        if release not in again:
            more = (
                f" and {several(count, 'other file')}"
                if (count := summary.counts[release] - len(some))
                else ""
            )
            what = f"data of the published release {release} would change: {', '.join(some)}{more}"
            fix = f'publish them with --again {release} --reason "…", or take the change back'
            problems.append(Problem(target.name, "", what, fix))
    for release in sorted(again - set(published)):
        what = f"release {release} is not published there"
        problems.append(Problem(target.name, "", what, "remove --again"))
    if problems:
        raise InputError(problems)


def send(plan: Plan, report: Report) -> None:
    """Send what is planned. Raises InputError; the published site is then as it was, or complete."""
    site, target = plan.site, plan.target
    total = plan.summary.total
    _refuse_incomplete(plan)
    journal = Journal(target.name, plan.marks)
    whole = False
    try:
        report.step(f"sending {several(total.bytes, 'byte')} to {target.name}")
        if target.begin(site / MANIFEST):
            journal.clear()
        _put_all(plan, journal, report)
        if target.beside:
            target.remove(_removed(plan))
        report.step("reading back what was sent")
        _check(plan, journal, report)
        if not target.beside:
            _put_leaving(plan)
        _put_lists(plan)
        if not target.beside:
            target.remove(_removed(plan))
            target.remove([LEAVING])
        target.finish()
        whole = True
    finally:
        journal.close(whole)


def _refuse_incomplete(plan: Plan) -> None:
    """The site must have every file of its manifest, with its size."""
    wrong = []
    for step in plan.lists.steps():
        if step.sends and step.now:
            file = plan.site / step.path
            if not file.is_file() or file.stat().st_size != step.now.bytes:
                wrong.append(step.path)
                if len(wrong) == NAMED:
                    break
    if wrong:
        what = f"differs from its own {MANIFEST}: {', '.join(wrong)}"
        raise InputError(Problem(str(plan.site), "", what, "build it again: drportal build"))


def _is_page(path: str) -> bool:
    return path.endswith(".html") or "/" not in path


def _sends(plan: Plan) -> Iterator[Entry]:
    """What is sent, in its order: data, scripts and styles, then pages."""
    for pages in (False, True):
        for step in plan.lists.steps():
            if step.sends and _is_page(step.path) == pages:
                assert step.now
                yield step.now


def _removed(plan: Plan) -> Iterator[str]:
    yield from (step.path for step in plan.lists.steps() if step.removes)
    if plan.left:
        left = set(plan.left)
        yield from left.difference(path for path, *_ in plan.lists.now)


def _put_leaving(plan: Plan) -> None:
    """List what is to be removed, for a transfer that resumes this one: the new manifest does not name it."""
    file = plan.folder / LEAVING
    file.write_text("".join(f"{path}\n" for path in sorted(set(_removed(plan)))), encoding="utf-8")
    entry = Entry(LEAVING, file.stat().st_size, digest(file))
    plan.target.put(plan.folder, [entry], lambda _entry: None)


def _put_all(plan: Plan, journal: Journal, report: Report) -> None:
    total, done = plan.summary.total.bytes, 0

    def counted(entry: Entry) -> None:
        nonlocal done
        done += entry.bytes
        report.progress("sent", done, total)

    def sent(entry: Entry) -> None:
        journal.add(entry)
        counted(entry)

    def missing() -> Iterator[Entry]:
        for entry in _sends(plan):
            if journal.has(entry):
                counted(entry)
            else:
                yield entry

    plan.target.put(plan.site, missing(), sent)


def _check(plan: Plan, journal: Journal, report: Report) -> None:
    """Read back what was sent, by this run and by those before it."""
    total, done = plan.summary.total.bytes, 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        report.progress("checksums", done, total)

    wrong = 0
    named: list[str] = []
    for path in plan.target.wrong(_sends(plan), more):
        journal.drop(path)
        wrong += 1
        named += [path] if len(named) < NAMED else []
    if wrong:
        what = f"{several(wrong, 'file')} arrived with other bytes: {', '.join(named)}"
        raise refused(plan.target.name, what, AGAIN)


def _put_lists(plan: Plan) -> None:
    """Send the lists; the manifest is the last. Those that the site has no more are removed."""
    site, target = plan.site, plan.target
    for name in LISTS:
        if (site / name).is_file():
            entry = Entry(name, (site / name).stat().st_size, digest(site / name))
            target.put(site, [entry], lambda _entry: None)
            if list(target.wrong([entry], lambda _count: None)):
                raise refused(target.name, f"{name} arrived with other bytes", AGAIN)
    target.remove([name for name in LISTS if not (site / name).is_file()])


@contextmanager
def planned(site: Path, target: Target, again: frozenset[str]) -> Iterator[Plan]:
    """A transfer that is planned; the lists of the target are here until the end. Raises InputError."""
    with tempfile.TemporaryDirectory(prefix="drportal-") as folder, target.alone():
        yield plan_transfer(site, target, again, Path(folder))
