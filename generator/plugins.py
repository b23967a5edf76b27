"""Plugins: packages that add readers of tables, layouts of spectra and writers of metadata to drportal.

A package names a module as an entry point of the group `drportal.plugins`. The module may define
  open_table(file, head)        the Table of a source file; None if it is not of its format
  SPECTRUM_LAYOUT               a layout, with the names that spectra/layouts/__init__.py lists
  write_metadata(facts, out)    writes files below the folder `out`, and yields a MetadataFile for each
docs/plugins.md has an example of each.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .problems import InputError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = "drportal.plugins"
OPEN, LAYOUT, METADATA = "open_table", "SPECTRUM_LAYOUT", "write_metadata"
HOOKS = (OPEN, LAYOUT, METADATA)


@dataclass(frozen=True)
class Table:
    """A source table that a plugin has opened.

    Fields of `schema` may have unit, ucd and description in their metadata. `batches` reads the rows from the
    start, each time it is called, in batches of bounded size.
    """

    schema: pa.Schema
    batches: Callable[[], Iterator[pa.RecordBatch]]
    rows: int | None = None
    """Their number, if it is known beforehand."""


@dataclass(frozen=True)
class MetadataFile:
    """A file that a plugin has written, as the page "Machine-readable" lists it."""

    path: str
    """Below the release's folder, e.g. meta/example.json."""
    standard: str
    """Name and version of its format."""
    address: str
    """Address of the specification."""
    check: str
    """A command that validates the file, run in the release's folder."""


@dataclass(frozen=True)
class Plugin:
    """An installed plugin."""

    name: str
    """That of its entry point."""
    package: str
    """Name and version of its package."""
    module: Any

    @functools.cached_property
    def digest(self) -> str:
        """Identifies its code: what it makes is made again when it changes."""
        file = getattr(self.module, "__file__", None)
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""

    def failed(self, hook: str, error: Exception) -> InputError:
        """An error of the plugin as one line."""
        what = f"{hook} failed: {type(error).__name__}: {error}"
        fix = f"ask the authors of {self.package}, or uninstall it"
        return InputError(Problem(f"plugin {self.name}", "", what, fix))


@functools.cache
def plugins() -> tuple[Plugin, ...]:
    """The installed plugins, ordered by name. Raises InputError for one that cannot be loaded."""
    from importlib.metadata import entry_points

    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        package = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        try:
            module = point.load()
        except Exception as error:
            what = f"cannot be loaded: {type(error).__name__}: {error}"
            raise InputError(
                Problem(f"plugin {point.name}", point.value, what, f"update {package}")
            ) from None
        if not any(hasattr(module, hook) for hook in HOOKS):
            fix = f"it needs one of: {', '.join(HOOKS)}"
            raise InputError(Problem(f"plugin {point.name}", point.value, "defines no hook", fix))
        found.append(Plugin(point.name, package, module))
    return tuple(found)


def with_hook(hook: str) -> Iterator[tuple[Plugin, Any]]:
    """The plugins that define a hook, and what they define."""
    for plugin in plugins():
        if hasattr(plugin.module, hook):
            yield plugin, getattr(plugin.module, hook)


def inputs(*hooks: str) -> dict[str, str]:
    """Inputs of pieces that plugins with these hooks take part in; empty without such plugins."""
    found = [p for p in plugins() if any(hasattr(p.module, hook) for hook in hooks)]
    return {f"plugin {one.name}": f"{one.package} {one.digest}" for one in found}
