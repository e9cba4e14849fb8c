"""Benchmarks: each prints what it measured, and ratios where another machine's absolute times would mislead."""
