"""What the actions of a pipeline do, one module for each provider."""
