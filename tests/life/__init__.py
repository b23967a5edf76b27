"""The life of a portal and its releases, by command."""
