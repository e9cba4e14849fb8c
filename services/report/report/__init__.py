"""The runtime report: what a process says about itself and its machine, as a page, as JSON and in its log."""
