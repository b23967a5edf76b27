"""ADQL as a statement of DuckDB. Names are looked up, and every name and value is written anew: no part of
the client's text reaches the database as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lark import Token

from ...ingest.values.sql_text import quoted
from ...standards.arrow_columns import Column
from ..columns import Table
from ..results.systems import ICRS
from .expressions import Expressions, Node, has, name_of, names_of, trees
from .names import Common, From, Name, Seen, find_table
from .narrow import narrowed
from .parse import NotAdql, parse
from .tables import FromClause
from .values import GEOMETRIES, Value, as_value
from .words import as_identifier


@dataclass(frozen=True)
class Compiled:
    """A statement of SQL, and what is known of the columns of its answer."""

    sql: str
    columns: list[Column]


def compiled(statement: str, tables: Sequence[Table], longest: int) -> Compiled:
    """Return the SQL of a statement of ADQL on tables. Raises NotAdql."""
    tree = parse(statement, longest)
    for kind, (most, name) in MOST.items():
        if sum(1 for _ in tree.find_data(kind)) > most:
            raise NotAdql(f"the statement has more than {most:,} {name}")
    (inner,) = trees(tree)
    if inner.data == "braced":
        inner = _inner(inner)
    sql, columns = Compiler(tables).statement(inner, (), {})
    return Compiled(sql, columns)


def _inner(braced: Node) -> Node:
    """The statement in parentheses."""
    return trees(trees(braced)[0])[0]


MOST = {"select": (300, "queries"), "named_table": (300, "tables"), "qualified": (20_000, "names")}
"""Parts of a statement, at most: names are looked up among all tables, and DuckDB nests joins."""


class Compiler:
    """Compiles statements on tables."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._count = 0

    def alias(self, prefix: str = "t") -> str:
        """A name for a table in SQL."""
        self._count += 1
        return f"{prefix}{self._count}"

    def table(self, parts: Sequence[Name], common: Common) -> Table:
        """The table of a name: a query of WITH, or a table of the service. Raises NotAdql."""
        if len(parts) == 1:
            for name, table in common.items():
                if parts[0].means(name):
                    return table
        return find_table(parts, self._tables)

    def nested(self, node: Node, outer: Sequence[From], common: Common) -> tuple[str, list[Column]]:
        """Compile `nested`, a statement in parentheses."""
        return self.statement(trees(node)[0], outer, common)

    def statement(self, node: Node, outer: Sequence[From], common: Common) -> tuple[str, list[Column]]:
        """Compile a statement that sees the tables of the statements around it."""
        common = dict(common)
        withs = []
        for clause in trees(node, "with"):
            for item in trees(clause, "with_item"):
                withs.append(self._with_item(item, common))
        (query,) = trees(node, "query")
        order, offset = trees(node, "order"), trees(node, "offset")
        single = self._single(query)
        if single is not None:
            sql, columns = self._select(single, outer, common, order, offset)
        else:
            sql, columns = self._query(query, outer, common)
            sql += self._ordered_by_output(order, columns) + _offset(offset)
        return (f"WITH {', '.join(withs)} {sql}" if withs else sql), columns

    def _with_item(self, node: Node, common: Common) -> str:
        name = name_of(trees(node, "name")[0])
        sql, columns = self.nested(trees(node, "nested")[0], (), common)
        columns = _renamed(columns, trees(node, "column_names"))
        alias = self.alias("w")
        listed = ", ".join(quoted(c.name) for c in columns)
        if any(name.means(known) for known in common):
            raise NotAdql(f"WITH has two queries called {name}")
        common[name.text] = Table("", name.text, columns, view=alias)
        return f"{alias}({listed}) AS ({sql})"

    def _single(self, query: Node) -> Node | None:
        """The SELECT of a query without set operators."""
        if len(query.children) == 1 and len(trees(query)[0].children) == 1:
            found = trees(trees(query)[0])[0]
            return found if found.data == "select" else None
        return None

    def _query(self, node: Node, outer: Sequence[From], common: Common) -> tuple[str, list[Column]]:
        """Compile SELECTs joined by set operators."""
        if node.data == "select":
            return self._select(node, outer, common, [], [])
        if node.data == "braced":
            return self.nested(trees(node)[0], outer, common)
        parts: list[str] = []
        columns: list[Column] = []
        for child in node.children:
            if isinstance(child, Token):
                parts.append(child.upper())
            elif child.data == "all":
                parts[-1] += " ALL"
            else:
                sql, found = self._query(child, outer, common)
                if columns and len(found) != len(columns):
                    raise NotAdql(f"a set operator joins {len(columns)} columns with {len(found)}")
                columns = columns or found
                parts.append(f"({sql})")
        return " ".join(parts), columns

    def _select(
        self, node: Node, outer: Sequence[From], common: Common, order: list[Node], offset: list[Node]
    ) -> tuple[str, list[Column]]:
        visible = FromClause(self, outer, common).compile(trees(node, "tables")[0])
        expressions = self.expressions([visible, *outer], common)
        chosen = self._items(trees(node, "items")[0], visible, expressions)
        distinct = any(has(c, "DISTINCT") for c in trees(node, "set_quantifier"))
        parts = ["SELECT", *(["DISTINCT"] if distinct else [])]
        parts.append(", ".join(f"{value.sql} AS {quoted(column.name)}" for value, column in chosen))
        before = "".join(narrowed(trees(c)[0], visible, expressions) for c in trees(node, "where"))
        parts.append(f"FROM {visible.sql}")
        for clause in trees(node, "where"):
            parts.append(f"WHERE {before}{expressions.condition(trees(clause)[0])}")
        for clause in trees(node, "group"):
            groups = [as_value(expressions.value(c)).sql for c in trees(clause)]
            # An expression in parentheses cannot be taken for the number of a column.
            parts.append(f"GROUP BY {', '.join(f'({g})' for g in groups)}")
        for clause in trees(node, "having"):
            parts.append(f"HAVING {expressions.condition(trees(clause)[0])}")
        sql = " ".join(parts)
        columns = [column for _, column in chosen]
        if order:
            sql += self._ordered(order[0], columns, expressions, distinct)
        for clause in trees(node, "top"):
            sql += f" LIMIT {_whole(clause)}"
        return sql + _offset(offset), columns

    def expressions(self, places: Sequence[From], common: Common) -> Expressions:
        """What compiles expressions that see these tables."""
        return Expressions(places, lambda node, outer: self.nested(node, outer, common))

    def _items(self, node: Node, visible: From, expressions: Expressions) -> list[tuple[Value, Column]]:
        chosen: list[tuple[Value, str | None]] = []
        for item in trees(node):
            first, *rest = trees(item)
            if first.data == "star":
                of = trees(first)
                chosen += [(value, None) for value in visible.every(names_of(of[0]) if of else None)]
            else:
                name = name_of(rest[0]).text if rest else _name(first)
                chosen.append((as_value(expressions.value(first)), name))
        taken: set[str] = set()
        return [(value, _described(value, name, taken)) for value, name in chosen]

    def _ordered(self, node: Node, columns: list[Column], expressions: Expressions, distinct: bool) -> str:
        items = []
        for item in trees(node):
            (expression, *_) = trees(item)
            place = _output(expression, columns)
            if place is None and distinct:
                raise NotAdql("with DISTINCT, ORDER BY takes the columns that are selected")
            sql = str(place) if place else f"({as_value(expressions.value(expression)).sql})"
            items.append(sql + _direction(item))
        return f" ORDER BY {', '.join(items)}"

    def _ordered_by_output(self, order: list[Node], columns: list[Column]) -> str:
        if not order:
            return ""
        items = []
        for item in trees(order[0]):
            place = _output(trees(item)[0], columns)
            if place is None:
                raise NotAdql("after a set operator, ORDER BY takes names or numbers of the selected columns")
            items.append(f"{place}{_direction(item)}")
        return f" ORDER BY {', '.join(items)}"

    def derived(self, braced: Node, name: Name, outer: Sequence[From], common: Common) -> tuple[str, Seen]:
        """A query as a table of FROM."""
        sql, columns = self.nested(trees(braced)[0], (), common)
        alias = self.alias()
        return f"({sql}) AS {alias}", Seen(alias, (name.text,), columns)


def _name(expression: Node) -> str | None:
    """The name of a column that has none: that of its function."""
    if expression.data == "call":
        return names_of(trees(expression, "qualified")[0])[-1].text.lower()
    return {"count": "count", "count_all": "count", "coalesce": "coalesce", "cast": "cast"}.get(
        expression.data
    )


def _described(value: Value, name: str | None, taken: set[str]) -> Column:
    """The column of an answer, under a name that no other has."""
    column = value.column or Column("", "unicodeChar")
    base = name or column.name or "col"
    chosen, number = base, 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{base}_{number}"
    taken.add(chosen.lower())
    kinds = {"whole": "long", "real": "double", "truth": "boolean"}
    datatype = column.datatype if value.column else kinds.get(value.kind, "unicodeChar")
    xtype = value.kind if value.kind in GEOMETRIES else column.xtype
    if xtype in GEOMETRIES:
        unit = column.unit if value.column else "deg"
        column = replace(column, unit=unit, datatype="double", arraysize="*", ref=ICRS)
        datatype = "double"
    if value.kind == "time":
        xtype = "timestamp"
    return replace(column, name=chosen, datatype=datatype, xtype=xtype, indexed=False)


def _renamed(columns: list[Column], names: list[Node]) -> list[Column]:
    if not names:
        return columns
    given = [name_of(n).text for n in trees(names[0])]
    if len(given) != len(columns):
        raise NotAdql(f"WITH names {len(given)} columns of a query with {len(columns)}")
    return [replace(c, name=n) for c, n in zip(columns, given, strict=True)]


def _output(expression: Node, columns: list[Column]) -> int | None:
    """The number of the selected column that an item of ORDER BY names; None for other expressions."""
    if expression.data == "whole":
        number = int(str(expression.children[0])[:9])
        if not 1 <= number <= len(columns):
            raise NotAdql(f"ORDER BY {number}: there are {len(columns)} columns")
        return number
    if expression.data != "column":
        return None
    parts = names_of(trees(expression)[0])
    if len(parts) != 1:
        return None
    found = [n for n, c in enumerate(columns, 1) if parts[0].means(c.name)]
    if len(found) > 1:
        raise NotAdql(f"ORDER BY {as_identifier(parts[0].text)}: several columns have this name")
    return found[0] if found else None


def _direction(item: Node) -> str:
    return " DESC" if any(has(c, "DESC") for c in trees(item, "direction")) else ""


def _offset(clause: list[Node]) -> str:
    return f" OFFSET {_whole(clause[0])}" if clause else ""


def _whole(clause: Node) -> int:
    """The number of TOP or OFFSET."""
    text = next(str(c) for c in clause.children if isinstance(c, Token) and c.type == "UNSIGNED")
    return min(int(text[:30]), 2**62)
