"""Python in pages and beside them: the package that runs in a page, its questions answered from a site's
files, notebooks.

`page/drportal/` is copied into pages as the package `drportal` and imports nothing else of this project. In
plain Python `site.py` answers the same questions from the files of a site, so that a notebook runs in both.
"""
