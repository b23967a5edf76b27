"""Compiled templates that all builds of a test session share: they take half of the time of a small build."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from jinja2.bccache import Bucket


def share(folder: Path) -> None:
    """From now on, builds in this process take templates from a folder that are not in their own cache.

    Their own cache has the same files as without that.
    """
    from drportal.pages.assets import Compiled

    shared = Compiled(folder)
    load, dump, messages = Compiled.load_bytecode, Compiled.dump_bytecode, Compiled.messages

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

    def messages_shared(own: Compiled, template: str) -> list[str]:
        # What is not in either is found by the first, and kept by both.
        before = set(own._messages)
        with contextlib.suppress(OSError):
            messages(shared, template)
        own._messages |= {key: found for key, found in shared._messages.items() if key not in own._messages}
        for key in own._messages.keys() - before:
            own._keep(key, json.dumps(own._messages[key]))
        return messages(own, template)

    Compiled.messages = messages_shared  # type: ignore[method-assign]
    Compiled.load_bytecode = load_shared  # type: ignore[method-assign]
    Compiled.dump_bytecode = dump_shared  # type: ignore[method-assign]
