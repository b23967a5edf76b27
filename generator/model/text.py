"""Multilingual strings, and addresses."""

from __future__ import annotations

import re
from typing import Annotated

import babel
from pydantic import BeforeValidator, WithJsonSchema

WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"[^\s@\"'<>?&:/\\]+@[^\s@\"'<>?&:/\\]+")
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z0-9]+)*")


def known_language(code: str) -> bool:
    """Whether a language code has known number and date formats."""
    try:
        babel.Locale.parse(code, sep="-")
    except (ValueError, babel.UnknownLocaleError):
        return False
    return True


def _as_table(value: object) -> object:
    if isinstance(value, dict):
        for key in value:
            if not LANGUAGE.fullmatch(str(key)):
                # TOML assigns keys after a [title] table to that table, whatever was intended.
                fix = "write it above the line in [brackets] that it follows"
                raise ValueError(f"{key!r} is not a language code such as en; if it is not a text, {fix}")
    return {"": value} if isinstance(value, str) else value


_WRITTEN = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {f"^{LANGUAGE.pattern}$": {"type": "string"}},
        },
    ]
}
Text = Annotated[dict[str, str], BeforeValidator(_as_table), WithJsonSchema(_WRITTEN)]
"""A plain string (stored under the key "", for every language) or one string per language code."""


def in_language(text: dict[str, str] | None, language: str, default: str = "") -> str:
    """The text in a language; otherwise the plain string, the English or any other text."""
    if not text:
        return default
    for key in (language, "", "en"):
        if key in text:
            return text[key]
    return next(iter(text.values()))
