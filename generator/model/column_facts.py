"""Facts about columns that Felis YAML schemas cannot express."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import Field, field_validator, model_validator

from .audience import Restricted
from .strict import Strict
from .text import Text

HIGHEST_BIT = 62
"""Highest usable bit: masks are 64-bit integers whose last bit is the sign."""


class Bit(Strict):
    """The meaning of one bit of a mask."""

    name: str = Field(min_length=1)
    description: Text = Field(default_factory=dict)


class ColumnFacts(Restricted):
    """Facts about a column, or about all columns that match a pattern."""

    description: Text = Field(default_factory=dict)
    """Descriptions in languages other than the schema's."""
    range: tuple[int | float | None, int | float | None] | None = None
    """Lowest and highest possible value, inclusive; None for no limit."""
    values: list[int | float | str] | None = None
    """All possible values."""
    bits: dict[int, Bit] = Field(default_factory=dict)
    """Meanings of the bits of a mask; bit 0 is the lowest."""
    header: str | None = None
    """The header keyword of the spectra with the same information; "" for none."""

    @field_validator("range", mode="before")
    @classmethod
    def _ends(cls, value: object) -> object:
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError('is not a range; write [lowest, highest], with "" at an open end')
        ends = [None if end == "" else end for end in value]
        if any(isinstance(end, bool | str) for end in ends):
            raise ValueError(
                'has an end that is not a number; write [lowest, highest], with "" at an open end'
            )
        low, high = ends
        if low is not None and high is not None and low > high:
            raise ValueError("is reversed; write the lower end first")
        return tuple(ends)

    @field_validator("bits", mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        """A bit may be given by its name only."""
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
            raise ValueError("has both `values` and `range` or `bits`; keep the list of values")
        return self


def facts_of_column(name: str, facts: dict[str, ColumnFacts]) -> ColumnFacts:
    """Facts of a column: its own name takes precedence over patterns, and later patterns over earlier
    ones."""
    said = [one for key, one in facts.items() if key != name and fnmatchcase(name, key)]
    said += [facts[name]] if name in facts else []
    return _merged(said)


def _merged(said: Iterable[ColumnFacts]) -> ColumnFacts:
    merged = ColumnFacts()
    for one in said:
        own = {key: getattr(one, key) for key in one.model_fields_set}
        if "audience" in own:  # a date belongs to the audience in the same table
            own["public_from"] = one.public_from
        merged = merged.model_copy(update=own)
    return merged
