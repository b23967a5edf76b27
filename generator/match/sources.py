"""The files of the catalogue that a release is matched with: paths, patterns, addresses, HATS catalogues."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..checksums import Progress
from ..ingest.readers.addresses import is_address, read, size_of, version_of
from ..ingest.readers.text_kinds import description_beside
from ..ingest.readers.unpack import named_files
from ..ingest.write.hats_files import partition_path
from ..model import Release
from ..model.crossmatch import Crossmatch
from ..pieces import Digests, digest_of
from ..problems import InputError, Problem

PROPERTIES, COLLECTION, PARTITIONS = "hats.properties", "collection.properties", "partition_info.csv"


@dataclass(frozen=True)
class OtherFiles:
    """The files of another catalogue, in the order in which they are read."""

    names: list[str]
    """Paths and addresses."""
    inputs: dict[str, str]
    """What changes with their content, by name."""
    alike: bool = False
    """Whether they are partitions of one HATS catalogue, which have the same columns."""


def other_files(match: Crossmatch, release: Release, known: Digests, progress: Progress) -> OtherFiles:
    """Find the files that a cross-match names. Raises InputError."""
    place = f"crossmatch[{match.name}].source"
    found = [_found(source, release, place, known, progress) for source in match.sources]
    if len(found) == 1:
        return found[0]
    names = [name for one in found for name in one.names]
    if twice := next((name for name in names if names.count(name) > 1), None):
        fix = "name each file once"
        raise InputError(Problem(str(release.file), place, f"names {twice} twice", fix))
    return OtherFiles(names, {key: value for one in found for key, value in one.inputs.items()})


def state_of(address: str) -> str:
    """Return what changes with the content of an address; empty if it is not there."""
    try:
        catalogue = _hats(address.rstrip("/"), "", "")
        return digest_of(catalogue.inputs) if catalogue else version_of(address)
    except InputError:
        return ""


def _found(source: str, release: Release, place: str, known: Digests, progress: Progress) -> OtherFiles:
    folder = source if is_address(source) else str(release.folder / source)
    if catalogue := _hats(folder.rstrip("/"), str(release.file), place):
        return catalogue
    if is_address(source):
        try:
            return OtherFiles([source], {source: version_of(source)})
        except InputError as error:
            # The line of release.toml is what a reader can change; the address is in the words.
            (problem,) = error.problems
            what = f"{problem.file} {problem.what}"
            raise InputError(Problem(str(release.file), place, what, problem.fix)) from None
    files = named_files(source, release, place)
    read_too = [*files, *(beside for file in files if (beside := description_beside(file)))]
    sums = known.of_all(read_too, progress)
    inputs = {os.path.relpath(file, release.folder): sums[file] for file in read_too}
    return OtherFiles([str(file) for file in files], inputs)


def _hats(folder: str, file: str, place: str) -> OtherFiles | None:
    """The partitions of a HATS catalogue, or of the primary one of a collection; None for anything else."""
    if not is_address(folder) and not Path(folder).is_dir():
        return None
    if is_address(folder) and folder.rpartition("/")[2].count("."):
        return None  # a file: asking a host for others below it would be in vain
    if (text := _text(f"{folder}/{COLLECTION}")) is not None:
        primary = _property(text, "hats_primary_table_url")
        return _hats(primary if is_address(primary) else _joined(folder, primary), file, place)
    text = _text(f"{folder}/{PROPERTIES}")
    if text is None:
        return None
    if (kind := _property(text, "dataproduct_type")) not in ("object", "source"):
        what, fix = f"{folder} is a HATS catalogue of type {kind!r}", "name a catalogue of objects"
        raise InputError(Problem(file, place, what, fix))
    pixels = _text(f"{folder}/{PARTITIONS}")
    if pixels is None:
        what = f"{folder} is a HATS catalogue without {PARTITIONS}"
        raise InputError(Problem(file, place, what, "name its files, or write its list of partitions"))
    suffix = _property(text, "hats_npix_suffix") or ".parquet"
    names = [f"{folder}/{path}" for path in _partitions(pixels, suffix)]
    if not is_address(folder) and (lost := next((n for n in names if not Path(n).is_file()), None)):
        what = f"lacks {lost}, which {PARTITIONS} of the HATS catalogue names"
        raise InputError(Problem(file, place, what, "fetch the whole catalogue"))
    versions = [version_of(name) if is_address(name) else _status(Path(name)) for name in names[:1]]
    if not is_address(folder):
        versions = [_status(Path(name)) for name in names]
    return OtherFiles(names, {folder: digest_of([text, pixels, versions])}, alike=True)


def _partitions(text: str, suffix: str) -> Iterator[str]:
    for row in csv.DictReader(text.splitlines()):
        yield partition_path(int(row["Norder"]), int(row["Npix"]), suffix)


def _status(file: Path) -> str:
    about = file.stat()
    return f"{about.st_size} {about.st_mtime_ns}"


def _text(name: str) -> str | None:
    """The content of a small file; None if it is not there."""
    try:
        if is_address(name):
            return read(name, 0, size_of(name)).decode("utf-8")
        return Path(name).read_text(encoding="utf-8")
    except (InputError, OSError):
        return None


def _property(text: str, key: str) -> str:
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")


def _joined(folder: str, path: str) -> str:
    """A relative path from a folder, without `..`, which stores do not know."""
    start, _, rest = folder.partition("://") if is_address(folder) else ("", "", folder)
    whole = os.path.normpath(f"{rest}/{path}")
    return f"{start}://{whole}" if start else whole
