"""Find the kind of a target by its name."""

from __future__ import annotations

import re

from .target import Target, refused


def open_target(where: str) -> Target:
    """Open a target: a folder, user@server:folder, ssh://, rsync://, s3:// or https://. Raises InputError."""
    from .ssh import is_ssh

    if is_ssh(where):
        from .ssh import Ssh

        return Ssh(where)
    if where.startswith("rsync://"):
        from .daemon import Daemon

        return Daemon(where)
    if where.startswith("s3://"):
        from .s3 import S3

        return S3(where)
    if where.startswith(("https://", "http://")):
        from .webdav import WebDav

        return WebDav(where)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", where):
        fix = "write a folder, user@server:folder, ssh://, rsync://, s3:// or https:// (WebDAV)"
        raise refused(where, "is an address of an unknown kind", fix)
    from .folder import Folder

    return Folder(where)
