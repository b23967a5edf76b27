"""Put data into pages without turning them into markup or executable addresses."""

from __future__ import annotations

import functools
import json
import re
from urllib.parse import quote, quote_plus

from markupsafe import Markup, escape
from pydantic import BaseModel

from .model.text import MAIL_ADDRESS, WEB_ADDRESS

IN_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class Json(Markup):
    """JSON that is ready for a script element."""


def json_block(value: object) -> Markup:
    """JSON for <script type="application/json">: escaped so that it cannot end the element or the line."""
    if isinstance(value, Json):
        return value
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_members)
    return Markup(text.translate(IN_SCRIPT))


def _members(value: object) -> object:
    """What JSON has of a record of formats/."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    raise TypeError(f"{type(value).__name__} is no JSON")


def in_template(message: str, said: str) -> Markup:
    """Escape a translation, or a theme's own words, which Jinja treats as markup.

    Jinja replaces %(name)s by values: the placeholders of the English text stay, any other % is escaped.
    """

    def placeholder(found: re.Match[str]) -> str:
        whole = found[0]
        return whole if len(whole) > 1 and whole in message else whole.replace("%", "%%")

    return Markup(_PERCENT.sub(placeholder, str(escape(said))))


_PERCENT = re.compile(r"%(?:\(\w+\)s|%)?")


def web_address(value: str | None) -> str | None:
    """The address if it is http(s), else None."""
    return value if value and WEB_ADDRESS.fullmatch(value) else None


def mail_address(value: str | None) -> str | None:
    """The address if it is an e-mail address, else None."""
    return value if value and MAIL_ADDRESS.fullmatch(value) else None


def permalink(page: str, **constraints: str) -> str:
    """A link to a search: `search.html?catalogue=lrs&class=STAR`. Commas and dots are not escaped."""
    query = "&".join(f"{quote_plus(k)}={quote_plus(v, safe=',.*:')}" for k, v in constraints.items())
    return f"{page}?{query}"


def exact_value(value: object) -> str | None:
    """A value as an exact match in a permalink; None if the permalink would be interpreted differently."""
    text = str(value)
    return None if not text.strip() or re.search(r"[,*]|\.\.|^\s*(?:[=~＝～]|like\s)", text, re.I) else text


_UNQUOTED = re.compile(r"[A-Za-z0-9/=._~-]*", re.ASCII)


@functools.lru_cache(maxsize=100_000)
def file_link(path: str) -> str:
    """A relative path as a URL."""
    return path if _UNQUOTED.fullmatch(path) else quote(path, safe="/=._-~")


def sql_name(name: object) -> str:
    """A column name in SQL, quoted if necessary."""
    text = str(name)
    return text if re.fullmatch(r"[a-z_][a-z0-9_]*", text) else '"' + text.replace('"', '""') + '"'
