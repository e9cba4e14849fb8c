"""The settings by subject: each module describes one group of them, with units, bounds and reasons."""
