"""A data release in Python: its tables, spectra and facts, in a page of the release or in Jupyter.

import drportal

rows = await drportal.sql("SELECT * FROM lrs LIMIT 10")
rows = await drportal.table("lrs", cone=(150.1, 2.2, 60), columns=["obsid", "z"], where={"snrg": (10, None)})
spectrum = await drportal.spectrum(101001)
print((await drportal.release()).cite())
"""

from ._api import open, release, save, show, spectrum, sql, table, write_fits, write_votable
from ._column import Column
from ._errors import Error
from ._release import Release
from ._spectrum import Arm, Spectrum
from ._table import Table
from ._wavelengths import to_air, to_vacuum

__all__ = [
    "Arm",
    "Column",
    "Error",
    "Release",
    "Spectrum",
    "Table",
    "open",
    "release",
    "save",
    "show",
    "spectrum",
    "sql",
    "table",
    "to_air",
    "to_vacuum",
    "write_fits",
    "write_votable",
]
