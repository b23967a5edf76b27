"""Positions of a table as ICRS degrees: from any angle, frame and epoch."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import astropy.units as u
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from astropy.coordinates import FK4, FK5, ICRS, Galactic, SkyCoord
from astropy.time import Time
from numpy.typing import NDArray

from ..ingest.values.fields import Field, floats, is_number, is_text
from ..model.crossmatch import EpochColumn, Frame

Floats = NDArray[np.float64]

_FRAMES = {"icrs": ICRS(), "fk5": FK5(equinox="J2000"), "fk4": FK4(equinox="B1950"), "galactic": Galactic()}
_SEXAGESIMAL = (
    r"^\s*(?P<sign>[+\-−]?)\s*(?P<whole>\d{1,3})\s*[:hd°\s]\s*(?P<minutes>\d{1,2})"
    r"(?:\s*[:m'′\s]\s*(?P<seconds>\d{1,2}(?:\.\d*)?))?\s*[s\"″]?\s*$"
)


@dataclass(frozen=True)
class Angle:
    """A column of angles."""

    field: Field
    hours: bool
    """Whether texts count hours: of a right ascension."""

    def degrees(self, batch: pa.RecordBatch) -> Floats:
        """The values of a batch in degrees; NaN where there is none, or a text that is no angle."""
        column = batch.column(self.field.name)
        if is_text(self.field.type):
            return self._from_text(column)
        values = floats(column)
        return values if self.unit == u.deg else (values * self.unit).to_value(u.deg)

    @property
    def unit(self) -> u.UnitBase:
        """The unit of numbers; degrees where the file gives none. Raises ValueError if it is no angle."""
        unit = u.Unit(self.field.unit or "deg")
        if not unit.is_equivalent(u.deg):
            raise ValueError(f"{self.field.name} is in {self.field.unit}")
        return unit

    def _from_text(self, column: pa.Array) -> Floats:
        parts = pc.extract_regex(column, pattern=_SEXAGESIMAL)
        numbers = [_numbers(pc.struct_field(parts, name)) for name in ("whole", "minutes", "seconds")]
        whole, minutes, seconds = numbers
        total = whole + minutes / 60 + np.nan_to_num(seconds) / 3600
        total[(minutes >= 60) | (seconds >= 60)] = np.nan
        below = pc.is_in(pc.struct_field(parts, "sign"), pa.array(["-", "−"])).to_numpy(zero_copy_only=False)
        # A text such as "150.25" is a number of degrees.
        plain = _numbers(pc.utf8_trim_whitespace(column))
        signed = np.where(below, -total, total) * (15 if self.hours else 1)
        return np.where(np.isnan(plain), signed, plain)


def angle(field: Field, *, hours: bool) -> Angle | None:
    """The column as angles; None if it has neither texts nor numbers, or a unit that is no angle."""
    found = Angle(field, hours)
    if is_text(field.type):
        return found
    if not is_number(field.type):
        return None
    try:
        return found if found.unit else None
    except ValueError:
        return None


def _numbers(texts: pa.Array) -> Floats:
    """Texts as numbers; NaN for others. Arrow's cast fails for a whole batch."""
    number = pc.match_substring_regex(texts, r"^[+\-]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?$")
    return floats(pc.if_else(number, texts, pa.scalar(None, pa.string())))


def to_icrs(lon: Floats, lat: Floats, frame: Frame) -> tuple[Floats, Floats]:
    """Positions in degrees of a frame as ICRS degrees; NaN where they are not on the sky."""
    bad = ~((np.abs(lat) <= 90) & (lon >= -180) & (lon <= 360))
    lon, lat = np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)
    if frame != "icrs" and not bad.all():
        some = SkyCoord(lon[~bad], lat[~bad], unit="deg", frame=_FRAMES[frame]).icrs
        lon[~bad], lat[~bad] = some.ra.deg, some.dec.deg
    return np.where(lon < 0, lon + 360, lon), lat


@dataclass(frozen=True)
class Motions:
    """Proper motions and what makes them three-dimensional; arrays of one shape, NaN where unknown."""

    pmra: Floats
    """mas/yr, times cos(dec)"""
    pmdec: Floats
    """mas/yr"""
    parallax: Floats
    """mas"""
    radial_velocity: Floats
    """km/s"""


def moved(ra: Floats, dec: Floats, motions: Motions, epoch: Floats, to_epoch: float) -> tuple[Floats, Floats]:
    """Positions at another epoch; those whose motion or epoch is not known stay.

    Args:
        ra: ICRS degrees; shape (rows,), as all arrays.
        dec: ICRS degrees.
        motions: of each position.
        epoch: of each position, Julian years.
        to_epoch: Julian year.

    Returns:
        ICRS degrees, as `apply_space_motion` of astropy computes them.
    """
    ra, dec = ra.copy(), dec.copy()
    known = np.isfinite(ra) & np.isfinite(motions.pmra) & np.isfinite(motions.pmdec) & np.isfinite(epoch)
    near = known & (motions.parallax > 0)
    for rows, deep in ((near, True), (known & ~near, False)):
        if not rows.any():
            continue
        depth = {}
        if deep:
            velocity = np.nan_to_num(motions.radial_velocity[rows])
            depth = {
                "distance": (1000 / motions.parallax[rows]) * u.pc,
                "radial_velocity": velocity * u.km / u.s,
            }
        start = SkyCoord(
            ra=ra[rows] * u.deg,
            dec=dec[rows] * u.deg,
            pm_ra_cosdec=motions.pmra[rows] * u.mas / u.yr,
            pm_dec=motions.pmdec[rows] * u.mas / u.yr,
            obstime=Time(epoch[rows], format="jyear"),
            **depth,
        )
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # ERFA replaces distances that are too large, which changes nothing
            end = start.apply_space_motion(new_obstime=Time(to_epoch, format="jyear"))
        ra[rows], dec[rows] = end.ra.deg, end.dec.deg
    return ra, dec


def julian_years(values: Floats, epoch: EpochColumn) -> Floats:
    """Times of a column as Julian years; NaN stays."""
    years = np.full(len(values), np.nan)
    known = np.isfinite(values)
    if known.any():
        years[known] = Time(values[known], format=epoch.format).jyear
    return years
