"""The pack: what a release ships for machines, as pages and later builds know of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import standards as std
from .standards import Product


@dataclass
class Pack:
    """What was written, and what could not be, by the keys of portal.toml or release.toml that it needs."""

    folder: Path
    """The release's folder, in which the products stand."""
    products: list[Product] = field(default_factory=list)
    missing: list[tuple[str, list[str]]] = field(default_factory=list)
    dataset: dict[str, Any] = field(default_factory=dict)
    """schema.org's description, for the head of the home page."""

    def as_json(self) -> str:
        """Everything but the folder, for a later build."""
        products = [[p.path, p.standard.name, p.standard.address, p.about, p.check] for p in self.products]
        return json.dumps({"products": products, "missing": self.missing, "dataset": self.dataset})

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
        return cls(folder, products, [(what, keys) for what, keys in said["missing"]], said["dataset"])
