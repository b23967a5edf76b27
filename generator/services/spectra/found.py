"""A spectrum by its identifier."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ...formats import Spectra
from ...notebook.page.drportal import Error
from ...notebook.spectra import Spectrum, read_spectrum
from ..faults import NotFound, Refused
from ..releases import Release
from ..scopes import Scope
from ..sites.snapshot import Snapshot

LONGEST = 2_000


@dataclass(frozen=True)
class Named:
    """What an identifier names: a set of a release, and the id in it."""

    did: str
    release: Release
    set: Spectra
    ident: str

    def read(self, snapshot: Snapshot) -> Spectrum:
        """The spectrum. Raises NotFound, Busy, Stale."""
        began = snapshot.held.now()
        try:
            found = read_spectrum(self.release.files, self.set, self.ident)
        except (Error, OSError, pa.ArrowException) as error:
            snapshot.explain(began)
            raise Refused(f"the spectrum cannot be read: {error}") from None
        snapshot.check(began)
        if found is None:
            raise NotFound(f"there is no spectrum {self.did[:200]!r}")
        return found


def named(scope: Scope, did: str) -> Named:
    """What an identifier names, which need not exist. Raises NotFound."""
    prefix, _, rest = did.strip().rpartition("?")
    name, _, ident = rest.partition("/")
    release = scope.prefixes.get(f"{prefix}?")
    if release is not None and ident and len(did) < LONGEST:
        for one in release.spectra:
            if one.name == name:
                return Named(did.strip(), release, one, ident)
    raise NotFound(f"there is no spectrum {did[:200]!r}")
