"""`drportal new`: a portal to start from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from .model import CatalogueSource, load_portal
from .model.strict import NAME
from .problems import InputError, Problem

STARTER = Path(__file__).parent / "starter"


def start_portal(folder: Path, source: Path | None, name: str) -> Iterator[str]:
    """Copy the starter portal to `folder`; with a source table, make it the catalogue and write its schema.

    Yields lines that tell what was done. Raises InputError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            Problem(str(folder), "", "is there already", "name a folder that does not exist yet")
        )
    if source and not source.is_file():
        what = "is a folder" if source.is_dir() else "no such file"
        raise InputError(Problem(str(source), "", what, "mend the path given to --source"))
    if not NAME.fullmatch(name):
        mend = "use lower-case letters, digits and _ (at most 40)"
        raise InputError(Problem("new", "--name", f"{name!r} is not usable as a name", mend))
    shutil.copytree(STARTER, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if source:
        try:
            yield from _use_source(folder, source.resolve(), name)
        except InputError:
            shutil.rmtree(folder)
            raise
    yield f"{folder}: a portal to start from; next: drportal build --portal {folder}"


def _use_source(folder: Path, source: Path, name: str) -> Iterator[str]:
    import tempfile

    from .ingest import open_input, write_schema

    file = next(folder.glob("releases/**/release.toml"))
    text = file.read_text(encoding="utf-8").partition("[[catalogues]]")[0]
    # What the starter says right above of its simulated table is not true of this one.
    text = text.rpartition("\n\n")[0] + "\n\n"
    path = str(source).replace("\\", "\\\\").replace('"', '\\"')
    file.write_text(
        f'{text}[[catalogues]]\nname = "{name}"\nsource = "{path}"\nschema = "{name}.yaml"\n',
        encoding="utf-8",
    )
    release = load_portal(folder).releases[0]
    spec = CatalogueSource(name=name, source=str(source))
    yield from write_schema(spec, release, file.parent / f"{name}.yaml")
    yield f"{file.parent / name}.yaml: schema of {source.name}; add units, UCDs and descriptions there"
    try:
        with tempfile.TemporaryDirectory(prefix="drportal-") as scratch:
            open_input(load_portal(folder).releases[0].catalogues[0], release, Path(scratch))
    except InputError as error:
        yield from (f"before the first build: {problem}" for problem in error.problems)
