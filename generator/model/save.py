"""`[save]` of portal.toml: where readers may save results besides their own computer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from .origins import ORIGIN
from .strict import Strict


def _host(value: str) -> str:
    host = value.lower().removesuffix("/")
    if not ORIGIN.fullmatch(host):
        raise ValueError(
            f"{value!r} is not a host; write it without a path, as https://webdav.survey.org or https://s3.survey.org:9000"
        )
    return host


class Save(Strict):
    """Where readers may save results and spectra besides their own computer."""

    hosts: list[Annotated[str, AfterValidator(_host)]] = Field(default_factory=list, max_length=8)
    """Servers with WebDAV or an S3-compatible store, e.g. https://s3.survey.org, for results and spectra."""
