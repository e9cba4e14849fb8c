"""The acts of the pipeline: a commit that becomes live, one that must not, and a role that lacks a permission."""
