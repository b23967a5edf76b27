"""Examples of queries on the tables of a service, as DALI wants them: XHTML with RDFa."""

from __future__ import annotations

from xml.sax.saxutils import escape

from ...standards.arrow_columns import Column
from ..adql.words import as_identifier
from ..columns import Table
from ..scopes import Scope
from ..tap_schema import adql_name

NUMBERS = ("short", "int", "long", "float", "double")


def examples_page(scope: Scope) -> bytes:
    """The page of examples."""
    found = [example for table in scope.tables for example in _of(table)]
    body = "\n".join(_shown(number, *one) for number, one in enumerate(found, 1))
    title = escape(f"Examples of queries: {scope.title}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" vocab="http://www.ivoa.net/rdf/examples#">\n'
        f"<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    ).encode()


def examples(scope: Scope) -> list[tuple[str, str]]:
    """Titles and queries, which the tests run."""
    return [(title, query) for table in scope.tables for title, query, _ in _of(table)]


def _shown(number: int, title: str, query: str, table: str) -> str:
    return (
        f'<div id="example-{number}" resource="#example-{number}" typeof="example">\n'
        f'<h2 property="name">{escape(title)}</h2>\n'
        f'<p>Table: <code property="table">{escape(table)}</code></p>\n'
        f'<pre property="query">{escape(query)}</pre>\n</div>'
    )


def _of(table: Table) -> list[tuple[str, str, str]]:
    """Examples on a table: title, query, name of the table."""
    if table.schema == "TAP_SCHEMA":
        if table.name != "columns":
            return []
        query = "SELECT table_name, column_name, unit, ucd FROM TAP_SCHEMA.columns WHERE ucd LIKE 'pos.eq%'"
        return [("Columns that are positions", query, "TAP_SCHEMA.columns")]
    name, made = adql_name(table), []
    shown = ", ".join(as_identifier(c.name) for c in table.columns if c.principal) or "*"
    if table.position:
        ra, dec = map(as_identifier, table.position)
        query = (
            f"SELECT TOP 100 {shown}\nFROM {name}\n"
            f"WHERE 1 = CONTAINS(POINT('ICRS', {ra}, {dec}), CIRCLE('ICRS', 150.0, 30.0, 1.0))"
        )
        made.append((f"{table.title}: a cone of one degree", query, name))
    classes = _by_ucd(table, "src.class")
    if classes:
        column = as_identifier(classes.name)
        query = f"SELECT {column}, COUNT(*) AS n\nFROM {name}\nGROUP BY {column}\nORDER BY n DESC"
        made.append((f"{table.title}: rows of each class", query, name))
    redshift = _by_ucd(table, "src.redshift")
    if redshift and redshift.datatype in NUMBERS:
        column = as_identifier(redshift.name)
        query = f"SELECT TOP 20 {shown}\nFROM {name}\nWHERE {column} IS NOT NULL\nORDER BY {column} DESC"
        made.append((f"{table.title}: the highest redshifts", query, name))
    return made


def _by_ucd(table: Table, ucd: str) -> Column | None:
    return next((c for c in table.columns if (c.ucd or "").split(";")[0] == ucd), None)
