"""The files of the site beside the services, with the headers that every server sends with them."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from ..hosting.policies import page_policy
from ..hosting.rules import cache_control, type_of
from .sending import ALWAYS, plain


def site_file(folder: Path, request: Request) -> Response:
    """A file of the site, or ranges of it."""
    if request.method not in ("GET", "HEAD"):
        return plain("files are only read", 405)
    asked = request.url.path
    words = [word for word in asked.split("/") if word]
    if any(word in ("..", ".") or "\\" in word or "\0" in word for word in words):
        return plain("there is no such file", 404)
    root = os.path.realpath(folder)
    real = os.path.realpath(Path(root, *words))
    if real != root and not real.startswith(root + os.sep):
        return plain("there is no such file", 404)
    found = Path(real)
    if found.is_dir():
        if not asked.endswith("/"):
            return RedirectResponse(f"{asked}/", 301, ALWAYS)
        found = found / "index.html"
    if not found.is_file():
        return plain("there is no such file", 404)
    headers = {**ALWAYS, "Cache-Control": cache_control(found.as_posix())}
    if found.suffix == ".html" and (policy := page_policy(found)):
        headers["Content-Security-Policy"] = policy
    return FileResponse(found, headers=headers, media_type=type_of(found.name))
