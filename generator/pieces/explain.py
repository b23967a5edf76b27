"""Why a piece is made: which of its inputs changed."""

from __future__ import annotations

from collections.abc import Mapping

NAMED = 3


def reason(now: Mapping[str, str], former: Mapping[str, str] | None) -> str:
    """What changed between two sets of inputs, in a few words: `docs/lrs.md changed, notes.md is new`."""
    if former is None:
        return "it was not made before"
    words = [f"{name} changed" for name in now if name in former and former[name] != now[name]]
    words += [f"{name} is new" for name in now if name not in former]
    words += [f"{name} is gone" for name in former if name not in now]
    if not words:
        return "its copy in the cache is gone or damaged"
    more = len(words) - NAMED
    return ", ".join(words[:NAMED]) + (f", and {more} more" if more > 0 else "")
