"""Links to the searches and statements behind the numbers of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_plus

from ..escape import exact_value

OWN = {
    *("catalogue", "cone", "box", "polygon", "sky", "targets", "match", "match_radius", "columns", "compute"),
    *("sort", "limit", "plot", "show", "theme"),
}
"""Parameters of a search; a column may have the same name."""


def search(catalogue: str, column: str, wanted: str, **more: str) -> str:
    """The permalink of a search for values of a column."""
    name = f"column.{column}" if column in OWN else column
    return _address("search.html", {"catalogue": catalogue, name: wanted} | more)


def sql(statement: str) -> str:
    """The permalink that runs a statement in the console."""
    return _address("sql.html", {"sql": statement})


def _address(page: str, query: dict[str, str]) -> str:
    return page + "?" + "&".join(f"{quote_plus(k)}={quote_plus(v, safe=',.*:')}" for k, v in query.items())


def exactly(value: Any) -> str:
    """A value in a permalink, escaped so that exactly this value is found."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if isinstance(value, str) and (
        exact_value(text) is None or text.lower() == "null" or text != text.strip() or text.startswith('"')
    ):
        return '"' + text.replace('"', '""') + '"'
    return text


def stored_view(name: str, names: Iterable[str]) -> str:
    """The view of a catalogue with missing values as the survey wrote them; no catalogue has this name."""
    taken = {other.lower() for other in names}
    view = f"{name}_raw"
    while view.lower() in taken:
        view += "_"
    return view
