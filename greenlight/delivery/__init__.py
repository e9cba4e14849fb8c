"""What the builds of a pipeline ask of a clone: which version a commit wants, and what they hand on."""
