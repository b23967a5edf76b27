"""Find the columns that a match needs among those of the other catalogue's files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from ..ingest.values.fields import Field, is_number
from ..ingest.values.missing import Sentinel, missing_by_column
from ..model.crossmatch import Crossmatch, EpochColumn, Frame
from ..problems import InputError, Problem
from .card import Card, CardColumn
from .places import Angle, angle

ROW = "row"
"""Name of the number of a row, from 0, in all files."""
MOTION_UNITS = {"pmra": "mas/yr", "pmdec": "mas/yr", "parallax": "mas", "radial_velocity": "km/s"}


@dataclass(frozen=True)
class Known:
    """What is known of the columns of the sources."""

    lon: Angle
    lat: Angle
    motion: dict[str, Field]
    """By role: pmra, pmdec, parallax, radial_velocity."""
    epoch: float | EpochColumn | None
    carried: list[tuple[str, Field]]
    """Names in the sources, and the columns of the result."""
    ident: tuple[str, Field]
    """The same of what identifies a row; without a name where that is the number of the row."""
    missing: dict[str, list[Sentinel]]
    frame: Frame

    @property
    def extra(self) -> bool:
        """Whether what identifies a row is none of the carried columns."""
        return self.ident not in self.carried

    @property
    def stored(self) -> list[tuple[str, Field]]:
        """The carried columns, and what identifies a row."""
        return [*self.carried, *([self.ident] if self.extra else [])]


class MatchColumns:
    """Finds the columns that a match needs among those of the sources."""

    def __init__(
        self, match: Crossmatch, card: Card | None, fields: list[Field], first: Path, release_file: Path
    ) -> None:
        self.match, self.card, self.first, self.release_file = match, card, first, release_file
        self.fields = {field.name: field for field in fields}
        self.found = card.found(self.fields) if card else {}
        aliases = card.aliases(self.fields) if card else {}
        self.named = aliases | {name.lower(): name for name in self.fields}

    def known(self) -> Known:
        """Raises InputError for columns that are not there or cannot be used."""
        roles = self._roles()
        lon, lat = (
            self._angle(roles["ra"], hours=self._frame() != "galactic"),
            self._angle(roles["dec"], hours=False),
        )
        motion = {role: self._number(roles[role]) for role in MOTION_UNITS if roles.get(role)}
        missing = missing_by_column(
            list(self.fields.values()), self._missing(), self.release_file, self._place("")
        )
        carried = self._carried()
        ident = self._ident(carried)
        return Known(lon, lat, motion, self._epoch(), carried, ident, missing, self._frame())

    def _frame(self) -> Frame:
        return self.match.frame or (self.card.frame if self.card else "icrs")

    def _place(self, key: str) -> str:
        return f"crossmatch[{self.match.name}]" + (f".{key}" if key else "")

    def _fault(self, key: str, what: str, fix: str) -> InputError:
        return InputError(Problem(str(self.release_file), self._place(key), what, fix))

    def _roles(self) -> dict[str, str]:
        if self.match.roles:
            return {k: v for k, v in self.match.roles.model_dump().items() if v}
        assert self.card is not None
        ra, dec = self.card.position
        lacking = [name for name in (ra, dec) if name not in self.found]
        if lacking:
            what = f"{self.first.name} has no column {lacking[0]}, which the card names"
            raise self._fault("source", what, "name its columns in `roles`, or give the right file")
        roles = {"ra": self.found[ra], "dec": self.found[dec]}
        motion = self.card.motion
        wanted = (
            {}
            if motion is None
            else {
                "pmra": motion.ra,
                "pmdec": motion.dec,
                "parallax": motion.parallax,
                "radial_velocity": motion.radial_velocity,
            }
        )
        return roles | {role: self.found[name] for role, name in wanted.items() if name in self.found}

    def _field(self, name: str, key: str) -> Field:
        """A column by its name in the file or, else, any of its names in the card."""
        named = name if name in self.fields else self.named.get(name.lower())
        if named is None:
            listed = ", ".join(list(self.fields)[:20])
            raise self._fault(key, f"{self.first.name} has no column {name!r}", f"use one of {listed}")
        field = self.fields[named]
        described = self._on_card(named)
        if described is None:
            return field
        return replace(
            field,
            unit=field.unit or described.unit,
            ucd=field.ucd or described.ucd,
            description=field.description or described.description,
        )

    def _on_card(self, named: str) -> CardColumn | None:
        known = {column.name: column for column in self.card.columns} if self.card else {}
        return next((known[name] for name, there in self.found.items() if there == named), None)

    def _angle(self, name: str, *, hours: bool) -> Angle:
        field = self._field(name, "roles")
        found = angle(field, hours=hours)
        if found is None:
            unit = f" in {field.unit}" if field.unit else ""
            what = f"{field.name} of {self.first.name} is {field.type}{unit}, which is no angle"
            raise self._fault("roles", what, "name columns in degrees, another angle, or sexagesimal text")
        return found

    def _number(self, name: str) -> Field:
        field = self._field(name, "roles")
        if not is_number(field.type):
            what = f"{field.name} of {self.first.name} is {field.type}, not a number"
            raise self._fault("roles", what, "name a column of numbers")
        return field

    def _epoch(self) -> float | EpochColumn | None:
        epoch = self.match.epoch
        if epoch is None and self.card:
            epoch = self.card.epoch
        if isinstance(epoch, EpochColumn):
            from_card = self.match.epoch is None
            if from_card and epoch.column not in self.found:
                return None
            return EpochColumn(column=self._field(epoch.column, "epoch").name, format=epoch.format)
        return epoch

    def _missing(self) -> dict[str, list[Sentinel]]:
        own: dict[str, list[Sentinel]] = {}
        if self.card:
            own = {"*": list(self.card.missing)} if self.card.missing else {}
            by_name = {column.name: column for column in self.card.columns}
            own |= {
                there: [*by_name[name].missing, *self.card.missing]
                for name, there in self.found.items()
                if by_name[name].missing
            }
        return own | self.match.missing

    def _carried(self) -> list[tuple[str, Field]]:
        names = self.match.columns
        if names is None:
            assert self.card is not None
            names = [column.name for column in self.card.carried if column.name in self.found]
        carried: list[tuple[str, Field]] = []
        seen: dict[str, str] = {}
        for name in names:
            field = self._field(name, "columns")
            called = f"{self.match.name}_{result_name(name)}"
            other = seen.setdefault(called.lower(), name)
            if other != name:
                what = f"{other!r} and {name!r} would both be {called}"
                raise self._fault("columns", what, "carry one of the two")
            carried.append(
                (
                    field.name,
                    replace(field, name=called, ucd=_crossed(field.ucd), null=None, match=self.match.name),
                )
            )
        return carried

    def _ident(self, carried: list[tuple[str, Field]]) -> tuple[str, Field]:
        """What identifies a row: the column of release.toml or the card, else the number of the row."""
        name = self.match.roles.id if self.match.roles else None
        if name is None and self.card:
            name = self.found.get(self.card.id)
        if name is None:
            field = Field(self.match.prefix + ROW, pa.int64(), ucd="meta.record", match=self.match.name)
            name = ""
        else:
            field = self._field(name, "roles.id")
            name = field.name
            if known := next((one for one in carried if one[0] == name), None):
                return known
            called = self.match.prefix + result_name(name)
            field = replace(field, name=called, ucd=_crossed(field.ucd), null=None, match=self.match.name)
        while field.name.lower() in {one.name.lower() for _, one in carried}:
            field = replace(field, name=f"{field.name}_id")
        return name, field


def _crossed(ucd: str | None) -> str | None:
    """A UCD in a table of other objects: ids are cross-identifications, and none is the main one."""
    words = [word for word in (ucd or "").split(";") if word and word.lower() != "meta.main"]
    return ";".join("meta.id.cross" if word.lower() == "meta.id" else word for word in words) or None


def result_name(name: str) -> str:
    """A column's name as a part of another name: letters, digits and underscores."""
    return re.sub(r"\W+", "_", name).strip("_") or "column"
