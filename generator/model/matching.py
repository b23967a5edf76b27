"""[match] of portal.toml: what readers may match the rows of a search with."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from .origins import ORIGIN
from .strict import Strict


def _site(value: str) -> str:
    address = value.strip().rstrip("/").lower()
    if not ORIGIN.fullmatch(address):
        raise ValueError(
            f"has {value!r}, which is not a site; write it as https://data.example, without a path"
        )
    return address


class Matching(Strict):
    """The table."""

    sites: list[Annotated[str, AfterValidator(_site)]] = Field(default_factory=list)
    """Other sites whose catalogues search pages may read, such as https://data.example."""
