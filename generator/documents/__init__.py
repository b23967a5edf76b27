"""Documents: Markdown with facts in it, found, checked and made into HTML. Knows nothing of pages."""
