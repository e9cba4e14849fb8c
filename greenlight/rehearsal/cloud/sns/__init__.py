"""SNS: what was published."""
