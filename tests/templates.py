"""Compiled templates that all builds of a test session share: they take half of the time of a small build."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jinja2.bccache import Bucket


def share(folder: Path) -> None:
    """From now on, builds in this process take templates from a folder that are not in their own cache.

    Their own cache has the same files as without that.
    """
    from drportal.pages.assets import Compiled

    shared = Compiled(folder)
    load, dump = Compiled.load_bytecode, Compiled.dump_bytecode

    def load_shared(own: Compiled, bucket: Bucket) -> None:
        load(own, bucket)
        if bucket.code is None:
            load(shared, bucket)
            if bucket.code is not None:
                dump(own, bucket)

    def dump_shared(own: Compiled, bucket: Bucket) -> None:
        dump(own, bucket)
        # Others may write it at the same moment; what they spoil is compiled again.
        with contextlib.suppress(OSError):
            dump(shared, bucket)

    Compiled.load_bytecode = load_shared  # type: ignore[method-assign]
    Compiled.dump_bytecode = dump_shared  # type: ignore[method-assign]
