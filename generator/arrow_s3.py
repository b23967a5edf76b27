"""The S3 client of Arrow, which is installed anyway."""

from __future__ import annotations

import os
from typing import Any


def s3_client() -> Any:
    """Return a client with keys and profiles from AWS_… variables and files; only the endpoint is added."""
    from pyarrow.fs import S3FileSystem

    def setting(*names: str) -> str | None:
        return next((value for name in names if (value := os.environ.get(name))), None)

    region = setting("AWS_REGION", "AWS_DEFAULT_REGION")
    endpoint = setting("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    return S3FileSystem(region=region, endpoint_override=endpoint)
