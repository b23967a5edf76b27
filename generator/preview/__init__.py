"""`drportal preview`: build what is needed, serve it, follow every change, reload the page that is open.

No site is written. `builds.py` keeps what the last build knows and makes what a change touches, `tree.py`
finds the file of an address among the pieces of the cache, `server.py` serves them with a script that no
published page has, `watch.py` says what a changed file touches.
"""
