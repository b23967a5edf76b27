"""A portal in which every text tries to run a script in the reader's page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table
from babel.messages.pofile import read_po

from .commands import drportal
from .spectra_fixtures import write_plain

MARK = "ran"
"""What a text that ran has set in the page's window."""
RUN = f"window.{MARK}=1"
BREAKS = [
    f'"><img src=x onerror="{RUN}">',
    f"'><svg onload='{RUN}'>",
    f"</script><script>{RUN}</script>",
    f"</title></textarea><script>{RUN}</script>",
    f"<!--><script>{RUN}</script>-->",
    f"javascript:{RUN}//",
    f"{{{{constructor.constructor('{RUN}')()}}}}${{{RUN}}}",
    f"<a href='javascript:{RUN}'>x</a>",
    f"';{RUN};//",
    f'\\";{RUN}//',
    f"<math><mtext><style><img src=x onerror={RUN}></style></mtext></math>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
]
EVIL = " ".join(BREAKS)
SHORT = BREAKS[0]
WORDS = f"{SHORT} </script><script>{RUN}</script> 100 % %(nothing)s %s"
"""What a theme's own words say beside those of every text, in Chinese."""
NAME = '"><b onclick=x>'
"""As the name of a column; DuckDB, HATS and the table must all bear it."""

DOCUMENT = f"""---
title: {json.dumps(EVIL)}
description: {json.dumps(EVIL)}
---
# Words {{#words}}

{EVIL}

[link](javascript:{RUN}) [link](JaVaScRiPt:{RUN})
[link](data:text/html,<script>{RUN}</script>)
<javascript:{RUN}>
[link][1] ![](javascript:{RUN}) ![x]({RUN} "onerror={RUN}")

[1]: javascript:{RUN} "{SHORT.replace('"', "'")}"

<details ontoggle="{RUN}" open><summary onclick="{RUN}">x</summary></details>
<img src="x" onerror="{RUN}"><a href="java&#115;cript:{RUN}">x</a><a href="&#1;javascript:{RUN}">x</a>
<style>@import "x";</style><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=javascript:{RUN}">
<form action="javascript:{RUN}"><button formaction="javascript:{RUN}">x</button></form>

`{SHORT}` $\\href{{javascript:{RUN}}}{{x}}$ [@evil2020]

| {SHORT} | b |
|---|---|
| {EVIL.replace("|", "")} | 2 |

!!! note "{SHORT.replace('"', "'")}"
    {SHORT}

```html
{EVIL}
```
"""
# Links and pictures that a build refuses, and facts that it does not know, would end it at once.
REFUSED = ("](java", "](JaVa", "](data", "[1]", "![", '<img src="x"')
SAFE_DOCUMENT = "\n".join(x for x in DOCUMENT.splitlines() if not any(word in x for word in REFUSED))
for _refused in (BREAKS[0], BREAKS[6], BREAKS[10]):
    for _form in (
        _refused,
        json.dumps(_refused)[1:-1],
        _refused.replace("|", ""),
        _refused.replace('"', "'"),
    ):
        SAFE_DOCUMENT = SAFE_DOCUMENT.replace(_form, "<b onclick=x>x</b>")
BIB = f"""@article{{evil2020,
 author = {{{SHORT}, A. and {{{BREAKS[2]}}}}},
 title = {{{BREAKS[1]} {BREAKS[2]}}},
 journal = {{{BREAKS[2]}}}, year = 2020, url = {{javascript:{RUN}}}, doi = {{10.1234/x"onclick={RUN}}},
 note = {{{BREAKS[0]}}}
}}
"""


def q(text: str) -> str:
    """A text in TOML."""
    return json.dumps(text, ensure_ascii=False)


def messages() -> list[str]:
    """Every text of pages that a theme may replace."""
    file = Path(__file__).parents[1] / "themes/default/locale/zh/LC_MESSAGES/drportal.po"
    with file.open("rb") as stream:
        return [m.id for m in read_po(stream) if m.id and isinstance(m.id, str)]


def write(folder: Path) -> None:
    release = folder / "releases" / "evil" / "v1"
    (release / "docs").mkdir(parents=True)
    (release / "files").mkdir()
    (folder / "content" / "policies").mkdir(parents=True)
    (folder / "lines").mkdir()
    both = f"{{ en = {q(EVIL)}, zh = {q(EVIL)} }}"
    author = f"{{ family = {q(SHORT)}, given = {q(SHORT)}, affiliation = {q(SHORT)} }}"
    paper = f'key = "a", year = 2020, title = {q(EVIL)}, journal = {q(SHORT)}'
    words = folder / "themes" / "evil" / "theme.toml"
    words.parent.mkdir(parents=True)
    words.write_text("[words.zh]\n" + "".join(f"{q(m)} = {q(f'{m} {WORDS}')}\n" for m in messages()))
    (folder / "portal.toml").write_text(f"""
theme = "evil"
name = {q(SHORT)}
title = {both}
description = {both}
organisation = {both}
languages = ["en", "zh"]
homepage = "https://survey.example/?a=javascript:{RUN}"
contact = "a{{{{7*7}}}}@survey.example"
acknowledgement = {both}
authors = [{author}]
papers = [{{ {paper}, authors = [{author}], pages = {q(SHORT)}, about = {both} }}]
naming = {{ rule = {q(NAME + " JHHMM")}, example = {q(NAME + " J0102")}, about = {both} }}
""")
    (folder / "lines" / "evil.toml").write_text(
        f'title = {both}\nwavelengths = "air"\nlines = [{{ name = {both}, wavelength = 4001.5 }}]\n'
    )
    (release / "release.toml").write_text(f"""
name = {q(SHORT)}
version = {q(BREAKS[4])}
batch = {q(BREAKS[1])}
title = {both}
description = {both}
reason = {both}
status = "deprecated"
phase = "v2"
published = "2026"
original = "https://survey.example/?x=javascript:{RUN}"

[[catalogues]]
name = "evil"
title = {both}
description = {both}
source = "evil.vot"
roles = {{ class = "class", id = "id" }}
[catalogues.columns.{q(NAME)}]
description = {both}
[catalogues.columns.flag]
description = {both}
bits = {{ 0 = {{ name = {q(SHORT)}, description = {both} }}, 1 = {q(EVIL)} }}
[catalogues.columns.class]
description = {both}
header = {q(SHORT)}

[[catalogues]]
name = "twin"
title = {both}
source = "evil.vot"

[[known_issues]]
name = "evil"
title = {both}
description = {both}
catalogue = "evil"
columns = ["class", {q(NAME)}]
ids = [0, 1]

[[spectra]]
name = "evil"
title = {both}
description = {both}
source = "files"
layout = "columns"
columns = {{ wavelength = "WAVE", flux = "F", error = "ERR" }}
id = {{ header = "SPECNAME" }}
""")
    (release / "docs" / "evil.md").write_text(SAFE_DOCUMENT)
    (release / "docs" / "references.bib").write_text(BIB)
    (folder / "content" / "policies" / "evil.md").write_text(SAFE_DOCUMENT.replace("[@evil2020]", ""))
    n = np.arange(24)
    table = Table({"id": n, "ra": n * 1.5, "dec": n * 0.5, "flag": (n % 4).astype("i2"), "z": n / 10.0})
    table["class"] = [BREAKS[i % len(BREAKS)] for i in n]
    table["designation"] = [f"{SHORT}{i}" for i in n]
    table[NAME] = [EVIL] * len(n)
    for name in table.colnames:
        table[name].description = EVIL
    table["ra"].unit = table["dec"].unit = "deg"
    table.meta["description"] = EVIL
    table.write(release / "evil.vot", format="votable", table_id="evil")
    for number, text in enumerate(["<b>&\"'", "<img src=x onerror=ran=1>", "</script>"]):
        file = release / "files" / f"{number}<b>&'.fits"
        write_plain(file, number, np.arange(9.0) + number)
        with fits.open(file, mode="update") as hdus:
            hdus[0].header["SPECNAME"] = text
            for key in ("OBJECT", "CLASS", "SUBCLASS", "DESIG", "TELESCOP", "AUTHOR"):
                hdus[0].header[key] = (SHORT[:60], "<script>")
            hdus[0].header["COMMENT"] = BREAKS[2][:70]
            hdus[1].header["TUNIT2"] = "<b>x</b>"


def build(folder: Path) -> Path:
    """The release's folder of the built site."""
    write(folder)
    drportal("build", "--portal", folder, check=True)
    return folder / "build" / "site"
