"""What happens to an installed Greenlight, what may go wrong meanwhile, and what must hold all the same."""
