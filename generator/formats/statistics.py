"""statistics.json: what was measured of a catalogue, from the files that were written."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from .base import Bytes, Count, Datatype, Format, Mark, Order, Pixels, Record, Rows, Sha256, Value, compact

CUT = 120
"""Characters of an example that are written."""


class Counted(NamedTuple):
    """A value, and in how many rows it is."""

    value: Annotated[Value, Field(description="As in the files.")]
    rows: Annotated[Rows, Field(description="How many have it.")]


class Suspect(NamedTuple):
    """A value that looks like "nothing", and in how many rows it is."""

    value: Annotated[Mark, Field(description="As in the files.")]
    rows: Annotated[Rows, Field(description="How many have it.")]


class BitCount(NamedTuple):
    """A bit of a mask, and in how many rows it is set."""

    bit: Annotated[Count, Field(description="Counted from 0, the lowest.")]
    rows: Annotated[Rows, Field(description="How many have it set.")]


class Histogram(Record):
    """Counts of the finite values."""

    edges: list[float] = Field(description="Of the bins, in the column's unit; one more than there are bins.")
    counts: list[Rows] = Field(description="Rows of each bin. The first and last bin reach to the extremes.")


class ColumnStatistics(Record):
    """A column, measured. Values that mean "nothing", NULL and NaN count as missing."""

    name: str = Field(description="As in catalogue.json.")
    datatype: Datatype = Field(description="As in catalogue.json.")
    unit: str | None = Field(description="As in catalogue.json.")
    ucd: str | None = Field(description="As in catalogue.json.")
    description: str | None = Field(description="As in catalogue.json.")
    missing: list[Mark] = Field(description="As in catalogue.json.")
    rows: Rows = Field(description="Of the catalogue.")
    nulls: Rows = Field(description="Without a value.")
    min: Value = Field(description="The lowest finite value, in the column's unit; null for arrays.")
    max: Value = Field(description="The highest finite value.")
    mean: float | str | None = Field(default=None, description="Of the finite values; of numbers only.")
    infinite: list[Counted] = Field(
        default=[], description="Rows with -Infinity and with Infinity, where there are any."
    )
    distinct: Count | None = Field(description="Different values; null for arrays.")
    values: list[Counted] = Field(
        default=[], description="All values, the most frequent first, where there are at most 50."
    )
    common: list[Counted] = Field(default=[], description="The 8 most frequent texts, where there are more.")
    histogram: Histogram | None = Field(default=None, description="Of numbers.")
    marked: list[Counted] = Field(default=[], description='Rows with each value that means "nothing".')
    bits: list[BitCount] = Field(default=[], description="Of masks whose bits release.toml explains.")
    examples: list[Value] = Field(description="Up to 3 values, from rows here and there.")
    suspects: list[Suspect] = Field(
        default=[], description='Values that look like "nothing" and are not declared so.'
    )


class SnrThreshold(NamedTuple):
    """A signal-to-noise ratio, and how many rows reach it."""

    snr: Annotated[int, Field(description="The ratio.")]
    rows: Annotated[Rows, Field(description="Rows with it or a higher one.")]


class SnrColumn(Record):
    """A column of signal-to-noise ratios."""

    column: str = Field(description="Its name.")
    thresholds: list[SnrThreshold] = Field(description="0, 5, 10, 20, 50 and 100.")


class FoundRoles(Record):
    """The columns found for each role; null where no column plays it."""

    ra: str | None = Field(description="Right ascension.")
    dec: str | None = Field(description="Declination.")
    id: str | None = Field(description="What a row is called by in addresses.")
    designation: str | None = Field(description="The name of the object.")
    class_: str | None = Field(alias="class", description="Star, galaxy, quasar, …")
    subclass: str | None = Field(description="Spectral type, …")
    redshift: str | None = Field(description="Redshift.")
    snr: list[str] = Field(description="Signal-to-noise ratios.")
    night: str | None = Field(description="Night or date of observation.")
    plate: str | None = Field(description="Plate, plan or field.")

    @classmethod
    def none(cls) -> FoundRoles:
        """Of a catalogue none of whose columns plays a role."""
        return cls.model_validate({**dict.fromkeys(cls.model_fields), "snr": []})

    def by_role(self) -> dict[str, list[str]]:
        """The columns of each role that has any, by its name in the file."""
        said: dict[str, str | list[str] | None] = self.model_dump()
        return {role: [names] if isinstance(names, str) else names for role, names in said.items() if names}

    def of(self, role: str) -> str | None:
        """The column of a role by its name in the file; the first of several."""
        return next(iter(self.by_role().get(role, [])), None)


class SourceFile(Record):
    """A file that the catalogue was made from."""

    file: str = Field(description="Its name.")
    bytes: Bytes = Field(description="Its size.")
    sha256: Sha256 = Field(description="Its checksum.")


class SkyMap(Record):
    """Rows by place."""

    order: Order = Field(description="Of the pixels, nested.")
    counts: Pixels = Field(description="Rows by pixel; pixels without rows are left out.")


class SnrSky(Record):
    """Rows by place, of a signal-to-noise ratio."""

    from_: int = Field(alias="from", description="The lowest ratio.")
    counts: Pixels = Field(description="Rows by pixel.")


class SkyBySnr(Record):
    """Where the better rows are."""

    order: Order = Field(description="Of the pixels, nested.")
    column: str = Field(description="Of the signal-to-noise ratio.")
    maps: list[SnrSky] = Field(description="One a threshold.")


class YearSky(Record):
    """Rows by place, of a year."""

    year: int = Field(description="Of the evening when the night began.")
    counts: Pixels = Field(description="Rows by pixel.")


class SkyByYear(Record):
    """Where rows were observed when."""

    order: Order = Field(description="Of the pixels, nested.")
    column: str = Field(description="Of the night.")
    maps: list[YearSky] = Field(description="One a year.")


class Statistics(Format):
    """A catalogue, measured."""

    FILE: ClassVar[str] = "statistics.json"

    name: str = Field(description="Of the catalogue.")
    rows: Rows = Field(description="Of the catalogue.")
    bytes: Bytes = Field(description="Of its partitions.")
    left_out: Rows = Field(description="Rows of the source without a valid position, which are not in it.")
    columns: list[ColumnStatistics] = Field(description="In the order of catalogue.json.")
    classes: list[Counted] = Field(description="Rows of each class, the most frequent first.")
    subclasses: list[Counted] = Field(description="The 20 most frequent.")
    snr: list[SnrColumn] = Field(description="Of each signal-to-noise ratio.")
    nights: Count | None = Field(description="Different nights; null without a column of nights.")
    first_night: Value = Field(description="As in the column: a modified Julian day, or a date.")
    last_night: Value = Field(description="Likewise.")
    per_night: list[Counted] = Field(description="Rows of each night, in order; of the 20,000 fullest.")
    plates: Count | None = Field(description="Different plates; null without a column of plates.")
    per_plate: list[Counted] = Field(description="Rows of the 20 fullest plates.")
    sky_by_snr: SkyBySnr | None = Field(default=None, description="Where rows have places and such ratios.")
    sky_by_year: SkyByYear | None = Field(default=None, description="Where nights are dates.")
    roles: FoundRoles = Field(description="Found by release.toml, UCDs and names.")
    sources: list[SourceFile] = Field(description="Empty for simulated rows, and where rows are withheld.")
    sky: SkyMap | None = Field(description="null where rows have no places.")

    def text(self) -> str:
        """One column a line, so that what differs between two releases shows."""
        said = self.members()
        columns = ",\n".join(compact(c) for c in said["columns"])
        lines = [
            f'"columns":[\n{columns}]' if name == "columns" else f'"{name}":{compact(value)}'
            for name, value in said.items()
        ]
        return "{" + ",\n".join(lines) + "}\n"
