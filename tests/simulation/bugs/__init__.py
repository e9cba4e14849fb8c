"""Bugs that are planted on purpose, each with the scenario that must catch it: the simulation is tested by them."""
