"""The life of a portal and its releases, by command: begin, add, promote, publish.

`edit.py` changes TOML files with all their comments and shows the change before it is written; `add.py`,
`promote.py` and `publish.py` are the story of one command each.
"""
