"""The security policies of a site's pages, as the pages themselves tell them."""

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
"""Bytes of a page in which the policy stands."""
WITHOUT_PAGES = {"assets", "data"}


@dataclass(frozen=True)
class Policies:
    """What a server says of pages: one policy for most, and others by the names of files."""

    usual: str
    others: dict[str, list[str]]
    """Names of files, by policy; all in order."""

    @property
    def widest(self) -> str:
        """What any page needs, for hosts that cannot tell pages apart."""
        return _union({self.usual, *self.others})


def page_policy(file: Path) -> str | None:
    """The policy that a page tells; None where it tells none."""
    with file.open("rb") as stream:
        return policy_in(stream.read(HEAD))


def policy_in(text: bytes) -> str | None:
    """The policy that the text of a page tells; None where it tells none."""
    found = META.search(text)
    return html.unescape(found[1].decode()) if found else None


def read_policies(site: Path) -> Policies:
    """The policies of all pages of a site. Raises InputError where there is no site, or a page without one.

    A server tells the policy by the name of a page. Pages of one name with several policies get what any of
    them allows: each page narrows that to its own, which stands in its head.
    """
    if not (site / "index.html").is_file():
        raise InputError(Problem(str(site), "", "is no site", "build it first: drportal build"))
    by_name: dict[str, set[str]] = {}
    for file in _pages(site):
        policy = page_policy(file)
        if policy is None:
            mend = "build the site again, or take the file away"
            raise InputError(Problem(str(file), "", "is a page without a security policy", mend))
        by_name.setdefault(file.name, set()).add(policy)
    merged = {name: _union(found) for name, found in by_name.items()}
    usual = merged["index.html"]
    others: dict[str, list[str]] = {}
    for name, policy in sorted(merged.items()):
        if policy != usual:
            others.setdefault(policy, []).append(name)
    return Policies(usual, others)


def _union(policies: set[str]) -> str:
    """The narrowest policy that allows what any of these does; all have the same directives."""
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
