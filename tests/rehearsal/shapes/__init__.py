"""Production's shapes: configurations that people really deploy, each deployed from nothing and released once."""
