"""Known faults of what drportal is made from: `python -m tests.audit`, part of `make test-all`.

pip-audit and npm audit ask the advisory services for every package of the locks. Where these cannot be
reached, what is installed is held to the locks instead, and that is said. A finding ends with status 1, a missing
network does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from hatch_build import node_folder

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "generator" / "client"
PATIENCE = 120


def python_findings(lock: Path) -> list[str] | None:
    """Known faults of the packages of a lock; None where nobody could be asked."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner",
        "off",
    ]
    said = _said([*command, "-f", "json", "-r", str(lock)], ROOT)
    if said is None or "dependencies" not in said:
        return None
    return [
        f"{one['name']} {one.get('version')}: {fault['id']}, mended in {fault['fix_versions']}"
        for one in said["dependencies"]
        for fault in one.get("vulns", [])
    ]


def client_findings() -> list[str] | None:
    """Known faults of the packages of the client's lock; None where nobody could be asked."""
    said = _said([str(node_folder() / "npm"), "audit", "--json"], CLIENT)
    if said is None or "vulnerabilities" not in said:
        return None
    return [f"{name}: {one['severity']}, {one['range']}" for name, one in said["vulnerabilities"].items()]


def _said(command: list[str], folder: Path) -> dict[str, object] | None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return said if isinstance(said, dict) else None


def python_differences(lock: Path) -> list[str]:
    """What is not as locked: no hash, another version, or files that are not those of the package."""
    found = []
    text = lock.read_text().replace("\\\n", " ")
    for line in (x for x in text.splitlines() if x.strip() and not x.startswith("#")):
        pinned = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        if not pinned or "--hash=sha256:" not in line:
            found.append(f"{lock.name}: {line[:60]} is not pinned by a hash")
            continue
        try:
            there = distribution(pinned[1])
        except PackageNotFoundError:
            continue  # for another system or Python
        if there.version != pinned[2]:
            found.append(f"{pinned[1]} {there.version} is installed, {pinned[2]} is locked")
        found += [f"{pinned[1]}: {file} is not as it was packed" for file in _altered(there)]
    return found


def _altered(package: Distribution) -> Iterator[str]:
    """Files of an installed package that are not as its record says."""
    for file in package.files or []:
        if file.hash is None or file.suffix == ".pyc" or "bin" in file.parts:  # pip writes these itself
            continue
        path = Path(str(file.locate()))
        raw = hashlib.new(file.hash.mode, path.read_bytes()).digest() if path.is_file() else b""
        if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != file.hash.value:
            yield str(file)


def client_differences() -> list[str]:
    """What npm has installed and the lock says otherwise; npm checks each package by its hash on the way in."""
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
    wrong = [f"{name}: {finding}" for name, findings in asked.items() for finding in findings or []]
    silent = [name for name, findings in asked.items() if findings is None]
    if silent:
        print(
            f"audit: no advisory service could be reached for {', '.join(silent)}; held to the locks instead"
        )
        wrong += [line for lock in locks if lock.name in silent for line in python_differences(lock)]
        wrong += client_differences() if "package-lock.json" in silent else []
    for line in wrong:
        print(f"audit: {line}", file=sys.stderr)
    print(f"audit: {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
