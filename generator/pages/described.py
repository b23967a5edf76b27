"""A catalogue for scripts of a page: catalogue.json with texts of release.toml in one language."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from ..formats import Catalogue, CatalogueColumn
from ..formats.base import Record


class DescribedColumn(CatalogueColumn):
    """A column with additions of the page; unknown ones are not in the JSON."""

    about: str = ""
    """The description in the page's language, if the data have it in another."""
    bits: list[tuple[int, str, str]] = Field(default=[])
    """Bits of a mask: bit, name and meaning."""

    @classmethod
    def of(cls, column: CatalogueColumn, **more: Any) -> Self:
        return cls.model_construct(**_given(column), **more)


class DescribedCatalogue(Catalogue):
    """A catalogue of such columns."""

    columns: list[DescribedColumn]  # type: ignore[assignment]

    @classmethod
    def of(cls, meta: Catalogue, columns: list[DescribedColumn]) -> Self:
        return cls.model_construct(**_given(meta) | {"columns": columns})


def _given(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.model_fields_set}
