"""What the checks read: one thin reader for each family of facts, through AWS's read-only calls."""
