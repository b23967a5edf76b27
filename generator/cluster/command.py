"""`drportal ingest`: write one catalogue with the workers of a Dask cluster."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..audiences import Audience
from ..ingest.folders import collection_of
from ..ingest.readers.addresses import explained, is_address, store_of
from ..problems import InputError, Problem, several
from ..report import Report, say

if TYPE_CHECKING:  # the command line imports this module whatever the command
    from ..model import CatalogueSource, Release


def ingest(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="Tables: files or addresses (s3://bucket/key); of the release by default.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="DIR|URL", help="A new folder, or address; of a release by default the cache."),
    ] = None,
    catalogue: Annotated[
        str, typer.Option(help="Its name; with a release of the portal, dr8/v1.0/lrs, as release.toml says.")
    ] = "catalogue",
    portal: Annotated[Path, typer.Option(help="Folder that contains portal.toml.")] = Path(),
    audience: Annotated[
        Audience, typer.Option(help="Readers of the edition; content not for them is left out.")
    ] = Audience.public,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Scheduler of the workers; by default they are started here."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to start here, without --dask.")] = 2,
    spool: Annotated[
        str | None,
        typer.Option(metavar="DIR|URL", help="Where all workers can write; by default beside --out."),
    ] = None,
) -> None:
    """Write one catalogue with the workers of a Dask cluster; a build writes the same on one computer."""
    spec, release = _described(catalogue, sources or [], portal, audience)
    names = _sources(sources or [], spec, release)
    if out is None and (sources or "/" not in catalogue):
        fix = "name a new folder or address; the cache of a portal is for the sources of its releases"
        raise InputError(Problem("ingest", "--out", "is not given", fix))
    if out is not None:
        _refuse_used(out)
        _refuse_used(collection_of(out.rstrip("/")))
    with (
        Report() as report,
        _target(out, portal) as folder,
        _spool(spool, folder) as root,
    ):
        _ingest(spec, release, names, out, folder, root, (dask, workers), report)
        size = [file.stat().st_size for file in folder.rglob("*") if file.is_file()] if out else []
    made = f"{several(len(size), 'file')}, {several(sum(size), 'byte')}: {out}"
    say(made if out else f"{catalogue} is in the cache: drportal build --portal {portal} takes it from there")


def _sources(sources: Sequence[str], spec: CatalogueSource, release: Release) -> list[str]:
    """Return full paths and addresses of the sources. Raises InputError."""
    from .walk import local_sources

    names = [name if is_address(name) else str(Path(name).absolute()) for name in sources]
    for name in names:
        if not is_address(name) and not Path(name).is_file():
            raise InputError(Problem(name, "", "no such file", "correct the path of the source"))
    return names or local_sources(spec, release)


def _ingest(
    spec: CatalogueSource,
    release: Release,
    names: list[str],
    out: str | None,
    folder: Path,
    root: str,
    cluster: tuple[str | None, int],
    report: Report,
) -> None:
    """Write a catalogue into a folder, and from there to an address; or into the cache in `folder`."""
    from .crew import dask_crew
    from .shared import Shared
    from .upload import upload
    from .walk import ingest_on, makers_of

    shared = Shared(root)
    with dask_crew(*cluster) as crew:
        crew.check(shared, [name for name in names if not is_address(name)])
        if out is None:
            from .cached import ingest_into_cache
            from .join import matcher_of

            makers, matcher = makers_of(crew, shared, names), matcher_of(crew, shared)
            ingest_into_cache(makers, matcher, spec, release, folder, report)
            return
        above, _, name = out.rstrip("/").rpartition("/")
        beside = folder.with_name(collection_of(name))
        for note in ingest_on(crew, shared, spec, release, names, folder, report.progress, beside):
            report.warn(str(note))
    if is_address(out):
        upload(folder, out, report.progress)
        if beside.is_dir():
            upload(beside, f"{above}/{beside.name}", report.progress)


def _described(
    catalogue: str, sources: Sequence[str], portal: Path, audience: Audience
) -> tuple[CatalogueSource, Release]:
    """Return the settings of a catalogue: those of a release, or the usual ones. Raises InputError."""
    from ..model import CatalogueSource, Edition, Release, load_portal
    from ..model.chosen import choose

    name, _, last = catalogue.rpartition("/")
    if name:
        release = choose(load_portal(portal, Edition.today(audience)), [name])[0]
        if found := next((spec for spec in release.catalogues if spec.name == last), None):
            return found, release
        known = ", ".join(spec.name for spec in release.catalogues) or "none"
        fix = f"name one of: {known}"
        raise InputError(Problem("ingest", "--catalogue", f"{release.label} has no catalogue {last!r}", fix))
    if not sources:
        fix = "name files or addresses, or a catalogue of a release: --catalogue dr8/v1.0/lrs"
        raise InputError(Problem("ingest", "", "no source", fix))
    try:
        spec = CatalogueSource(name=catalogue, source=Path(sources[0]).name)
    except ValueError:
        fix = "use lower-case letters, digits and _ (at most 40)"
        raise InputError(
            Problem("ingest", "--catalogue", f"{catalogue!r} cannot be used as a name", fix)
        ) from None
    today = datetime.now(UTC).date().isoformat()
    release = Release(name=catalogue, published=today, catalogues=[spec])
    release.file = Path(sources[0])
    return spec, release


def _refuse_used(out: str) -> None:
    if is_address(out):
        store, path = store_of(out)
        with explained(out):
            used = bool(store.exists(path) and store.find(path))
    else:
        used = Path(out).exists() and (not Path(out).is_dir() or any(Path(out).iterdir()))
    if used:
        raise InputError(Problem(out, "--out", "has files already", "name a new folder or address"))


@contextmanager
def _target(out: str | None, portal: Path) -> Iterator[Path]:
    """Yield the folder in which the catalogue is written; it goes to an address from there."""
    if out is None:
        yield (portal / "build" / "cache").absolute()
        return
    if not is_address(out):
        yield Path(out).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="drportal-") as name:
        yield Path(name) / "catalogue"


@contextmanager
def _spool(spool: str | None, folder: Path) -> Iterator[str]:
    """Yield a new folder or address for the files that workers share, and remove it at the end."""
    name = f".drportal-{uuid.uuid4().hex[:12]}"
    if spool and is_address(spool):
        root = f"{spool.rstrip('/')}/{name}"
        try:
            yield root
        finally:
            store, path = store_of(root)
            with explained(root):
                if store.exists(path):
                    store.rm(path, recursive=True)
        return
    above = Path(spool).absolute() if spool else folder.parent
    above.mkdir(parents=True, exist_ok=True)
    (above / name).mkdir()
    try:
        yield str(above / name)
    finally:
        shutil.rmtree(above / name, ignore_errors=True)
