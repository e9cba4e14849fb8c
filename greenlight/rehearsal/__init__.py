"""A release, rehearsed on this machine: real templates, real Lambda code, real proxy, real load."""
