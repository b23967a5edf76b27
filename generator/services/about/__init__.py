"""What the services say of themselves: VOSI 1.1, and counts."""
