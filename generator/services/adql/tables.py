"""The FROM clause: tables, joins, and what they make visible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..columns import Table
from .expressions import Expressions, Node, has, name_of, names_of, trees
from .names import Common, From, Name, Seen
from .parse import NotAdql
from .values import Value


class Compiling(Protocol):
    """What compiles the statement around a FROM clause."""

    def alias(self, prefix: str = "t") -> str: ...

    def table(self, parts: Sequence[Name], common: Common) -> Table: ...

    def expressions(self, places: Sequence[From], common: Common) -> Expressions: ...

    def derived(
        self, braced: Node, name: Name, outer: Sequence[From], common: Common
    ) -> tuple[str, Seen]: ...


class FromClause:
    """Compiles the FROM clause of a SELECT."""

    def __init__(self, compiler: Compiling, outer: Sequence[From], common: Common) -> None:
        self._compiler, self._outer, self._common = compiler, outer, common

    def compile(self, node: Node) -> From:
        """Compile `tables`. Raises NotAdql."""
        made = From()
        for table in trees(node, "table"):
            one = self._table(table)
            made.sql = f"{made.sql}, {one.sql}" if made.sql else one.sql
            made.tables += one.tables
            made.merged += one.merged
            made.hidden |= one.hidden
        names = [t.names[-1].lower() if len(t.names) == 1 else ".".join(t.names).lower() for t in made.tables]
        for name in names:
            if names.count(name) > 1:
                raise NotAdql(f"FROM has two tables called {name}: give one of them another name with AS")
        return made

    def _table(self, node: Node) -> From:
        first, *joins = trees(node)
        made = self._primary(first)
        for join in joins:
            made = self._join(made, join)
        return made

    def _primary(self, node: Node) -> From:
        if node.data == "joined_table":
            inner = self._table(trees(trees(node)[0])[0])
            return From(f"({inner.sql})", inner.tables, inner.merged, inner.hidden)
        if node.data == "derived_table":
            braced, name = trees(node)
            sql, seen = self._compiler.derived(braced, name_of(name), self._outer, self._common)
            return From(sql, [seen])
        qualified, *alias = trees(node)
        table = self._compiler.table(names_of(qualified), self._common)
        names = (
            (name_of(alias[0]).text,)
            if alias
            else (table.schema, table.name)
            if table.schema
            else (table.name,)
        )
        called = self._compiler.alias()
        ordered = table.position if table.indexed else None
        seen = Seen(called, names, table.columns, ordered, table.sql, table.parts)
        return From(f"{table.sql} AS {called}", [seen])

    def _join(self, left: From, node: Node) -> From:
        right = self._primary(next(c for c in trees(node) if c.data.endswith("_table")))
        kinds = trees(node, "kind")
        kind = next((w for w in ("LEFT", "RIGHT", "FULL") if kinds and has(kinds[0], w)), "INNER")
        made = From("", left.tables + right.tables, left.merged + right.merged, left.hidden | right.hidden)
        natural, on, using = trees(node, "natural"), trees(node, "on"), trees(node, "using")
        if natural and (on or using):
            raise NotAdql("a NATURAL JOIN has neither ON nor USING")
        if on:
            places = [made, *self._outer]
            condition = self._compiler.expressions(places, self._common).condition(trees(on[0])[0])
        elif natural or using:
            names = [name_of(c) for c in trees(using[0])] if using else _common_names(left, right)
            condition = self._merge(made, left, right, names, kind)
        else:
            raise NotAdql("a JOIN takes ON, USING or NATURAL")
        made.sql = f"{left.sql} {kind} JOIN {right.sql} ON {condition}"
        return made

    @staticmethod
    def _merge(made: From, left: From, right: From, names: list[Name], kind: str) -> str:
        """Join by columns of the same name, each of which is one column of the result."""
        conditions = []
        for name in names:
            one, other = _only(left, name), _only(right, name)
            assert one.column and other.column
            conditions.append(f"{one.sql} = {other.sql}")
            merged = {"RIGHT": other.sql, "FULL": f"coalesce({one.sql}, {other.sql})"}.get(kind, one.sql)
            made.merged = [m for m in made.merged if m[1] not in (one.sql, other.sql)]
            made.merged.append((one.column, merged))
            for seen in made.tables:
                for column in seen.columns:
                    if seen.value(column).sql in (one.sql, other.sql):
                        made.hidden.add((seen.alias, column.name))
        return " AND ".join(conditions) or "TRUE"


def _common_names(left: From, right: From) -> list[Name]:
    names = {v.column.name.lower() for v in right.every() if v.column}
    return [Name(v.column.name, False) for v in left.every() if v.column and v.column.name.lower() in names]


def _only(place: From, name: Name) -> Value:
    found = place.find([name])
    if len(found) != 1:
        raise NotAdql(
            f"USING: {'no' if not found else 'more than one'} column {name} on one side of the JOIN"
        )
    return found[0]
