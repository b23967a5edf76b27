"""File names that every medium can store, and the short names that ISO 9660 needs in addition."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from ...model.strict import portable
from ...problems import InputError, Problem

JOLIET_NAME = 64
JOLIET_PATH = 240
"""Maximum bytes of a path in Joliet, two per character."""
FAT_NAME = 255
WINDOWS_PATH = 240
"""Maximum length of a path; Windows allows 259 characters, including the reader's drive and folder."""
RR_NAME = 248
"""Maximum bytes of a Rock Ridge name in one entry."""
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"*/:;<>?\\|]')
"""Characters that Joliet, FAT or Windows do not allow in names."""
SHOWN = 20
VOLUME = 16
"""Characters of a volume label in Joliet; ISO 9660 has 32."""
ISO_STEM, ISO_KIND, ISO_FOLDER = 22, 7, 30


def fault(path: str) -> str | None:
    """Why a medium cannot store a path; None if every medium can."""
    for part in path.split("/"):
        if found := FORBIDDEN.search(part):
            return f"contains {found[0]!r}, which Windows and Joliet do not allow"
        if part.endswith((".", " ")) or part.startswith(" "):
            return "begins or ends with a space, or ends with a dot"
        if not portable(part):
            return "is a name that Windows reserves for a device"
        if any(ord(letter) > 0xFFFF for letter in part):
            return "contains characters that Joliet does not have"
        if len(part) > JOLIET_NAME:
            return f"has a name of {len(part)} characters, and Joliet allows {JOLIET_NAME}"
        if len(part.encode()) > RR_NAME:
            return f"has a name of {len(part.encode())} bytes, and Rock Ridge allows {RR_NAME}"
    if 2 * len(path) > JOLIET_PATH:
        return f"is a path of {len(path)} characters, and Joliet allows {JOLIET_PATH // 2}"
    return None


def alike(name: str) -> str:
    """A key that is equal for names that some medium confuses: ignores case and Unicode composition."""
    return unicodedata.normalize("NFC", name).casefold()


def check_names(paths: Iterable[str], where: str) -> None:
    """Raises InputError for paths that a medium cannot store or cannot distinguish.

    Paths are ordered as in a manifest; only the names of the folders on the current path are kept in memory.
    """
    problems: list[Problem] = []
    open_folders: list[tuple[str, dict[str, str]]] = [("", {})]
    for path in paths:
        if why := fault(path):
            problems.append(_problem(where, path, why))
        parts = path.split("/")
        for depth, part in enumerate(parts):
            folder = "/".join(parts[:depth])
            if depth < len(open_folders) and open_folders[depth][0] != folder:
                del open_folders[depth:]
            if depth == len(open_folders):
                open_folders.append((folder, {}))
            names = open_folders[depth][1]
            other = names.setdefault(alike(part), part)
            if other != part:
                problems.append(_problem(where, path, f"is the same as {other!r} where case is ignored"))
        if len(problems) >= SHOWN:
            break
    if problems:
        raise InputError(problems)


def _problem(where: str, path: str, why: str) -> Problem:
    return Problem(where, path, why, "give the file a shorter name of letters, digits, . _ and -, and build")


class IsoNames:
    """ISO 9660 names for the entries of one folder: capital letters, digits and _; each is unique.

    The same names in the same order give the same result. Programs show them only if they know none of Rock
    Ridge, Joliet and UDF.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def folder(self, name: str) -> str:
        return self._unique(_plain(name.replace(".", "_"))[:ISO_FOLDER], name, ISO_FOLDER, "")

    def file(self, name: str) -> str:
        stem, dot, kind = name.rpartition(".")
        if not dot or not stem:
            stem, kind = name, ""
        kind = _plain(kind)[:ISO_KIND]
        return self._unique(_plain(stem)[:ISO_STEM], name, ISO_STEM, f".{kind}") + ";1"

    def _unique(self, plain: str, name: str, most: int, ending: str) -> str:
        found = plain
        for attempt in range(1 << 16):
            if found and found + ending not in self._taken:
                self._taken.add(found + ending)
                return found + ending
            mark = hashlib.sha256(f"{attempt} {name}".encode()).hexdigest()[:6].upper()
            found = f"{plain[: most - 7]}_{mark}"
        raise AssertionError("more names alike than there are marks")


def _plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9_]", "_", text.upper())


def volume_label(survey: str, release: str, number: int = 0) -> str:
    """The volume label: the survey and its release if both are short enough, and the number of the disc."""
    end = f"_{number}" if number else ""
    said = plain_label(survey, release)
    if len(said) + len(end) > VOLUME:
        said = plain_label(release)[: VOLUME - len(end)].strip("_")
    return said + end


def plain_label(*words: str) -> str:
    """Words in the characters that ISO 9660 allows for a volume label."""
    said = unicodedata.normalize("NFKD", "_".join(w for w in words if w)).encode("ascii", "ignore").decode()
    plain = re.sub(r"_+", "_", _plain(said)).strip("_")
    return plain[:32].strip("_") or "DATA"
