"""The cache of drafts: releases, languages and later builds share those that would be the same."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..pieces import Damaged, read_record, write_record
from .addresses import BrokenLink, Resolve
from .bibliography import Reference

MAKER = 1
"""Increased whenever the same text would give another draft than before."""
MOST = 20_000
"""Number of texts kept, or four times those of a build, whichever is more."""
LIBRARIES = ("markdown", "pymdown-extensions", "pygments", "latex2mathml", "nh3")


@dataclass(frozen=True)
class Heading:
    """An entry of a document's table of contents."""

    id: str
    title: str
    children: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A document without the values of its facts."""

    html: str
    ids: frozenset[str]
    """Anchors in `html`."""
    title: str
    """Its heading of the first level."""
    toc: tuple[Heading, ...]


@dataclass
class _Kept:
    """A draft, the targets of its links, and the references it cites."""

    draft: Draft
    asked: list[tuple[str, bool, str | None]]
    """Target, whether it is an image, and the resolved address."""
    cited: dict[str, Reference]

    def fits(self, resolve: Resolve, references: Mapping[str, Reference]) -> bool:
        """Whether links and references have the same meaning here."""
        try:
            return all(references.get(name) == entry for name, entry in self.cited.items()) and all(
                resolve(target, image=image) == address for target, image, address in self.asked
            )
        except BrokenLink:
            return False


class Drafts:
    """Drafts of this build and of earlier ones: a file for each text, read on demand."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` keeps them between builds."""
        self._folder = folder
        self._known: dict[str, list[_Kept]] = {}
        self._added: set[str] = set()
        """Those that this process is to write."""
        self._partly: set[str] = set()
        """Those of which the file may have more than is known here."""
        self._grown = False
        """Whether files were written since those too many were last removed."""
        self.asked: list[tuple[str, _Kept, bool]] = []
        """All drafts found or added, and whether they are new; worker processes send this back."""

    def __len__(self) -> int:
        return sum(map(len, self._known.values()))

    def find(self, key: str, resolve: Resolve, references: Mapping[str, Reference]) -> Draft | None:
        """The draft of a text, if its links and references have the same meaning here."""
        for kept in self._of(key):
            if kept.fits(resolve, references):
                self.asked.append((key, kept, False))
                return kept.draft
        return None

    def keep(
        self,
        key: str,
        draft: Draft,
        asked: Mapping[tuple[str, bool], str | None],
        cited: dict[str, Reference],
    ) -> None:
        """Add a draft; `asked` has the targets its resolver was asked for, and the answers."""
        answers = [(target, image, address) for (target, image), address in asked.items()]
        kept = _Kept(draft, answers, cited)
        self.asked.append((key, kept, True))
        _add(self._of(key), kept)
        self._added.add(key)

    def stored(self) -> list[tuple[str, _Kept, bool]]:
        """Write the new drafts of `asked`; return `asked`, for `take` of another process."""
        self._write({key for key, _, is_new in self.asked if is_new})
        return list(self.asked)

    def take(self, asked: Iterable[tuple[str, _Kept, bool]]) -> None:
        """Add drafts that a worker process used, and has written."""
        for key, kept, is_new in asked:
            if key not in self._known:
                self._known[key] = []
                self._partly.add(key)
            _add(self._known[key], kept)
            self._grown = self._grown or is_new

    def write(self) -> None:
        """Write new drafts for the next build, and remove the least recently used."""
        self._write(self._added)
        self._added.clear()
        if self._folder is None or not self._grown:
            return
        self._grown = False
        count = sum(len(os.listdir(one)) for one in self._folder.iterdir())  # noqa: PTH208
        if count > max(MOST, 4 * len(self._known)):
            files = list(self._folder.glob("*/*"))
            files.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
            for file in files[len(files) // 2 :]:
                file.unlink()

    def _write(self, keys: Collection[str]) -> None:
        if self._folder is None or not keys:
            return
        self._grown = True
        for key in keys:
            file, known = self._file(key), self._known[key]
            for one in self._read(file) if key in self._partly else ():
                _add(known, one)
            self._partly.discard(key)
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps([_as_json(kept) for kept in known], ensure_ascii=False, separators=(",", ":"))
            # Another process may write the same at the same time; a mixture of both would not be read.
            with contextlib.suppress(FileNotFoundError):
                write_record(file, text)

    def _of(self, key: str) -> list[_Kept]:
        if key not in self._known:
            self._known[key] = self._read(self._file(key)) if self._folder else []
        return self._known[key]

    def _file(self, key: str) -> Path:
        assert self._folder
        return self._folder / key[:2] / key

    def _read(self, file: Path) -> list[_Kept]:
        """Drafts of an earlier build; none if damaged, or written by another version of drportal."""
        try:
            text = read_record(file)
            if text is None:
                return []
            os.utime(file)
            return [_from_json(one) for one in json.loads(text)]
        except (Damaged, OSError, ValueError, TypeError, KeyError, AttributeError):
            return []


def _add(known: list[_Kept], kept: _Kept) -> None:
    if kept not in known:
        known.append(kept)


def key_of(body: str, words: tuple[str, ...], has_marks: bool) -> str:
    """Digest of all that determines a draft, except links and references."""
    made_from = json.dumps([_maker(), body, words, has_marks])
    return hashlib.sha256(made_from.encode()).hexdigest()


@functools.cache
def _maker() -> list[object]:
    return [MAKER, *map(version, LIBRARIES)]


def _as_json(kept: _Kept) -> dict[str, Any]:
    one = kept.draft
    draft = {"html": one.html, "ids": sorted(one.ids), "title": one.title, "toc": [*map(asdict, one.toc)]}
    return {"draft": draft, "asked": kept.asked, "cited": {k: asdict(v) for k, v in kept.cited.items()}}


def _from_json(found: dict[str, Any]) -> _Kept:
    draft = found["draft"]
    made = Draft(draft["html"], frozenset(draft["ids"]), draft["title"], tuple(map(_heading, draft["toc"])))
    asked = [(target, image, address) for target, image, address in found["asked"]]
    return _Kept(made, asked, {k: _reference(v) for k, v in found["cited"].items()})


def _heading(found: dict[str, Any]) -> Heading:
    return Heading(found["id"], found["title"], tuple(map(_heading, found["children"])))


def _reference(found: dict[str, Any]) -> Reference:
    pairs = {key: tuple((a, b) for a, b in found[key]) for key in ("authors", "links")}
    return Reference(**(found | pairs))
