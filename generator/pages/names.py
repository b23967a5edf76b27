"""Names on pages for the fixed words of release.toml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """Names in one language; unknown words are returned unchanged."""

    gettext: Callable[[str], str]

    def phase(self, phase: str | None) -> str:
        """The audience of a release, in a word or two."""
        _ = self.gettext
        return {"v0": _("Team"), "v1": _("Partners"), "v2": _("Everyone")}.get(phase or "", "")

    def phase_who(self, phase: str | None) -> str:
        """The audience of a release, as a sentence."""
        _ = self.gettext
        return {
            "v0": _("For the survey's working groups."),
            "v1": _("For domestic astronomers and international partners."),
            "v2": _("Open to everyone in the world."),
        }.get(phase or "", "")

    def stage(self, stage: int | None) -> str:
        """The name of a stage of the survey."""
        _ = self.gettext
        if stage is None:
            return ""
        known = {0: _("Pilot survey"), 1: _("Phase I"), 2: _("Phase II"), 3: _("Phase III")}
        return known.get(stage) or _("Phase %s") % stage

    def status(self, status: str) -> str:
        _ = self.gettext
        return {
            "current": _("Current"),
            "obsolete": _("Obsolete"),
            "deprecated": _("Deprecated"),
        }.get(status, status)

    def resolution(self, kind: str | None) -> str:
        _ = self.gettext
        return {
            "low": _("Low resolution"),
            "medium": _("Medium resolution"),
            "high": _("High resolution"),
        }.get(kind or "", "")
