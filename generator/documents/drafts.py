"""Drafts that are kept: releases, languages and later builds share those that would come out the same."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from .addresses import BrokenLink, Resolve
from .bibliography import Reference

MAKER = 1
"""To be counted up when a text would come out otherwise than before."""
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
    """A draft, what its links stood for, and what it cites."""

    draft: Draft
    asked: list[tuple[str, bool, str | None]]
    """Target, whether it is an image, and address."""
    cited: dict[str, Reference]
    used: bool = True

    def fits(self, resolve: Resolve, references: Mapping[str, Reference]) -> bool:
        """Whether links and references stand for the same here."""
        try:
            return all(references.get(name) == entry for name, entry in self.cited.items()) and all(
                resolve(target, image=image) == address for target, image, address in self.asked
            )
        except BrokenLink:
            return False


@dataclass
class Drafts:
    """The drafts of a build, and of those before it."""

    _kept: dict[str, list[_Kept]] = field(default_factory=dict)
    changed: bool = False
    """Whether any was added."""

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))

    def find(self, key: str, resolve: Resolve, references: Mapping[str, Reference]) -> Draft | None:
        """The draft of a text whose links and references stand for the same here."""
        for kept in self._kept.get(key, []):
            if kept.fits(resolve, references):
                kept.used = True
                return kept.draft
        return None

    def keep(
        self,
        key: str,
        draft: Draft,
        asked: Mapping[tuple[str, bool], str | None],
        cited: dict[str, Reference],
    ) -> None:
        """Remember a draft; `asked` is what was asked of its resolver, and the answers."""
        answers = [(target, image, address) for (target, image), address in asked.items()]
        self._kept.setdefault(key, []).append(_Kept(draft, answers, cited))
        self.changed = True

    def as_text(self) -> str:
        """Those that were used, for the next build."""
        used = {key: [one for one in some if one.used] for key, some in self._kept.items()}
        told = {key: [_as_json(one) for one in some] for key, some in used.items() if some}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Drafts:
        """Those of a former build; none where another version of drportal wrote them."""
        try:
            return cls({key: [_from_json(one) for one in some] for key, some in json.loads(text).items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()


def key_of(body: str, words: tuple[str, ...], has_marks: bool) -> str:
    """What a draft follows from, links and references apart."""
    made_from = json.dumps([_maker(), body, words, has_marks])
    return hashlib.sha256(made_from.encode()).hexdigest()


@functools.cache
def _maker() -> list[object]:
    return [MAKER, *map(version, LIBRARIES)]


def _as_json(kept: _Kept) -> dict[str, Any]:
    draft = asdict(kept.draft) | {"ids": sorted(kept.draft.ids)}
    return {"draft": draft, "asked": kept.asked, "cited": {k: asdict(v) for k, v in kept.cited.items()}}


def _from_json(found: dict[str, Any]) -> _Kept:
    draft = found["draft"]
    made = Draft(draft["html"], frozenset(draft["ids"]), draft["title"], tuple(map(_heading, draft["toc"])))
    asked = [(target, image, address) for target, image, address in found["asked"]]
    return _Kept(made, asked, {k: _reference(v) for k, v in found["cited"].items()}, used=False)


def _heading(found: dict[str, Any]) -> Heading:
    return Heading(found["id"], found["title"], tuple(map(_heading, found["children"])))


def _reference(found: dict[str, Any]) -> Reference:
    pairs = {key: tuple((a, b) for a, b in found[key]) for key in ("authors", "links")}
    return Reference(**(found | pairs))
