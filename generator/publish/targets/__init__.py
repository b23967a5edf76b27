"""Where `drportal publish` sends a site: a folder, a server with ssh or rsync, a store with S3, or WebDAV.

`difference.py` compares the manifests of both sides, `send.py` is the story of a transfer. A target either
has a copy beside the published site, which is completed and exchanged for it (`folder.py`, `ssh.py`), or is
changed in place, lists last (`daemon.py`, `s3.py`, `webdav.py`).
"""
