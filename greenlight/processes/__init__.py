"""Child processes that end with who started them, however that one ends."""
