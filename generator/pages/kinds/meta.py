"""The page of what a release ships for machines."""

from __future__ import annotations

from dataclasses import dataclass

from ...metadata import Pack, Product
from ..site import Site


@dataclass(frozen=True)
class Listed:
    """A file and its size in bytes."""

    path: str
    size: int


@dataclass
class Group:
    """Files of one standard that hold the same."""

    id: str
    standard: str
    address: str
    about: str
    maker: str
    check: str
    files: list[Listed]


def meta_context(site: Site, pack: Pack) -> dict[str, object]:
    """What meta.html adds."""
    groups: dict[tuple[str, str], Group] = {}
    for product in pack.products:
        key = product.standard.name, product.about
        group = groups.setdefault(key, _group(product, len(groups) + 1))
        group.files.append(Listed(product.path, (site.out / product.path).stat().st_size))
    return {"groups": list(groups.values()), "missing": pack.missing}


def _group(product: Product, number: int) -> Group:
    return Group(
        f"standard-{number}",
        product.standard.name,
        product.standard.address,
        product.about,
        product.standard.made_by,
        product.check,
        [],
    )
