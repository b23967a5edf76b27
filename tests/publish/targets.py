"""Real targets of `drportal publish`: a folder, sshd, an rsync server, a store with S3 and WebDAV."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

from ..conftest import await_port, free_port
from ..servers import APACHE, MODULES, USR

KINDS = ["folder", "ssh", "rsync", "s3", "webdav"]
STORE = Path(sys.prefix) / "store" / "bin"
DAV = """
DavLockDB {run}/lock
LimitRequestBody 0
<VirtualHost *:{port}>
  DocumentRoot {root}
  <Directory {root}>
    {more}
    Dav On
    Options +Indexes
    DirectorySlash Off
  </Directory>
</VirtualHost>
"""


@dataclass
class Place:
    """A target: its name for the command, and what is there as its own readers see it."""

    name: str
    folder: Path | None
    """Its files; for a store there are none to look at."""
    environment: dict[str, str] = field(default_factory=dict)

    def tree(self) -> dict[str, bytes]:
        """Every file that is there, by path."""
        if self.folder is None:
            return self._objects()
        files = (f for f in self.folder.rglob("*") if f.is_file()) if self.folder.exists() else ()
        return {f.relative_to(self.folder).as_posix(): f.read_bytes() for f in files}

    def _objects(self) -> dict[str, bytes]:
        from pyarrow.fs import FileSelector, S3FileSystem

        store = S3FileSystem(
            access_key="x", secret_key="x", region="us-east-1",
            endpoint_override=self.environment["AWS_ENDPOINT_URL"],
        )  # fmt: skip
        root = self.name.removeprefix("s3://")
        found = store.get_file_info(FileSelector(root, recursive=True, allow_not_found=True))
        files = [one.path for one in found if one.is_file]
        return {path.removeprefix(f"{root}/"): store.open_input_stream(path).read() for path in files}

    def spoil(self, path: str, data: bytes) -> None:
        """Put other bytes into a file there."""
        assert self.folder
        file = self.folder / path
        file.unlink()
        file.write_bytes(data)


@contextlib.contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    """A target of a kind; `folder` is for its files."""
    with {"folder": _folder, "ssh": _ssh, "rsync": _rsync, "s3": s3, "webdav": webdav}[kind](folder) as made:
        yield made


@contextlib.contextmanager
def _folder(folder: Path) -> Iterator[Place]:
    yield Place(str(folder / "www" / "survey"), folder / "www" / "survey")


@contextlib.contextmanager
def _ssh(folder: Path) -> Iterator[Place]:
    program = shutil.which("sshd", path=USR)
    if program is None:
        pytest.skip("sshd is not installed")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "keys").write_text((folder / "user.pub").read_text())
    lines = [f"HostKey {folder}/host", f"Port {port}", "ListenAddress 127.0.0.1", f"PidFile {folder}/pid"]
    lines += [f"AuthorizedKeysFile {folder}/keys", "StrictModes no", "UsePAM no", "PasswordAuthentication no"]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    options = f"-i {folder}/user -o BatchMode=yes -o StrictHostKeyChecking=no"
    shell = f"ssh -F none {options} -o UserKnownHostsFile={folder}/known -o LogLevel=ERROR"
    with _running([program, "-D", "-e", "-f", str(folder / "sshd_config")], port, folder):
        root = folder / "srv" / "the survey"
        yield Place(f"ssh://127.0.0.1:{port}{str(root).replace(' ', '%20')}", root, {"RSYNC_RSH": shell})


@contextlib.contextmanager
def _rsync(folder: Path) -> Iterator[Place]:
    port = free_port()
    root = folder / "module"
    root.mkdir()
    user = "uid = root\ngid = root\n" if os.getuid() == 0 else ""
    (folder / "rsyncd.conf").write_text(
        f"{user}use chroot = no\n[site]\npath = {root}\nread only = no\nlog file = {folder}/rsyncd.log\n"
    )
    command = ["rsync", "--daemon", "--no-detach", f"--config={folder}/rsyncd.conf", f"--port={port}"]
    with _running([*command, "--address=127.0.0.1"], port, folder):
        yield Place(f"rsync://127.0.0.1:{port}/site/survey", root / "survey")


@contextlib.contextmanager
def s3(folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Place]:
    if not (STORE / "moto_server").exists():
        pytest.skip("make .venv/store/installed")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    environment["AWS_ENDPOINT_URL"] = address
    with _running([str(STORE / "moto_server"), "-H", "127.0.0.1", "-p", str(port)], port, folder, settings):
        from pyarrow.fs import S3FileSystem

        S3FileSystem(
            access_key="x", secret_key="x", region="us-east-1", endpoint_override=address,
            allow_bucket_creation=True,
        ).create_dir("survey")  # fmt: skip
        yield Place("s3://survey/data", None, environment)


@contextlib.contextmanager
def webdav(folder: Path, more: str = "Require all granted", extra: Sequence[str] = ()) -> Iterator[Place]:
    program = shutil.which("apache2", path=USR)
    if program is None:
        pytest.skip("apache is not installed")
    port = free_port()
    root = folder / "dav"
    root.mkdir()
    modules = Path("/usr/lib/apache2/modules")
    loaded = [*MODULES, "dav", "dav_fs", *extra]
    user = ""
    if os.getuid() == 0:
        user = "User nobody\nGroup nogroup"
        for one in (folder, root):
            shutil.chown(one, "nobody", "nogroup")
        for one in [folder, *folder.parents]:
            if one.stat().st_uid in (0, folder.stat().st_uid) and not one.stat().st_mode & 0o001:
                one.chmod(0o755)
    conf = folder / "dav.conf"
    conf.write_text(DAV.format(run=folder, port=port, root=root, more=more))
    text = APACHE.format(
        run=folder, conf=conf, port=port, user=user,
        modules="\n".join(f"LoadModule {m}_module {modules}/mod_{m}.so" for m in loaded),
    )  # fmt: skip
    (folder / "main.conf").write_text(text)
    with _running([program, "-f", str(folder / "main.conf"), "-D", "FOREGROUND"], port, folder):
        yield Place(f"http://127.0.0.1:{port}/survey", root / "survey")


@contextlib.contextmanager
def _running(
    command: list[str], port: int, folder: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    environment = {**os.environ, **settings}
    log = (folder / "log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            await_port(port)
            yield
        finally:
            process.terminate()
