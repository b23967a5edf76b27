"""Known vulnerabilities of drportal's dependencies: `python -m tests.audit`, part of `make test-all`.

pip-audit and npm audit ask the advisory services for every package of the locks. Where these cannot be
reached, the installed packages are checked against the locks instead. A finding ends with status 1, a
missing network does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from hatch_build import node_folder

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "generator" / "client"
PATIENCE = 120


Answer = tuple[list[str], bool]
"""Known faults, and whether somebody could be asked for all packages."""


def python_findings(lock: Path) -> Answer:
    """The findings of pip-audit for the packages of a lock."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner",
        "off",
    ]
    said = _said([*command, "-f", "json", "-r", str(lock)], ROOT).get("dependencies") or []
    found = [
        f"{one['name']} {one.get('version')}: {fault['id']}, fixed in {fault['fix_versions']}"
        for one in said
        for fault in one.get("vulns", [])
    ]
    return found, bool(said) and not any("skip_reason" in one for one in said)


def client_findings() -> Answer:
    """The findings of npm audit for the packages of the client's lock."""
    said = _said([str(node_folder() / "npm"), "audit", "--json"], CLIENT).get("vulnerabilities")
    return [
        f"{name}: {one['severity']}, {one['range']}" for name, one in (said or {}).items()
    ], said is not None


def _said(command: list[str], folder: Path) -> dict[str, Any]:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return said if isinstance(said, dict) else {}


def python_differences(lock: Path) -> list[str]:
    """Differences from the lock: no hash, another version, or files that differ from those of the package."""
    found: list[str] = []
    pinned: dict[str, set[str]] = {}
    text = lock.read_text().replace("\\\n", " ")
    for line in (x for x in text.splitlines() if x.strip() and not x.startswith("#")):
        name = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        if not name or "--hash=sha256:" not in line:
            found.append(f"{lock.name}: {line[:60]} is not pinned by a hash")
        else:  # one version for some Pythons, another for others
            pinned.setdefault(name[1], set()).add(name[2])
    packed: dict[Path, set[str]] = {}
    for name, versions in pinned.items():
        try:
            there = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or Python
        if there.version not in versions:
            found.append(f"{name} {there.version} is installed, {' or '.join(sorted(versions))} is locked")
        for file in there.files or []:
            if file.hash and file.suffix != ".pyc" and "bin" not in file.parts:  # pip writes these itself
                packed.setdefault(Path(str(file.locate())), set()).add(f"{file.hash.mode}={file.hash.value}")
    return found + [f"{file} is not as it was packed" for file, sums in packed.items() if not _is(file, sums)]


def _is(file: Path, sums: set[str]) -> bool:
    """Whether a file equals that of a package that contains it: some packages share a folder."""
    raw = file.read_bytes() if file.is_file() else b""
    made = {mode: hashlib.new(mode, raw).digest() for mode in {one.partition("=")[0] for one in sums}}
    return any(f"{m}={base64.urlsafe_b64encode(d).rstrip(b'=').decode()}" in sums for m, d in made.items())


def client_differences() -> list[str]:
    """Packages that npm installed in another version than the lock; npm itself checks hashes."""
    locked = json.loads((CLIENT / "package-lock.json").read_text())["packages"]
    there = json.loads((CLIENT / "node_modules" / ".package-lock.json").read_text())["packages"]
    found = [f"{n}: is not pinned by a hash" for n, p in locked.items() if n and not p.get("integrity")]
    for name, package in there.items():
        if package.get("integrity") != locked.get(name, {}).get("integrity"):
            found.append(f"{name} {package.get('version')}: is not what is locked")
    return found


def main() -> int:
    locks = [ROOT / "requirements" / name for name in ("build.txt", "test.txt", "node.txt")]
    asked = {lock.name: python_findings(lock) for lock in locks} | {"package-lock.json": client_findings()}
    wrong = [f"{name}: {finding}" for name, (found, _) in asked.items() for finding in found]
    silent = [name for name, (_, all_asked) in asked.items() if not all_asked]
    if silent:
        print(
            f"audit: no advisory service answered for all of {', '.join(silent)}; checked against the locks"
        )
        wrong += [line for lock in locks if lock.name in silent for line in python_differences(lock)]
        wrong += client_differences() if "package-lock.json" in silent else []
    for line in wrong:
        print(f"audit: {line}", file=sys.stderr)
    print(f"audit: {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
