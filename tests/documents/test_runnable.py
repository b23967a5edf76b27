"""Cells in documents: highlighted code everywhere, with a link where the release has Python."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import parse_qs

from drportal.documents.markdown import render_markdown
from drportal.documents.runnable import LONGEST, code_of, with_links

TEXT = """# T

```python run
import drportal
print("<b> & 'x'", 5 > 3)
```

```python
plain = 1
```

```python run

    indented = "光谱"
```
"""


def rendered(text: str) -> str:
    return render_markdown(text, file=Path("t.md")).html


def linked(text: str) -> tuple[str, list[list[list[str]]]]:
    """A document with links, and the cells that each of them opens."""
    made = with_links(rendered(text), lambda query: f"<i>{html.escape(query)}</i>")
    queries = [html.unescape(one) for one in re.findall(r"<i>(.*?)</i>", made)]
    return made, [json.loads(parse_qs(query)["cells"][0]) for query in queries]


def test_cells_are_highlighted_code_without_python() -> None:
    made = rendered(TEXT)
    assert made.count('<div class="run highlight"><pre tabindex="0">') == 2
    assert made.count('<div class="highlight">') == 1
    assert "data-run" not in made and 'class="kn">import' in made and "&lt;b&gt;" in made


def test_links_open_the_cells_up_to_each() -> None:
    made, cells = linked(TEXT)
    first = "import drportal\nprint(\"<b> & 'x'\", 5 > 3)"
    assert cells == [[["c", first]], [["c", first], ["c", '    indented = "光谱"']]]
    assert made.count("data-run") == 2
    assert made.index("plain") > made.index("<i>")


def test_long_cells_open_alone_or_not_at_all() -> None:
    long, longer = f"x = '{'y' * (LONGEST - 200)}'", f"x = '{'y' * LONGEST}'"
    text = "# T\n\n" + "\n\n".join(f"```python run\n{one}\n```" for one in (long, "short = 1" * 30, longer))
    _, cells = linked(text)
    assert cells == [[["c", long]], [["c", "short = 1" * 30]]]


def test_other_words_after_the_language_are_no_cell() -> None:
    made = rendered('# T\n\n```python run hl_lines="1"\na = 1\n```\n\n```sql run\nSELECT 1\n```\n')
    assert "run highlight" not in made


def test_code_is_what_was_written() -> None:
    assert code_of("<pre><span></span><code>a &lt; b\n</code></pre>") == "a < b"
