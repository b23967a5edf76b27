"""Where questions are answered: by the page around this interpreter, or by a site's files in plain Python.

An answer to "sql" and "table" is a Result: `rows`, `sql`, and `columns`, each with `name`, `type` (DuckDB's
text), `unit`, `ucd`, `description`, and

- numbers: `values`, a typed array of the column's own width; BOOLEAN as bytes, DATE as days and TIMESTAMP as
  microseconds since 1970
- text and BLOB: `values`, all bytes (UTF-8) in a row, and `offsets`, rows + 1 positions in them
- lists: `values`, a column of all elements, and `offsets`
- other types: text, with their own `type`

`valid` has a byte for each row, 1 where it has a value; it is None where all have one. Objects of the page,
dictionaries and numpy arrays serve alike.

An answer to "spectrum" has `json`, a text, and `arrays`, typed arrays by key. The text is `{"id", "set",
"facts", "arms": [{"name", "kind", "exposure", "flux_unit", "wavelength_unit", "scale", "vacuum", "arrays":
{"flux": key, "wavelength": key, "ivar": key, …}, "masks": {name: key}, "facts"}]}`; `scale` is "linear", or
"log10" for logarithms of wavelengths. An id is asked for as text, since it may have 64 bits.

An answer to "release" is a JSON text; see `_release.py`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any, Protocol, cast

from ._errors import Error


class Transport(Protocol):
    """What the page registers as the module `_drportal`."""

    def request(self, name: str, arguments: str, /) -> Awaitable[Any]:
        """Answer a question; its arguments are JSON."""

    def save(self, name: str, data: Any, /) -> Any:
        """Offer bytes to the reader as a file."""

    def show(self, statement: str, /) -> Any:
        """Show the rows of a statement as a result of the search page."""

    def display(self, mime: str, data: Any, /) -> Any:
        """Add an output to the running cell."""


_used: Transport | None = None


def use(transport: Transport | None) -> None:
    """Let questions be answered by this transport from now on; None for the page's own."""
    global _used
    _used = transport


def is_open() -> bool:
    """Whether a transport is in use, or the page has one."""
    return _used is not None


def current() -> Transport:
    """Return the transport in use. Raises Error where there is none."""
    global _used
    if _used is None:
        try:
            import _drportal
        except ImportError:
            raise Error("no release is open: call drportal.open(PATH or ADDRESS) first") from None
        _used = cast("Transport", _drportal)
    return _used


async def ask(name: str, **arguments: Any) -> Any:
    """Return the answer to a question. Raises Error with the page's message."""
    try:
        return await current().request(name, json.dumps(arguments))
    except Error:
        raise
    except Exception as error:
        raise Error(message_of(error)) from None


def message_of(error: Exception) -> str:
    """Return the message of an error of the page, without the name of its class."""
    message = getattr(error, "message", None)
    return str(message if isinstance(message, str) and message else error)
