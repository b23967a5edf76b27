"""ADQL 2.1, read into a tree (`parse.py`) from which SQL is made (`compile.py`).

The grammar is that of the standard, for lark. Of the parsers looked at, queryparser-python3 knows neither
WITH, COALESCE nor EXCEPT, and sqlglot accepts statements that are no ADQL and reads some of them otherwise.
"""
