"""Expressions of ADQL as SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lark import Token, Tree

from ...ingest.values.sql_text import literal
from . import functions, geometry
from .names import From, Name, resolve
from .parse import NotAdql
from .values import Value, as_condition, as_value, plain

Node = Tree[Token]
Nested = Callable[[Node, Sequence[From]], tuple[str, list[Any]]]
"""Compiles a statement in parentheses, given what it can see; returns its SQL and columns."""
NAMED = {"PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "CONCAT": "||"}
LARGEST = 2**63


def trees(node: Node, *names: str) -> list[Node]:
    """The children of a tree that are trees, without keywords."""
    return [c for c in node.children if isinstance(c, Tree) and (not names or c.data in names)]


def has(node: Node, word: str) -> bool:
    """Whether a keyword stands in a tree."""
    return any(isinstance(c, Token) and c.type == word for c in node.children)


def name_of(node: Node) -> Name:
    token = node.children[0]
    assert isinstance(token, Token)
    if token.type == "DELIMITED":
        return Name(token[1:-1].replace('""', '"'), True)
    return Name(str(token), False)


def names_of(node: Node) -> list[Name]:
    """The parts of a qualified name."""
    return [name_of(child) for child in trees(node)]


class Expressions:
    """Compiles expressions at a place of a statement."""

    def __init__(self, places: Sequence[From], nested: Nested) -> None:
        self._places, self._nested = places, nested

    def value(self, node: Node) -> Value:
        """The expression of a tree. Raises NotAdql."""
        return getattr(self, f"_{node.data}")(node)  # type: ignore[no-any-return]

    def condition(self, node: Node) -> str:
        return as_condition(self.value(node))

    # ---- conditions

    def _disjunction(self, node: Node) -> Value:
        return self._joined(node, "OR")

    def _conjunction(self, node: Node) -> Value:
        return self._joined(node, "AND")

    def _joined(self, node: Node, word: str) -> Value:
        return Value(f"({f' {word} '.join(self.condition(c) for c in trees(node))})", "condition")

    def _negation(self, node: Node) -> Value:
        (inner,) = trees(node)
        count = len(node.children) - 1
        return Value(f"({'NOT ' * (count % 2)}{self.condition(inner)})", "condition")

    def _comparison(self, node: Node) -> Value:
        left, right = (as_value(self.value(c)) for c in trees(node))
        operator = next(str(c) for c in node.children if isinstance(c, Token))
        for one, other in ((left, right), (right, left)):
            if one.condition is not None and operator in ("=", "<>", "!=") and other.number in (0, 1):
                yes = (other.number == 1) == (operator == "=")
                return Value(one.condition if yes else f"(NOT {one.condition})", "condition")
        before = ""
        if left.apart and operator in ("<", "<="):
            before = geometry.within(left.apart, right)
        elif right.apart and operator in (">", ">="):
            before = geometry.within(right.apart, left)
        left, right = plain(left, "in a comparison"), plain(right, "in a comparison")
        return Value(f"({before}{left.sql} {operator} {right.sql})", "condition")

    def _between(self, node: Node) -> Value:
        value, low, high = (plain(self.value(c), "in BETWEEN").sql for c in trees(node))
        return Value(f"({value} {self._not(node)}BETWEEN {low} AND {high})", "condition")

    def _in_values(self, node: Node) -> Value:
        value, listed = trees(node)
        values = ", ".join(plain(self.value(c), "in IN").sql for c in trees(listed))
        return Value(f"({plain(self.value(value), 'in IN').sql} {self._not(node)}IN ({values}))", "condition")

    def _in_query(self, node: Node) -> Value:
        value, braced = trees(node)
        sql = self._query(braced, 1)[0]
        return Value(f"({plain(self.value(value), 'in IN').sql} {self._not(node)}IN ({sql}))", "condition")

    def _like(self, node: Node) -> Value:
        parts = [plain(self.value(c), "in LIKE") for c in trees(node)]
        for part in parts:
            if part.kind not in ("text", "null", "time"):
                raise NotAdql("LIKE compares texts")
        word = "ILIKE" if has(node, "ILIKE") else "LIKE"
        escape = f" ESCAPE {parts[2].sql}" if len(parts) > 2 else ""
        return Value(f"({parts[0].sql} {self._not(node)}{word} {parts[1].sql}{escape})", "condition")

    def _is_null(self, node: Node) -> Value:
        value = as_value(self.value(trees(node)[0]))
        return Value(f"({value.sql} IS {self._not(node)}NULL)", "condition")

    def _exists(self, node: Node) -> Value:
        return Value(f"EXISTS ({self._query(trees(node)[0], None)[0]})", "condition")

    @staticmethod
    def _not(node: Node) -> str:
        return "NOT " if has(node, "NOT") else ""

    # ---- values

    def _sum(self, node: Node) -> Value:
        return self._chain(node)

    def _product(self, node: Node) -> Value:
        return self._chain(node)

    def _chain(self, node: Node) -> Value:
        first, *rest = node.children
        assert isinstance(first, Tree)
        made = plain(self.value(first), "in an expression")
        for token, child in zip(rest[::2], rest[1::2], strict=True):
            assert isinstance(token, Token) and isinstance(child, Tree)
            operator, other = NAMED[token.type], plain(self.value(child), "in an expression")
            if operator == "||":
                made = Value(f"({made.sql} || {other.sql})", "text")
                continue
            for one in (made, other):
                if one.kind not in ("whole", "real", "null", "time"):
                    raise NotAdql(f"{operator} calculates with numbers, not with a value ({one.kind})")
            whole = made.kind == other.kind == "whole"
            sql = "//" if operator == "/" and whole else operator
            made = Value(f"({made.sql} {sql} {other.sql})", "whole" if whole else "real")
        return made

    def _factor(self, node: Node) -> Value:
        (inner,) = trees(node)
        value = plain(self.value(inner), "after a sign")
        if sum(isinstance(c, Token) and c.type == "MINUS" for c in node.children) % 2 == 0:
            return value
        if value.kind not in ("whole", "real", "null"):
            raise NotAdql(f"a sign stands before numbers, not before a value ({value.kind})")
        number = None if value.number is None else -value.number
        return Value(f"(-{value.sql})", value.kind, number=number)

    def _whole(self, node: Node) -> Value:
        text = str(node.children[0])
        if int(text[:40]) >= LARGEST or len(text.lstrip("0")) > 19:
            raise NotAdql(f"the number {text[:30]} is larger than {LARGEST - 1}")
        return Value(str(int(text)), "whole", number=float(text))

    def _real(self, node: Node) -> Value:
        value = float(str(node.children[0]))
        if value == float("inf"):
            raise NotAdql(f"the number {str(node.children[0])[:30]} is larger than a double")
        text = repr(value)
        return Value(text if "e" in text else f"{text}e0", "real", number=value)

    def _strings(self, node: Node) -> Value:
        text = "".join(str(c)[1:-1].replace("''", "'") for c in node.children)
        if "\0" in text:
            raise NotAdql("a text contains the character NUL")
        return Value(literal(text), "text")

    def _truth(self, node: Node) -> Value:
        return Value(str(node.children[0]).upper(), "truth")

    def _null(self, node: Node) -> Value:
        return Value("NULL", "null")

    def _column(self, node: Node) -> Value:
        return resolve(names_of(trees(node)[0]), self._places)

    def _scalar_query(self, node: Node) -> Value:
        sql, columns = self._query(trees(node)[0], 1)
        return functions.of_column(columns[0], f"({sql})", None)

    def _query(self, braced: Node, width: int | None) -> tuple[str, list[Any]]:
        sql, columns = self._nested(trees(braced)[0], self._places)
        if width is not None and len(columns) != width:
            raise NotAdql(f"a query in an expression selects one column, not {len(columns)}")
        return sql, columns

    # ---- functions

    def _call(self, node: Node) -> Value:
        name = names_of(trees(node, "qualified")[0])
        shown = ".".join(n.text for n in name)
        listed = trees(node, "arguments")
        arguments = [self.value(c) for c in trees(listed[0])] if listed else []
        if len(name) > 1 or name[0].exact:
            raise NotAdql(f"there is no function {shown}; there are: {', '.join(functions.ALL)}")
        return functions.call(shown, arguments, self._distinct(node))

    def _count_all(self, node: Node) -> Value:
        return Value("count(*)", "whole")

    def _count(self, node: Node) -> Value:
        value = as_value(self.value(trees(node)[-1]))
        return Value(f"count({'DISTINCT ' if self._distinct(node) else ''}{value.sql})", "whole")

    def _coalesce(self, node: Node) -> Value:
        return functions.coalesce([self.value(c) for c in trees(trees(node)[0])])

    def _cast(self, node: Node) -> Value:
        value, kind = trees(node)
        name = " ".join(name_of(c).text.upper() for c in trees(kind))
        sizes = [int(str(c)[:9]) for c in kind.children if isinstance(c, Token) and c.type == "UNSIGNED"]
        return functions.cast(self.value(value), name, sizes)

    @staticmethod
    def _distinct(node: Node) -> bool:
        return any(has(c, "DISTINCT") for c in trees(node, "set_quantifier"))
