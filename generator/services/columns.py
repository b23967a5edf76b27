"""Tables as the services describe them: in TAP_SCHEMA, VOSI and the fields of answers."""

from __future__ import annotations

from dataclasses import dataclass

from ..ingest.values.sql_text import quoted
from ..standards.arrow_columns import Column
from .parts import Parts


@dataclass(frozen=True)
class Table:
    """A table that can be queried."""

    schema: str
    name: str
    columns: list[Column]
    description: str = ""
    title: str = ""
    rows: int | None = None
    position: tuple[str, str] | None = None
    """Columns of the right ascension and declination."""
    indexed: bool = False
    """Whether rows are in the order of a column `_healpix_29`, which is in the view but not in `columns`."""
    ident: str | None = None
    """The column that identifies rows."""
    utype: str | None = None
    kind: str = "table"
    view: str = ""
    """The name of its view as SQL, if it is not that of the table."""
    parts: Parts | None = None
    """Its files, if rows are in the order of the sky."""

    @property
    def sql(self) -> str:
        """The name of its view."""
        return self.view or f"{quoted(self.schema)}.{quoted(self.name)}"
