"""meta/index.html: the metadata files of a release."""

from __future__ import annotations

from dataclasses import dataclass

from ...metadata import Product
from ..page import Page, Planned
from ..site import LocalSite


@dataclass(frozen=True)
class Listed:
    """A file and its size in bytes."""

    path: str
    size: int


@dataclass
class Group:
    """Files of one standard that have the same content."""

    id: str
    standard: str
    address: str
    about: str
    maker: str
    check: str
    files: list[Listed]


@dataclass(frozen=True)
class Meta:
    """Variables of meta.html."""

    groups: list[Group]
    missing: list[tuple[str, list[str]]]
    """Standards that need settings which the survey has not given."""


def meta(here: LocalSite, _planned: Planned) -> Meta:
    pack = here.site.pack
    assert pack
    groups: dict[tuple[str, str], Group] = {}
    for product in pack.products:
        key = product.standard.name, product.about
        group = groups.setdefault(key, _group(product, len(groups) + 1))
        group.files.append(Listed(product.path, (pack.folder / product.path).stat().st_size))
    return Meta(list(groups.values()), pack.missing)


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


META = Page(
    "meta", "meta.html", "meta/index.html", order=85, title=lambda _: _("Machine-readable"), context=meta
)
