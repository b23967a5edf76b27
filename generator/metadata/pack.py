"""The pack: what a release ships for machines, as pages and later builds know of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import standards as std
from .standards import Product


@dataclass(frozen=True)
class Tutorial:
    """A tutorial that a release ships, for a tool on a reader's computer."""

    tool: str
    about: str
    """What it shows: a key of templates/data.html, which has the description."""
    needs: str
    """What a reader installs first."""
    paths: list[str]
    """The same as a notebook and as a script, or the script alone."""


@dataclass
class Pack:
    """What was written, and what could not be, by the keys of portal.toml or release.toml that it needs."""

    folder: Path
    """The release's folder, in which the products stand."""
    products: list[Product] = field(default_factory=list)
    missing: list[tuple[str, list[str]]] = field(default_factory=list)
    dataset: dict[str, Any] = field(default_factory=dict)
    """schema.org's description, for the head of the home page."""

    tutorials: list[Tutorial] = field(default_factory=list)

    def has(self, path: str) -> bool:
        """Whether a metadata file is there."""
        return any(product.path == path for product in self.products)

    def as_json(self) -> str:
        """Everything but the folder, for a later build."""
        products = [[p.path, p.standard.name, p.standard.address, p.about, p.check] for p in self.products]
        said = {"products": products, "missing": self.missing, "dataset": self.dataset}
        return json.dumps(said | {"tutorials": [asdict(one) for one in self.tutorials]})

    @classmethod
    def from_json(cls, text: str, folder: Path) -> Pack:
        """What `as_json` gave, of files that stand in `folder`."""
        said = json.loads(text)
        known = {one.name: one for one in vars(std).values() if isinstance(one, std.Standard)}
        products = [
            # That of a plugin is not among the standards here.
            Product(path, known.get(name) or std.Standard(name, address), about, check)
            for path, name, address, about, check in said["products"]
        ]
        missing = [(what, keys) for what, keys in said["missing"]]
        tutorials = [Tutorial(**one) for one in said["tutorials"]]
        return cls(folder, products, missing, said["dataset"], tutorials)
