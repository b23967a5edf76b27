"""What a release says of columns beyond their schema: Felis YAML has no place for it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import Field, field_validator, model_validator

from .audience import Restricted
from .strict import Strict
from .text import Text

HIGHEST_BIT = 62
"""Masks are whole numbers of 64 bits, of which the last is the sign."""


class Bit(Strict):
    """What one bit of a mask says where it is set."""

    name: str = Field(min_length=1)
    description: Text = Field(default_factory=dict)


class ColumnFacts(Restricted):
    """A column, or all that match a pattern."""

    description: Text = Field(default_factory=dict)
    """In the languages that the schema is not written in."""
    range: tuple[int | float | None, int | float | None] | None = None
    """Least and greatest value that can be, both included; None where there is no limit."""
    values: list[int | float | str] | None = None
    """All values that can be."""
    bits: dict[int, Bit] = Field(default_factory=dict)
    """Of a mask: bit (0 is the lowest) and what it says."""
    header: str | None = None
    """The keyword that tells the same in the headers of the spectra; "" for none."""

    @field_validator("range", mode="before")
    @classmethod
    def _ends(cls, value: object) -> object:
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError('is no range; write [lowest, highest], with "" at an open end')
        ends = [None if end == "" else end for end in value]
        if any(isinstance(end, bool | str) for end in ends):
            raise ValueError('has an end that is no number; write [lowest, highest], with "" at an open end')
        low, high = ends
        if low is not None and high is not None and low > high:
            raise ValueError("is upside down; write the lower end first")
        return tuple(ends)

    @field_validator("bits", mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        """A bit may be its name alone."""
        if not isinstance(value, dict):
            return value
        for bit in value:
            if not (str(bit).isdecimal() and int(bit) <= HIGHEST_BIT):
                raise ValueError(
                    f"has a bit {bit!r}; number bits from 0 to {HIGHEST_BIT}, 0 being the lowest"
                )
        return {bit: {"name": one} if isinstance(one, str) else one for bit, one in value.items()}

    @model_validator(mode="after")
    def _one_limit(self) -> ColumnFacts:
        if self.values is not None and (self.range is not None or self.bits):
            raise ValueError("has `values` beside `range` or `bits`; the list of values says it all")
        return self


def facts_of(name: str, facts: dict[str, ColumnFacts]) -> ColumnFacts:
    """What is said of a column: under patterns, of which later ones win, and under its name, before all."""
    said = [one for key, one in facts.items() if key != name and fnmatchcase(name, key)]
    said += [facts[name]] if name in facts else []
    return _merged(said)


def _merged(said: Iterable[ColumnFacts]) -> ColumnFacts:
    merged = ColumnFacts()
    for one in said:
        own = {key: getattr(one, key) for key in one.model_fields_set}
        if "audience" in own:  # a date belongs to the audience it stands beside
            own["public_from"] = one.public_from
        merged = merged.model_copy(update=own)
    return merged
