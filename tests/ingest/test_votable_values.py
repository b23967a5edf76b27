"""VOTables of every version and serialisation: the batches contain what STILTS reads."""

from __future__ import annotations

import base64
import csv
import io
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from drportal.ingest.readers.read_votable import open_votable
from drportal.ingest.readers.source import Source
from drportal.problems import InputError

VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"]
INTEGERS = ["unsignedByte", "short", "int", "long"]
FORMS = [("BINARY", "1.2"), ("BINARY", "1.4"), ("BINARY2", "1.3")]


def field(name: str, datatype: str, arraysize: str = "", null: str = "") -> str:
    size = f' arraysize="{arraysize}"' if arraysize else ""
    inside = f'<VALUES null="{null}"/>' if null else ""
    return f'<FIELD name="{name}" datatype="{datatype}"{size}>{inside}</FIELD>'


def document(fields: list[str], data: str, version: str = "1.4") -> str:
    space = f' xmlns="http://www.ivoa.net/xml/VOTable/v{version}"' if version > "1.0" else ""
    table = f"<TABLE>{''.join(fields)}<DATA>{data}</DATA></TABLE>"
    return (
        f'<?xml version="1.0"?>\n<VOTABLE version="{version}"{space}><RESOURCE>{table}</RESOURCE></VOTABLE>\n'
    )


def cells(rows: list[list[str]]) -> str:
    lines = ("".join(c if c.startswith("<TD") else f"<TD>{c}</TD>" for c in row) for row in rows)
    return f"<TABLEDATA>{''.join(f'<TR>{line}</TR>' for line in lines)}</TABLEDATA>"


def stream(form: str, rows: list[bytes]) -> str:
    text = base64.b64encode(b"".join(rows)).decode()
    broken = "\n".join(text[i : i + 61] for i in range(0, len(text), 61))
    return f'<{form}><STREAM encoding="base64">\n{broken}\n</STREAM></{form}>'


def opened(folder: Path, text: str, table: int | str | None = None) -> Source:
    file = folder / "a.xml"
    file.write_text(text, encoding="utf-8")
    return open_votable(file, file, table)


def contents(source: Source) -> dict[str, list[Any]]:
    batches = list(source.batches())
    return pa.Table.from_batches(batches, source.schema).to_pydict()


def column(folder: Path, one: str, *values: str, version: str = "1.4") -> list[Any]:
    """The values of a column, from its cells."""
    return next(
        iter(contents(opened(folder, document([one], cells([[v] for v in values]), version))).values())
    )


def by_stilts(folder: Path, names: list[str]) -> list[list[str | None]]:
    """Each row as STILTS prints it, None where it says that there is no value."""
    ask = ";".join(f"addcol _{n} NULL_{n}" for n in names)
    command = ["stilts", "tpipe", f"in={folder / 'a.xml'}", "ifmt=votable", "ofmt=csv", f"cmd={ask}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    width = len(names)
    return [
        [None if row[width + i] == "true" else row[i] for i in range(width)]
        for row in list(csv.reader(io.StringIO(said)))[1:]
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("datatype", [*INTEGERS, "float", "double", "boolean", "bit"])
def test_empty_cells_are_null_in_every_version(tmp_path: Path, version: str, datatype: str) -> None:
    """Before 1.3 the standard asks for VALUES null, and files do without: an empty number is not 0."""
    for null in ["", "1"] if datatype in INTEGERS else [""]:
        one = field("x", datatype, null=null)
        found = column(tmp_path, one, "1", "", "<TD/>", "  \n", "0", version=version)
        first = None if null else True if datatype in ("boolean", "bit") else 1
        assert found == [first, None, None, None, 0]


def test_cells_that_are_not_there(tmp_path: Path) -> None:
    fields = [field("a", "int"), field("b", "long"), field("t", "char", "*")]
    found = contents(
        opened(tmp_path, document(fields, cells([["1"], ["2", "9007199254740993", ""], []]), "1.1"))
    )
    assert found == {"a": [1, 2, None], "b": [None, 9007199254740993, None], "t": [None, "", None]}
    with pytest.raises(InputError, match="row 2: has 4 cells, the table 3 fields"):
        contents(opened(tmp_path, document(fields, cells([["1"], ["1", "2", "3", "4"]]))))


@pytest.mark.parametrize("version", ["1.2", "1.5"])
def test_whole_numbers(tmp_path: Path, version: str) -> None:
    assert column(tmp_path, field("x", "int", null="-1"), "0x1F", "+5", " 7 ", "-1", "-0x10") == [
        31,
        5,
        7,
        None,
        -16,
    ]
    edges = ["-9223372036854775808", "9223372036854775807", "0x7fffffffffffffff"]
    assert column(tmp_path, field("x", "long"), *edges, version=version) == [-(2**63), 2**63 - 1, 2**63 - 1]
    assert column(tmp_path, field("x", "unsignedByte", null="0xff"), "255", "254", "0") == [None, 254, 0]
    for bad, datatype in [("256", "unsignedByte"), ("-1", "unsignedByte"), ("3.5", "int"), ("1e3", "long")]:
        with pytest.raises(InputError, match=f"row 2, column x: contains '{bad}', not a valid {datatype}"):
            column(tmp_path, field("x", datatype), "1", bad)


def test_numbers_with_a_fraction(tmp_path: Path) -> None:
    written = ["1.5", "NaN", "", "+Inf", "-Infinity", "0.1", " 1e-40 "]
    assert column(tmp_path, field("x", "double"), *written) == [
        1.5, None, None, float("inf"), float("-inf"), 0.1, 1e-40,
    ]  # fmt: skip
    assert column(tmp_path, field("x", "float", null="-9999"), "-9999", "2") == [None, 2]
    assert column(tmp_path, field("x", "double", "3"), "1 NaN 3", "", "1 2 3") == [
        [1, pytest.approx(float("nan"), nan_ok=True), 3],
        None,
        [1, 2, 3],
    ]


def test_arrays_of_whole_numbers(tmp_path: Path) -> None:
    fixed = field("x", "int", "3", null="-1")
    assert column(tmp_path, fixed, "1 -1 3", "", "4 5", version="1.2") == [[1, None, 3], None, [4, 5, None]]
    assert column(tmp_path, field("x", "short", "3x2"), "1 2 3 4 5 6") == [[1, 2, 3, 4, 5, 6]]
    assert column(tmp_path, field("x", "long", "2x*"), "1 2 3 4", "", "5 6") == [[1, 2, 3, 4], None, [5, 6]]
    assert column(tmp_path, field("x", "int", "8*"), "1 2", "0x10") == [[1, 2], [16]]
    with pytest.raises(InputError, match="row 2, column x: contains 4 values, its arraysize is 3"):
        column(tmp_path, fixed, "1 2 3", "1 2 3 4")
    with pytest.raises(InputError, match="row 3, column x: contains '1,2', not a valid int"):
        column(tmp_path, field("x", "int", "*"), "1 2", "", "3 1,2")


def test_an_array_that_lacks_values_is_reported(tmp_path: Path) -> None:
    source = opened(tmp_path, document([field("x", "int", "3")], cells([["1 2 3"], ["1 2"], ["1"]])))
    assert source.notes is not None
    assert not source.notes.lines
    contents(source)
    contents(source)
    (line,) = source.notes.lines
    assert "row 2, column x: contains 2 values of 3" in line


@pytest.mark.parametrize("size", ["1", "1x1", " 1 "])
def test_an_array_of_one_is_a_single_value(tmp_path: Path, size: str) -> None:
    for datatype in [*INTEGERS, "float", "double", "boolean", "bit"]:
        assert column(tmp_path, field("x", datatype, size), "1", " 0 ", "") == [1, 0, None]
    assert column(tmp_path, field("x", "int", "1*"), "1", "1 2", "") == [[1], [1, 2], None]
    data = stream("BINARY", [struct.pack(">d", 1.5), struct.pack(">d", float("nan"))])
    assert contents(opened(tmp_path, document([field("x", "double", size)], data))) == {"x": [1.5, None]}


def test_complex_numbers(tmp_path: Path) -> None:
    assert column(tmp_path, field("x", "floatComplex"), "1 2", "") == [[1, 2], None]
    assert column(tmp_path, field("x", "doubleComplex", "*"), "1 2 3 4", "", "5 6") == [
        [1, 2, 3, 4],
        None,
        [5, 6],
    ]
    assert column(tmp_path, field("x", "doubleComplex", "2x*"), "1 2 3 4 5 6 7 8") == [
        [1, 2, 3, 4, 5, 6, 7, 8]
    ]
    rows = [struct.pack(">i4f", 2, 1, 2, 3, 4), struct.pack(">i2f", 1, 5, 6)]
    found = contents(opened(tmp_path, document([field("x", "floatComplex", "*")], stream("BINARY", rows))))
    assert found == {"x": [[1, 2, 3, 4], [5, 6]]}


def test_texts_keep_their_blanks(tmp_path: Path) -> None:
    words = ["  ab  ", "", "   ", "\n ab \n", "<![CDATA[ <b> ]]>", "a&amp;b "]
    wanted = ["  ab  ", "", "   ", "\n ab \n", " <b> ", "a&b "]
    for datatype in ["char", "unicodeChar"]:
        for size in ["*", "12", "12*"]:
            assert column(tmp_path, field("x", datatype, size), *words) == wanted
    assert column(tmp_path, field("x", "unicodeChar", "*"), " 光谱 ") == [" 光谱 "]


def test_texts_longer_than_their_field_says(tmp_path: Path) -> None:
    source = opened(
        tmp_path, document([field("x", "char", "3"), field("y", "char")], cells([["abcd", "zz"]]))
    )
    assert contents(source) == {"x": ["abcd"], "y": ["zz"]}
    assert source.notes is not None
    assert ["column x: contains 4 characters" in source.notes.lines[0], len(source.notes.lines)] == [True, 2]


@pytest.mark.parametrize("form", ["TABLEDATA", "BINARY", "BINARY2"])
def test_arrays_of_texts(tmp_path: Path, form: str) -> None:
    fields = [field("f", "char", "4x2"), field("v", "char", "4x*"), field("w", "unicodeChar", "2x3")]
    if form == "TABLEDATA":
        data = cells([["ab  cd", "ab  cdefgh", "aabbcc"], ["abcdefgh", "", ""]])
    else:
        flags = [b"\0", b"\x60"] if form == "BINARY2" else [b"", b""]
        first = b"ab  cd\0\0" + struct.pack(">i", 10) + b"ab  cdefgh" + "aabbcc".encode("utf-16-be")
        second = b"abcdefgh" + struct.pack(">i", 0) + bytes(12)
        data = stream(form, [flags[0] + first, flags[1] + second])
    found = contents(opened(tmp_path, document(fields, data, "1.3")))
    assert found["f"] == [["ab", "cd"], ["abcd", "efgh"]]
    assert found["v"] == [["ab", "cdef", "gh"], None]
    assert found["w"] == [["aa", "bb", "cc"], ["", "", ""] if form == "BINARY" else None]


@pytest.mark.parametrize(("form", "version"), FORMS)
def test_streams(tmp_path: Path, form: str, version: str) -> None:
    """Rows of fixed and of varying length; in BINARY only VALUES null and NaN can mean that there is none."""
    fields = [
        field("n", "int"),
        field("m", "short", null="-9"),
        field("u", "unsignedByte"),
        field("b", "boolean"),
        field("f", "float"),
        field("t", "char", "6"),
        field("w", "unicodeChar", "2"),
        field("bits", "bit", "10"),
    ]
    varying = [field("v", "long", "*", null="-9"), field("s", "char", "*"), field("q", "bit", "*")]

    def row(n: int, m: int, b: bytes, f: float, t: bytes) -> bytes:
        fixed = struct.pack(">ihB", n, m, 255) + b + struct.pack(">f", f) + t
        return fixed + "光 ".encode("utf-16-be") + b"\xaa\xc0"

    def longer(v: list[int], s: bytes) -> bytes:
        bits = struct.pack(">i", 9) + b"\xff\x80"
        return struct.pack(f">i{len(v)}q", len(v), *v) + struct.pack(">i", len(s)) + s + bits

    rows = [
        row(0, -9, b"T", 1.5, b" ab   "),
        row(-1, 3, b"?", float("nan"), b"ab\0xyz"),
        row(7, 0, b"0", 0, b"z" * 6),
    ]
    wanted: dict[str, list[Any]] = {
        "n": [0, -1, 7],
        "m": [None, 3, 0],
        "u": [255, 255, 255],
        "b": [True, None, False],
        "f": [1.5, None, 0.0],
        "t": [" ab   ", "ab", "zzzzzz"],
        "w": ["光 "] * 3,
        "bits": [[True, False] * 4 + [True, True]] * 3,
    }
    more = [longer([1, -9, 2**63 - 1], b" a "), longer([], b""), longer([5], b"caf\xc3\xa9")]
    empty = [] if form == "BINARY2" else None
    wanted_more = {"v": [[1, None, 2**63 - 1], empty, [5]], "s": [" a ", "", "café"], "q": [[True] * 9] * 3}
    flags = [b"", b"", b"", b""]
    for some, all_rows, expected in (
        (fields, rows, wanted),
        (fields + varying, [a + b for a, b in zip(rows, more, strict=True)], wanted | wanted_more),
    ):
        if form == "BINARY2":
            width = (len(some) + 7) // 8
            flags = [bytes(width)] * 3 + [b"\xff" * width]
            all_rows = [*all_rows, all_rows[0]]
            expected = {name: [*values, None] for name, values in expected.items()}
        text = document(some, stream(form, [f + r for f, r in zip(flags, all_rows, strict=False)]), version)
        assert contents(opened(tmp_path, text)) == expected


def test_damaged_streams_are_refused_with_their_place(tmp_path: Path) -> None:
    def refused(fields: list[str], rows: list[bytes]) -> str:
        with pytest.raises(InputError) as error:
            contents(opened(tmp_path, document(fields, stream("BINARY", rows))))
        return str(error.value)

    text = "row 3, column b: contains the byte 0x78, not a boolean"
    assert text in refused([field("b", "boolean")], [b"TFx"])
    assert "row 2: is cut short" in refused([field("n", "int")], [b"\0\0\0\1\0\0"])
    assert "row 2: is cut short" in refused([field("n", "int", "*")], [b"\0\0\0\0\0\0\1\0\0"])
    assert "row 1, column n: claims -1 values" in refused([field("n", "int", "*")], [b"\xff" * 4])
    text = document([field("n", "int")], "<BINARY><STREAM encoding='gzip'>AAAA</STREAM></BINARY>")
    with pytest.raises(InputError, match="has the encoding 'gzip'"):
        opened(tmp_path, text)


def test_what_cannot_be_carried_is_named(tmp_path: Path) -> None:
    for size in ["*x3", "3x", "a", "-1", "2**"]:
        with pytest.raises(InputError, match="FIELD x: has the arraysize"):
            opened(tmp_path, document([field("x", "int", size)], cells([])))
    with pytest.raises(InputError, match="FIELD x: has the datatype 'quad'"):
        opened(tmp_path, document([field("x", "quad")], cells([])))
    for encoding in ["GBK", "none-such"]:
        (tmp_path / "a.xml").write_text(f'<?xml version="1.0" encoding="{encoding}"?>\n<VOTABLE/>')
        with pytest.raises(InputError, match="is in an encoding that cannot be read"):
            open_votable(tmp_path / "a.xml", tmp_path / "a.xml", None)
    with pytest.raises(InputError, match="line 2: is not a readable VOTable"):
        opened(tmp_path, document([field("x", "int")], "<TABLEDATA>"))


def test_several_tables_prefixes_and_references(tmp_path: Path) -> None:
    text = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">
<v:VOTABLE xmlns:v="http://www.ivoa.net/xml/VOTable/v1.2" version="1.2"><v:RESOURCE><v:RESOURCE>
<v:TABLE name="first" ID="one" nrows="2">
<v:PARAM name="p" datatype="int" value="7"><v:VALUES null="7"/></v:PARAM>
<v:GROUP><v:FIELDref ref="c"/><v:DESCRIPTION>a group</v:DESCRIPTION></v:GROUP>
<v:FIELD name="ra" ID="c" datatype="double" unit="km.s-1" ucd="pos.eq.ra"><v:DESCRIPTION> the
 place </v:DESCRIPTION></v:FIELD>
<v:DATA><v:TABLEDATA><v:TR><v:TD>1</v:TD></v:TR></v:TABLEDATA></v:DATA></v:TABLE></v:RESOURCE>
<v:TABLE ref="one" ID="two"><v:DATA><v:TABLEDATA><v:TR><v:TD>2.5</v:TD></v:TR></v:TABLEDATA></v:DATA>
</v:TABLE><v:TABLE name="word\xe9"><v:FIELD ID="t" datatype="char" arraysize="*"/><v:DATA><v:TABLEDATA>
<v:TR ID="r"><v:TD>caf\xe9</v:TD></v:TR></v:TABLEDATA></v:DATA></v:TABLE>
</v:RESOURCE></v:VOTABLE>"""
    (tmp_path / "a.xml").write_bytes(text.encode("latin-1"))

    def read(table: int | str | None) -> Source:
        return open_votable(tmp_path / "a.xml", tmp_path / "a.xml", table)

    first = read(None)
    assert contents(first) == {"ra": [1]}
    assert [first.fields[0].unit, first.fields[0].ucd, first.fields[0].description] == [
        "km / s",
        "pos.eq.ra",
        "the place",
    ]
    assert first.notes is not None
    assert "contains 3 tables; the first is read" in first.notes.lines[0]
    assert "contains 1 row, its attribute nrows says 2" in first.notes.lines[1]
    assert contents(read("two")) == {"ra": [2.5]}
    assert contents(read(3)) == contents(read("wordé")) == {"t": ["café"]}
    with pytest.raises(InputError, match="`hdu` may be one of: first, two, wordé"):
        read("four")


def test_many_rows_come_in_batches(tmp_path: Path) -> None:
    count = 70_000
    rows = "".join(f"<TR><TD>{i}</TD><TD>{'' if i % 7 else i}</TD></TR>" for i in range(count))
    text = document([field("a", "long"), field("b", "int")], f"<TABLEDATA>{rows}</TABLEDATA>", "1.1")
    source = opened(tmp_path, text)
    batches = list(source.batches())
    assert max(b.num_rows for b in batches) <= 32_768
    table = pa.Table.from_batches(batches).to_pydict()
    assert max(b.nbytes for b in batches) < 1e6
    assert table["a"] == list(range(count))
    assert table["b"] == [None if i % 7 else i for i in range(count)]
    data = stream("BINARY", [struct.pack(">qi", i, i % 5) for i in range(count)])
    found = contents(opened(tmp_path, document([field("a", "long"), field("b", "int")], data)))
    assert found == {"a": list(range(count)), "b": [i % 5 for i in range(count)]}


@pytest.mark.skipif(not shutil.which("stilts"), reason="STILTS is not here")
@pytest.mark.parametrize("version", ["1.1", "1.4"])
def test_stilts_reads_the_same(tmp_path: Path, version: str) -> None:
    fields = [
        field("i", "int"),
        field("n", "long", null="-1"),
        field("s", "short", "1"),
        field("b", "boolean"),
    ]
    fields += [
        field("f", "double"),
        field("t", "char", "*"),
        field("v", "int", "*"),
        field("w", "char", "3x2"),
    ]
    rows = [
        ["1", "-1", "0x7F", "T", "1.5", " ab ", "1 2", "abcdef"],
        [""] * 8,
        ["<TD/>"] * 8,
        [" 0 ", "9007199254740993", "-5", "false", "NaN", "x", "0x10", "a  b  "],
        ["7", "0"],
    ]
    found = contents(opened(tmp_path, document(fields, cells(rows), version)))
    theirs = by_stilts(tmp_path, list(found))

    def printed(value: Any) -> str | None:
        if isinstance(value, list):
            return f"({', '.join(str(v) for v in value)})"
        if isinstance(value, bool):
            return str(value).lower()
        return None if value in (None, "") else str(value)

    ours = [[printed(found[name][i]) for name in found] for i in range(len(rows))]
    assert ours == theirs
