"""Rules for every server of a site: media types, compression, caching, and cross-origin access.

`drportal serve` follows these rules, and the configurations of other servers are made from them.
"""

from __future__ import annotations

import re

TYPES = {
    "bib": "application/x-bibtex",
    "bin": "application/octet-stream",
    "cff": "application/yaml",
    "css": "text/css",
    "csv": "text/csv",
    "dat": "text/plain",
    "fits": "application/fits",
    "fz": "application/fits",
    "gz": "application/gzip",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "minisig": "text/plain",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "properties": "text/plain",
    "pub": "text/plain",
    "py": "text/x-python",
    "R": "text/x-r",
    "ris": "application/x-research-info-systems",
    "sh": "application/x-sh",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "vot": "application/x-votable+xml",
    "wasm": "application/wasm",
    "webp": "image/webp",
    "xml": "application/xml",
    "yaml": "application/yaml",
}
"""Media types by file name ending."""
NAMED = {"ReadMe": "text/plain", "SHA256SUMS": "text/plain"}
"""Media types of files without an ending."""
OTHER = "application/octet-stream"
IN_UTF_8 = "text/"
"""Types with this prefix are declared as UTF-8."""

COMPRESSED = sorted(
    {t for t in TYPES.values() if t.startswith("text/") or t.endswith(("json", "xml", "yaml"))}
)
"""Types worth compressing that are read whole. Parquet and FITS are read by byte ranges of the file."""
PACKED = r"/(assets/engine|assets/python|chunks|scripts)/"
"""Scripts that contain compressed data: compressing them again takes time and gains nothing."""

HASHED = r"/assets/((engine|python)/)?[^/]+\.[0-9a-f]{8}\.[a-z0-9]+$"
"""Files whose names change with their content."""
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
"""Cached, but revalidated each time, so that a page never reads data of another edition."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
"""Sent with every response. Any page, notebook or DuckDB may read the data, as there is no login. Pages are
isolated from others, so that Python in them can share memory: a loop is interrupted, and Python goes on.
"""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
"""Sent in response to a CORS preflight request."""


def type_of(name: str) -> str:
    """The media type of a file, from its name."""
    found = NAMED.get(name) or TYPES.get(name.rpartition(".")[2] if "." in name else "", OTHER)
    return f"{found}; charset=utf-8" if found.startswith(IN_UTF_8) else found


def cache_control(path: str) -> str:
    """How long readers may cache a file. `path` begins with /."""
    return FOREVER if re.search(HASHED, path) else ASK
