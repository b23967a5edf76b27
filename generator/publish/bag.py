"""Make each release a bag (BagIt, RFC 8493): `data/` is the payload, all other files are tag files.

Archives that accept bags can then ingest a release without repacking it. A release without `data/` is not a
bag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from .. import __version__
from ..checksums import BAG, digest
from .listing import Head
from .manifest import Former, Known, entries

WRITTEN = BAG
BAGIT, INFO, PAYLOAD, TAGS = WRITTEN


def write_bag(
    root: Path,
    head: Head,
    known: Iterable[Known],
    more: Callable[[], None] = lambda: None,
    former: Former | None = None,
) -> list[Known]:
    """Write the bag files of a release; return the checksums computed, for write_manifest.

    `more` is called for each file. manifest.json lists the bag's own files, so the bag does not list it.
    """
    for name in WRITTEN:
        (root / name).unlink(missing_ok=True)
    if not (root / "data").is_dir():
        return list(known)
    _write(root / BAGIT, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    count = total = 0
    with (
        (root / PAYLOAD).open("w", encoding="utf-8", newline="\n") as payload,
        (root / TAGS).open("w", encoding="utf-8", newline="\n") as tags,
    ):
        for entry in entries(root, known, leave_out=(INFO, PAYLOAD, TAGS), former=former):
            more()
            inside = entry.path.startswith("data/")
            if inside:
                count, total = count + 1, total + entry.bytes
            (payload if inside else tags).write(f"{entry.sha256}  {_written(entry.path)}\n")
    about = {"External-Description": head.label, "External-Identifier": head.of}
    about |= {"Payload-Oxum": f"{total}.{count}", "Bag-Software-Agent": f"drportal {__version__}"}
    _write(root / INFO, "".join(f"{key}: {' '.join(value.split())}\n" for key, value in about.items()))
    with (root / TAGS).open("a", encoding="utf-8", newline="\n") as tags:
        tags.writelines(f"{digest(root / name)}  {name}\n" for name in (INFO, PAYLOAD))
    return [Known("", root / PAYLOAD), Known("", root / TAGS)]


def _written(path: str) -> str:
    """A path, escaped as the standard prescribes."""
    return path.replace("%", "%25")


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
