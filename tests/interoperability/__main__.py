"""Write the table into docs/interoperability.md."""

from . import test_opens  # noqa: F401 (its tests fill the table)
from .cells import BEGIN, DOCUMENT, END, table

if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"
    DOCUMENT.write_text(text, encoding="utf-8")
