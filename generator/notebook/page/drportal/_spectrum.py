"""Spectra: their arms, with flux and wavelength as arrays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._astropy import quantity
from ._convert import member, memory
from ._errors import Error
from ._wavelengths import to_air, to_vacuum

Array = NDArray[Any]

ANGSTROM = {"Angstrom": 1.0, "AA": 1.0, "angstrom": 1.0, "nm": 10.0, "um": 1e4, "micron": 1e4}
"""Angstrom in a unit of wavelengths."""


class Values(np.ndarray):
    """An array with a unit, where astropy is not there to make a Quantity. Results of arithmetic have no
    unit.
    """

    unit: str = ""

    def __new__(cls, values: Array, unit: str = "") -> Values:
        made = np.asarray(values).view(cls)
        made.unit = unit
        return made

    def __array_wrap__(self, made: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return made[()] if return_scalar else np.asarray(made)

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        if isinstance(found, Values):
            found.unit = self.unit
        return found

    @property
    def value(self) -> Array:
        """The numbers without the unit, as of a Quantity."""
        return np.asarray(self)


@dataclass(frozen=True, repr=False)
class Arm:
    """A spectrum, or one of its arms or exposures. All arrays have the length of the flux.

    `flux`, `wavelength` and `ivar` (inverse variance; None where the release has none) are Quantities with
    astropy, else arrays with `unit` and `value`. `masks` are integers, by name. `arrays` has all others of
    the file, such as `sky`.
    """

    name: str  # "B", "R", "Z"; "" for a spectrum of one piece
    kind: str  # "coadd", or "single" for an exposure
    exposure: str
    flux: Any
    wavelength: Any
    ivar: Any
    masks: dict[str, Array]
    arrays: dict[str, Any]
    medium: str  # of the wavelengths: "vacuum" or "air"
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> Array:
        """Where the flux is finite and, if there is an inverse variance, that is above zero."""
        good = np.isfinite(np.asarray(self.flux))
        return good if self.ivar is None else np.asarray(good & (np.asarray(self.ivar) > 0))

    def air(self) -> Arm:
        """The same with wavelengths in standard air (Ciddor 1996), if they are above 2000 Angstrom."""
        return self if self.medium == "air" else self._in("air", to_air)

    def vacuum(self) -> Arm:
        """The same with wavelengths in vacuum."""
        return self if self.medium == "vacuum" else self._in("vacuum", to_vacuum)

    def _in(self, medium: str, convert: Any) -> Arm:
        unit = str(self.wavelength.unit)
        scale = ANGSTROM.get(unit)
        if scale is None:
            raise Error(f"wavelengths in {unit!r} are not converted between air and vacuum")
        values = convert(np.asarray(self.wavelength, float) * scale) / scale
        return replace(self, wavelength=measured(values, unit), medium=medium)

    def __len__(self) -> int:
        return len(self.flux)

    def __repr__(self) -> str:
        name = " ".join(one for one in (self.name, self.exposure) if one) or "spectrum"
        if not len(self):
            return f"<{name}: no pixels>"
        ends = np.asarray(self.wavelength)[[0, -1]]
        unit = str(self.wavelength.unit)
        return f"<{name}: {len(self):,} pixels, {ends[0]:.1f} to {ends[1]:.1f} {unit} in {self.medium}>"


class Spectrum:
    """A spectrum: `flux`, `wavelength`, `ivar` and `masks` are those of its first arm; `arms` has all of
    them.

    `spectrum["B"]` is an arm by its name. `facts` are those of its header, such as `class`, `z`, `snr`.
    """

    def __init__(self, ident: int | str, set_name: str, arms: list[Arm], facts: dict[str, Any]) -> None:
        if not arms:
            raise Error(f"the spectrum {ident} has no arms")
        self.id, self.set, self.arms, self.facts = ident, set_name, arms, facts

    @property
    def flux(self) -> Any:
        return self.arms[0].flux

    @property
    def wavelength(self) -> Any:
        return self.arms[0].wavelength

    @property
    def ivar(self) -> Any:
        return self.arms[0].ivar

    @property
    def masks(self) -> dict[str, Array]:
        return self.arms[0].masks

    @property
    def good(self) -> Array:
        return self.arms[0].good

    @property
    def medium(self) -> str:
        return self.arms[0].medium

    def air(self) -> Spectrum:
        """The same with all wavelengths in standard air (Ciddor 1996)."""
        return Spectrum(self.id, self.set, [arm.air() for arm in self.arms], self.facts)

    def vacuum(self) -> Spectrum:
        """The same with all wavelengths in vacuum."""
        return Spectrum(self.id, self.set, [arm.vacuum() for arm in self.arms], self.facts)

    def __getitem__(self, name: str) -> Arm:
        for arm in self.arms:
            if name in (arm.name, arm.exposure) and name:
                return arm
        names = ", ".join(arm.exposure or arm.name for arm in self.arms)
        raise Error(f"the spectrum {self.id} has no arm {name!r}; it has: {names}")

    def __iter__(self) -> Iterator[Arm]:
        return iter(self.arms)

    def __len__(self) -> int:
        return len(self.arms)

    def __repr__(self) -> str:
        return "\n".join([f"Spectrum {self.id} of {self.set}", *(f"  {arm!r}" for arm in self.arms)])


def spectrum_of(answer: Any, ident: int | str) -> Spectrum:
    """Return the spectrum of an answer, see `_transport.py`, with the id that was asked for."""
    about, arrays = json.loads(str(member(answer, "json"))), member(answer, "arrays")
    arms = [_arm(one, arrays) for one in about["arms"]]
    return Spectrum(ident, about["set"], arms, about.get("facts") or {})


def _arm(about: dict[str, Any], arrays: Any) -> Arm:
    flux_unit, unit = about.get("flux_unit") or "", about.get("wavelength_unit") or "Angstrom"
    named = {name: memory(member(arrays, key)) for name, key in about["arrays"].items()}
    flux, wavelength = named.pop("flux"), named.pop("wavelength")
    ivar = named.pop("ivar", None)
    if about.get("scale") == "log10":
        wavelength = 10 ** np.asarray(wavelength, float)
    masks = {name: memory(member(arrays, key)) for name, key in (about.get("masks") or {}).items()}
    return Arm(
        about.get("name") or "",
        about.get("kind") or "coadd",
        about.get("exposure") or "",
        measured(flux, flux_unit),
        measured(wavelength, unit),
        None if ivar is None else measured(ivar, f"({flux_unit})-2" if flux_unit else "", inverse=flux_unit),
        masks,
        named,
        "vacuum" if about.get("vacuum", True) else "air",
        about.get("facts") or {},
    )


def measured(values: Array, unit: str, inverse: str | None = None) -> Any:
    """Return numbers with their unit: a Quantity of the same precision with astropy, else `Values`."""
    made = quantity(values, unit, inverse)
    return Values(values, unit) if made is None else made
