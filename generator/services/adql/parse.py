"""Read ADQL into a tree of lark."""

from __future__ import annotations

import functools
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from ..faults import Refused
from .words import KEYWORDS, RESERVED

GRAMMAR = Path(__file__).with_name("grammar.lark")
DEEPEST = 60
"""Parentheses within parentheses."""
NEAR = 30
LONGEST = 500
"""Characters of an error."""


class NotAdql(Refused):
    """A statement that is not ADQL, or names what there is not. A name of the statement can be very long."""

    def __init__(self, message: str) -> None:
        super().__init__(message if len(message) <= LONGEST else f"{message[:LONGEST]}…")


def parse(statement: str, longest: int) -> Tree[Token]:
    """Return the tree of a statement. Raises NotAdql."""
    if len(statement.encode()) > longest:
        raise NotAdql(f"the statement has more than {longest:,} bytes")
    text = statement.strip().rstrip(";").rstrip()
    if not text:
        raise NotAdql("the statement is empty")
    _check_depth(text)
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        raise NotAdql(_explained(error, text)) from None


@functools.cache
def _parser() -> Lark:
    declared = " ".join(sorted(KEYWORDS))
    grammar = GRAMMAR.read_text(encoding="utf-8").replace("KEYWORDS_HERE", declared)
    return Lark(grammar, parser="lalr", lexer="basic", lexer_callbacks={"NAME": _keyword})


def _keyword(token: Token) -> Token:
    word = token.upper()
    return Token.new_borrow_pos(word, str(token), token) if word in KEYWORDS else token


def _check_depth(text: str) -> None:
    """Refuse what would be deeper than a tree can be walked."""
    depth = 0
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "(":
            depth += 1
            if depth > DEEPEST:
                raise NotAdql(f"the statement has more than {DEEPEST} parentheses within each other")
        elif character == ")":
            depth -= 1


def _explained(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        shown = text[at : at + 1]
        if shown in "'\"":
            return f"line {error.line}, column {error.column}: a quote that is not closed"
        return f"line {error.line}, column {error.column}: unexpected character {shown!r}"
    if isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    ):
        return "the statement is not complete"
    if isinstance(error, UnexpectedToken):
        shown = str(error.token)[:NEAR]
        place = f"line {error.token.line}, column {error.token.column}"
        if shown.upper() in RESERVED:
            return f'{place}: unexpected {shown}, a reserved word; as a name it is written "{shown}"'
        return f"{place}: unexpected {shown!r}"
    return "the statement is not ADQL"
