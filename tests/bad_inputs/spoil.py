"""One broken file of the portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bad:
    """One broken file: how, and what the message must name."""

    name: str
    file: str
    spoil: Callable[[Path], object]
    reported: str


def in_text(file: str, name: str, reported: str, *changes: tuple[str, str]) -> Bad:
    def spoil(path: Path) -> None:
        text = path.read_text()
        for old, new in changes:
            assert old in text, f"{name}: {old!r} is not in {file}"
            text = text.replace(old, new, 1)
        path.write_text(text)

    return Bad(f"{file}: {name}", file, spoil, reported)


def in_bytes(file: str, name: str, reported: str, change: Callable[[bytes], bytes]) -> Bad:
    return Bad(f"{file}: {name}", file, lambda p: p.write_bytes(change(p.read_bytes())), reported)
