"""The spectra as ObsCore 1.1: a row for each, with its position and access address.

Rows come from the index of each set, which has every id and its pack, joined with the catalogue of the ids.
DuckDB joins and sorts them, on disk if necessary; the packs are read only if original files are published, as
the headers have their paths.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ..formats import ColumnStatistics, Spectra
from ..ingest.values.database import arrow_reader, connect
from ..ingest.values.sql_text import literal, quoted
from .obscore_columns import COLUMNS
from .obscore_votable import obscore_header
from .release_facts import CatalogueFacts, ReleaseFacts, SpectraFacts

ROWS = 65_536
ARROW = {"char": pa.string(), "int": pa.int32(), "long": pa.int64(), "double": pa.float64()}
SQL = {"char": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "double": "DOUBLE"}
METRES = {"Angstrom": 1e-10, "nm": 1e-9, "um": 1e-6, "m": 1.0}


def observed_sets(facts: ReleaseFacts) -> list[SpectraFacts]:
    """Sets of observed spectra, without templates."""
    return [s for s in facts.spectra if not s.spec.templates_of and s.meta.index]


def write_obscore(facts: ReleaseFacts, file: Path) -> int:
    """Write the table as VOParquet; return the number of rows."""
    schema = pa.schema([(name, ARROW[kind]) for name, kind, *_ in COLUMNS])
    count, lengths = 0, dict.fromkeys((name for name, kind, *_ in COLUMNS if kind == "char"), 1)
    with (
        tempfile.TemporaryDirectory(prefix=".obscore-", dir=file.parent) as scratch,
        connect(Path(scratch)) as db,
        pq.ParquetWriter(file, schema, compression="zstd", store_schema=False) as writer,
    ):
        for spectra in observed_sets(facts):
            for batch in _rows(db, facts, spectra):
                table = pa.Table.from_batches([batch]).cast(schema)
                writer.write_table(table)
                count += table.num_rows
                for name, length in lengths.items():
                    longest = pc.max(pc.utf8_length(table.column(name))).as_py()
                    lengths[name] = max(length, longest or 0)
        header = obscore_header(count, lengths)
        writer.add_key_value_metadata(
            {"IVOA.VOTable-Parquet.version": "1.0", "IVOA.VOTable-Parquet.content": header}
        )
    return count


def _rows(db: Any, facts: ReleaseFacts, spectra: SpectraFacts) -> Iterator[pa.RecordBatch]:
    """The rows of a set, ordered by id."""
    meta = spectra.meta
    # VOTable cannot represent missing text: it is written as an empty string.
    values = {name: "''" if kind == "char" else "NULL" for name, kind, *_ in COLUMNS}
    collection = f"{facts.title}: {spectra.name}"
    values |= {
        "dataproduct_type": "'spectrum'",
        "calib_level": "2",
        "obs_collection": literal(collection),
        "obs_id": "CAST(i.id AS VARCHAR)",
        "o_ucd": "'phot.flux.density'",
        "facility_name": literal(facts.portal.name),
    }
    if facts.ivoid:
        values["obs_publisher_did"] = f"{literal(f'{facts.ivoid}?{spectra.name}/')} || CAST(i.id AS VARCHAR)"
    place = (
        facts.link(f"data/spectra/{spectra.name}/") if facts.address else f"../data/spectra/{spectra.name}/"
    )
    # Use datasets, as read_parquet interprets brackets in the name of a folder as a pattern.
    db.register("ids", _dataset(spectra.folder, [file.path for file in meta.index]))
    origin = "ids i"
    if meta.originals:
        # Only the first row of each spectrum has `header`.
        db.register("packs", _dataset(spectra.folder, _packs(spectra)))
        headers = f"SELECT {quoted(meta.id.name)} AS id, header FROM packs WHERE header IS NOT NULL"
        origin += f" JOIN ({headers}) h ON h.id = i.id"
        path = "replace(url_encode(h.header->>'original'), '%2F', '/')"
        values["access_url"] = f"{literal(place)} || {path}"
        values["access_format"] = "'application/fits'"
        values["access_estsize"] = "CAST((h.header->>'bytes') AS BIGINT) // 1024"
    else:
        sizes = _pack_sizes(spectra)
        db.register("pack_sizes", sizes)
        origin += " JOIN pack_sizes s ON s.pack = i.pack"
        values["access_url"] = f"{literal(place)} || s.path"
        values["access_format"] = "'application/vnd.apache.parquet'"
        values["access_estsize"] = "s.bytes // 1024"
    catalogue = next((c for c in facts.catalogues if c.name == meta.catalogue), None)
    if catalogue and catalogue.meta.partitions:
        db.register("rows", _dataset(catalogue.folder, [p.path for p in catalogue.meta.partitions]))
        joined, more = _of_catalogue(catalogue, meta)
        origin += joined
        values |= more
    values |= _wavelengths(spectra)
    if spectra.spec.aperture:
        values |= _region(values, spectra.spec.aperture / 3600)
    chosen = ", ".join(
        f"CAST({values[name]} AS {SQL[kind]}) AS {name}"
        if kind != "char"
        else f"coalesce(CAST({values[name]} AS VARCHAR), '') AS {name}"
        for name, kind, *_ in COLUMNS
    )
    yield from arrow_reader(db.sql(f"SELECT {chosen} FROM {origin} ORDER BY i.id"), ROWS)


def _of_catalogue(catalogue: CatalogueFacts, meta: Spectra) -> tuple[str, dict[str, str]]:
    """The SQL join with the catalogue, and the ObsCore values taken from its columns."""
    roles = catalogue.statistics.roles
    columns = {c.name: c for c in catalogue.statistics.columns}
    ident = meta.id.name if meta.id.name in columns else roles.id
    if ident is None:
        return "", {}
    wanted: dict[str, str] = {}
    if position := catalogue.meta.position:
        wanted |= {"s_ra": quoted(position.ra), "s_dec": quoted(position.dec)}
    if roles.designation:
        wanted["target_name"] = _present(columns[roles.designation])
    if day := _day(columns):
        # The next day may exceed the range of the column's type.
        wanted |= {"t_min": _present(day), "t_max": f"{_present(day)}::DOUBLE + 1"}
    if not wanted:
        return "", {}
    # If a catalogue has an id several times, any of its rows describes the observation.
    chosen = ", ".join(f"any_value({expression}) AS {name}" for name, expression in wanted.items())
    table = f"SELECT {quoted(ident)} AS id, {chosen} FROM rows GROUP BY 1"
    # A set with only integer ids stores numbers, although its catalogue may have texts.
    both = ["c.id", "i.id"]
    if (columns[ident].datatype == "string") != (meta.id.datatype == "string"):
        both = [f"CAST({one} AS VARCHAR)" for one in both]
    return f" LEFT JOIN ({table}) c ON {' = '.join(both)}", {name: f"c.{name}" for name in wanted}


def _present(column: ColumnStatistics) -> str:
    """SQL for the value of a text or integer column, NULL if it means "missing"."""
    name, text = quoted(column.name), column.datatype == "string"
    listed = ", ".join(literal(v) if text else str(v) for v in column.missing)
    return f"CASE WHEN {name} NOT IN ({listed}) THEN {name} END" if listed else name


def _day(columns: dict[str, ColumnStatistics]) -> ColumnStatistics | None:
    """The column with the day of the observation as a Modified Julian Date."""
    for name, column in columns.items():
        whole = column.datatype in ("byte", "short", "int", "long")
        if name.lower() == "mjd" and whole and column.unit == "d":
            return column
    return None


def _wavelengths(spectra: SpectraFacts) -> dict[str, str]:
    """The limits of the set's shared wavelength grids, in metres."""
    factor = METRES.get(spectra.meta.wavelength_unit)
    if not spectra.meta.grids or not factor:
        return {}
    ends: list[float] = []
    with pq.ParquetFile(spectra.folder / "grids.parquet") as file:
        for group in range(file.num_row_groups):
            row = file.read_row_group(group).to_pylist()[0]
            both = row["wavelength"][0], row["wavelength"][-1]
            ends += [10**w if row["scale"] == "log10" else w for w in both]
    return {"em_min": repr(min(ends) * factor), "em_max": repr(max(ends) * factor)}


def _region(values: dict[str, str], width: float) -> dict[str, str]:
    """The circle that the fibre or slit sees, in degrees and as STC-S."""
    ra, dec = values["s_ra"], values["s_dec"]
    circle = f"'CIRCLE ICRS ' || {ra} || ' ' || {dec} || ' ' || {width / 2!r}::DOUBLE"
    return {"s_fov": f"{width!r}::DOUBLE", "s_region": circle}


def _pack_sizes(spectra: SpectraFacts) -> pa.Table:
    paths = _packs(spectra)
    sizes = [(spectra.folder / path).stat().st_size for path in paths]
    return pa.table({"pack": pa.array(range(len(paths)), pa.int32()), "path": paths, "bytes": sizes})


def _packs(spectra: SpectraFacts) -> list[str]:
    return [f"packs/{n // 1000:03d}/{n:06d}.parquet" for n in range(spectra.meta.packs)]


def _dataset(folder: Path, paths: list[str]) -> Any:
    """Parquet files as one table."""
    return ds.dataset([str(folder / path) for path in paths], format="parquet")
