"""UCD1+: validate UCDs, suggest corrections, and explain their words."""

from __future__ import annotations

import difflib
import functools
import importlib.util
import itertools
import re
import tomllib
from pathlib import Path

WORDS = "io/votable/data/ucd1p-words.txt"
"""The standard's word list, from astropy's files."""
FIRST, AFTER = set("PQVEC"), set("SQVEC")
"""Flags in the word list for words allowed in first and in later positions."""


def _package(name: str) -> Path:
    """The folder of a package, without importing it."""
    found = importlib.util.find_spec(name)
    assert found and found.origin
    return Path(found.origin).parent


@functools.cache
def _words() -> dict[str, tuple[str, str, str]]:
    """Flag, spelling and English meaning of each word, by the word in lower case."""
    found = {}
    for line in _package("astropy").joinpath(WORDS).read_text(encoding="ascii").splitlines():
        if line.count("|") == 2 and not line.startswith("#"):
            mark, word, meaning = (part.strip() for part in line.split("|"))
            found[word.lower()] = (mark, word, meaning)
    return found


@functools.cache
def _meanings(lang: str) -> dict[str, str]:
    file = Path(__file__).with_name(f"ucds.{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def ucd_meaning(ucd: str, lang: str) -> list[tuple[str, str]]:
    """Each word of a UCD and its meaning, translated if possible; "" for an unknown word."""
    own = _meanings(lang.partition("-")[0])
    return [(w, own.get(w.lower()) or _words().get(w.lower(), ("", "", ""))[2]) for w in _split(ucd)]


def _split(ucd: str) -> list[str]:
    return [word.rpartition(":")[2] for word in re.split(r"[;,\s]+", ucd) if word]


@functools.cache
def ucd_fault(ucd: str) -> tuple[str, str] | None:
    """What is wrong with a UCD, and the correction; None if it is valid."""
    from astropy.io.votable.ucd import check_ucd  # takes half a second

    if check_ucd(ucd, check_controlled_vocabulary=True, has_colon=True):
        return None
    words, known = _split(ucd), _words()
    unknown = [w for w in words if w.lower() not in known]
    if unknown:
        what = f"UCD {ucd!r}: {unknown[0]!r} is not a word of UCD1+"
        corrected = [known[w.lower()][1] if w.lower() in known else _nearest(w) for w in words]
        if all(corrected):
            order = _in_order([w for w in corrected if w])
            return what, f"did you mean {order!r}?"
        return what, "use words from the UCD1+ list, e.g. pos.eq.ra;meta.main"
    if words and (order := _in_order([known[w.lower()][1] for w in words])):
        wrong = _misplaced(words) or "words are joined by ;"
        return f"UCD {ucd!r}: {wrong}", f"did you mean {order!r}?"
    what = f"UCD {ucd!r}: {_misplaced(words) or 'it has no words'}"
    return what, "begin with a primary word, add secondary ones after ;"


def _misplaced(words: list[str]) -> str:
    marks = [_words()[w.lower()][0] for w in words]
    if marks and marks[0] not in FIRST:
        return f"{words[0]!r} cannot come first"
    return next(
        (
            f"{w!r} can only come first"
            for w, mark in zip(words[1:], marks[1:], strict=True)
            if mark not in AFTER
        ),
        "",
    )


def _in_order(words: list[str]) -> str | None:
    """The words reordered into a valid UCD, as close to the given order as possible."""
    from astropy.io.votable.ucd import check_ucd

    for order in itertools.islice(itertools.permutations(words), 24):
        if check_ucd(one := ";".join(order), check_controlled_vocabulary=True):
            return one
    return None


def _nearest(word: str) -> str | None:
    near = difflib.get_close_matches(word.lower().replace("_", "."), list(_words()), n=1, cutoff=0.7)
    return _words()[near[0]][1] if near else None
