"""The formats of answers, by the names with which a request asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from ...standards.arrow_columns import Column
from ...standards.arrow_values import as_text, plain
from ...standards.fits_table import write_fits
from ..database import Answer
from ..faults import Refused
from .votable import MEDIA, VOTable

PARQUET = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Form:
    """What an answer is to be like."""

    format: Format
    limit: int
    """Rows, at most."""
    infos: Sequence[str] = ()
    name: str | None = None
    extra: str = ""
    """Elements before the resource of results, of VOTable."""
    table_extra: str = ""
    after: str = ""
    """Elements after it."""
    utype: str | None = None
    largest: int = 1 << 62
    """Bytes, at most."""


@dataclass(frozen=True)
class Outcome:
    """What was written."""

    rows: int
    overflow: bool


class Writer(Protocol):
    def write(self, batch: Sequence[pa.Array], rows: int) -> None: ...

    def end(self, overflow: bool) -> None: ...


@dataclass(frozen=True)
class Format:
    """A format of answers."""

    media: str
    """The media type of the answer."""
    names: tuple[str, ...]
    """Values of RESPONSEFORMAT for it, in lower case; the first is its alias in capabilities."""
    make: Callable[[BinaryIO, Sequence[Column], Form], Writer]
    ending: str


class _VOTable:
    def __init__(self, file: BinaryIO, columns: Sequence[Column], form: Form, binary: bool) -> None:
        self._table = VOTable(
            file, columns, form.infos, binary, form.name, form.extra, form.table_extra, form.utype
        )
        self._after = form.after
        self.write = self._table.write

    def end(self, overflow: bool) -> None:
        self._table.end(overflow, self._after)


class _Separated:
    """CSV or TSV: texts are in quotes, NULL is an empty cell."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column], separator: str) -> None:
        self._file, self._separator, self._names = file, separator, [c.name for c in columns]
        self._writer: pcsv.CSVWriter | None = None

    def write(self, batch: Sequence[pa.Array], rows: int) -> None:
        cells = [a if _is_cell(a.type) else as_text(a) for a in batch]
        made = pa.RecordBatch.from_arrays(cells, names=self._names)
        if self._writer is None:
            names = self._separator.join(_cell(n, self._separator) for n in self._names)
            self._file.write(f"{names}\n".encode())
            options = pcsv.WriteOptions(include_header=False, delimiter=self._separator)
            self._writer = pcsv.CSVWriter(self._file, made.schema, write_options=options)
        self._writer.write_batch(made)

    def end(self, overflow: bool) -> None:
        assert self._writer is not None
        self._writer.close()


def _is_cell(kind: pa.DataType) -> bool:
    """Whether the writer of CSV shows values of a type by itself, with all digits."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _cell(text: str, separator: str) -> str:
    return (
        '"' + text.replace('"', '""') + '"' if any(c in text for c in ('"', separator, "\n", "\r")) else text
    )


class _Parquet:
    """Parquet, with a VOTable without rows that describes its columns (VOParquet)."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column], form: Form) -> None:
        self._file, self._columns, self._form = file, columns, form
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: Sequence[pa.Array], rows: int) -> None:
        made = pa.RecordBatch.from_arrays(list(batch), names=[c.name for c in self._columns])
        if self._writer is None:
            import io

            buffer = io.BytesIO()
            VOTable(buffer, self._columns, self._form.infos, False).end(False)
            text = buffer.getvalue().replace(b"<DATA>\n<TABLEDATA>\n</TABLEDATA>\n</DATA>\n", b"")
            extra = {"IVOA.VOTable-Parquet.version": "1.0", "IVOA.VOTable-Parquet.content": text.decode()}
            self._writer = pq.ParquetWriter(self._file, made.schema.with_metadata(extra), compression="zstd")
        self._writer.write_batch(made)

    def end(self, overflow: bool) -> None:
        assert self._writer is not None
        self._writer.close()


class _Fits:
    """FITS: the number of rows and the lengths of texts come before them, so rows wait in a file of Arrow."""

    def __init__(self, file: BinaryIO, columns: Sequence[Column], form: Form) -> None:
        import tempfile

        self._file, self._columns, self._name = file, columns, form.name
        self._kept = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `end`)
        self._stream: pa.ipc.RecordBatchStreamWriter | None = None

    def write(self, batch: Sequence[pa.Array], rows: int) -> None:
        made = pa.RecordBatch.from_arrays(list(batch), names=[str(n) for n in range(len(batch))])
        if self._stream is None:
            self._stream = pa.ipc.new_stream(self._kept, made.schema)
        self._stream.write_batch(made)

    def end(self, overflow: bool) -> None:
        assert self._stream is not None
        self._stream.close()
        with self._kept:
            write_fits(self._file, self._kept, self._columns, self._name)


class _Json:
    """JSON: metadata of the columns, and rows as arrays; numbers beyond 2^53 are texts."""

    EXACT = 2**53

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        self._file, self._first = file, True
        about = [
            {"name": c.name, "datatype": c.datatype, "arraysize": c.arraysize, "unit": c.unit, "ucd": c.ucd,
             "description": c.description}
            for c in columns
        ]  # fmt: skip
        file.write(f'{{"metadata":{json.dumps(about, ensure_ascii=False)},"data":[\n'.encode())

    def write(self, batch: Sequence[pa.Array], rows: int) -> None:
        for row in zip(*(a.to_pylist() for a in batch), strict=True):
            text = json.dumps([self._value(v) for v in row], ensure_ascii=False, allow_nan=False)
            self._file.write(("" if self._first else ",\n").encode() + text.encode())
            self._first = False

    def _value(self, value: object) -> object:
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, list):
            return [self._value(v) for v in value]
        if isinstance(value, float) and value - value != 0:
            return str(value)
        return str(value) if type(value) is int and abs(value) > self.EXACT else value

    def end(self, overflow: bool) -> None:
        self._file.write(f'\n],"overflow":{json.dumps(overflow)}}}\n'.encode())


VOTABLE = Format(
    MEDIA, ("votable", MEDIA, f"{MEDIA};serialization=binary2", "votable/b2", "text/xml", "application/xml"),
    lambda file, columns, form: _VOTable(file, columns, form, True), "vot",
)  # fmt: skip
TABLEDATA = Format(
    f"{MEDIA};serialization=tabledata", ("votable/td", f"{MEDIA};serialization=tabledata"),
    lambda file, columns, form: _VOTable(file, columns, form, False), "vot",
)  # fmt: skip
CSV = Format("text/csv;header=present", ("csv", "text/csv", "text/csv;header=present"),
             lambda file, columns, form: _Separated(file, columns, ","), "csv")  # fmt: skip
TSV = Format("text/tab-separated-values", ("tsv", "text/tab-separated-values"),
             lambda file, columns, form: _Separated(file, columns, "\t"), "tsv")  # fmt: skip
FITS = Format("application/fits", ("fits", "application/fits"), _Fits, "fits")
PARQUET_FORMAT = Format(PARQUET, ("parquet", PARQUET, "application/parquet"), _Parquet, "parquet")
JSON = Format("application/json", ("json", "application/json"),
              lambda file, columns, form: _Json(file, columns), "json")  # fmt: skip
FORMATS = [VOTABLE, TABLEDATA, CSV, TSV, FITS, PARQUET_FORMAT, JSON]


def find_format(name: str | None, usual: Format = VOTABLE) -> Format:
    """The format that a request asks for. Raises Refused."""
    if not name:
        return usual
    wanted = name.strip().lower().replace(" ", "")
    for one in FORMATS:
        if wanted in one.names:
            return one
    bare = wanted.partition(";")[0]
    for one in FORMATS:
        if bare in one.names and "serialization" not in wanted:
            return one
    known = ", ".join(one.names[0] for one in FORMATS)
    raise Refused(f"RESPONSEFORMAT {name[:60]} is not known here; there are: {known}")


def write_answer(answer: Answer, columns: Sequence[Column], file: BinaryIO, form: Form) -> Outcome:
    """Write the rows of a statement, as many as the form allows. Raises Refused, duckdb.Error."""
    typed = answer.typed(list(columns))
    writer = form.format.make(file, typed, form)
    rows, overflow = 0, False
    empty = [plain(pa.array([], f.type)) for f in answer.schema]
    writer.write(empty, 0)
    for batch in answer.batches():
        taken = min(batch.num_rows, form.limit - rows)
        overflow = taken < batch.num_rows
        if taken:
            writer.write([plain(batch.column(n).slice(0, taken)) for n in range(batch.num_columns)], taken)
        rows += taken
        if file.tell() > form.largest:
            raise Refused(f"the answer is larger than {form.largest:,} bytes: ask for fewer rows or columns")
        if overflow:
            break
    writer.end(overflow)
    return Outcome(rows, overflow)
