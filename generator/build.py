"""The walk of a build: read the portal, make the data, render the pages, put the site in place."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .cache import catalogue_data, known_notes
from .checksums import SUMS, silent
from .differences import Changes, compare_releases, paired, predecessors
from .files import walk
from .hosting.limits import too_large
from .ingest.checks.doubts import known_doubts
from .ingest.withhold import withheld_count, withheld_ids
from .kept import sums_file
from .model import Audience, CatalogueSource, Edition, Portal, Release, load_portal, until
from .pages import Assets, Shelf, find_documents, render_portal, render_release
from .problems import InputError, Problem
from .publish.bag import write_bag
from .publish.edition import Record, mark, refuse_other, withheld_from
from .publish.listing import MANIFEST, Head
from .publish.manifest import Known, write_manifest
from .publish.minisign import SigningKey, signing_key
from .publish.place import alone, place, recover
from .publish.standing import Standing, refuse_damaged, sound_data
from .report import Report
from .spectra import make_spectra

_READERS = {Audience.public: "everyone", Audience.partners: "partners", Audience.team: "the team"}


@dataclass(frozen=True)
class Built:
    """What a build made."""

    site: Path
    releases: list[Release]
    doubts: int
    """Values in the data that may mean "nothing": `drportal check` says which."""


def build(
    folder: Path,
    site: Path,
    names: list[str],
    jobs: int,
    report: Report,
    keep_going: bool = False,
    audience: Audience = Audience.public,
) -> Built:
    """Render the named releases (all, where none is named) of the portal in `folder` into `site`.

    Releases not named stay as they stand in the former site. With `keep_going` spectra that cannot be read
    are left out and told. `audience` is for whom the site is.
    Raises InputError; whatever goes wrong, the former site is left as it was.
    """
    portal = load_portal(folder, Edition.today(audience))
    chosen = choose(portal, names)
    for line in portal.public_since:
        report.step(line)
    if count := len(portal.hidden) + sum(map(len, portal.withheld.values())):
        things = f"{count} things are" if count > 1 else "one thing is"
        report.step(f"edition for {_READERS[audience]}: {things} withheld, see `drportal check`")
    _refuse_foreign(site)
    refuse_other(site, portal.edition)
    key = signing_key(portal.signing_key, folder)
    signer = key.public if key else None
    assets = Assets.load(portal)
    site.parent.mkdir(parents=True, exist_ok=True)
    new = site.with_name(f".{site.name}.new")
    # Editions share the cache.
    with alone(site), alone(site.parent / "cache"), _gone_after(new):
        recover(site)
        _refuse_loss(site, portal)
        kept = {r.id for r in portal.releases if (site / r.id / "index.html").is_file()}
        refuse_damaged(site, [r.id for r in portal.releases if r.id in kept and r not in chosen])
        record = Record(site)
        withheld = [(r, withheld_from(portal, r, find_documents(portal, r).hidden)) for r in portal.releases]
        for line in record.refuse((r, w) for r, w in withheld if r.id in kept and r not in chosen):
            report.warn(line)
        data = make_data(chosen, site.parent / "cache", jobs, report)
        doubts = sum(len(known_doubts(one)) for made in data.values() for one in made.values())
        former = {r.id: predecessors(portal.releases, r) for r in chosen}
        others = {r.id: r for some in former.values() for r in some if r not in chosen}
        data |= {name: _former_data(r, site, jobs, report) for name, r in others.items()}
        changes = _compare(chosen, former, data, site.parent / "cache", report)
        spectra = _make_spectra(chosen, data, site.parent / "cache", jobs, report, keep_going)
        new.mkdir()
        available = kept | {r.id for r in chosen}
        shelf = Shelf.of(portal, available)
        counted = _pages_counter(portal, chosen, shelf, report)
        for release in portal.releases:
            if release in chosen:
                report.step(f"{release.label}: pages")
                target = new / release.id
                for name, made in data.get(release.id, {}).items():
                    _link_tree(made, target / "data" / name)
                for name, made in spectra.get(release.id, {}).items():
                    _link_tree(made, target / "data" / "spectra" / name)
                sources = {name: target / "data" / name for name in data.get(release.id, {})}
                packs = {name: target / "data" / "spectra" / name for name in spectra.get(release.id, {})}
                themed = assets.themed(release)
                render_release(
                    portal, release, sources, target, themed,
                    spectra=packs, shelf=shelf, changes=changes[release.id], key=signer, counted=counted,
                )  # fmt: skip
                mark(target, portal.edition)
            elif release.id in kept:
                _link_tree(site / release.id, new / release.id)
        render_portal(portal, new, assets, available, signer)
        mark(new, portal.edition)
        _refuse_large(portal, chosen, new)
        report.step("checksums")
        standing = Standing(site, report.warn)
        _write_manifests(portal, chosen, new, data, spectra, key, standing, report)
        record.forget(chosen)
        place(new, site)
        record.remember((r, w) for r, w in withheld if r in chosen)
    return Built(site, chosen, doubts)


def _pages_counter(
    portal: Portal, chosen: list[Release], shelf: Shelf, report: Report
) -> Callable[[Release, int], None]:
    """What is to be called with a release and how many of its pages are rendered; all releases count as one.

    How many a release will have is known but for a few that follow from its data.
    """
    expected = {r.id: len(portal.languages) * len(shelf.pages(r)) for r in chosen}
    total = sum(expected.values())
    stage = "pages of all releases" if len(chosen) > 1 else ""
    finished: dict[str, int] = {}

    def counted(release: Release, count: int) -> None:
        finished[release.id] = min(count, expected[release.id])
        before = sum(expected[name] for name in finished if name != release.id)
        report.progress(stage, before + finished[release.id], total)

    return counted


def _refuse_large(portal: Portal, chosen: list[Release], new: Path) -> None:
    """Files larger than portal.toml allows stop the build; those of releases that stand already do not."""
    standing = frozenset(r.id for r in portal.releases if r not in chosen)
    if problems := too_large(new, portal.largest_file, standing):
        raise InputError(problems)


def _write_manifests(
    portal: Portal,
    chosen: list[Release],
    new: Path,
    data: dict[str, dict[str, Path]],
    spectra: dict[str, dict[str, Path]],
    key: SigningKey | None,
    standing: Standing,
    report: Report,
) -> None:
    """Manifests of the releases, then that of the portal; what was hashed before is not hashed again."""
    there = [r for r in portal.releases if (new / r.id / "index.html").is_file()]
    stay = [r.id for r in there if r not in chosen]
    for release in sorted(there, key=lambda r: r.id, reverse=True):  # one in another's folder comes first
        root = new / release.id
        inner = [one.id for one in chosen if one.id.startswith(f"{release.id}/")]
        if release in chosen or inner or not (root / MANIFEST).is_file():
            more = _counting(
                report, release.label, 2 * sum(1 for _ in walk(root))
            )  # the bag, then the manifest
            known = [Known(f"data/{n}", sums_file(made)) for n, made in data.get(release.id, {}).items()]
            known += [
                Known(f"data/spectra/{n}", sums_file(made)) for n, made in spectra.get(release.id, {}).items()
            ]
            former = standing.around(release.id, inner) if release.id in stay else None
            head = Head(release.id, release.label, ())
            bag = write_bag(root, head, [k for k in known if k.sums.is_file()], more, former)
            write_manifest(root, head, bag, key, more, former)
            stay = [one for one in stay if one != release.id]
    known = [Known(r.id, new / r.id / SUMS) for r in there if r.id not in stay]
    more = _counting(report, portal.name, sum(1 for _ in walk(new)))
    head = Head("", portal.name, tuple(r.id for r in there))
    write_manifest(new, head, known, key, more, standing.former(stay))
    standing.end()


def _counting(report: Report, stage: str, total: int) -> Callable[[], None]:
    """What is to be called for each of `total` files."""
    done = itertools.count(1)
    return lambda: report.progress(stage, next(done), total)


def choose(portal: Portal, names: list[str]) -> list[Release]:
    """The named releases of a portal, all where none is named. Raises InputError for a name that is none."""
    if not portal.releases:
        mend = "add a folder such as releases/dr1 with a release.toml in it"
        if portal.hidden:
            what = f"holds no release for {portal.edition.audience}"
            raise InputError(Problem(str(portal.folder / "releases"), "", what, "see --audience"))
        raise InputError(Problem(str(portal.folder / "releases"), "", "holds no release", mend))
    by_id = {r.id: r for r in portal.releases}
    unknown = [n for n in names if n.strip("/").lower() not in by_id]
    problems = []
    for name in unknown:
        where, what, mend = (
            str(portal.folder / "releases"),
            "no such release",
            f"use one of: {', '.join(by_id)}",
        )
        if one := portal.hidden.get(name.strip("/").lower()):
            where, what, mend = str(one.file), until(one), f"build it with --audience {one.audience}"
        problems.append(Problem(where, name, what, mend))
    if problems:
        raise InputError(problems)
    wanted = {n.strip("/").lower() for n in names}
    return [r for r in portal.releases if not wanted or r.id in wanted]


def _refuse_foreign(site: Path) -> None:
    """Only a site, or an empty folder, may be replaced: `--out` may name anything by mistake."""
    if site.is_dir():
        ours = (site / "index.html").is_file() and any(site.glob("assets/site.*.js"))
        if ours or not any(site.iterdir()):
            return
        what = "is a folder that holds something else than a site"
    elif site.exists() or site.is_symlink():
        what = "is a file"
    else:
        return
    raise InputError(Problem(str(site), "", what, "name a new or empty folder with --out"))


def _refuse_loss(site: Path, portal: Portal) -> None:
    """Nothing is ever removed: a release that stands in the site must still be one of the portal's."""
    known = {r.id for r in portal.releases}
    standing = {
        file.parent.parent.relative_to(site).as_posix()
        for pattern in ("*/assets/site.*.js", "*/*/assets/site.*.js")
        for file in site.glob(pattern)
    }
    lost = sorted(standing - known - {"."})
    if lost:
        problems = []
        for name in lost:
            what = "is a release that the portal no longer has"
            mend = "put its folder back below releases/, or delete it from the site yourself if it must go"
            if one := portal.hidden.get(name):
                what = f"stands in the site for {portal.edition.audience}, and {until(one)}"
                mend = "delete it from the site yourself, or take `audience` out of its release.toml"
            problems.append(Problem(str(site / name), "", what, mend))
        raise InputError(problems)


def make_data(
    releases: list[Release],
    cache: Path,
    jobs: int,
    report: Report,
    wanted: Callable[[Release, CatalogueSource], bool] = lambda _release, _spec: True,
) -> dict[str, dict[str, Path]]:
    """Ingest every catalogue that changed since the last build; the folder of each, by release and name."""
    work = [(release, spec) for release in releases for spec in release.catalogues if wanted(release, spec)]
    made: dict[str, dict[str, Path]] = {}
    problems: list[Problem] = []
    with contextlib.ExitStack() as stack:
        finish: list[Callable[[], tuple[Path, list[str]]]]
        if jobs > 1 and len(work) > 1:
            pool = stack.enter_context(ProcessPoolExecutor(jobs))
            finish = [pool.submit(catalogue_data, s, r, cache, silent).result for r, s in work]
        else:
            finish = [partial(catalogue_data, s, r, cache, report.progress) for r, s in work]
        for number, ((release, spec), result) in enumerate(zip(work, finish, strict=True)):
            report.step(f"{release.label}: catalogue {spec.name}")
            if jobs > 1:  # workers say nothing
                report.progress("catalogues", number, len(work))
            try:
                folder, lines = result()
                made.setdefault(release.id, {})[spec.name] = folder
                for line in lines:
                    report.warn(line)
                if spec.withheld and not withheld_count(withheld_ids(folder)):
                    report.warn(f"{release.file}: catalogues[{spec.name}].withheld: no row meets a condition")
                for line in known_notes(folder):
                    report.warn(line)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return made


def _former_data(release: Release, site: Path, jobs: int, report: Report) -> dict[str, Path]:
    """Catalogues of a release that is not built now, to compare with: those of the site, else ingested.

    One that cannot be had is told and left out: what is built now is not wrong for that.
    """
    folders = {c.name: site / release.id / "data" / c.name for c in release.catalogues}
    have = {}
    for name, folder in folders.items():
        if not (folder / SUMS).is_file():
            continue
        if sound_data(site / release.id, name):
            have[name] = folder
        else:
            mend = "compared with what is made of its source instead"
            report.warn(str(Problem(str(folder), "", "is not as it was published", mend)))
    try:
        made = make_data([release], site.parent / "cache", jobs, report, lambda _r, c: c.name not in have)
    except InputError as error:
        for problem in error.problems:
            report.warn(f"not compared with {release.label}: {problem}")
        return have
    return have | made.get(release.id, {})


def _compare(
    releases: list[Release],
    former: dict[str, list[Release]],
    data: dict[str, dict[str, Path]],
    cache: Path,
    report: Report,
) -> dict[str, list[Changes]]:
    """What changed in each release; the changed rows become catalogues of it, with `data` of their own."""
    made: dict[str, list[Changes]] = {}
    problems: list[Problem] = []
    for release in releases:
        for other in former[release.id]:
            if paired(other, release):
                report.step(f"{release.label}: changes since {other.label}")
            try:
                changes = compare_releases(other, release, data, cache, report.progress, report.warn)
                for table in changes.tables.values():
                    folder, lines = catalogue_data(table, release, cache, report.progress)
                    data[release.id][table.name] = folder
                    for line in lines:
                        report.warn(line)
                    release.catalogues.append(table)
            except InputError as error:
                problems += error.problems
                continue
            made.setdefault(release.id, []).append(changes)
    if problems:
        raise InputError(problems)
    return {r.id: made.get(r.id, []) for r in releases}


def _make_spectra(
    releases: list[Release],
    data: dict[str, dict[str, Path]],
    cache: Path,
    jobs: int,
    report: Report,
    keep_going: bool,
) -> dict[str, dict[str, Path]]:
    """Pack every set of spectra that changed since the last build; their folders, by release and name."""
    made: dict[str, dict[str, Path]] = {}
    problems: list[Problem] = []
    for release, spec in [(one, spec) for one in releases for spec in one.spectra]:
        report.step(f"{release.label}: spectra {spec.name}")
        catalogue = data[release.id][spec.catalogue] if spec.catalogue else None
        try:
            folder, lines = make_spectra(spec, release, cache, catalogue, jobs, keep_going, report.progress)
        except InputError as error:
            problems += error.problems
            continue
        made.setdefault(release.id, {})[spec.name] = folder
        for line in lines:
            report.warn(line)
    if problems:
        raise InputError(problems)
    return made


@contextlib.contextmanager
def _gone_after(new: Path) -> Iterator[None]:
    """What a build leaves unfinished takes no room: that of a killed one goes first, one's own at the end."""
    shutil.rmtree(new, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _link_tree(source: Path, target: Path) -> None:
    """Copy a folder, by hard links where the file system has them: nothing built is ever written again."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copyfile(one, other)

    shutil.copytree(source, target, copy_function=link, dirs_exist_ok=True)
