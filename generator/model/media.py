"""[media] of release.toml: what goes first where a disc or a stick cannot hold all."""

from __future__ import annotations

from pydantic import Field, field_validator

from .strict import Strict


class MediaSpectra(Strict):
    """A set of spectra, or those of it that a condition chooses."""

    name: str
    where: str | None = None
    """A condition in SQL on the columns of the set's catalogue; all spectra where left out."""

    @field_validator("where")
    @classmethod
    def _said(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("is empty; write a condition such as snrg > 50, or leave `where` out")
        return value


class Media(Strict):
    """Priorities. What is not named follows what is, in the order of release.toml."""

    catalogues: list[str] = Field(default_factory=list)
    """Names of catalogues, the most wanted first."""
    spectra: list[MediaSpectra] = Field(default_factory=list)
    """Sets of spectra, the most wanted first."""

    def check(self, catalogues: list[str], sets: dict[str, str | None]) -> None:
        """Raises ValueError for names that the release does not have; `sets` tells the catalogue of each."""
        for kind, named, known in (
            ("catalogue", self.catalogues, catalogues),
            ("set of spectra", [s.name for s in self.spectra], list(sets)),
        ):
            for name in named:
                if name not in known:
                    have = ", ".join(known) or "none"
                    raise ValueError(f"has [media] with a {kind} {name!r} that it has not; known are: {have}")
                if named.count(name) > 1:
                    raise ValueError(f"has [media] that names {name!r} twice; keep one")
        for one in self.spectra:
            if one.where is not None and sets[one.name] is None:
                raise ValueError(
                    f"has [media] that chooses spectra of {one.name!r} by a condition, but that set has no "
                    "catalogue; take `where` away"
                )
