"""Limits of static hosts: size of a file, number of files, total size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..files import walk
from ..model.sizes import said
from ..problems import InputError, Problem, several

NAMED = 20
"""Number of files that are reported one by one."""
NO_JEKYLL = ".nojekyll"


@dataclass(frozen=True)
class Host:
    """Limits of a host; None if it has none."""

    name: str
    file: int | None = None
    files: int | None = None
    site: int | None = None
    jekyll: bool = False
    """Whether it leaves out names that begin with _, unless the file NO_JEKYLL exists."""


HOSTS = {
    "cloudflare-pages": Host("Cloudflare Pages", file=25 << 20, files=20_000),
    "github-pages": Host("GitHub Pages", file=100 << 20, site=10**9, jekyll=True),
    "gitlab-pages": Host("GitLab Pages", site=1 << 30),
}
"""Limits of free plans in November 2026."""


def too_large(root: Path, largest: int, without: frozenset[str] = frozenset()) -> list[Problem]:
    """Files below a folder that are larger than portal.toml allows."""
    fix = 'write `largest_file` = "{}" in portal.toml if its host accepts that, or leave it out'
    found = [(path, size) for path, size in _files(root, without) if size > largest]
    problems = [
        Problem(
            path,
            "",
            f"has {said(size)}, and a file may have {said(largest, down=True)}",
            fix.format(said(size)),
        )
        for path, size in found[:NAMED]
    ]
    if len(found) > NAMED:
        most = max(size for _, size in found)
        what = f"{several(len(found), 'file is', 'files are')} larger than {said(largest, down=True)}"
        problems.append(Problem("portal.toml", "largest_file", what, fix.format(said(most))))
    return problems


def unfit(site: Path, kind: str) -> list[Problem]:
    """Why a host would not accept a site. Raises InputError for an unknown host, or if there is no site."""
    if kind not in HOSTS:
        raise InputError(Problem("--host", kind, "no such host", f"use one of: {', '.join(HOSTS)}"))
    if not (site / "index.html").is_file():
        raise InputError(Problem(str(site), "", "is not a site", "build it first: drportal build"))
    host, problems, large = HOSTS[kind], [], 0
    count = total = 0
    hidden = ""
    for path, size in _files(site):
        count, total = count + 1, total + size
        if host.jekyll and not hidden and any(part.startswith("_") for part in path.split("/")):
            hidden = path
        if host.file and size > host.file:
            large += 1
            if large <= NAMED:
                what = f"has {said(size)}; {host.name} accepts files of up to {said(host.file, down=True)}"
                fix = "leave it out, or use a web server or an object store"
                problems.append(Problem(str(site / path), "", what, fix))
    smaller = (
        "publish fewer releases there (drportal mirror --release), or use a web server or an object store"
    )
    if large > NAMED:
        what = f"has {several(large, 'file that is', 'files that are')} too large for {host.name}"
        problems.append(Problem(str(site), "", what, "use a web server or an object store"))
    if host.files and count > host.files:
        what = f"has {several(count, 'file')}; {host.name} accepts {host.files:,}"
        problems.append(Problem(str(site), "", what, smaller))
    if host.site and total > host.site:
        what = f"has {said(total)}; {host.name} accepts {said(host.site, down=True)}"
        problems.append(Problem(str(site), "", what, smaller))
    if hidden and not (site / NO_JEKYLL).is_file():
        what = (
            f"has no {NO_JEKYLL}, without which {host.name} leaves out names that begin with _, such as "
            f"{hidden}"
        )
        problems.append(Problem(str(site), "", what, f"create it: touch {site / NO_JEKYLL}"))
    return problems


def _files(root: Path, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, int]]:
    for entry, path in walk(root, without=without):
        yield path, entry.stat(follow_symlinks=False).st_size
