"""[media] of release.toml: priorities for discs or sticks that are too small for the whole release."""

from __future__ import annotations

from pydantic import Field, field_validator

from .strict import Strict


class MediaSpectra(Strict):
    """A set of spectra, or those of it that a condition selects."""

    name: str
    where: str | None = None
    """An SQL condition on the columns of the set's catalogue; by default all spectra."""

    @field_validator("where")
    @classmethod
    def _said(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("is empty; write a condition such as snrg > 50, or leave `where` out")
        return value


class Media(Strict):
    """Priorities. Items that are not named come last, in the order of release.toml."""

    catalogues: list[str] = Field(default_factory=list)
    """Names of catalogues, in order of priority."""
    spectra: list[MediaSpectra] = Field(default_factory=list)
    """Sets of spectra, in order of priority."""

    def check(self, catalogues: list[str], sets: dict[str, str | None]) -> None:
        """Raises ValueError for names that the release lacks; `sets` maps each set to its catalogue."""
        for kind, named, known in (
            ("catalogue", self.catalogues, catalogues),
            ("set of spectra", [s.name for s in self.spectra], list(sets)),
        ):
            for name in named:
                if name not in known:
                    have = ", ".join(known) or "none"
                    raise ValueError(f"has [media] with an unknown {kind} {name!r}; known are: {have}")
                if named.count(name) > 1:
                    raise ValueError(f"has [media] that names {name!r} twice; keep one")
        for one in self.spectra:
            if one.where is not None and sets[one.name] is None:
                raise ValueError(
                    f"has [media] that selects spectra of {one.name!r} by a condition, but that set has no "
                    "catalogue; remove `where`"
                )
