"""ACM: ministack keeps the records, and the run's own certificate is among them."""
