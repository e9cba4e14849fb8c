"""The load of a rehearsal: an open-loop generator in a process of its own, its record, and what the record says."""
