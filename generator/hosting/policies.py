"""Read the content security policies of a site's pages from the pages themselves."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..problems import InputError, Problem

META = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
HEAD = 4096
"""First bytes of a page, which contain the policy."""
WITHOUT_PAGES = {"assets", "data"}


@dataclass(frozen=True)
class Policies:
    """The policies that a server sends with pages: one for most, and others by file name."""

    usual: str
    others: dict[str, list[str]]
    """File names by policy; all ordered."""

    @property
    def widest(self) -> str:
        """The union of all policies, for hosts that cannot distinguish pages."""
        return _union({self.usual, *self.others})


def page_policy(file: Path) -> str | None:
    """The policy in a page's file; None if it has none."""
    with file.open("rb") as stream:
        return policy_in(stream.read(HEAD))


def policy_in(text: bytes) -> str | None:
    """The policy in the text of a page; None if it has none."""
    found = META.search(text)
    return html.unescape(found[1].decode()) if found else None


def read_policies(site: Path) -> Policies:
    """The policies of all pages of a site. Raises InputError if there is no site, or for a page without one.

    A server chooses the policy by the name of a page. Pages of the same name with different policies get the
    union of these: each page restricts that to its own policy, which is in its head.
    """
    if not (site / "index.html").is_file():
        raise InputError(Problem(str(site), "", "is not a site", "build it first: drportal build"))
    by_name: dict[str, set[str]] = {}
    for file in _pages(site):
        policy = page_policy(file)
        if policy is None:
            fix = "build the site again, or remove the file"
            raise InputError(Problem(str(file), "", "is a page without a security policy", fix))
        by_name.setdefault(file.name, set()).add(policy)
    merged = {name: _union(found) for name, found in by_name.items()}
    usual = merged["index.html"]
    others: dict[str, list[str]] = {}
    for name, policy in sorted(merged.items()):
        if policy != usual:
            others.setdefault(policy, []).append(name)
    return Policies(usual, others)


def _union(policies: set[str]) -> str:
    """The strictest policy that allows whatever one of these allows; all have the same directives."""
    if len(policies) == 1:
        return next(iter(policies))
    merged: dict[str, dict[str, None]] = {}
    for policy in sorted(policies):
        for directive in policy.split(";"):
            name, *sources = directive.split()
            merged.setdefault(name, {}).update(dict.fromkeys(sources))
    for allowed in merged.values():
        if len(allowed) > 1:
            allowed.pop("'none'", None)
    return "; ".join(" ".join([name, *allowed]) for name, allowed in merged.items())


def _pages(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as found:
        for entry in sorted(found, key=lambda e: e.name):
            if entry.is_dir():
                if entry.name not in WITHOUT_PAGES:
                    yield from _pages(Path(entry.path))
            elif entry.name.endswith(".html"):
                yield Path(entry.path)
