"""Put a finished site in place."""
