"""The licence notices of packages, from the metadata inside of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from io import BytesIO
from pathlib import Path

from ..problems import InputError, Problem
from .packages import Package
from .parts import Parts

NAMED = re.compile(r"(?i)^(licen[cs]e|copying|notice|authors)")
RULE = "-" * 100


def notices(parts: Parts, files: Mapping[str, tuple[Package, Path | BytesIO]]) -> str:
    """The notices of Pyodide and of packages, whose files or bytes are given by name. Raises InputError."""
    texts = [parts.notices]
    for package, file in files.values():
        try:
            with zipfile.ZipFile(file) as archive:
                texts.append(_notice(parts, package, archive))
        except (zipfile.BadZipFile, OSError) as error:
            fix = "build the client again: make client"
            raise InputError(Problem(str(file), "", f"is not a package: {error}", fix)) from None
    start = "What pages with Python carry of other people's work, and its licences."
    return f"{start}\n\n" + "\n".join(texts)


def _notice(parts: Parts, package: Package, archive: zipfile.ZipFile) -> str:
    inside = sorted(archive.namelist())
    info = next((n.partition("/")[0] for n in inside if ".dist-info/" in n), "")
    found = [n for n in inside if info and n.startswith(f"{info}/") and NAMED.match(n.rpartition("/")[2])]
    # Some licences are beside what they are for, such as fonts.
    found += [n for n in inside if not n.startswith(f"{info}/") and _beside(n)]
    texts = [archive.read(n).decode("utf-8", "replace").replace("\r\n", "\n").strip() for n in found]
    if not texts and (own := parts.licence(package.name)):
        texts = [own.strip()]
    said = message_from_bytes(archive.read(f"{info}/METADATA")) if info else None
    licence = str(said.get("License-Expression") or said.get("License") or "") if said else ""
    title = f"{package.name} {package.version} {licence if len(licence) < 60 else ''}".strip()
    body = "\n\n".join(dict.fromkeys(texts)) or f"Licence: {licence or 'see the package'}"
    return f"{RULE}\n{' '.join(title.split())}\n{RULE}\n\n{body}\n"


def _beside(name: str) -> bool:
    """Whether a file is the text of a licence, rather than code that is about licences."""
    last = name.rpartition("/")[2]
    return (
        bool(NAMED.match(last))
        and not last.lower().startswith("authors")
        and not last.endswith((".py", ".pyc"))
    )
