"""statistics.json: statistics of a catalogue, computed from the files that were written."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from .base import Bytes, Count, Datatype, Format, Mark, Order, Pixels, Record, Rows, Sha256, Value, compact

CUT = 120
"""Maximum length of an example, in characters."""


class Counted(NamedTuple):
    """A value and the number of rows that have it."""

    value: Annotated[Value, Field(description="As in the files.")]
    rows: Annotated[Rows, Field(description="How many have it.")]


class Suspect(NamedTuple):
    """A value that looks like a missing value, and the number of rows that have it."""

    value: Annotated[Mark, Field(description="As in the files.")]
    rows: Annotated[Rows, Field(description="How many have it.")]


class BitCount(NamedTuple):
    """A bit of a mask and the number of rows in which it is set."""

    bit: Annotated[Count, Field(description="Counted from 0, the lowest.")]
    rows: Annotated[Rows, Field(description="How many have it set.")]


class Histogram(Record):
    """Counts of the finite values."""

    edges: list[float] = Field(description="Of the bins, in the column's unit; one more than there are bins.")
    counts: list[Rows] = Field(description="Rows per bin. The first and last bin extend to the extremes.")


class ColumnStatistics(Record):
    """Statistics of a column. Declared missing values, NULL and NaN count as missing."""

    name: str = Field(description="As in catalogue.json.")
    datatype: Datatype = Field(description="As in catalogue.json.")
    unit: str | None = Field(description="As in catalogue.json.")
    ucd: str | None = Field(description="As in catalogue.json.")
    description: str | None = Field(description="As in catalogue.json.")
    missing: list[Mark] = Field(description="As in catalogue.json.")
    rows: Rows = Field(description="Of the catalogue.")
    nulls: Rows = Field(description="Rows without a value.")
    min: Value = Field(description="The lowest finite value, in the column's unit; null for arrays.")
    max: Value = Field(description="The highest finite value.")
    mean: float | str | None = Field(default=None, description="Of the finite values; for numbers only.")
    infinite: list[Counted] = Field(
        default=[], description="Rows with -Infinity and with Infinity, if there are any."
    )
    distinct: Count | None = Field(description="Number of distinct values; null for arrays.")
    estimated: bool = Field(
        default=False,
        description="Whether `distinct` is an estimate, with a standard error below 0.4 %: only where it is "
        "above 300,000 and the column has no index.",
    )
    values: list[Counted] = Field(
        default=[], description="All values, the most frequent first, if there are at most 50."
    )
    common: list[Counted] = Field(default=[], description="The 8 most frequent texts, if there are more.")
    histogram: Histogram | None = Field(default=None, description="Of numbers.")
    marked: list[Counted] = Field(default=[], description="Rows with each declared missing value.")
    bits: list[BitCount] = Field(default=[], description="For masks whose bits release.toml explains.")
    examples: list[Value] = Field(description="Up to 3 values, from rows throughout the table.")
    suspects: list[Suspect] = Field(
        default=[], description="Values that look like undeclared missing values."
    )


class Centre(NamedTuple):
    """A plate and the mean position of its rows."""

    value: Annotated[Value, Field(description="As in the files.")]
    ra: Annotated[float, Field(description="Right ascension, deg.")]
    dec: Annotated[float, Field(description="Declination, deg.")]


class SnrThreshold(NamedTuple):
    """A signal-to-noise ratio and the number of rows that reach it."""

    snr: Annotated[int, Field(description="The ratio.")]
    rows: Annotated[Rows, Field(description="Rows with it or a higher one.")]


class SnrColumn(Record):
    """A column of signal-to-noise ratios."""

    column: str = Field(description="Its name.")
    thresholds: list[SnrThreshold] = Field(description="0, 5, 10, 20, 50 and 100.")


class FoundRoles(Record):
    """The columns found for each role; null if no column has it."""

    ra: str | None = Field(description="Right ascension.")
    dec: str | None = Field(description="Declination.")
    id: str | None = Field(description="Identifies a row in addresses.")
    designation: str | None = Field(description="The name of the object.")
    class_: str | None = Field(alias="class", description="Star, galaxy, quasar, …")
    subclass: str | None = Field(description="Spectral type, …")
    redshift: str | None = Field(description="Redshift.")
    snr: list[str] = Field(description="Signal-to-noise ratios.")
    night: str | None = Field(description="Night or date of observation.")
    plate: str | None = Field(description="Plate, plan or field.")

    @classmethod
    def none(cls) -> FoundRoles:
        """Return the roles of a catalogue in which no column has a role."""
        return cls.model_validate({**dict.fromkeys(cls.model_fields), "snr": []})

    def by_role(self) -> dict[str, list[str]]:
        """Return the columns of each role that has any, by its name in the file."""
        found: dict[str, str | list[str] | None] = self.model_dump()
        return {role: [names] if isinstance(names, str) else names for role, names in found.items() if names}

    def of(self, role: str) -> str | None:
        """Return the column of a role by its name in the file: of several that of the g band, if any."""
        names = self.by_role().get(role, [])
        return next((name for name in names if name.lower().endswith("g")), names[0] if names else None)


class SourceFile(Record):
    """A file from which the catalogue was made."""

    file: str = Field(description="Its name.")
    bytes: Bytes = Field(description="Its size.")
    sha256: Sha256 = Field(description="Its checksum.")


class SkyMap(Record):
    """Rows by sky position."""

    order: Order = Field(description="Of the pixels, nested.")
    counts: Pixels = Field(description="Rows by pixel; pixels without rows are left out.")


class SnrSky(Record):
    """Rows by sky position, above a signal-to-noise ratio."""

    from_: int = Field(alias="from", description="The lowest ratio.")
    counts: Pixels = Field(description="Rows by pixel.")


class SkyBySnr(Record):
    """Sky positions of rows with high signal-to-noise ratios."""

    order: Order = Field(description="Of the pixels, nested.")
    column: str = Field(description="Of the signal-to-noise ratio.")
    maps: list[SnrSky] = Field(description="One per threshold.")


class YearSky(Record):
    """Rows of one year by sky position."""

    year: int = Field(description="Year of the evening when the night began.")
    counts: Pixels = Field(description="Rows by pixel.")


class SkyByYear(Record):
    """Sky positions of rows by year of observation."""

    order: Order = Field(description="Of the pixels, nested.")
    column: str = Field(description="Of the night.")
    maps: list[YearSky] = Field(description="One per year.")


class Statistics(Format):
    """Statistics of a catalogue."""

    FILE: ClassVar[str] = "statistics.json"

    name: str = Field(description="Of the catalogue.")
    rows: Rows = Field(description="Of the catalogue.")
    bytes: Bytes = Field(description="Of its partitions.")
    left_out: Rows = Field(description="Source rows without a valid position, which were left out.")
    columns: list[ColumnStatistics] = Field(description="In the order of catalogue.json.")
    classes: list[Counted] = Field(description="Rows of each class, the most frequent first.")
    subclasses: list[Counted] = Field(description="The 20 most frequent.")
    snr: list[SnrColumn] = Field(description="Of each signal-to-noise ratio.")
    nights: Count | None = Field(description="Different nights; null without a column of nights.")
    first_night: Value = Field(description="As in the column: a modified Julian day, or a date.")
    last_night: Value = Field(description="Likewise.")
    per_night: list[Counted] = Field(description="Rows of each night, in order; the 20,000 fullest nights.")
    plates: Count | None = Field(description="Different plates; null without a column of plates.")
    per_plate: list[Counted] = Field(description="Rows of the 20 fullest plates.")
    centres: list[Centre] = Field(
        default=[],
        description="Mean positions of plates whose rows are within 15 degrees; none if there are more than "
        "20,000 plates.",
    )
    sky_by_snr: SkyBySnr | None = Field(default=None, description="If rows have positions and such ratios.")
    sky_by_year: SkyByYear | None = Field(default=None, description="If nights are dates.")
    roles: FoundRoles = Field(description="Found by release.toml, UCDs and names.")
    sources: list[SourceFile] = Field(description="Empty for simulated rows, and if rows are withheld.")
    sky: SkyMap | None = Field(description="null if rows have no positions.")

    def text(self) -> str:
        """Return the file with one column per line, so that two releases can be compared line by line."""
        members = self.members()
        columns = ",\n".join(compact(c) for c in members["columns"])
        lines = [
            f'"columns":[\n{columns}]' if name == "columns" else f'"{name}":{compact(value)}'
            for name, value in members.items()
        ]
        return "{" + ",\n".join(lines) + "}\n"
