"""[match] of portal.toml: what readers may match the rows of a search with."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from .strict import Strict

# They are part of the security policy of pages, where spaces, commas and semicolons are separators. The local
# computer needs no encryption.
SITE = re.compile(r"(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(localhost|127\.0\.0\.1))(:\d{1,5})?")


def _site(value: str) -> str:
    address = value.strip().rstrip("/").lower()
    if not SITE.fullmatch(address):
        raise ValueError(
            f"has {value!r}, which is not a site; write it as https://data.example, without a path"
        )
    return address


class Matching(Strict):
    """The table."""

    sites: list[Annotated[str, AfterValidator(_site)]] = Field(default_factory=list)
    """Other sites whose catalogues search pages may read, such as https://data.example."""
