"""The site that is served, in a folder or on a store, as it is at one moment."""
