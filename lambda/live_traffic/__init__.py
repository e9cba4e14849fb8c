"""What users are on now, and whether a switch is moving them: read, never written."""
