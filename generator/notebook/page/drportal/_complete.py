"""Names that can follow what a reader has typed."""

from __future__ import annotations

import builtins
import inspect
import json
import keyword
import re
import types
from typing import Any

DOTTED = re.compile(r"((?:[^\W\d]\w*\s*\.\s*)*)([^\W\d]\w*)?$")
SUBSCRIPT = re.compile(r"""((?:[^\W\d]\w*\s*\.\s*)*[^\W\d]\w*)\s*\[\s*(?:\[[^\[\]]*)?(["'])([^"']*)$""")
IMPORT = re.compile(r"^\s*(?:from|import)\s+([\w.]*)$")
MOST = 200
"""Options offered at once."""

Option = dict[str, str]


def complete(source: str, position: int, namespace: dict[str, Any]) -> str:
    """Return JSON: `from`, where the text to replace begins, and `options` with `label` and `type`, best
    first.

    Positions count UTF-16 units, as in the page.
    """
    before = source.encode("utf-16-le", "surrogatepass")[: 2 * position].decode("utf-16-le", "replace")
    length, options = completions(before, namespace)
    return json.dumps({"from": position - length, "options": options}, ensure_ascii=False)


def completions(before: str, namespace: dict[str, Any]) -> tuple[int, list[Option]]:
    """Return how many UTF-16 units before the cursor are replaced, and the options, best first. Nothing is
    called.
    """
    line = before.rpartition("\n")[2]
    if found := SUBSCRIPT.search(line):
        return _units(found[3]), _offer(_keys(_reach(found[1], namespace)), found[3], "property")
    if found := IMPORT.match(line):
        return _modules(found[1])
    found = DOTTED.search(line)
    if not found:
        return 0, []
    path, begun = found[1], found[2] or ""
    if path:
        owner = _reach(path.strip().rstrip(".").strip(), namespace)
        return _units(begun), [] if owner is None else _members(owner, begun)
    if not begun or re.search(r"[\d.]$", line[: len(line) - len(begun)]):
        return 0, []
    names = {name: kind_of(value) for name, value in vars(builtins).items() if not name.startswith("_")}
    names |= dict.fromkeys(keyword.kwlist, "keyword")
    names |= {name: kind_of(value) for name, value in namespace.items() if not name.startswith("__")}
    mine = sorted(name for name in names if name.startswith(begun) and name in namespace)
    others = sorted(name for name in names if name.startswith(begun) and name not in namespace)
    return _units(begun), [{"label": name, "type": names[name]} for name in [*mine, *others][:MOST]]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def kind_of(value: Any) -> str:
    """Return the kind of a name, as the editor has pictures for it."""
    if isinstance(value, types.ModuleType):
        return "namespace"
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "variable"


def _reach(path: str, namespace: dict[str, Any]) -> Any:
    """Return what a dotted name means, None if that would run code: properties are not computed."""
    first, *rest = (part.strip() for part in path.split("."))
    value = namespace.get(first, getattr(builtins, first, None))
    for name in rest:
        try:
            value = (
                vars(value)[name]
                if isinstance(value, types.ModuleType)
                else inspect.getattr_static(value, name)
            )
        except (AttributeError, KeyError, TypeError):
            return None
        if inspect.isdatadescriptor(value):
            return None
    return value


def _members(owner: Any, begun: str) -> list[Option]:
    try:
        names = [
            name for name in dir(owner) if name.startswith(begun) and (begun[:1] == "_" or name[:1] != "_")
        ]
    except Exception:  # of a class of the reader's
        return []
    options = []
    for name in names[:MOST]:
        try:
            kind = kind_of(inspect.getattr_static(owner, name))
        except AttributeError:
            kind = "property"
        options.append({"label": name, "type": "property" if kind == "variable" else kind})
    return options


def _keys(owner: Any) -> list[str]:
    names = getattr(owner, "colnames", None)  # tables
    if names is None and type(owner).__name__ == "DataFrame":
        names = owner.columns
    if names is None and isinstance(owner, dict):
        names = owner
    if names is None and getattr(getattr(owner, "dtype", None), "names", None):
        names = owner.dtype.names
    return [name for name in names if isinstance(name, str)] if names is not None else []


def _offer(names: list[str], begun: str, kind: str) -> list[Option]:
    return [{"label": name, "type": kind} for name in names if name.startswith(begun)][:MOST]


def _modules(begun: str) -> tuple[int, list[Option]]:
    """Modules that can be imported."""
    import pkgutil
    import sys

    package, dot, last = begun.rpartition(".")
    if not dot:
        names = {name for name in sys.stdlib_module_names if name[:1] != "_"}
        names |= {one.name for one in pkgutil.iter_modules() if one.name[:1] != "_"}
    else:
        place = getattr(sys.modules.get(package), "__path__", None)
        names = {one.name for one in pkgutil.iter_modules(place)} if place else set()
    return _units(last), _offer(sorted(names), last, "namespace")
