"""A small Pyodide: packages of a few bytes, its lock file, and what the client's build makes of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from pathlib import Path

from drportal.pyodide import Parts
from drportal.pyodide.parts import RUNTIME
from drportal.pyodide.stored import script

VERSION = "0.27.7"
DEPENDS = {"base": [], "plot": ["base", "font_tools"], "font-tools": [], "stars": ["base"], "maps": ["stars"]}
BUILT = ("base", "plot", "font-tools", "stars")
"""Packages that drportal ships; `maps` has only the full distribution."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_wheel(folder: Path, name: str) -> Path:
    """A package with a licence, except for `stars`."""
    file = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"

    def add(archive: zipfile.ZipFile, path: str, content: str) -> None:
        """The same bytes at any time."""
        archive.writestr(zipfile.ZipInfo(path), content)

    with zipfile.ZipFile(file, "w") as archive:
        add(archive, f"{name}/__init__.py", f"'''{name}'''\n")
        add(archive, f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\nLicense: MIT\n")
        if name != "stars":
            add(archive, f"{name}-1.0.dist-info/LICENSE", f"Copyright of {name}\n")
    return file


def write_distribution(folder: Path, version: str = VERSION) -> Path:
    """A full distribution."""
    folder.mkdir(parents=True)
    packages = {}
    for name, depends in DEPENDS.items():
        file = write_wheel(folder, name)
        packages[name] = {
            "name": name.title(),
            "version": "1.0",
            "file_name": file.name,
            "sha256": sha256(file.read_bytes()),
            "depends": depends,
        }
    info = {"version": version, "python": "3.12.7"}
    (folder / "pyodide-lock.json").write_text(json.dumps({"info": info, "packages": packages}))
    return folder


def write_parts(dist: Path, distribution: Path) -> Parts:
    """What the client's build makes in dist/."""
    (dist / "python" / "packages").mkdir(parents=True)
    entry: dict[str, object] = {"pyodide": VERSION, "python": "3.12.7", "default": ["plot"]}
    for name in RUNTIME:
        raw = f"part {name}".encode() * 9
        stem, packed = f"python/{name}.{sha256(raw)[:8]}", gzip.compress(raw, mtime=0)
        (dist / f"{stem}.bin").write_bytes(packed)
        (dist / f"{stem}.js").write_bytes(script(f"python/{name}", packed))
        sizes = {"size": len(packed), "raw": len(raw)}
        entry[name] = {"file": f"{stem}.bin", "script": f"{stem}.js", "sha256": sha256(raw), **sizes}
    wheels = {}
    for name in BUILT:
        wheel = write_wheel(dist / "python" / "packages", name)
        wheels[wheel.name] = f"python/packages/{wheel.name}"
    (dist / "python" / "pyodide-lock.json").write_bytes((distribution / "pyodide-lock.json").read_bytes())
    (dist / "python" / "THIRD-PARTY.txt").write_text("Of Pyodide\n")
    (dist / "python" / "stars.txt").write_text("Copyright of the stars\n")
    entry |= {
        "notices": "python/THIRD-PARTY.txt",
        "licences": {"stars": "python/stars.txt"},
        "wheels": wheels,
    }
    (dist / "manifest.json").write_text(json.dumps({"python": entry}))
    return Parts.of(dist)
