"""The site that is shown: addresses and files, without a folder that has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..files import unsafe
from ..pages.sources import Layer
from ..pieces import Kept


@dataclass(frozen=True)
class Tree:
    """The pieces of each release, by its id, and the portal's own pages."""

    releases: Mapping[str, tuple[Layer, ...]] = field(default_factory=dict)
    index: Kept | None = None

    def with_(self, releases: Mapping[str, tuple[Layer, ...]], index: Kept | None) -> Tree:
        """The same with other releases in it."""
        return Tree({**self.releases, **releases}, index or self.index)

    @cached_property
    def data(self) -> frozenset[tuple[str, str, str]]:
        """Identifies the data of all releases, without pages and what belongs to them."""
        return frozenset(
            (name, one.path, one.kept.content)
            for name, layers in self.releases.items()
            for one in layers
            if one.path
        )

    def find(self, path: str) -> Path | None:
        """The file at a path of the site, without a slash at the front; None if there is none."""
        if not path or path.endswith("/"):
            path += "index.html"
        if unsafe(path):
            return None
        parts = path.split("/")
        for depth in (2, 1):  # the inner release of two first
            if (layers := self.releases.get("/".join(parts[:depth]))) and len(parts) > depth:
                inside = "/".join(parts[depth:])
                # What is rendered hides what data bring along.
                for layer in reversed(layers):
                    if found := _in_layer(layer, inside):
                        return found
        if self.index and (found := self.index.data / path).is_file():
            return found
        return None

    def is_folder(self, path: str) -> bool:
        """Whether a path without a slash at its end is that of a folder with a page."""
        return bool(path) and self.find(f"{path}/index.html") is not None

    def release_of(self, path: str) -> str:
        """The id of the release that a page belongs to; "" for the portal's own."""
        parts = path.split("/")
        return next((i for n in (2, 1) if (i := "/".join(parts[:n])) in self.releases), "")


def _in_layer(layer: Layer, path: str) -> Path | None:
    if layer.path:
        if not path.startswith(f"{layer.path}/"):
            return None
        path = path[len(layer.path) + 1 :]
    file = layer.kept.data / path
    return file if file.is_file() else None
