"""What a release promises of its columns, and what looks wrong in their rows."""
