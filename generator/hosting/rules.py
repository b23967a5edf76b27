"""What holds for every server of a site: types, what is compressed, what may be kept, and who may read it.

`drportal serve` obeys these rules, and the configurations of other servers are made from them.
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
    "ris": "application/x-research-info-systems",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "vot": "application/x-votable+xml",
    "wasm": "application/wasm",
    "webp": "image/webp",
    "xml": "application/xml",
    "yaml": "application/yaml",
}
"""By the ending of a file's name."""
NAMED = {"ReadMe": "text/plain", "SHA256SUMS": "text/plain"}
"""Files without an ending that are no bytes of any kind."""
OTHER = "application/octet-stream"
IN_UTF_8 = "text/"
"""Types that begin so are told to be UTF-8."""

COMPRESSED = sorted(
    {t for t in TYPES.values() if t.startswith("text/") or t.endswith(("json", "xml", "yaml"))}
)
"""Types that shrink and are read whole. Parquet and FITS are read by byte ranges of the file itself."""
PACKED = r"/(assets/engine|chunks|scripts)/"
"""Scripts that hold compressed bytes: to compress them again takes time and gains nothing."""

HASHED = r"/assets/(engine/)?[^/]+\.[0-9a-f]{8}\.[a-z0-9]+$"
"""Files whose names change with their content."""
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
"""Kept, but asked for each time; the answer has no bytes. A page never meets data of another edition."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
"""Of every answer. Anybody's page, notebook or DuckDB may read the data: nobody signs in here."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
"""Of the answer to a browser that asks whether it may ask."""


def type_of(name: str) -> str:
    """The type of a file by its name."""
    found = NAMED.get(name) or TYPES.get(name.rpartition(".")[2] if "." in name else "", OTHER)
    return f"{found}; charset=utf-8" if found.startswith(IN_UTF_8) else found


def cache_control(path: str) -> str:
    """How long a file may be kept by who has read it. `path` begins with /."""
    return FOREVER if re.search(HASHED, path) else ASK
