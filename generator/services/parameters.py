"""The parameters of a request, as DALI defines them: names without case, some of them several times."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .faults import Refused

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile
    from starlette.requests import Request

FIELDS = 200
"""Parameters of a request, at most."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
LONGEST = 60
"""Characters of a wrong value that are repeated in an error."""


class Parameters:
    """Parameters by name; a name in another case is the same."""

    def __init__(self, pairs: Iterable[tuple[str, str]], files: dict[str, UploadFile] | None = None) -> None:
        self._values: dict[str, list[str]] = {}
        self.files = files or {}
        for name, value in pairs:
            self._values.setdefault(name.upper(), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def every(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def names(self) -> list[str]:
        return list(self._values)

    def one(self, name: str) -> str | None:
        """The value of a parameter that may be given once. Raises Refused."""
        found = list(dict.fromkeys(self.every(name)))
        if len(found) > 1:
            raise Refused(f"{name} is given {len(found)} times with different values")
        return found[0] if found else None

    def needed(self, name: str) -> str:
        """The value of a parameter that must be given. Raises Refused."""
        value = self.one(name)
        if value is None or not value.strip():
            raise Refused(f"the parameter {name} is missing")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        """A number within limits. Raises Refused."""
        return as_number(name, self.needed(name), low, high)

    def rows(self, usual: int, most: int) -> int:
        """MAXREC: how many rows the answer may have. Raises Refused."""
        text = self.one("MAXREC")
        if text is None or not text.strip():
            return min(usual, most)
        if not re.fullmatch(r"\d{1,18}", text.strip()):
            raise Refused(f"MAXREC is a whole number from 0, not {text[:LONGEST]!r}")
        return min(int(text), most)

    @property
    def format(self) -> str | None:
        return self.one("RESPONSEFORMAT") or self.one("FORMAT")


def as_number(name: str, text: str, low: float, high: float) -> float:
    """A number within limits. Raises Refused."""
    if not NUMBER.fullmatch(text.strip()):
        raise Refused(f"{name} is a number, not {text[:LONGEST]!r}")
    value = float(text)
    if not (low <= value <= high and math.isfinite(value)):
        raise Refused(f"{name} is {low:g} to {high:g}, not {text[:LONGEST]}")
    return value


async def read_parameters(request: Request, longest: int) -> Parameters:
    """Read the parameters of the address and of the body. Raises Refused."""
    from starlette.datastructures import UploadFile
    from starlette.exceptions import HTTPException

    pairs = list(request.query_params.multi_items())
    files: dict[str, UploadFile] = {}
    if request.method == "POST":
        try:
            form = await request.form(max_files=20, max_fields=FIELDS, max_part_size=longest)
        except HTTPException as error:
            raise Refused(f"the form cannot be read: {error.detail}") from None
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = value
            else:
                pairs.append((name, value))
    if len(pairs) > FIELDS:
        raise Refused(f"there are more than {FIELDS} parameters")
    return Parameters(pairs, files)
