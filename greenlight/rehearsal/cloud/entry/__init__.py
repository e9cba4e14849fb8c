"""Who is let in: this machine's own programs, with a key of this run."""
