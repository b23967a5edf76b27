"""Getting data into pages without their becoming markup or addresses that run."""

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
    """JSON for inside <script type="application/json">: nothing in it can end the element or the line."""
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
    """A translation, or a theme's own words, as Jinja takes it: as text, which Jinja itself holds for markup.

    It puts values in place of %(name)s; those of the English stay, and any other % is one.
    """

    def placeholder(found: re.Match[str]) -> str:
        whole = found[0]
        return whole if len(whole) > 1 and whole in message else whole.replace("%", "%%")

    return Markup(_PERCENT.sub(placeholder, str(escape(said))))


_PERCENT = re.compile(r"%(?:\(\w+\)s|%)?")


def web_address(value: str | None) -> str | None:
    """The address when it is http(s), else None."""
    return value if value and WEB_ADDRESS.fullmatch(value) else None


def mail_address(value: str | None) -> str | None:
    """The address when it is an e-mail address, else None."""
    return value if value and MAIL_ADDRESS.fullmatch(value) else None


def permalink(page: str, **constraints: str) -> str:
    """A link to a search: `search.html?catalogue=lrs&class=STAR`. Commas and dots, having a meaning, stay."""
    query = "&".join(f"{quote_plus(k)}={quote_plus(v, safe=',.*:')}" for k, v in constraints.items())
    return f"{page}?{query}"


def exact_value(value: object) -> str | None:
    """A value as a permalink's exact match; None where the permalink would read it as something else."""
    text = str(value)
    return None if not text.strip() or re.search(r"[,*]|\.\.", text) else text


@functools.lru_cache(maxsize=100_000)
def file_link(path: str) -> str:
    """A relative path as an address."""
    return quote(path, safe="/=._-~")


def sql_name(name: object) -> str:
    """A column's name as SQL: quoted, unless it is plain."""
    text = str(name)
    return text if re.fullmatch(r"[a-z_][a-z0-9_]*", text) else '"' + text.replace('"', '""') + '"'
