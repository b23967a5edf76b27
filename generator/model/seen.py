"""The portal as the readers of one edition see it: withheld parts are removed from the model."""

from __future__ import annotations

from collections.abc import Iterator

from .audience import Edition, Restricted
from .catalogue import CatalogueSource
from .known_issues import KnownIssue
from .plots import read_plot
from .release import Release
from .spectra import Without

PATTERN = set("*?[")


def as_seen(releases: list[Release], edition: Edition) -> list[Release]:
    """The releases that an edition shows, without withheld parts and references to withheld releases."""
    shown = [r for r in releases if not edition.hides(r)]
    ids = {r.id.lower() for r in shown}
    for release in shown:
        _withhold(release, edition)
        release.compare = [name for name in release.compare if name.lower() in ids]
        if release.superseded_by and release.superseded_by.lower() not in ids:
            release.superseded_by = None
            if release.status == "obsolete":  # these readers see no successor
                release.status, release.reason = "current", {}
        for issue in release.known_issues:
            if issue.fixed_in and issue.fixed_in.lower() not in ids:
                issue.fixed_in, issue.status = None, "open"
    return shown


def withheld(release: Release, edition: Edition) -> list[str]:
    """All parts of a release that an edition withholds: one line each."""
    lines = [name for name, one in _restricted(release) if edition.hides(one)]
    for one in release.spectra:
        of = next((c for c in release.catalogues if c.name == one.catalogue), None)
        if one.ship_originals and of and any(edition.hides(c) for c in of.columns.values()):
            lines.append(
                f"original files of spectra {one.name}, which have the information of columns of {of.name}"
            )
    return lines


def public_since(release: Release, edition: Edition) -> list[str]:
    """Parts of a release that an edition withheld until a date that has passed: one line each."""
    if edition.hides(release):
        return []
    return [
        f"{name}: public since {one.public_from}"
        for name, one in _restricted(release)
        if edition.reserved(one) and edition.since(one)
    ]


def _restricted(release: Release) -> Iterator[tuple[str, Restricted]]:
    """Every part of a release.toml that may be restricted, with a descriptive name."""
    yield f"release {release.id}", release
    for spec in release.catalogues:
        yield f"catalogue {spec.name}", spec
        for key, facts in spec.columns.items():
            yield f"column {spec.name}.{key}", facts
        for rows in spec.withheld:
            yield f"rows of {spec.name} with {rows.rows}", rows
    for match in release.crossmatch:
        yield f"cross-match {match.name}", match
    for one in release.spectra:
        yield f"spectra {one.name}", one
    for issue in release.known_issues:
        yield f"known issue {issue.name}", issue


def _withhold(release: Release, edition: Edition) -> None:
    release.catalogues = [c for c in release.catalogues if not edition.hides(c)]
    for spec in release.catalogues:
        spec.withhold_matches([match for match in release.crossmatch if edition.hides(match)])
        _withhold_in(spec, edition)
    names = {c.name for c in release.catalogues}
    release.crossmatch = [m for m in release.crossmatch if not edition.hides(m) and m.catalogue in names]
    specs = {c.name: c for c in release.catalogues}
    # Parts that depend on something withheld are removed too: ids of its rows, templates for its spectra.
    sets = [
        s for s in release.spectra if not edition.hides(s) and (s.catalogue is None or s.catalogue in specs)
    ]
    names = {s.name for s in sets}
    release.spectra = [s for s in sets if s.templates_of is None or s.templates_of in names]
    for one in release.spectra:
        of = specs.get(one.catalogue or "")
        if of is not None and of.lacks:
            columns = ((key, of.columns[key].header) for key, hidden in of.hidden if hidden)
            one.without = Without(bool(of.withheld), tuple(columns))
            one.ship_originals = one.ship_originals and not one.without.columns
            if one.id.lookup and of.hides(one.id.lookup):
                of.looked_up = (*of.looked_up, one.id.lookup)
    release.known_issues = [i for i in release.known_issues if not edition.hides(i) and _stays(i, specs)]
    release.mark_simulated()


def _withhold_in(spec: CatalogueSource, edition: Edition) -> None:
    spec.edition = edition
    spec.withheld = [w for w in spec.withheld if edition.hides(w)]
    hides = spec.hides
    roles = spec.roles
    lost: set[str] = set()
    for name in type(roles).model_fields:
        said = getattr(roles, name)
        if isinstance(said, list):
            setattr(roles, name, [column for column in said if not hides(column)] or None)
        elif said is not None and hides(said):
            setattr(roles, name, None)
            lost.add(name)
    spec.lost = frozenset(lost)
    spec.missing = {k: v for k, v in spec.missing.items() if PATTERN & set(k) or not hides(k)}
    spec.renamed = {old: new for old, new in spec.renamed.items() if not hides(new)}
    if spec.index is not None:
        spec.index = [column for column in spec.index if not hides(column)]
    if spec.default_columns is not None:
        spec.default_columns = [column for column in spec.default_columns if not hides(column)] or None
    if spec.plots is not None:
        spec.plots = [text for text in spec.plots if not any(map(hides, read_plot(text).columns))] or None
    if spec.compare_by and hides(spec.compare_by):
        spec.compare_by = None


def _stays(issue: KnownIssue, specs: dict[str, CatalogueSource]) -> bool:
    """Whether an issue still concerns something shown; also removes withheld columns from it."""
    if issue.catalogue is None:
        return True
    spec = specs.get(issue.catalogue)
    if spec is None:
        return False
    columns = [column for column in issue.columns if not spec.hides(column)]
    concerned = bool(columns) or not issue.columns
    issue.columns = columns
    return concerned
