"""Documents: finds, checks and renders Markdown with facts in it. Independent of pages and templates."""
