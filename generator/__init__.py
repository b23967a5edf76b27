"""drportal: static, self-contained websites for astronomical data releases."""

__version__ = "0.1.0"
