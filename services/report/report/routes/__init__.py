"""One blueprint per group of routes."""
