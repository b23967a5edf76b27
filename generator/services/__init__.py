"""The protocols of the Virtual Observatory on a built site: `drportal serve SITE --vo`.

Nothing is imported or converted: `sites/` opens the files of a site as they are, `app.py` gives them
addresses. Each protocol is a module; docs/services.md describes them for those who run and those who use
them.
"""
