"""Responses: texts, and answers that are sent from a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import IO

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..hosting.rules import HEADERS

BLOCK = 1 << 16
ALWAYS = {**HEADERS, "Cache-Control": "no-cache", "Server": "drportal"}


def text(
    content: str | bytes, media: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response that is at hand."""
    return Response(content, status, {**ALWAYS, **(headers or {})}, media)


def plain(message: str, status: int) -> Response:
    """An error as text."""
    return text(f"{message}\n", "text/plain; charset=utf-8", status)


def busy(message: str) -> Response:
    """An error as text, and when to ask again."""
    return text(f"{message}\n", "text/plain; charset=utf-8", 503, {"Retry-After": "60"})


class FileResponse(Response):
    """Sends an open file, and closes it. A client that takes no block for a while is left."""

    def __init__(
        self, file: IO[bytes], media: str, seconds: float, headers: Mapping[str, str] | None = None
    ) -> None:
        self._file, self._seconds = file, seconds
        size = file.seek(0, 2)
        file.seek(0)
        super().__init__(None, 200, {**ALWAYS, **(headers or {}), "Content-Length": str(size)}, media)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            body = b"" if scope["method"] == "HEAD" else self._file.read(BLOCK)
            while body:
                message = {"type": "http.response.body", "body": body, "more_body": True}
                await asyncio.wait_for(send(message), self._seconds)
                body = self._file.read(BLOCK)
            await asyncio.wait_for(send({"type": "http.response.body", "body": b""}), self._seconds)
