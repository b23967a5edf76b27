"""The files of the site beside the services, with the headers that every server sends with them."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from ...byte_ranges import BOUNDARY, Parts, spans
from ...hosting.policies import HEAD, page_policy, policy_in
from ...hosting.rules import cache_control, type_of
from ..sending import ALWAYS, busy, plain
from .held import Folder, Place
from .stored import Store, Stored

BLOCK = 1 << 20
"""Bytes that are read from a store at a time."""
MISSING = "there is no such file"


async def site_file(place: Place, request: Request) -> Response:
    """A file of the site, or ranges of it."""
    if request.method not in ("GET", "HEAD"):
        return plain("files are only read", 405)
    words = [word for word in request.url.path.split("/") if word]
    if any(word in ("..", ".") or "\\" in word or "\0" in word for word in words):
        return plain(MISSING, 404)
    if isinstance(place, Store):
        try:
            return await asyncio.to_thread(_stored_file, place, request, words)
        except OSError as error:
            return busy(f"the files of the site cannot be read at present: {error.strerror or 'try again'}")
    assert isinstance(place, Folder)
    return _near_file(place.folder, request, words)


def _near_file(folder: Path, request: Request, words: list[str]) -> Response:
    root = os.path.realpath(folder)
    real = os.path.realpath(Path(root, *words))
    if real != root and not real.startswith(root + os.sep):
        return plain(MISSING, 404)
    found = Path(real)
    if found.is_dir():
        if not request.url.path.endswith("/"):
            return RedirectResponse(f"{request.url.path}/", 301, ALWAYS)
        found = found / "index.html"
    if not found.is_file():
        return plain(MISSING, 404)
    headers = {**ALWAYS, "Cache-Control": cache_control(found.as_posix())}
    if found.suffix == ".html" and (policy := page_policy(found)):
        headers["Content-Security-Policy"] = policy
    return FileResponse(found, headers=headers, media_type=type_of(found.name))


def _stored_file(place: Store, request: Request, words: list[str]) -> Response:
    path = "/".join(words)
    if not path or request.url.path.endswith("/"):
        path = "/".join([*words, "index.html"])
    try:
        found = place.open(path)
    except FileNotFoundError:
        if not path.endswith("index.html") and place.version(f"{path}/index.html"):
            return RedirectResponse(f"{request.url.path}/", 301, ALWAYS)
        return plain(MISSING, 404)
    tag = found.tag
    headers = {**ALWAYS, "Cache-Control": cache_control(f"/{path}"), "ETag": tag, "Accept-Ranges": "bytes"}
    if path.endswith(".html") and (policy := policy_in(found.read(0, min(HEAD, found.size)))):
        headers["Content-Security-Policy"] = policy
    if tag in (request.headers.get("if-none-match") or "").split(", "):
        return Response(None, 304, headers)
    kind = type_of(path.rpartition("/")[2])
    asked = request.headers.get("range") if request.headers.get("if-range", tag) == tag else None
    wanted = spans(asked, found.size)
    if wanted == []:
        return Response(None, 416, {**headers, "Content-Range": f"bytes */{found.size}"})
    status, length, body = 200, found.size, _blocks(found, 0, found.size)
    if wanted and len(wanted) == 1:
        (first, last) = wanted[0]
        status, length, body = 206, last - first + 1, _blocks(found, first, last + 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{found.size}"
    elif wanted:
        parts = Parts(io.BufferedReader(_Whole(found)), wanted, found.size, kind)
        status, length, body = 206, parts.length, _of_parts(parts)
        kind = f"multipart/byteranges; boundary={BOUNDARY}"
    headers["Content-Length"] = str(length)
    if request.method == "HEAD":
        return Response(None, status, headers, kind)
    return StreamingResponse(body, status, headers, kind)


async def _blocks(file: Stored, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        data = await asyncio.to_thread(file.read, start, min(end, start + BLOCK))
        if not data:
            return
        start += len(data)
        yield data


async def _of_parts(parts: Parts) -> AsyncIterator[bytes]:
    while data := await asyncio.to_thread(parts.read, BLOCK):
        yield data


class _Whole(io.RawIOBase, BinaryIO):
    """A file on a store to seek and read."""

    def __init__(self, file: Stored) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._file.size)[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(self._at, min(self._file.size, self._at + len(buffer)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
