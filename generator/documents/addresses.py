"""The addresses in a document: relative ones are resolved, others checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from .marks import PRIVATE

OUTSIDE = re.compile(r"(?i)(https?:)?[/\\]{2}|https?:")
SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:")


class BrokenLink(Exception):
    """A relative link without a target: what is wrong, and how to fix it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


class Resolve(Protocol):
    """Resolves a relative link or image."""

    def __call__(self, target: str, *, image: bool) -> str | None:
        """Return the address to write, or None to keep the words without a link. Raises BrokenLink."""


class Addresses:
    """A filter of attributes: resolves relative links and images, leaves others as they are."""

    images = 0
    """Sources of all images seen, usable or not."""

    def __init__(self, resolve: Resolve, problem: Callable[[str, str, str], None]) -> None:
        self.resolve, self.problem = resolve, problem

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        image = (tag, name) == ("img", "src")
        self.images += image
        if not image and (tag, name) != ("a", "href"):
            return value
        target = value.strip()
        if PRIVATE.search(target):
            self.problem(value, f"has a fact in the address {target}", "write the address without it")
            return None
        if OUTSIDE.match(target):
            if image:
                what = f"shows an image of another site: {target}"
                self.problem(value, what, "copy it beside the document")
                return None
            if not re.match(r"(?i)https?://", target):
                self.problem(value, f"links to {target}", "start the address with https://")
                return None
            return target
        if SCHEME.match(target) or target.startswith("#"):
            return None if image else target
        try:
            return self.resolve(target, image=image)
        except BrokenLink as error:
            self.problem(value, error.what, error.fix)
            return None


def beside(file: Path) -> Resolve:
    """Resolve links to files in the folder of `file`, where documents are .html files."""

    def resolve(target: str, *, image: bool) -> str | None:
        path, mark, rest = target.partition("#")
        if not (file.parent / unquote(path)).is_file():
            raise BrokenLink(f"{'image' if image else 'link'} {target!r} leads nowhere", "correct the path")
        return (path.removesuffix(".md") + ".html" if path.endswith(".md") else path) + mark + rest

    return resolve
