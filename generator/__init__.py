"""drportal: static, self-contained websites for astronomical data releases."""

__version__ = "0.2.0"
