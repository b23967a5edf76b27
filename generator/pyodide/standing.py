"""The files of a site that are Python and nothing of its release: encrypted editions leave them readable."""

from __future__ import annotations

import contextlib
import hashlib
import re
from io import BytesIO
from pathlib import Path

from ..problems import InputError
from .notices import notices
from .packages import Package
from .parts import Parts
from .shipped import FOLDER, NOTICES, logical
from .stored import script, unpacked

_STEM = re.compile(r"[^/]+\.[0-9a-f]{8}\.bin")


def known_files(assets: Path, parts: Parts) -> set[str]:
    """Paths in `assets` of packages with the bytes of Pyodide's lock file, and of the notices of these."""
    packages = {one.sha256: one for one in parts.lock.packages.values()}
    found, present = set[str](), dict[str, tuple[Package, BytesIO]]()
    for file in sorted((assets / FOLDER).glob("*.bin")):
        if not _STEM.fullmatch(file.name):
            continue
        packed = file.read_bytes()
        raw = unpacked(packed)
        package = packages.get(hashlib.sha256(raw).hexdigest()) if raw is not None else None
        twin = file.with_suffix(".js")
        if (
            raw is not None
            and package
            and twin.is_file()
            and twin.read_bytes() == script(logical(package.name), packed)
        ):
            found |= {f"{FOLDER}/{file.name}", f"{FOLDER}/{twin.name}"}
            present[package.name] = (package, BytesIO(raw))
    if present and (assets / NOTICES).is_file():
        # one that is no package has no notices to compare
        with contextlib.suppress(InputError):
            expected = notices(parts, dict(sorted(present.items())))
            if expected == (assets / NOTICES).read_text(encoding="utf-8"):
                found.add(NOTICES)
    return found
