"""Greenlight's constructs: one per module, made from values and typed objects, never from the settings."""
