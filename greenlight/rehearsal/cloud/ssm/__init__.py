"""Systems Manager: Run Command, documents and public parameters."""
