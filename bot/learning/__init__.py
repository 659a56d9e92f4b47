"""From logs to a better model."""
