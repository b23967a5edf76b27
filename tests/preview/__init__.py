"""`drportal preview`: a site while it is written."""
