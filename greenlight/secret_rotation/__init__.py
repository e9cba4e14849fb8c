"""A service's secret is rotated by releases: which step is next, and whether both colors took up the one before."""
