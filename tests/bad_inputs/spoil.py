"""One spoilt file of the portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bad:
    """One spoilt file: how, and what the lines that tell of it must name."""

    name: str
    file: str
    spoil: Callable[[Path], object]
    told: str


def in_text(file: str, name: str, told: str, *changes: tuple[str, str]) -> Bad:
    def spoil(path: Path) -> None:
        text = path.read_text()
        for old, new in changes:
            assert old in text, f"{name}: {old!r} is not in {file}"
            text = text.replace(old, new, 1)
        path.write_text(text)

    return Bad(f"{file}: {name}", file, spoil, told)


def in_bytes(file: str, name: str, told: str, change: Callable[[bytes], bytes]) -> Bad:
    return Bad(f"{file}: {name}", file, lambda p: p.write_bytes(change(p.read_bytes())), told)
