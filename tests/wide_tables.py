"""Tables as wide as real ones: from published lists of columns if available, else from names."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from astropy.table import Table

ROWS = 120
COLUMNS = Path(__file__).resolve().parents[2] / "shared/data/datamodel/LAMOST_DR8_tables_columns.tsv"

A_STAR = [f"kp{n}" for n in (12, 18, 6)]
A_STAR += [f"h{line}_{n}" for line in ("alpha", "beta", "gamma", "delta") for n in (12, 24, 48, 64)]
A_STAR += ["paschen13", "paschen142", "paschen242", "halpha_d02", "hbeta_d02", "hgamma_d02", "hdelta_d02"]
M_STAR = ["ewha", *(f"tio{n}" for n in range(1, 6)), *(f"cah{n}" for n in range(1, 4)), "caoh", "zeta", "na"]
M_STAR += [f"{name}_err" for name in ("ewha", "tio5", "cah2", "cah3", "caoh", "zeta")]
COMMON = [
    "obsid",
    "designation",
    "obsdate",
    "lmjd",
    "mjd",
    "planid",
    "spid",
    "fiberid",
    "objtype",
    "ra",
    "dec",
]


def wide_table(name: str) -> Table:
    """Made-up rows with the columns of a published table: LRS_astellar, LRS_mstellar or MRS_stellar."""
    published: list[tuple[str, str, str]] = []
    if COLUMNS.exists():
        with COLUMNS.open(encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["table"] == name:
                published.append((row["column"], row["sql_type"].lower(), row["unit"]))
    if not published:
        whole, text = (
            {"obsid", "lmjd", "mjd", "spid", "fiberid"},
            {"designation", "obsdate", "planid", "objtype"},
        )
        names = COMMON + {"LRS_astellar": A_STAR, "LRS_mstellar": M_STAR}.get(
            name, [f"p{i:02}" for i in range(67)]
        )
        published = [
            (
                c,
                "bigint" if c in whole else "varchar" if c in text else "float",
                "deg" if c in ("ra", "dec") else "",
            )
            for c in names
        ]
    random = np.random.default_rng(len(published))
    table = Table()
    for column, kind, unit in published:
        table[column] = _values(column, kind, random)
        if unit:
            table[column].unit = unit
    return table


def _values(column: str, kind: str, random: np.random.Generator) -> np.ndarray:
    if column in ("ra", "dec"):
        return random.uniform(0, 360, ROWS) if column == "ra" else random.uniform(-10, 60, ROWS)
    if "int" in kind:
        return (
            random.permutation(10**9 if kind == "bigint" else 5000)[:ROWS]
            if kind != "bigint"
            else (2**53 + 1 + random.permutation(ROWS))
        )
    if "date" in kind or column == "obsdate":
        return np.array([f"20{12 + i % 8}-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(ROWS)])
    if "char" in kind:
        return np.array([f"{column[:6]} {i % 70:02}" for i in range(ROWS)])
    return random.normal(10, 3, ROWS).astype(np.float32 if kind == "real" else float)
