"""CloudTrail: calls of the API as events."""
